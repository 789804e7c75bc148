import Diff
import Schema

/// Turns a comparison into the steps of a plan.
///
/// Each class of shards is diffed once, and each distinct change is proved once, whatever the
/// number of shards. What cannot be expressed or proved becomes `unsupported` with its reason.
package struct Planner {
    /// What the planner asks of the outside.
    package struct Ports {
        /// The table of a digest.
        package var lookup: (Digest) -> CatalogTable?
        /// Proves one change on a server of the profile and gives its statements.
        package var prove: (Change, ServerProfile) throws -> [PlanStatement]
        /// Gives the proved statements for an object that is no table.
        package var proveObject: (ObjectChange, ServerProfile) throws -> [PlanStatement]
        /// Where git defines a table, and who changed it last.
        package var cause: (_ schema: Int, _ table: String) -> PlanCause
        /// Where git defines a part of a table.
        package var location: (_ schema: Int, _ table: String, DifferenceLine) -> SourceLocation?

        package init(
            lookup: @escaping (Digest) -> CatalogTable?,
            prove: @escaping (Change, ServerProfile) throws -> [PlanStatement],
            proveObject: @escaping (ObjectChange, ServerProfile) throws -> [PlanStatement],
            cause: @escaping (Int, String) -> PlanCause,
            location: @escaping (Int, String, DifferenceLine) -> SourceLocation?
        ) {
            self.lookup = lookup
            self.prove = prove
            self.proveObject = proveObject
            self.cause = cause
            self.location = location
        }
    }

    /// One distinct change, before it is proved.
    package struct Change {
        package let table: String
        package let kind: PlanStep.Kind
        package let from: CatalogTable?
        package let to: CatalogTable?
        package let alterations: [Alteration]
        package let checksForeignKeys: Bool
        /// The parents of its foreign keys, which must be there for the proof.
        package let parents: [CatalogTable]
    }

    /// What policy of a namespace says about what may go.
    package struct Removal {
        package var retire: Set<String>
        /// Tables that git never owned may go too.
        package var prunesAll: Bool

        package init(retire: Set<String>, prunesAll: Bool) {
            self.retire = retire
            self.prunesAll = prunesAll
        }

        func drops(_ state: Comparison.TableState) -> Bool {
            switch state.status {
            case .retired: prunesAll || retire.contains(state.table)
            case .unmanaged: prunesAll
            case .inSync, .pending, .drifted, .conflict, .unknown: false
            }
        }
    }

    package struct Result {
        package var steps: [PlanStep] = []
        package var unsupported: [UnsupportedTable] = []
        /// Tables that these steps do not bring all the way, by namespace.
        package var continued: [String: Set<String>] = [:]
    }

    private let comparison: Comparison
    private let removals: [String: Removal]
    private let renames: (Int) -> [ColumnRename]
    private let ports: Ports
    private var drafts: [DraftKey: PlanStep] = [:]
    private var refused: [RefusedKey: Set<String>] = [:]
    private var continued: [String: Set<String>] = [:]

    /// - Parameters:
    ///   - removals: by namespace.
    ///   - renames: the hints of a desired schema, by its index.
    package init(
        comparison: Comparison, removals: [String: Removal],
        renames: @escaping (Int) -> [ColumnRename], ports: Ports
    ) {
        self.comparison = comparison
        self.removals = removals
        self.renames = renames
        self.ports = ports
    }

    private struct DraftKey: Hashable {
        let namespace: String
        let table: String
        let from: Digest?
        let to: Digest?
        let cause: PlanCause.Kind
        let statements: [PlanStatement]
    }

    private struct RefusedKey: Hashable {
        let namespace: String
        let table: String
        let reason: String
    }

    package mutating func plan() throws -> Result {
        for shards in comparison.classes { try plan(shards) }
        return Result(
            steps: drafts.values.sorted(),
            unsupported: refused.map { key, shards in
                UnsupportedTable(
                    namespace: key.namespace, table: key.table, shards: Array(shards),
                    reason: key.reason)
            }, continued: continued)
    }

    // MARK: One class of shards

    private mutating func plan(_ shards: Comparison.Class) throws {
        let schema = comparison.schemas[shards.schema]
        let removal = removals[schema.namespace] ?? Removal(retire: [], prunesAll: false)
        var live: [String: Table] = [:]
        var desired: [String: Table] = [:]
        var droppable: Set<String> = []
        var states: [String: Comparison.TableState] = [:]
        var objects: [ObjectChange] = []
        for state in shards.tables {
            let object = ObjectName(encoded: state.table)
            guard object.kind == .table else {
                objects += objectChange(object, state, drops: removal.drops(state))
                continue
            }
            let name = object.name
            if state.status == .inSync {
                // Present for the order of foreign keys; equal on both sides, so no change.
                guard let table = state.desired.flatMap(ports.lookup)?.table else { continue }
                live[name] = table
                desired[name] = table
                states[name] = state
                continue
            }
            if removal.drops(state) { droppable.insert(name) }
            if let reason = unreadable(state, drops: removal.drops(state)) {
                refuse(state.table, reason, in: schema, shards)
                continue
            }
            states[name] = state
            live[name] = state.observed.flatMap(ports.lookup)?.table
            desired[name] = state.desired.flatMap(ports.lookup)?.table
        }
        let order = ObjectOrder(objects)
        for (place, change) in order.beforeTables.enumerated() {
            try draft(change, order: place, in: shards)
        }
        let first = order.beforeTables.count
        let (count, postponed) = try planTables(
            shards, live: live, desired: desired, droppable: droppable, states: states,
            firstOrder: first)
        guard postponed.isEmpty else {
            // What rests on tables waits until those are as git has them.
            continued[schema.namespace, default: []].formUnion(postponed)
            return
        }
        for (place, change) in order.afterTables.enumerated() {
            try draft(change, order: first + count + place, in: shards)
        }
    }

    /// Drafts the changes of the tables; returns how many there are, and what they leave for later.
    private mutating func planTables(
        _ shards: Comparison.Class, live: [String: Table], desired: [String: Table],
        droppable: Set<String>, states: [String: Comparison.TableState], firstOrder: Int
    ) throws -> (count: Int, postponed: Set<String>) {
        let schema = comparison.schemas[shards.schema]
        guard states.values.contains(where: { $0.status != .inSync }) else { return (0, []) }
        let difference: SchemaDiff.Difference
        do throws(DiffError) {
            difference = try SchemaDiff.difference(
                from: live, to: desired, columnRenames: renames(shards.schema),
                droppable: droppable, flavour: schema.profile.flavour)
            for refusal in difference.refusals {
                refuse(encoded(refusal.table), refusal.message, in: schema, shards)
            }
        } catch {
            refuse(encoded(error.table), error.message, in: schema, shards)
            return (0, [])
        }
        for (order, change) in difference.changes.enumerated() {
            guard let state = states[change.table] else { continue }
            try draft(change, state, order: firstOrder + order, in: shards, desired: desired)
        }
        return (difference.changes.count, difference.postponed)
    }

    private func encoded(_ table: String) -> String { ObjectName(.table, table).encoded }

    /// Why a table that differs cannot be worked with.
    private func unreadable(_ state: Comparison.TableState, drops: Bool) -> String? {
        if let digest = state.desired, let reason = ports.lookup(digest)?.unsupported {
            return "desired: \(reason)"
        }
        guard state.desired != nil || drops, let digest = state.observed else { return nil }
        return ports.lookup(digest)?.unsupported.map { "live: \($0)" }
    }

    private mutating func refuse(
        _ table: String, _ reason: String, in schema: Comparison.Schema, _ shards: Comparison.Class
    ) {
        let key = RefusedKey(namespace: schema.namespace, table: table, reason: reason)
        refused[key, default: []].formUnion(shards.shards)
    }

    // MARK: One change

    private mutating func draft(
        _ change: TableChange, _ state: Comparison.TableState, order: Int,
        in shards: Comparison.Class, desired: [String: Table]
    ) throws {
        let schema = comparison.schemas[shards.schema]
        let from = state.observed.flatMap(ports.lookup)
        let to = target(of: change, state, schema.profile.flavour)
        let kind = PlanStep.Kind(change.kind)
        let statements: [PlanStatement]
        do {
            statements = try ports.prove(
                Change(
                    table: change.table, kind: kind, from: from, to: to,
                    alterations: change.alterations,
                    checksForeignKeys: !change.withoutForeignKeyChecks,
                    parents: sequences([from, to], in: schema, live: shards.live)
                        + parents(of: change, in: schema, live: shards.live)),
                schema.profile)
        } catch let error as NotProved {
            refuse(state.table, error.reason, in: schema, shards)
            return
        }
        let cause = cause(of: state, schema: shards.schema)
        let key = DraftKey(
            namespace: schema.namespace, table: state.table, from: state.observed,
            to: statements.last?.after, cause: cause.kind, statements: statements)
        if var known = drafts[key] {
            known.shards = (known.shards + shards.shards).sorted()
            known.order = max(known.order, order)
            drafts[key] = known
            return
        }
        drafts[key] = try step(
            change, kind, statements, cause: cause, order: order, shards: shards,
            state: state, schema: schema)
    }

    /// The table at the end of the change: as git has it, or on the way there.
    private func target(
        of change: TableChange, _ state: Comparison.TableState, _ flavour: ServerProfile.Flavour
    ) -> CatalogTable? {
        guard change.isFirstPart, let middle = change.to else {
            return state.desired.flatMap(ports.lookup)
        }
        return CatalogTable(canonicalText: middle.showCreate(flavour: flavour), flavour: flavour)
    }

    private func step(
        _ change: TableChange, _ kind: PlanStep.Kind, _ statements: [PlanStatement],
        cause: PlanCause, order: Int, shards: Comparison.Class,
        state: Comparison.TableState, schema: Comparison.Schema
    ) throws -> PlanStep {
        var findings = try Self.findings(change, statements)
        if change.isFirstPart { findings.append(Self.absence(of: change)) }
        let lines = Self.lines(
            change, renames: renames(shards.schema), flavour: schema.profile.flavour)
        return PlanStep(
            kind: kind, namespace: schema.namespace, table: state.table, shards: shards.shards,
            from: state.observed, to: statements.last?.after, statements: statements,
            hazard: findings.worst, findings: findings, cause: cause,
            differences: lines.map { line in
                PlanDifference(
                    text: line.description,
                    location: ports.location(shards.schema, state.table, line))
            },
            suggestion: findings.compactMap(\.suggestion).first, order: order)
    }

    private static func findings(
        _ change: TableChange, _ statements: [PlanStatement]
    ) throws -> [HazardFinding] {
        var findings = try change.hazards()
        if statements.contains(where: \.rebuildsTable), findings.worst == .safe {
            findings.append(
                HazardFinding(
                    rule: "rebuild-table", hazard: .costly,
                    reason: "the server rebuilds table `\(change.table)` row by row",
                    remedy: "run it in a quiet hour"))
        }
        return findings
    }

    /// What the first of two parts risks: nobody knows when the second one may run.
    private static func absence(of change: TableChange) -> HazardFinding {
        HazardFinding(
            rule: HazardFinding.foreignKeyAway, hazard: .lossy,
            reason: "foreign keys of table `\(change.table)` are gone until the next run: rows "
                + "without a parent may come in",
            remedy: "approve the whole plan, and run again at once")
    }

    private static func lines(
        _ change: TableChange, renames: [ColumnRename], flavour: ServerProfile.Flavour
    ) -> [DifferenceLine] {
        switch (change.from, change.to) {
        case (let from?, let to?):
            DifferenceLines.lines(from: from, to: to, renames: renames, flavour: flavour)
        case (nil, let to?): DifferenceLines.lines(of: to, sign: .added)
        case (let from?, nil): DifferenceLines.lines(of: from, sign: .removed)
        case (nil, nil): [DifferenceLine(.removed, .table, "DROP TABLE \(change.table)")]
        }
    }

    // MARK: One object that is no table

    /// What is to be done about an object, if anything is.
    private func objectChange(
        _ name: ObjectName, _ state: Comparison.TableState, drops: Bool
    ) -> [ObjectChange] {
        guard state.status != .inSync, state.desired != nil || drops else { return [] }
        return [
            ObjectChange(
                name: name, state: state,
                from: state.observed.flatMap(ports.lookup)?.object,
                to: state.desired.flatMap(ports.lookup)?.object)
        ]
    }

    private mutating func draft(
        _ change: ObjectChange, order: Int, in shards: Comparison.Class
    ) throws {
        let schema = comparison.schemas[shards.schema]
        let state = change.state
        let statements: [PlanStatement]
        do {
            statements = try ports.proveObject(change, schema.profile)
        } catch let error as NotProved {
            refuse(state.table, error.reason, in: schema, shards)
            return
        }
        let cause = cause(of: state, schema: shards.schema)
        let key = DraftKey(
            namespace: schema.namespace, table: state.table, from: state.observed,
            to: state.desired, cause: cause.kind, statements: statements)
        if var known = drafts[key] {
            known.shards = (known.shards + shards.shards).sorted()
            known.order = max(known.order, order)
            drafts[key] = known
            return
        }
        let findings = change.findings
        drafts[key] = PlanStep(
            kind: change.kind, namespace: schema.namespace, table: state.table,
            shards: shards.shards, from: state.observed, to: state.desired,
            statements: statements, hazard: findings.worst, findings: findings, cause: cause,
            differences: ObjectLines.lines(change.name, from: change.from, to: change.to).map {
                PlanDifference(
                    text: $0.description,
                    location: ports.location(shards.schema, state.table, $0))
            }, order: order)
    }

    private func cause(of state: Comparison.TableState, schema: Int) -> PlanCause {
        var cause = ports.cause(schema, state.table)
        switch state.status {
        case .drifted:
            // Nobody committed this: the live table moved.
            cause = PlanCause(kind: .liveChanged, location: cause.location)
        case .conflict: cause.kind = .conflict
        case .retired: cause.kind = .retired
        case .unmanaged: cause.kind = .pruned
        case .pending, .inSync, .unknown: cause.kind = .git
        }
        return cause
    }

    /// The sequences from which the tables draw defaults and which must be there first: as git has
    /// them, or as they are live where they go.
    private func sequences(
        _ tables: [CatalogTable?], in schema: Comparison.Schema, live: Comparison.LiveTables
    ) -> [CatalogTable] {
        let texts = tables.compactMap { $0?.text }.filter { $0.contains("val(`") }
        guard !texts.isEmpty else { return [] }
        let names = Set(schema.tables.keys).union(live.tables.keys).map(ObjectName.init(encoded:))
        return names.filter { name in
            name.kind == .sequence
                && texts.contains { $0.contains("val(\(SQL.identifier(name.name)))") }
        }.sorted().compactMap { name in
            schema.tables[name.encoded] ?? live.tables[name.encoded].flatMap(ports.lookup)
        }
    }

    /// The parents of the change's foreign keys: as git has them for keys that stay or come, as
    /// they are live for keys that go.
    private func parents(
        of change: TableChange, in schema: Comparison.Schema, live: Comparison.LiveTables
    ) -> [CatalogTable] {
        var seen: Set<String> = [change.table]
        func parents(
            _ table: Table?, _ find: (String) -> CatalogTable?
        ) -> [CatalogTable] {
            (table?.foreignKeys ?? []).compactMap { key in
                guard key.referencedSchema == nil, seen.insert(key.referencedTable).inserted
                else { return nil }
                return find(encoded(key.referencedTable))
            }
        }
        let desired = parents(change.to) { schema.tables[$0] }
        return desired
            + parents(change.from) { live.tables[$0].flatMap(ports.lookup) ?? schema.tables[$0] }
    }
}

/// A change that the server of the workspace did not carry out as expected.
package struct NotProved: Error, Hashable, Sendable {
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}

extension PlanStep.Kind {
    init(_ kind: TableChange.Kind) {
        switch kind {
        case .create: self = .create
        case .alter: self = .alter
        case .drop: self = .drop
        }
    }
}
