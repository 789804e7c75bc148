import Basics
import Diff
import Execution
import Ledger
import Model
import Schema

/// Records operations in the ledger, with one event for each transition.
///
/// The outcome, the shard's record, the use of the approval and the removal of the pending record
/// are one commit, so none of them is ever recorded without the others.
package struct LedgerJournal: OperationJournal {
    let store: LedgerStore
    let heard: @Sendable (RolloutMark) -> Void
    private let claim: @Sendable (ShardID) -> LedgerClaim?
    /// The offer from which the operations are; nil where they are those of this process's pass.
    private let offer: OfferRecord?
    private let steps = KeptStep()

    /// - Parameters:
    ///   - claim: the claim of a shard's server, where this process has one.
    ///   - heard: called with what is asked of the rollout whenever an operation begins.
    package init(
        store: LedgerStore, offer: OfferRecord? = nil,
        claim: @escaping @Sendable (ShardID) -> LedgerClaim? = { _ in nil },
        heard: @escaping @Sendable (RolloutMark) -> Void = { _ in }
    ) {
        self.store = store
        self.offer = offer
        self.claim = claim
        self.heard = heard
    }

    @Sendable package func definition(_ digest: Digest) -> String? {
        guard let snapshot = try? store.snapshot(),
            let bytes = try? snapshot.read(RecordPath.catalog(digest)), Digest(of: bytes) == digest
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    package func confirm(_ record: PendingRecord) throws(JournalFailure) {
        do throws(LedgerError) {
            try store.ledger.confirmLease(of: store.environment)
            if let claim = claim(record.key.shardID), !claim.isSure { try claim.confirm() }
        } catch {
            throw JournalFailure(error)
        }
    }

    /// What has changed since the gate let the operation pass: the approval expired, was denied or
    /// was used.
    package func refusal(of record: PendingRecord) throws(JournalFailure) -> String? {
        guard let digest = record.approval else { return nil }
        let label = "approval \(digest.short)"
        guard let until = record.approvedUntil.flatMap(Timestamp.init(iso:)) else {
            return "it is not known until when \(label) is valid"
        }
        guard store.now < until else { return "\(label) expired \(until) before it could begin" }
        do throws(LedgerError) {
            guard let snapshot = try store.snapshot(), let found = try snapshot.decision(digest)
            else { return "\(label) is not in the ledger" }
            guard found.decision == .approve else { return "\(label) was denied meanwhile" }
            let shard = record.key.shard
            let isUsedUp = found.isUsedUp(on: shard, try snapshot.uses(of: digest, on: shard))
            return isUsedUp ? "\(label) was used up meanwhile" : nil
        } catch {
            throw JournalFailure(error)
        }
    }

    /// Writes the pending record; while it is there, its operation counts as running.
    package func begin(_ record: PendingRecord) throws(JournalFailure) -> StartRefusal? {
        let event = LedgerEvent(
            "operation-started", subject: "Start \(record.key)",
            key: "\(record.rollout)/\(record.key)")
        let step: PendingDocuments.Step
        do throws(LedgerError) {
            step = try steps.step(of: record)
        } catch {
            throw JournalFailure("\(error)")
        }
        let refused = Lock<StartRefusal?>(nil)
        try write(event, of: record) { [store, heard, offer] draft throws(LedgerError) in
            let mark = try draft.rolloutMark(record.rollout)
            if let mark { heard(mark) }
            var refusal = try Self.refusal(of: record, mark, at: store.now, in: draft)
            if refusal == nil, let offer {
                refusal = try Self.refusal(under: offer, mark, in: draft)
            }
            refused.withLock { [refusal] in $0 = refusal }
            guard refusal == nil else { return .nothing }
            let path = RecordPath.operation(record.rollout, record.key)
            guard var operation = try draft.keptOperation(record.rollout, record.key) else {
                throw LedgerError(
                    .invalid, "\(path): no such operation; its rollout was not recorded")
            }
            if let over = try Self.end(of: operation, in: draft, record.rollout) {
                refused.withLock { $0 = over }
                return .nothing
            }
            // A retry that finds the pending record does not write a second event.
            let isPending = try draft.pendingReference(record.key)?.rollout == record.rollout
            guard !isPending else { return .nothing }
            let engine = record.step.engine.flatMap { $0 == .direct ? nil : $0 }
            if operation.state != .pending || engine != nil {
                operation.state =
                    operation.state == .waitingForCutover ? .cuttingOver : .running
                operation.startedAt = record.startedAt
                operation.nextAttemptAt = nil
                operation.engine = engine
                try draft.set(path, json: operation)
            }
            try draft.setPending(record, step)
            return .commit
        }
        return refused.withLock { $0 }
    }

    /// What somebody asked for since the pass began: asked in the same transition in which the
    /// operation begins, so that nothing begins after it was acknowledged.
    static func refusal(
        of record: PendingRecord, _ mark: RolloutMark?, at now: Timestamp,
        in draft: some RecordReader
    ) throws(LedgerError) -> StartRefusal? {
        if let standstill = mark?.standstill(of: record.rollout) { return .rollout(standstill) }
        return try draft.suspension(over: record.key.shardID, at: now).map {
            .shard(reason: $0.words)
        }
    }

    /// Why an operation does not begin that has ended meanwhile: somebody took the rollout back,
    /// and this operation with it, or a newer plan wants something else; nil where it has not
    /// ended.
    static func end(
        of operation: OperationRecord, in draft: some RecordReader, _ rollout: String
    ) throws(LedgerError) -> StartRefusal? {
        guard operation.state.isTerminal else { return nil }
        let words = operation.message ?? "it has ended"
        guard try draft.readableRollout(rollout)?.state.isTerminal == false else {
            return .rollout(.init(state: .stopped, words: words))
        }
        return .operation(operation.state, reason: words)
    }

    /// Whether what is offered is something else by now.
    private static func refusal(
        under offer: OfferRecord, _ mark: RolloutMark?, in draft: some RecordReader
    ) throws(LedgerError) -> StartRefusal? {
        // A rollout that is held back is driven by one process, which counts its shards.
        guard try draft.offer(of: offer.rollout)?.id == offer.id, mark?.throttle == nil else {
            return .rollout(.init(state: .stopped, words: "it is not offered any more"))
        }
        return nil
    }

    /// What somebody asked for while the operation paused.
    package func hold(of record: PendingRecord) throws(JournalFailure) -> StartRefusal? {
        do throws(LedgerError) {
            guard let snapshot = try store.snapshot() else { return nil }
            guard let mark = try snapshot.rolloutMark(record.rollout) else {
                return .rollout(.init(state: .stopped, words: "it has ended meanwhile"))
            }
            heard(mark)
            return try Self.refusal(of: record, mark, at: store.now, in: snapshot)
        } catch {
            throw JournalFailure(error)
        }
    }

    /// Writes the outcome and everything that follows from it, in one commit.
    @discardableResult
    package func finish(
        _ record: PendingRecord, _ outcome: OperationOutcome
    ) throws(JournalFailure) -> StartRefusal? {
        let event = LedgerEvent(
            outcome.event, subject: "\(outcome.verb) \(record.key)",
            key: "\(record.rollout)/\(record.key)", reason: outcome.message)
        let now = store.now
        let other = Lock<StartRefusal?>(nil)
        try write(event, of: record) { draft throws(LedgerError) in
            other.withLock { $0 = nil }
            let path = RecordPath.operation(record.rollout, record.key)
            let pendingPath = RecordPath.pending(record.key)
            let isPending = try draft.read(pendingPath) != nil
            // A retry that finds the outcome only cleans up, and does not record it twice.
            let kept = try draft.keptOperation(record.rollout, record.key)
            guard var operation = kept, !operation.state.isTerminal else {
                if let kept, kept.state != outcome.state {
                    let words = kept.message ?? "it has ended"
                    other.withLock { $0 = .operation(kept.state, reason: words) }
                }
                try draft.remove(pendingPath)
                draft.event = LedgerEvent(
                    "pending-cleared", subject: "Clear \(record.key)", key: event.key)
                return isPending ? .commit : .nothing
            }
            operation.state = outcome.state
            operation.message = outcome.message
            if outcome.kind == .notRun {
                // The attempts that failed count, whoever is the next to try.
                operation.attempts = max(operation.attempts, outcome.attempts)
            } else {
                operation.attempts = outcome.attempts
            }
            operation.nextAttemptAt = nil
            operation.engine = nil
            if isPending { operation.startedAt = record.startedAt }
            operation.endedAt =
                outcome.state.isTerminal ? (outcome.endedAt ?? now).iso : nil
            // One that is refused again for the same reason, pass after pass, is not told again.
            guard isPending || operation != kept else { return .nothing }
            try draft.set(path, json: operation)
            try draft.remove(pendingPath)
            try Self.recordTable(record, outcome, at: now, in: &draft)
            try Self.consumeApproval(record, outcome, at: now, in: &draft)
            try Self.recordRefusal(record, outcome, in: &draft)
            try Self.recordFailure(record, outcome, at: now, in: &draft)
            return .commit
        }
        return other.withLock { $0 }
    }

    private static func recordTable(
        _ record: PendingRecord, _ outcome: OperationOutcome, at now: Timestamp,
        in draft: inout LedgerDraft
    ) throws(LedgerError) {
        let digest: Digest?
        switch outcome.kind {
        case .completed: digest = record.step.to
        case .partly(let found): digest = found
        case .superseded, .failed:
            // A part that this operation ran is not drift, so it is recorded.
            guard let progress = outcome.progress else { return }
            digest = progress.digest
        case .notRun, .cancelled: return
        }
        var tables: [String: Digest?] = [:]
        for (object, digest) in record.step.tables(at: digest) ?? [record.key.object: digest] {
            tables[object.encoded] = .some(digest)
        }
        // The statements removed the old names, so their records go too.
        for old in record.step.tables.compactMap(\.renamedFrom) {
            tables[old.encoded] = .some(nil)
        }
        try draft.changeShard(
            record.key.shardID, tables: tables, revision: record.revision, at: now)
    }

    private static func consumeApproval(
        _ record: PendingRecord, _ outcome: OperationOutcome, at now: Timestamp,
        in draft: inout LedgerDraft
    ) throws(LedgerError) {
        guard let digest = record.approval, outcome.changedTheShard else { return }
        try draft.useApproval(
            digest, on: record.key.shard, by: "\(record.rollout)/\(record.key)", at: now)
    }

    /// Records what the table refused, for the next plan; removes that once the table has changed.
    private static func recordRefusal(
        _ record: PendingRecord, _ outcome: OperationOutcome, in draft: inout LedgerDraft
    ) throws(LedgerError) {
        let path = RecordPath.refusal(record.key)
        if let refused = outcome.refused {
            var refusal =
                try draft.read(RefusalRecord.self, at: path) ?? RefusalRecord(key: record.key)
            refusal.add(refused)
            try draft.set(path, json: refusal)
        } else if outcome.state == .completed, try draft.read(path) != nil {
            try draft.remove(path)
        }
    }

    func write(
        _ event: LedgerEvent, of record: PendingRecord,
        _ body: @escaping (inout LedgerDraft) throws(LedgerError) -> LedgerDecision
    ) throws(JournalFailure) {
        do throws(LedgerError) {
            let leases = claim(record.key.shardID).map { [$0.lease] } ?? []
            try store.transact(event, under: leases, body)
        } catch {
            throw JournalFailure(error)
        }
    }
}

extension OperationOutcome {
    /// The first word of the commit's subject.
    fileprivate var verb: String {
        switch kind {
        case .completed(ran: true): "Complete"
        case .completed(ran: false): "Find done"
        case .superseded: "Supersede"
        case .failed: "Fail"
        case .partly: "Record part of"
        case .notRun: "Return"
        case .cancelled: "Cancel"
        }
    }
}
