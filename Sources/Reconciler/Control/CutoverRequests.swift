import Desired
import Ledger
import Model
import Schema

/// Lets operations change their tables that are ready and wait for somebody to say so.
extension RolloutRequests {
    /// The shards that a request is about.
    package struct Chosen: Sendable {
        /// Nil for all namespaces.
        let namespaces: Set<String>?
        /// Names, or patterns with `*` and `?`; empty for every shard.
        let shards: [String]

        package init(namespaces: Set<String>?, shards: [String]) {
            self.namespaces = namespaces
            self.shards = shards
        }

        fileprivate var isWhole: Bool { namespaces == nil && shards.isEmpty }

        fileprivate func has(_ shard: ShardID) -> Bool {
            namespaces?.contains(shard.namespace) != false
                && (shards.isEmpty || shards.contains { Glob.matches(shard.shard, $0) })
        }
    }

    /// Lets what waits for its cutover change its table, of a rollout whose policy is `manual`.
    ///
    /// It is refused unless every operation that it is about is ready: what gets ready later is for
    /// somebody to look at first.
    ///
    /// - Parameter id: the rollout; nil for the one that is open.
    /// - Returns: its id, and how many operations it is about.
    package func cutover(
        _ id: String?, of chosen: Chosen, reason: String
    ) throws -> (id: String, count: Int) {
        let id = try rollout(id)
        let event = LedgerEvent(
            "rollout-cutover", subject: "Cut over rollout \(id)", key: id, reason: reason)
        let (actor, now) = (store.actor.name, store.now.iso)
        var result = Result<Int, ConfigurationError>.success(0)
        try store.transact(event) { draft throws(LedgerError) in
            guard var mark = try draft.rolloutMark(id), let record = try draft.rollout(id) else {
                result = .failure(Self.ended(id))
                return .nothing
            }
            var shards: [ShardID] = []
            do throws(Refusal) {
                shards = try Self.ready(record, mark, chosen, in: draft)
            } catch {
                switch error {
                case .ledger(let error): throw error
                case .request(let error): result = .failure(error)
                }
                return .nothing
            }
            result = .success(shards.count)
            let names = Set(shards).sorted()
            mark.cutovers =
                (mark.cutovers ?? []) + [
                    CutoverRequest(
                        actor: actor, reason: reason, at: now,
                        shards: chosen.isWhole ? nil : names)
                ]
            try draft.setMark(mark, of: id)
            return .commit
        }
        return (id, try result.get())
    }

    private enum Refusal: Error {
        case ledger(LedgerError)
        case request(ConfigurationError)
    }

    /// The shards of the operations that wait; throws where the request makes no sense.
    private static func ready(
        _ record: RolloutRecord, _ mark: RolloutMark, _ chosen: Chosen, in draft: LedgerDraft
    ) throws(Refusal) -> [ShardID] {
        let policy = record.cutover ?? .rolling
        guard policy == .manual else {
            let remedy =
                policy == .rolling
                ? "what is ready changes its table at once"
                : "what is ready changes its table once all of it is"
            throw refused(
                "nothing of rollout \(record.id) waits for somebody: its cutover policy is "
                    + "`\(policy.rawValue)`", remedy)
        }
        if let standstill = mark.standstill(of: record.id) {
            throw refused("rollout \(record.id) is \(standstill.words)", nil)
        }
        let keys = record.operationKeys.filter { chosen.has($0.shardID) }
        guard !keys.isEmpty else {
            throw refused(
                "rollout \(record.id) has no operation on these shards",
                "see `plumb status \(record.id)`")
        }
        var parked: [ShardID] = []
        var unready: [OperationKey] = []
        for key in keys {
            switch try state(of: key, in: record.id, draft) {
            case .waitingForCutover: parked.append(key.shardID)
            case .completed, .failed, .superseded, .cancelled: break
            case .pending, .leased, .preparing, .running, .cuttingOver, .verifying,
                .failedRetryable, nil:
                unready.append(key)
            }
        }
        if let first = unready.first {
            let others = unready.count > 1 ? " and \(unready.count - 1) more" : ""
            throw refused(
                "\(first)\(others) of rollout \(record.id) cannot be cut over yet",
                "`plumb reconcile` makes it ready; or name shards that are, with --shard")
        }
        let new = parked.filter { shard in mark.cutovers?.contains { $0.covers(shard) } != true }
        guard !new.isEmpty else {
            throw refused(
                parked.isEmpty
                    ? "nothing of rollout \(record.id) waits for its cutover there"
                    : "the cutover of rollout \(record.id) was asked for there already",
                "see `plumb status \(record.id)`")
        }
        return parked
    }

    private static func state(
        of key: OperationKey, in rollout: String, _ draft: LedgerDraft
    ) throws(Refusal) -> OperationState? {
        do throws(LedgerError) {
            return try draft.operation(rollout, key)?.state
        } catch {
            throw .ledger(error)
        }
    }

    private static func refused(_ message: String, _ remedy: String?) -> Refusal {
        .request(ConfigurationError(message, remedy: remedy, kind: .conflict))
    }
}
