import Model
import Reports
import Schema

extension RolloutReport {
    /// Lists the operations: shards with the same change and state together, those under way, and
    /// those with something to say.
    mutating func list(_ operations: [OperationRecord]) {
        var places: [Key: Int] = [:]
        for operation in operations {
            let key = Key(operation)
            if let place = places[key] {
                groups[place].shards.append(operation.key.shard)
            } else {
                places[key] = groups.count
                groups.append(Group(operation))
            }
        }
        active = operations.filter { Self.isUnderWay($0.state) }.map { Active($0) }
            .sorted { ($0.since ?? "", $0.key) < ($1.since ?? "", $1.key) }
        let failed = operations.filter { $0.state == .failed }
            .sorted { ($0.endedAt ?? "", $0.key) < ($1.endedAt ?? "", $1.key) }
        let others = operations.filter {
            $0.state != .failed && $0.state != .completed && !Self.isUnderWay($0.state)
        }
        for operation in failed + others {
            guard let message = operation.message else { continue }
            troubles.append(.init(key: operation.key, state: operation.state, message: message))
        }
    }

    private struct Key: Hashable {
        let namespace: String
        let object: ObjectName
        let ends: [Digest?]
        let state: OperationState

        init(_ operation: OperationRecord) {
            namespace = operation.key.namespace
            object = operation.key.object
            ends = [operation.from, operation.to]
            state = operation.state
        }
    }

    private static func isUnderWay(_ state: OperationState) -> Bool {
        switch state {
        case .leased, .preparing, .running, .cuttingOver, .verifying: true
        case .pending, .waitingForCutover, .completed, .failedRetryable, .failed,
            .superseded, .cancelled:
            false
        }
    }
}
