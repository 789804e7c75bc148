import Basics
import Ledger
import Model
import Schema

/// What other processes have recorded of operations that this one was to run.
struct OthersWork {
    private let rollout: RolloutRecord
    private let snapshot: RecordSnapshot?
    private let now: Timestamp
    private let parks: Bool
    /// How operations ended.
    private(set) var outcomes: [OperationKey: OperationOutcome] = [:]
    /// How operations stand that ended, or that wait for a time or their cutover.
    private(set) var records: [OperationKey: OperationRecord] = [:]
    /// Whether one of them is at work.
    private(set) var isRunning = false

    init(of rollout: RolloutRecord, in store: LedgerStore) throws(LedgerError) {
        self.rollout = rollout
        snapshot = try store.snapshot()
        now = store.now
        parks = RolloutProgress(rollout).parks
    }

    /// What is still to be done of the work on a shard; nil where that is nothing. Costs a read for
    /// each operation.
    mutating func rest(
        of work: RolloutRunner.ShardWork
    ) throws(LedgerError) -> RolloutRunner.ShardWork? {
        guard let snapshot else { return work }
        var left = work
        left.records = []
        var isPostponed = false
        for record in work.records {
            let key = record.key
            guard let kept = try snapshot.operation(rollout.id, key) else { continue }
            switch kept.standing(at: now, parks: parks) {
            case .ended:
                outcomes[key] = OperationOutcome(ended: kept.state, message: kept.message)
                records[key] = kept
            case .rests:
                records[key] = kept
                isPostponed = isPostponed || kept.state == .failedRetryable
            case .running:
                isRunning = true
                left.records.append(record)
            case .open:
                left.records.append(record)
                left.claims[key] = OperationClaim(
                    kept, isRecorded: kept.engine != nil, parks: parks,
                    abandoned: work.claims[key]?.abandoned)
            }
        }
        // Nothing new begins on a shard before what waits there: it may need that.
        guard !left.records.isEmpty, !isPostponed else { return nil }
        if left.records.count != work.records.count { left.order = .sequence }
        return left
    }
}

extension OperationRecord {
    fileprivate enum Standing { case ended, rests, running, open }

    /// How it stands for somebody who would take it up.
    fileprivate func standing(at now: Timestamp, parks: Bool) -> Standing {
        switch state {
        case .completed, .failed, .superseded, .cancelled: .ended
        case .waitingForCutover: parks ? .rests : .open
        case .failedRetryable:
            nextAttemptAt.flatMap(Timestamp.init(iso:)).map { $0 > now } == true ? .rests : .open
        case .leased, .preparing, .running, .cuttingOver, .verifying:
            engine == nil ? .running : .open
        case .pending: .open
        }
    }
}
