import Diff
import Model
import Schema

/// Finds the changes of each class of shards and has them drafted as steps.
///
/// Each class is compared once, and each distinct change is proved once, whatever the number of
/// shards. What cannot be expressed or proved becomes `unsupported`, with its reason.
package struct Planner {
    /// What a namespace's policy lets a plan drop.
    package struct Removal {
        /// The objects in `retire`.
        package var retire: Set<ObjectName>
        /// Whether tables that were never in git may be dropped too.
        package var prunesAll: Bool

        package init(retire: Set<ObjectName>, prunesAll: Bool) {
            self.retire = retire
            self.prunesAll = prunesAll
        }

        /// Which states of objects are dropped on servers of the profile.
        func drops(on profile: ServerProfile) -> (Comparison.ObjectState) -> Bool {
            let folding = NameFolding(profile)
            let names = Set(retire.map { folding.key($0, on: profile.flavour) })
            return { state in
                switch state.status {
                case .retired:
                    prunesAll || retire.contains(state.object)
                        || names.contains(folding.key(state.object, on: profile.flavour))
                case .unmanaged: prunesAll
                case .inSync, .pending, .drifted, .conflict, .unknown: false
                }
            }
        }
    }

    /// The steps of a plan, and the tables for which there are none.
    package struct Result {
        package var steps: [PlanStep] = []
        package var unsupported: [UnsupportedTable] = []
    }

    private let comparison: Comparison
    private let removals: [String: Removal]
    private let renames: (Int) -> Renames
    private let ports: Ports
    private var drafts = PlanDraft()

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

    /// Plans all classes of shards; throws where a server or the ledger fails.
    package mutating func plan() throws -> Result {
        for variant in comparison.variants { try plan(variant) }
        return drafts.result
    }

    // MARK: One class of shards

    /// The tables of a class that are compared.
    private struct Tables {
        /// By name, live and desired.
        var live: [String: Table] = [:]
        var desired: [String: Table] = [:]
        var droppable: Set<String> = []
        /// Tables that are copied only to convert their dates and times.
        var rebuilt: Set<String> = []
        /// Tables whose names are taken by sequences, and that must be dropped before these are
        /// created.
        var replaced: Set<String> = []
        /// The tables that may change, by their desired name.
        var states: [String: Comparison.ObjectState] = [:]
        /// Renames that cannot be made here; whatever depends on them waits.
        var withheld: WithheldRenames
    }

    private mutating func plan(_ variant: Comparison.Variant) throws {
        let schema = comparison.schemas[variant.schema]
        let removes = (removals[schema.namespace] ?? Removal(retire: [], prunesAll: false))
            .drops(on: schema.profile)
        // What a rollout created goes with it.
        let drops = { (state: Comparison.ObjectState) in
            let isTakenBack = schema.takenBack[state.object.encoded] != nil
            return removes(state) || (isTakenBack && state.status == .retired)
        }
        var tables = Tables(withheld: WithheldRenames(variant.renames.blocked.map(\.hint)))
        for blocked in variant.renames.blocked {
            refuse(ObjectName(.table, blocked.hint.to), blocked.reason, in: schema, variant)
        }
        var objects: [ObjectChange] = []
        for state in variant.objects {
            let drops = drops(state)
            if state.object.kind == .table {
                collect(state, drops: drops, into: &tables, schema, variant)
            } else {
                objects += objectChange(state, drops: drops, renames: variant.renames.names)
            }
        }
        let moves = TriggerMoves(
            states: variant.objects, renames: variant.renames.names, lookup: ports.lookup)
        let order = ObjectOrder(
            moves.completing(objects),
            newTables: Set(tables.desired.keys).subtracting(tables.live.keys),
            standing: standingViews(variant))
        tables.replaced = tables.droppable.intersection(
            order.beforeTables.filter { $0.kind == .create }.map(\.name.name))
        let begin = tables.replaced.count
        for (place, change) in order.beforeTables.enumerated() {
            try draft(change, order: begin + place, in: variant)
        }
        let first = begin + order.beforeTables.count
        let count = try planTables(variant, &tables, firstOrder: first)
        for (place, change) in order.afterTables.enumerated() {
            if let reason = tables.withheld.reason(for: change) {
                refuse(change.state.object, reason, in: schema, variant)
                continue
            }
            try draft(change, order: first + count + place, in: variant)
        }
    }

    private mutating func collect(
        _ state: Comparison.ObjectState, drops: Bool, into tables: inout Tables,
        _ schema: Comparison.Schema, _ variant: Comparison.Variant
    ) {
        let name = state.object.name
        // Where two live tables claim one name neither is changed: the old one has the rows.
        guard !tables.withheld.concerns(name) else { return }
        if state.status == .inSync {
            // Included for the order of foreign keys; equal on both sides, it does not change.
            guard let table = state.desired.flatMap(ports.lookup)?.table else { return }
            tables.live[name] = table
            tables.desired[name] = table
            tables.states[name] = state
            return
        }
        if drops { tables.droppable.insert(name) }
        if let reason = unreadable(state, schema.profile, drops: drops) {
            refuse(state.object, reason, in: schema, variant)
            if let old = state.renamedFrom {
                tables.withheld.add(TableRename(from: old.name, to: name))
            }
            return
        }
        let liveName = (state.renamedFrom ?? state.object).name
        tables.states[name] = state
        if state.isInOldFormat { tables.rebuilt.insert(name) }
        tables.live[liveName] = state.observed.flatMap(ports.lookup)?.table
        tables.desired[name] = state.desired.flatMap(ports.lookup)?.table
    }

    /// Drafts the changes of the tables; returns the number of steps.
    private mutating func planTables(
        _ variant: Comparison.Variant, _ tables: inout Tables, firstOrder: Int
    ) throws -> Int {
        let schema = comparison.schemas[variant.schema]
        guard tables.states.values.contains(where: { $0.status != .inSync }) else { return 0 }
        let difference: SchemaDiff.Difference
        var hints = renames(variant.schema)
        hints.tables = tables.states.values.compactMap { state in
            state.renamedFrom.map { TableRename(from: $0.name, to: state.object.name) }
        }.sorted { $0.to < $1.to }
        do throws(DiffError) {
            difference = try SchemaDiff.difference(
                from: tables.live, to: tables.desired, renames: hints,
                droppable: tables.droppable, rebuilt: tables.rebuilt,
                flavour: schema.profile.flavour)
            for refusal in difference.refusals {
                refuse(ObjectName(.table, refusal.table), refusal.message, in: schema, variant)
                let names = [refusal.table, refusal.parent]
                hints.tables.filter { names.contains($0.to) }.forEach { tables.withheld.add($0) }
            }
        } catch {
            refuse(ObjectName(.table, error.table), error.message, in: schema, variant)
            return 0
        }
        let likely = LikelyRenames(
            live: tables.live, desired: tables.desired, droppable: tables.droppable,
            renames: hints.tables)
        let context = ProbeContext(
            flavour: schema.profile.flavour, live: tables.live, desired: tables.desired,
            sqlMode: schema.profile.sqlMode, renames: hints)
        let proofs = try proofs(of: difference.steps, tables, in: variant)
        for (order, step) in difference.steps.enumerated() {
            let isDrafted: Bool
            switch step {
            case .single(let change):
                guard let state = tables.states[change.table] else { continue }
                if let reason = withheld(change, state, tables) {
                    refuse(state.object, reason, in: schema, variant)
                    continue
                }
                let goesFirst = change.kind == .drop && tables.replaced.contains(change.table)
                isDrafted = try draft(
                    change, state, order: goesFirst ? 0 : firstOrder + order, in: variant,
                    suggestion: likely.suggestion(for: change), context: context,
                    proved: proofs[order])
            case .group(let group):
                isDrafted = try draft(
                    group, tables, order: firstOrder + order, in: variant, context: context)
            }
            guard !isDrafted else { continue }
            let names = Set(step.changes.map(\.table))
            hints.tables.filter { names.contains($0.to) }.forEach { tables.withheld.add($0) }
        }
        return difference.steps.count
    }

    /// The statements of those changes that can be proved together, by the places of their steps.
    private func proofs(
        of steps: [SchemaStep], _ tables: Tables, in variant: Comparison.Variant
    ) throws -> [Int: [PlanStatement]] {
        let drafter = drafter(of: variant)
        var places: [Int] = []
        var questions: [Change] = []
        for (place, step) in steps.enumerated() {
            guard case .single(let change) = step, change.kind != .drop,
                let state = tables.states[change.table],
                withheld(change, state, tables) == nil,
                refusals(of: state, in: variant).contains(where: \.refused.isEmpty)
            else { continue }
            places.append(place)
            questions.append(drafter.question(change, state))
        }
        guard questions.count > 1 else { return [:] }
        let found = try ports.proveTogether(questions, drafter.schema.profile)
        return Dictionary(
            zip(places, found).compactMap { place, statements in statements.map { (place, $0) } }
        ) { first, _ in first }
    }

    private func refusals(
        of state: Comparison.ObjectState, in variant: Comparison.Variant
    ) -> [Refusals.Group] {
        ports.refusals.groups(
            variant.shards, namespace: comparison.schemas[variant.schema].namespace,
            object: state.object, from: state.observed)
    }

    private func withheld(
        _ change: TableChange, _ state: Comparison.ObjectState, _ tables: Tables
    ) -> String? {
        let live = state.observed.flatMap(ports.lookup)?.table
        return tables.withheld.reason(for: change, live: live)
    }

    /// Why a table that differs cannot be changed.
    private func unreadable(
        _ state: Comparison.ObjectState, _ profile: ServerProfile, drops: Bool
    ) -> String? {
        if let desired = state.desired.flatMap(ports.lookup) {
            if let reason = desired.unsupported { return "desired: \(reason)" }
            if let reason = desired.table?.impossible(on: profile.flavour) { return reason }
        }
        guard state.desired != nil || drops, let digest = state.observed else { return nil }
        return ports.lookup(digest)?.unsupported.map { "live: \($0)" }
    }

    private mutating func refuse(
        _ object: ObjectName, _ reason: String, in schema: Comparison.Schema,
        _ variant: Comparison.Variant
    ) {
        drafts.refuse(object, reason, namespace: schema.namespace, shards: variant.shards)
    }

    // MARK: One change

    /// Drafts the change of one table; false where it is refused.
    private mutating func draft(
        _ change: TableChange, _ state: Comparison.ObjectState, order: Int,
        in variant: Comparison.Variant, suggestion: String?, context: ProbeContext,
        proved: [PlanStatement]?
    ) throws -> Bool {
        var isDrafted = true
        for group in refusals(of: state, in: variant) {
            var own = variant
            own.shards = group.shards
            let drafter = drafter(of: own)
            do {
                let step = try drafter.step(
                    change, state, order: order, suggestion: suggestion, context: context,
                    refused: group.refused, proved: group.refused.isEmpty ? proved : nil)
                let renames = renames(variant.schema).columns
                drafts.add(step) {
                    drafter.differences(change, state, renames: renames)
                        + StepDrafter.detour(group.refused)
                }
            } catch let error as NotProved {
                refuse(state.object, error.reason, in: drafter.schema, own)
                isDrafted = false
            }
        }
        return isDrafted
    }

    /// Drafts the step of tables that must change together; false where they are refused.
    private mutating func draft(
        _ group: TableGroup, _ tables: Tables, order: Int, in variant: Comparison.Variant,
        context: ProbeContext
    ) throws -> Bool {
        let states = group.members.compactMap { tables.states[$0.table] }
        var reason: String?
        if states.count < group.members.count {
            reason = "it changes together with a table that nothing is known about"
        }
        if group.members.contains(where: { tables.replaced.contains($0.table) }) {
            reason =
                "a sequence takes its name, and foreign keys hold it: drop it in one commit, "
                + "and make the sequence in the next"
        }
        for (member, state) in zip(group.members, states) where reason == nil {
            reason = withheld(member, state, tables)
        }
        let whole = GroupDrafter(drafter: drafter(of: variant), group: group, states: states)
        let looked = whole.lookedFor
        let groups = ports.refusals.groups(
            variant.shards, namespace: comparison.schemas[variant.schema].namespace,
            object: looked?.object ?? ObjectName(.table, ""), from: looked?.from ?? nil)
        var isDrafted = true
        for part in groups {
            var own = variant
            own.shards = part.shards
            let drafter = GroupDrafter(drafter: drafter(of: own), group: group, states: states)
            do {
                if let reason { throw NotProved(reason: reason) }
                let step = try drafter.step(order: order, context: context, refused: part.refused)
                let renames = renames(variant.schema).columns
                drafts.add(step) {
                    drafter.differences(renames: renames) + StepDrafter.detour(part.refused)
                }
            } catch let error as NotProved {
                // A refusal of one member is a refusal of all that would change.
                for state in states where state.status != .inSync {
                    refuse(state.object, error.reason, in: drafter.drafter.schema, own)
                }
                isDrafted = false
            }
        }
        return isDrafted
    }

    private mutating func draft(
        _ change: ObjectChange, order: Int, in variant: Comparison.Variant
    ) throws {
        let drafter = drafter(of: variant)
        do {
            let step = try drafter.step(change, order: order)
            drafts.add(step) { drafter.differences(change) }
        } catch let error as NotProved {
            refuse(change.state.object, error.reason, in: drafter.schema, variant)
        }
    }

    private func drafter(of variant: Comparison.Variant) -> StepDrafter {
        StepDrafter(schema: comparison.schemas[variant.schema], variant: variant, ports: ports)
    }

    // MARK: Views, triggers, routines, events and sequences

    private func standingViews(_ variant: Comparison.Variant) -> [ObjectDefinition] {
        variant.objects.filter {
            $0.status == .inSync && $0.object.kind == .view
        }.compactMap { $0.desired.flatMap(ports.lookup)?.object }
    }

    /// The change of an object other than a table; nil where there is none.
    ///
    /// - Parameter renames: the tables that earlier steps rename: a trigger goes with its table.
    private func objectChange(
        _ state: Comparison.ObjectState, drops: Bool, renames: [String: String]
    ) -> [ObjectChange] {
        guard state.status != .inSync, state.desired != nil || drops else { return [] }
        let desired = state.desired.flatMap(ports.lookup)?.object
        let live = state.observed.flatMap(ports.lookup)?.object
        // Objects are dropped before tables are renamed, so these keep the old names.
        let from = desired == nil ? live : live?.following(renames)
        if let from, let desired, from != live, desired.isMet(by: from) { return [] }
        return [
            ObjectChange(
                name: state.object, state: state, from: from,
                observed: from == live ? state.observed : from.map { Digest(of: $0.text) },
                to: desired)
        ]
    }
}
