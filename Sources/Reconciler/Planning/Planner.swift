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
        /// Its name before, where the change gives it another.
        package let renamedFrom: String?
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
    private let renames: (Int) -> Renames
    private let ports: Ports
    private var drafts: [DraftKey: PlanStep] = [:]
    private var refused: [RefusedKey: Set<String>] = [:]
    private var continued: [String: Set<String>] = [:]

    /// - Parameters:
    ///   - removals: by namespace.
    ///   - renames: the hints for columns and indexes of a desired schema, by its index.
    package init(
        comparison: Comparison, removals: [String: Removal],
        renames: @escaping (Int) -> Renames, ports: Ports
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

    /// The tables of a class that take part in the diff.
    private struct Tables {
        /// By their names as they are and as they should be.
        var live: [String: Table] = [:]
        var desired: [String: Table] = [:]
        var droppable: Set<String> = []
        /// What may change, by the name afterwards.
        var states: [String: Comparison.TableState] = [:]
        /// Renames that are not made here, so that what builds on them has to wait.
        var withheld: WithheldRenames
    }

    private mutating func plan(_ shards: Comparison.Class) throws {
        let schema = comparison.schemas[shards.schema]
        let removal = removals[schema.namespace] ?? Removal(retire: [], prunesAll: false)
        var tables = Tables(withheld: WithheldRenames(shards.stages.blocked.map(\.hint)))
        for blocked in shards.stages.blocked {
            refuse(encoded(blocked.hint.to), blocked.reason, in: schema, shards)
        }
        var objects: [ObjectChange] = []
        for state in shards.tables {
            if ObjectName(encoded: state.table).kind == .table {
                collect(state, drops: removal.drops(state), into: &tables, schema, shards)
            } else {
                objects += objectChange(
                    state, drops: removal.drops(state), renames: shards.stages.names)
            }
        }
        let moves = TriggerMoves(
            states: shards.tables, renames: shards.stages.names, lookup: ports.lookup)
        let order = ObjectOrder(moves.completing(objects))
        for (place, change) in order.beforeTables.enumerated() {
            try draft(change, order: place, in: shards)
        }
        let first = order.beforeTables.count
        let (count, postponed) = try planTables(shards, &tables, firstOrder: first)
        guard postponed.isEmpty else {
            // What rests on tables waits until those are as git has them.
            continued[schema.namespace, default: []].formUnion(postponed)
            return
        }
        for (place, change) in order.afterTables.enumerated() {
            if let reason = tables.withheld.reason(for: change) {
                refuse(change.state.table, reason, in: schema, shards)
                continue
            }
            try draft(change, order: first + count + place, in: shards)
        }
    }

    private mutating func collect(
        _ state: Comparison.TableState, drops: Bool, into tables: inout Tables,
        _ schema: Comparison.Schema, _ shards: Comparison.Class
    ) {
        let name = ObjectName(encoded: state.table).name
        // Neither of two tables that claim one name is touched, and the old one has the rows.
        guard !tables.withheld.concerns(name) else { return }
        if state.status == .inSync {
            // Present for the order of foreign keys; equal on both sides, so no change.
            guard let table = state.desired.flatMap(ports.lookup)?.table else { return }
            tables.live[name] = table
            tables.desired[name] = table
            tables.states[name] = state
            return
        }
        if drops { tables.droppable.insert(name) }
        if let reason = unreadable(state, drops: drops) {
            refuse(state.table, reason, in: schema, shards)
            if let old = state.renamedFrom {
                tables.withheld.add(
                    TableRename(from: ObjectName(encoded: old).name, to: name))
            }
            return
        }
        let liveName = ObjectName(encoded: state.renamedFrom ?? state.table).name
        tables.states[name] = state
        tables.live[liveName] = state.observed.flatMap(ports.lookup)?.table
        tables.desired[name] = state.desired.flatMap(ports.lookup)?.table
    }

    /// Drafts the changes of the tables; returns how many there are, and what they leave for later.
    private mutating func planTables(
        _ shards: Comparison.Class, _ tables: inout Tables, firstOrder: Int
    ) throws -> (count: Int, postponed: Set<String>) {
        let schema = comparison.schemas[shards.schema]
        guard tables.states.values.contains(where: { $0.status != .inSync }) else { return (0, []) }
        let difference: SchemaDiff.Difference
        var hints = renames(shards.schema)
        hints.tables = tables.states.values.compactMap { state in
            state.renamedFrom.map {
                TableRename(
                    from: ObjectName(encoded: $0).name, to: ObjectName(encoded: state.table).name)
            }
        }.sorted { $0.to < $1.to }
        do throws(DiffError) {
            difference = try SchemaDiff.difference(
                from: tables.live, to: tables.desired, renames: hints,
                droppable: tables.droppable, flavour: schema.profile.flavour)
            for refusal in difference.refusals {
                refuse(encoded(refusal.table), refusal.message, in: schema, shards)
                let names = [refusal.table, refusal.parent]
                hints.tables.filter { names.contains($0.to) }.forEach { tables.withheld.add($0) }
            }
        } catch {
            refuse(encoded(error.table), error.message, in: schema, shards)
            return (0, [])
        }
        let likely = LikelyRenames(
            live: tables.live, desired: tables.desired, droppable: tables.droppable,
            renames: hints.tables)
        for (order, change) in difference.changes.enumerated() {
            guard let state = tables.states[change.table] else { continue }
            let live = state.observed.flatMap(ports.lookup)?.table
            if let reason = tables.withheld.reason(for: change, live: live) {
                refuse(state.table, reason, in: schema, shards)
                continue
            }
            let isDrafted = try draft(
                change, state, order: firstOrder + order, in: shards,
                suggestion: likely.suggestion(for: change),
                context: ProbeContext(
                    flavour: schema.profile.flavour, live: tables.live, desired: tables.desired))
            if !isDrafted {
                hints.tables.filter { $0.to == change.table }.forEach { tables.withheld.add($0) }
            }
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

    /// Drafts one change; false where it is refused.
    private mutating func draft(
        _ change: TableChange, _ state: Comparison.TableState, order: Int,
        in shards: Comparison.Class, suggestion: String?, context: ProbeContext
    ) throws -> Bool {
        let schema = comparison.schemas[shards.schema]
        let from = start(of: change, state, flavour: schema.profile.flavour)
        let to = target(of: change, state, flavour: schema.profile.flavour)
        let kind = PlanStep.Kind(change.kind)
        let surroundings = Surroundings(schema: schema, live: shards.live, lookup: ports.lookup)
        let statements: [PlanStatement]
        do {
            statements = try ports.prove(
                Change(
                    table: change.table, renamedFrom: change.renamedFrom, kind: kind, from: from,
                    to: to, alterations: change.alterations,
                    checksForeignKeys: !change.withoutForeignKeyChecks,
                    parents: surroundings.sequences(of: [from, to])
                        + surroundings.parents(of: change)),
                schema.profile)
        } catch let error as NotProved {
            refuse(state.table, error.reason, in: schema, shards)
            return false
        }
        let cause = cause(of: state, schema: shards.schema)
        let key = DraftKey(
            namespace: schema.namespace, table: state.table, from: from?.digest,
            to: statements.last?.after, cause: cause.kind, statements: statements)
        var findings = try Self.findings(change, statements, context)
        if let suggestion, !findings.isEmpty { findings[0].suggestion = suggestion }
        if change.isFirstPart { findings.append(Self.absence(of: change)) }
        if var known = drafts[key] {
            known.shards = (known.shards + shards.shards).sorted()
            known.order = max(known.order, order)
            known.findings = Self.agreed(known.findings, findings)
            drafts[key] = known
            return true
        }
        let lines = Self.lines(
            change, renames: renames(shards.schema).columns, flavour: schema.profile.flavour)
        drafts[key] = PlanStep(
            kind: kind, namespace: schema.namespace, table: state.table,
            renamedFrom: state.renamedFrom, shards: shards.shards, from: from?.digest,
            to: statements.last?.after, statements: statements, hazard: findings.worst,
            findings: findings, cause: cause,
            differences: lines.map { line in
                PlanDifference(
                    text: line.description,
                    location: ports.location(shards.schema, state.table, line))
            },
            suggestion: findings.compactMap(\.suggestion).first, order: order)
        return true
    }

    /// Findings of one step on two classes of shards, whose other tables may differ.
    private static func agreed(
        _ known: [HazardFinding], _ others: [HazardFinding]
    ) -> [HazardFinding] {
        zip(known, others).map { finding, other in
            guard finding.probe != other.probe else { return finding }
            var finding = finding
            finding.probe = DataProbe(
                notAsked: "the tables around it are not the same on all shards")
            return finding
        }
    }

    /// The table that the change starts from: the live one, or what it is once the parents of its
    /// foreign keys have their new names, which is before.
    private func start(
        of change: TableChange, _ state: Comparison.TableState, flavour: ServerProfile.Flavour
    ) -> CatalogTable? {
        let live = state.observed.flatMap(ports.lookup)
        guard state.status != .inSync, let from = change.from, let table = live?.table,
            from != table
        else { return live }
        return CatalogTable(canonicalText: from.showCreate(flavour: flavour), flavour: flavour)
    }

    /// The table at the end of the change: as git has it, or on the way there.
    private func target(
        of change: TableChange, _ state: Comparison.TableState, flavour: ServerProfile.Flavour
    ) -> CatalogTable? {
        guard change.isFirstPart, let middle = change.to else {
            return state.desired.flatMap(ports.lookup)
        }
        return CatalogTable(canonicalText: middle.showCreate(flavour: flavour), flavour: flavour)
    }

    private static func findings(
        _ change: TableChange, _ statements: [PlanStatement], _ context: ProbeContext
    ) throws -> [HazardFinding] {
        var context = context
        context.checksForeignKeys = !change.withoutForeignKeyChecks
        var findings = try change.probedHazards(context)
        let others = findings.filter { !$0.isAboutNames }
        if statements.contains(where: \.rebuildsTable), others.worst == .safe {
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
    ///
    /// - Parameter renames: the tables that get other names first: a trigger follows its table.
    private func objectChange(
        _ state: Comparison.TableState, drops: Bool, renames: [String: String]
    ) -> [ObjectChange] {
        guard state.status != .inSync, state.desired != nil || drops else { return [] }
        let desired = state.desired.flatMap(ports.lookup)?.object
        let live = state.observed.flatMap(ports.lookup)?.object
        // What goes, goes before the tables change.
        let from = desired == nil ? live : live?.following(renames)
        if let from, let desired, from != live, desired.isMet(by: from) { return [] }
        return [
            ObjectChange(
                name: ObjectName(encoded: state.table), state: state, from: from,
                observed: from == live ? state.observed : from.map { Digest(of: $0.text) },
                to: desired)
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
        var cause = cause(of: state, schema: shards.schema)
        if change.isDrift { cause = PlanCause(kind: .liveChanged, location: cause.location) }
        let key = DraftKey(
            namespace: schema.namespace, table: state.table, from: change.start(),
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
            shards: shards.shards, from: change.start(), to: state.desired,
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
