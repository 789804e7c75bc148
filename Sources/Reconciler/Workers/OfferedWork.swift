import Basics
import Desired
import Diff
import Ledger
import Model
import Observed
import Schema

/// What of an offer is on one server, read back and looked at as a whole: nobody knows who wrote
/// it.
struct OfferedWork {
    let offer: OfferRecord
    let rollout: RolloutRecord
    let server: ServerAddress
    var works: [RolloutRunner.ShardWork] = []
    var targets: [ShardID: ObservationTarget] = [:]
    /// Why operations are left alone, by shard.
    var refused: [ShardID: String] = [:]

    /// Reads what of `offer` has not ended on `name`; nil where nothing of it is there.
    ///
    /// - Parameter allowing: what the operator's file allows to be sent.
    ///
    /// Throws `damaged` or `invalid` where the offer itself cannot be believed. Costs a read for
    /// each operation, and a reading of the statements for each different step.
    init?(
        _ offer: OfferRecord, on name: String, in snapshot: RecordSnapshot, by actor: String,
        now: Timestamp, allowing: StatementText.Permissions = .init()
    ) throws(LedgerError) {
        let path = RecordPath.offeredServer(offer.rollout, name)
        guard let server = ServerAddress(name), server.description == name else {
            throw LedgerError(.damaged, "\(path): it is about no server")
        }
        guard let rollout = try snapshot.readableRollout(offer.rollout), !rollout.state.isTerminal,
            let offered = try snapshot.offered(offer, on: name)
        else { return nil }
        self.offer = offer
        self.rollout = rollout
        self.server = server
        let own = Set(rollout.operationKeys)
        var checks = PendingChecks(snapshot, allowing: allowing)
        var steps: [Digest: PlanStep] = [:]
        for shard in offered.shards {
            do throws(LedgerError) {
                try add(shard, own, actor, now, snapshot, &steps, &checks)
            } catch  where error.isOfContent {
                refused[shard.shardID] = "\(error)"
            }
        }
        guard !works.isEmpty || !refused.isEmpty else { return nil }
    }

    private mutating func add(
        _ offered: OfferedShard, _ own: Set<OperationKey>, _ actor: String, _ now: Timestamp,
        _ snapshot: RecordSnapshot, _ steps: inout [Digest: PlanStep],
        _ checks: inout PendingChecks
    ) throws(LedgerError) {
        let shard = offered.shardID
        let path = RecordPath.offeredServer(offer.rollout, server.description)
        if let fault = DatabaseName.fault(offered.database) {
            throw LedgerError(.damaged, "\(path): the name of the database of \(shard) \(fault)")
        }
        guard let order = ChangeOrder(recorded: offered.needs, count: offered.operations.count)
        else { throw LedgerError(.damaged, "\(path): \(shard): its operations need each other") }
        var target = ObservationTarget(id: shard, server: server, database: offered.database)
        target.changesReadOnly = offered.changesReadOnly == true
        let parks = RolloutProgress(rollout).parks
        var records: [PendingRecord] = []
        var claims: [OperationKey: OperationClaim] = [:]
        for operation in offered.operations {
            let key = OperationKey(shard: shard, object: operation.object)
            guard own.contains(key) else {
                throw LedgerError(.damaged, "\(path): \(key) is not of the rollout")
            }
            guard let kept = try snapshot.operation(rollout.id, key) else {
                throw LedgerError(.damaged, "\(path): \(key) has no record")
            }
            guard kept.isOpen(to: now, parks: parks) else { continue }
            var record = PendingRecord(
                rollout: rollout.id, key: key,
                step: try snapshot.step(operation.step, of: rollout.id, &steps, for: key),
                approval: operation.approval, startedAt: now.iso, actor: actor)
            record.approvedUntil = operation.approvedUntil
            record.revision = operation.revision
            record.begun = operation.begun
            record.place = target.place
            try checks.check(record, step: operation.step, at: path)
            records.append(record)
            claims[key] = OperationClaim(kept, isRecorded: false, parks: parks)
        }
        guard !records.isEmpty else { return }
        var work = RolloutRunner.ShardWork(
            shard: shard, server: server, records: records,
            order: records.count == offered.operations.count ? order : .sequence)
        work.claims = claims
        works.append(work)
        targets[shard] = target
    }
}

extension OperationRecord {
    /// Whether somebody may take it up now: it has not begun, and does not wait for something.
    fileprivate func isOpen(to now: Timestamp, parks: Bool) -> Bool {
        guard engine == nil else { return false }
        switch state {
        case .pending: return true
        case .failedRetryable:
            return nextAttemptAt.flatMap(Timestamp.init(iso:)).map { $0 <= now } ?? true
        case .waitingForCutover: return false
        case .leased, .preparing, .running, .cuttingOver, .verifying, .completed, .failed,
            .superseded, .cancelled:
            return false
        }
    }
}
