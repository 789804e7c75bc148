import Diff
import Schema

extension Gate.Decision {
    /// Holds views and triggers that depend on a held table or view.
    ///
    /// A server refuses a view or trigger that names a missing column. Where a column only changes
    /// its letter case it accepts it, but with another text than planned.
    ///
    /// Drift that is only reported holds nothing: the table stays as it is.
    package mutating func holdDependentObjects() {
        var waiting: [ShardID: Set<String>] = [:]
        for item in held where item.hold != .drift && item.step.kind != .drop {
            for id in item.shardIDs { waiting[id, default: []].formUnion(item.step.names) }
        }
        guard !waiting.isEmpty else { return }
        var ready: [Gate.Ready] = []
        var behind: [Behind: [String]] = [:]
        // In the order of the plan: a view may depend on one that was held just before.
        for item in self.ready {
            let id = item.key.shardID
            let names = waiting[id] ?? []
            guard let first = names.isEmpty ? nil : item.step.dependencies.intersection(names).min()
            else {
                ready.append(item)
                continue
            }
            waiting[id] = names.union(item.step.names)
            behind[Behind(step: item.step, first: first), default: []].append(item.shard)
        }
        for (key, shards) in behind.sorted(by: { $0.key.step < $1.key.step }) {
            let reason = "it waits for `\(key.first)`, which it depends on and which is held"
            held.append(Gate.Held(step: key.step, shards: shards, hold: .behind(reason: reason)))
        }
        self.ready = ready
    }

    private struct Behind: Hashable {
        let step: PlanStep
        let first: String
    }
}

extension Gate.Held {
    var shardIDs: [ShardID] {
        shards.map { ShardID(namespace: step.namespace, shard: $0) }
    }
}

extension PlanStep {
    /// The names of tables and views that this step changes.
    fileprivate var names: [String] {
        (members?.map(\.object) ?? [object])
            .filter { $0.kind == .table || $0.kind == .view }.map(\.name)
    }

    /// The names of the tables and views that the server needs to create the view or trigger.
    fileprivate var dependencies: Set<String> {
        guard kind != .drop else { return [] }
        switch object.kind {
        case .view, .trigger:
            return statements.reduce(into: []) { names, statement in
                guard let definition = ObjectDefinition(text: statement.sql) else { return }
                names.formUnion(definition.sources)
                if let slot = definition.triggerSlot { names.insert(slot.table) }
            }
        case .table, .sequence, .procedure, .function, .event: return []
        }
    }
}
