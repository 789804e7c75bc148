import Basics
import Diff
import Ledger
import Model
import Schema

/// What of an environment is over for so long that it may leave the tree; the history keeps it.
///
/// Looks at every plan, rollout and approval, so it is no part of a pass.
package struct Retention {
    /// Before this time everything is old.
    private let limit: Timestamp
    /// Before this time no approval can have been given that still counts at `limit`.
    private let approvalLimit: Timestamp
    private let snapshot: RecordSnapshot

    /// How much is over.
    package struct Counts: Hashable, Sendable {
        package var plans = 0
        package var rollouts = 0
        package var approvals = 0
        package var failures = 0
        /// The rollouts of which something cannot be read, and which stay: with them what they may
        /// name, which are all approvals and plans.
        package var unread: [String] = []

        package var isEmpty: Bool {
            plans == 0 && rollouts == 0 && approvals == 0 && failures == 0
        }

        /// Such as `3 plans, 2 rollouts and 1 approval`.
        package var text: String {
            let parts = [Count.of(plans, "plan"), Count.of(rollouts, "rollout")]
            let approvals = Count.of(approvals, "approval")
            guard failures > 0 else { return parts.joined(separator: ", ") + " and " + approvals }
            return (parts + [approvals]).joined(separator: ", ") + " and "
                + Count.of(failures, "failure")
        }
    }

    /// The documents that leave the tree.
    package struct Edits: Sendable {
        package fileprivate(set) var counts = Counts()
        package fileprivate(set) var gone: [LedgerPath] = []
        /// The decisions as they were read: with another one meanwhile nothing is removed.
        package fileprivate(set) var decisions: [Digest: [UInt8]] = [:]
        fileprivate var plans: Set<Digest> = []
    }

    /// - Parameter lifetimeSeconds: how long an approval counts at most.
    package init(_ snapshot: RecordSnapshot, before limit: Timestamp, lifetimeSeconds: Int64) {
        self.snapshot = snapshot
        self.limit = limit
        approvalLimit = limit.adding(seconds: -lifetimeSeconds)
    }

    private struct Rollout {
        let id: String
        let plan: Digest
        let ended: Timestamp?
        let isOver: Bool
        /// The approvals that its operations used.
        let approvals: Set<Digest>
    }

    /// What may go. Whatever is still named by something that stays is left, and so is what cannot
    /// be dated.
    package func edits() throws(LedgerError) -> Edits {
        let (rollouts, unread) = try rollouts()
        var goneRollouts = Set(rollouts.filter(\.isOver).map(\.id))
        var approvals = unread.isEmpty ? try oldApprovals() : [:]
        // An approval stays with a rollout that used it, and a rollout with its approvals.
        var isSettled = false
        while !isSettled {
            let kept = rollouts.filter { !goneRollouts.contains($0.id) }
            let named = kept.reduce(into: Set<Digest>()) { $0.formUnion($1.approvals) }
            let staying = approvals.filter { named.contains($0.key) }
            approvals = approvals.filter { !named.contains($0.key) }
            let withKept = rollouts.filter { rollout in
                goneRollouts.contains(rollout.id)
                    && rollout.approvals.contains { approvals[$0] == nil }
            }
            goneRollouts.subtract(withKept.map(\.id))
            isSettled = staying.isEmpty && withKept.isEmpty
        }
        var edits = Edits()
        for id in goneRollouts.sorted() {
            edits.gone += try snapshot.paths(below: RecordPath.rolloutFolder(id))
        }
        for (digest, record) in approvals.sorted(by: { $0.key < $1.key }) {
            edits.gone += try snapshot.paths(below: RecordPath.approval(digest))
            edits.gone.append(ApprovalDocuments.awaiting(record.binding, digest))
            edits.decisions[digest] = try snapshot.read(RecordPath.decision(digest)) ?? []
        }
        edits.plans = unread.isEmpty ? try oldPlans(rollouts, gone: goneRollouts) : []
        edits.gone += edits.plans.sorted().map { RecordPath.plan($0) }
        let failures = try oldFailures()
        edits.gone += failures.map { RecordPath.failure($0) }
        edits.counts = Counts(
            plans: edits.plans.count, rollouts: goneRollouts.count, approvals: approvals.count,
            failures: failures.count, unread: unread)
        return edits
    }

    // MARK: What is over

    /// The rollouts, and the names of those of which something cannot be read.
    private func rollouts() throws(LedgerError) -> ([Rollout], unread: [String]) {
        var busy = Set(try snapshot.list(RecordPath.openFolder))
        // What has begun and cannot be read is of a rollout that is open.
        busy.formUnion(try snapshot.pendingList().records.map(\.rollout))
        if let latest = try snapshot.environmentRecord()?.latestRollout { busy.insert(latest) }
        busy.formUnion(try snapshot.rollbacks().map(\.rollout))
        var rollouts: [Rollout] = []
        var unread: [String] = []
        for id in try snapshot.rolloutIDs() {
            do throws(LedgerError) {
                if let rollout = try rollout(id, busy) { rollouts.append(rollout) }
            } catch  where error.isOfContent {
                unread.append(id)
            }
        }
        return (rollouts, unread)
    }

    private func rollout(_ id: String, _ busy: Set<String>) throws(LedgerError) -> Rollout? {
        guard let record = try snapshot.rollout(id) else { return nil }
        let ended = record.endedAt.flatMap(Timestamp.init(iso:))
        var approvals: Set<Digest> = []
        for path in try snapshot.paths(below: RecordPath.operations(id)) {
            let operation = try snapshot.read(OperationRecord.self, at: path)
            if let approval = operation?.approval { approvals.insert(approval) }
        }
        let isOld = ended.map { $0 < limit } ?? false
        return Rollout(
            id: id, plan: record.plan, ended: ended,
            isOver: isOld && record.state.isTerminal && !busy.contains(id), approvals: approvals)
    }

    /// The approvals of which no entry can count any more, used up or not. A denial never is old:
    /// without it the step would only wait for an approval.
    private func oldApprovals() throws(LedgerError) -> [Digest: ApprovalRecord] {
        var records: [Digest: ApprovalRecord] = [:]
        for record in try LedgerQueries.approvals(in: snapshot)
        where record.decision == .approve {
            let given = record.approvers.map { Timestamp(iso: $0.given) }
            let used = (record.uses ?? []).map { Timestamp(iso: $0.at) }
            guard given.allSatisfy({ $0.map { $0 < approvalLimit } ?? false }),
                used.allSatisfy({ $0.map { $0 < limit } ?? false })
            else { continue }
            records[record.digest] = record
        }
        return records
    }

    /// The operations that failed and were not tried again for so long: the shard or the change is
    /// gone, or nobody runs a loop.
    private func oldFailures() throws(LedgerError) -> [OperationKey] {
        var memory = FailureMemory()
        return try memory.records(in: snapshot).values.filter { failure in
            Timestamp(iso: failure.lastAt).map { $0 < limit } ?? false
        }.map(\.key).sorted()
    }

    /// The plans that no rollout that stays carries out. When a plan was made is in the history;
    /// one of which that does not tell stays.
    private func oldPlans(
        _ rollouts: [Rollout], gone: Set<String>
    ) throws(LedgerError) -> Set<Digest> {
        var kept = Set(rollouts.filter { !gone.contains($0.id) }.map(\.plan))
        if let latest = try snapshot.environmentRecord()?.latestPlan { kept.insert(latest) }
        var last: [Digest: Timestamp] = [:]
        func note(_ plan: Digest, _ time: Timestamp) {
            last[plan] = max(last[plan] ?? time, time)
        }
        for rollout in rollouts {
            if let ended = rollout.ended { note(rollout.plan, ended) }
        }
        for record in try snapshot.history(limit: .max) where record.event.kind == "planned" {
            guard let plan = record.event.key.flatMap({ Digest(hex: $0) }) else { continue }
            note(plan, Timestamp(record.time))
        }
        var plans: Set<Digest> = []
        for name in try snapshot.names(below: RecordPath.plans, depth: 2) {
            guard let plan = Digest(hex: name), !kept.contains(plan), let time = last[plan],
                time < limit
            else { continue }
            plans.insert(plan)
        }
        return plans
    }
}

extension LedgerStore {
    /// Takes what is over since before `limit` out of the tree, in one commit; makes none where
    /// nothing is. Call it with the environment's lease held, so that no rollout is opened
    /// meanwhile.
    ///
    /// - Parameter lifetimeSeconds: how long an approval counts at most.
    /// - Returns: how much it was.
    package func retire(
        before limit: Timestamp, lifetimeSeconds: Int64
    ) throws(LedgerError) -> Retention.Counts {
        guard let snapshot = try snapshot() else { return Retention.Counts() }
        let edits = try Retention(snapshot, before: limit, lifetimeSeconds: lifetimeSeconds)
            .edits()
        if !edits.counts.isEmpty { try retire(edits, before: limit) }
        return edits.counts
    }

    /// Removes what was found to be over; throws `lostRace` where it is asked for again meanwhile.
    func retire(_ edits: Retention.Edits, before limit: Timestamp) throws(LedgerError) {
        let event = LedgerEvent(
            "retired", subject: "Retire \(edits.counts.text) older than \(limit.iso)")
        try transact(event) { draft throws(LedgerError) in
            for (digest, bytes) in edits.decisions
            where try draft.read(RecordPath.decision(digest)) != bytes {
                throw LedgerError(
                    .lostRace, "approval \(digest.short) was given anew meanwhile",
                    remedy: "try again")
            }
            if let latest = try draft.environmentRecord()?.latestPlan,
                edits.plans.contains(latest)
            {
                throw LedgerError(
                    .lostRace, "plan \(latest.short) was made anew meanwhile", remedy: "try again")
            }
            for path in edits.gone { try draft.remove(path) }
            return .commit
        }
    }
}
