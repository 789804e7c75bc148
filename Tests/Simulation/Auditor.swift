import Basics
import Diff
import Ledger
import MemoryStore
import Model
import Schema
import Store

/// Watches every commit and every statement of a world, and tells what must never be.
///
/// It is told nothing by the product: it reads the ledger's commits, and the servers ask it.
final class Auditor {
    unowned let world: World
    private let backend: MemoryBackend
    private let reader: ObjectReader
    private var last: ObjectID?
    private(set) var mirror = LedgerMirror()
    /// The statements that took effect, by operation and number.
    private var executed: Set<Run> = []
    /// The last operation of each table that ended, for what processes are told.
    private var ended: [OperationKey: LedgerMirror.Place] = [:]
    /// What people approved and denied, by the digest of the step: how often, and whether.
    var approvals: [Digest: Int] = [:]
    var denials: Set<Digest> = []
    /// The operations of which a statement ran because of an approval, with how often the approval
    /// had been given then.
    private var uses: [Use: [LedgerMirror.Place: Int]] = [:]
    /// The operations that began, and those that were ready for their cutover.
    var began: Set<LedgerMirror.Place> = []
    var parked: Set<LedgerMirror.Place> = []
    /// The rollouts of which somebody wants what waits to be tried at once, in the latest commit.
    var retried: Set<String> = []
    /// How often each process sent a statement.
    var sent: [Sending: Int] = [:]
    /// What is known of the runs of finalizers.
    var finalizerRuns: [LedgerMirror.FinalizerPlace: FinalizerRuns] = [:]

    private struct Use: Hashable {
        let approval: Digest
        let key: OperationKey
    }

    /// One statement of one operation.
    struct Run: Hashable, Sendable {
        let place: LedgerMirror.Place
        let index: Int
    }

    /// What one process sent.
    struct Sending: Hashable {
        let process: Int
        let run: Run
    }

    init(_ world: World) {
        self.world = world
        backend = MemoryBackend(world.ledgerPlace)
        reader = ObjectReader(backend)
    }

    private static let branch = "refs/heads/production"

    /// The newest commit of the ledger.
    var tip: ObjectID? { try? backend.reference(Self.branch) }

    var openRollouts: [RolloutRecord] {
        world.locked {
            mirror.marks.keys.compactMap { mirror.rollouts[$0] }
                .sorted {
                    ($0.number ?? 0, $0.startedAt, $0.id) < ($1.number ?? 0, $1.startedAt, $1.id)
                }
        }
    }

    /// The names of all rollouts, the older ones first.
    var rollouts: [String] {
        world.locked {
            mirror.rollouts.values.sorted {
                ($0.number ?? 0, $0.startedAt, $0.id) < ($1.number ?? 0, $1.startedAt, $1.id)
            }.map(\.id)
        }
    }

    /// What is taken back, the older ones first.
    var rollbacks: [RollbackRecord] { world.locked { mirror.rollbacks } }

    /// What was asked of an open rollout.
    func mark(_ rollout: String) -> RolloutMark? { world.locked { mirror.marks[rollout] } }

    /// What is suspended, over or not.
    var suspensions: [SuspensionRecord] {
        world.locked { mirror.suspensions.sorted { $0.key < $1.key }.map(\.value) }
    }

    /// The shards of which the ledger has something that cannot be read.
    var damagedShards: [ShardID] {
        world.locked { Set(mirror.damaged.values.map(\.key.shardID)).sorted() }
    }

    /// The operations that have not ended, by rollout; those that a process left first.
    var openOperations: [LedgerMirror.Place] {
        world.locked {
            let left = mirror.pending.map { LedgerMirror.Place(rollout: $1.rollout, key: $0) }
            let open = mirror.operations.filter { place, record in
                mirror.marks[place.rollout] != nil && !record.state.isTerminal
            }
            return left.sorted() + open.keys.sorted()
        }
    }

    /// The finalizers that have not ended.
    var finalizersAtWork: [LedgerMirror.FinalizerPlace] {
        world.locked {
            mirror.finalizers.filter { !$0.value.state.isTerminal }.map(\.key).sorted()
        }
    }

    /// Whether something on a shard waits for its cutover.
    func hasParked(on shard: ShardID) -> Bool {
        world.locked {
            mirror.pending.keys.contains {
                $0.shardID == shard && mirror.record(pendingOf: $0)?.state == .waitingForCutover
            }
        }
    }

    /// Whether a statement took effect.
    func hasRun(_ run: Run) -> Bool { executed.contains(run) }

    var hasPending: Bool { world.locked { !mirror.pending.isEmpty } }

    // MARK: Commits

    /// Looks at the commits that have come since it looked last.
    ///
    /// - Parameter process: the one that wrote the last of them.
    func look(by process: SimulatedProcess? = nil) {
        world.locked {
            do {
                var commits: [(id: ObjectID, commit: CommitObject)] = []
                var next = tip
                while let id = next, id != last {
                    let commit = try reader.commit(id)
                    commits.append((id, commit))
                    next = commit.parents.first
                }
                if next != last { world.fail("the branch lost commits") }
                for (_, commit) in commits.reversed() { try look(at: commit, by: process) }
                last = tip ?? last
            } catch {
                world.fail("the ledger cannot be read: \(error)")
            }
        }
    }

    private func look(at commit: CommitObject, by process: SimulatedProcess?) throws {
        world.count.commits += 1
        let before = mirror
        let change = try mirror.follow(commit, reader)
        var events = TrailAudit.events(of: commit.message)
        for event in events { world.note("  \(event.kind) \(event.key)") }
        for event in events where event.kind == "rollout-retried" {
            forgetAttempts { $0.rollout == event.key }
        }
        retried = Set(events.filter { $0.kind == "rollout-retried" }.map(\.key))
        let isReopened = events.contains { $0.kind == "finalizer-retried" }
        let now = Timestamp(commit.author.time)
        for place in change.operations.keys.sorted() {
            guard let (old, new) = change.operations[place] else { continue }
            audit(place, old, new, before, &events)
            if new?.state == .failed { process?.failed.insert(place.key.shardID) }
            if let new, old?.state != .cuttingOver, new.state == .cuttingOver, new.engine != nil {
                judgeStagedCutover(place, before, &events, now, process)
            }
            if new?.state.isTerminal == true, old?.state.isTerminal == false {
                judgeLeftovers(place, events)
            }
        }
        for key in change.pending.keys.sorted() {
            guard let (old, new) = change.pending[key] else { continue }
            audit(pending: key, old, new, before, &events, now, process)
            guard old == nil, new != nil, !world.hasThreads else { continue }
            if process?.failed.contains(key.shardID) == true {
                world.fail("\(key) started after another one of its shard had failed")
            }
        }
        auditRollbacks(before, commit.message)
        auditFinalizers(change, before, &events)
        auditRollouts(change, isReopened: isReopened)
        auditWaves(change)
        for event in events where TrailAudit.operationEvents.contains(event.kind) {
            world.fail("\(event.kind) \(event.key): nothing of it happened in its commit")
        }
    }

    private func audit(
        _ place: LedgerMirror.Place, _ old: OperationRecord?, _ new: OperationRecord?,
        _ before: LedgerMirror, _ events: inout [TrailAudit.Event]
    ) {
        guard let new else { return }
        guard old != nil else {
            world.count.operations += 1
            for id in before.marks.keys.sorted() where id != place.rollout {
                let other = LedgerMirror.Place(rollout: id, key: place.key)
                // One that an open rollout has already; those that it ended are no matter.
                guard let state = mirror.state(other), !state.isTerminal else { continue }
                world.fail("\(place) is in rollout \(id), too")
            }
            if new.state != .pending { world.fail("\(place) began as \(new.state)") }
            return
        }
        guard let state = before.state(place) else { return }
        guard state != new.state else {
            // It was refused before it began, or failed once more: its record says so.
            let kinds = ["operation-not-run"] + TrailAudit.events(for: .failedRetryable)
            events.removeAll { kinds.contains($0.kind) && $0.key == "\(place)" }
            // What somebody wants tried again is due at once, until it is.
            let isDue = old?.nextAttemptAt == nil && new.nextAttemptAt == nil
            if state == .failedRetryable, isDue, old?.attempts == new.attempts { return }
            return judgeRest(place, new)
        }
        if state.isTerminal { world.fail("\(place) was \(state) and became \(new.state)") }
        if state == .waitingForCutover { judgeEndOfWait(place, new, before, events) }
        let isReached = TrailAudit.isReachable(new.state, from: state)
        if !isReached { world.fail("\(place) went from \(state) to \(new.state)") }
        judgeRest(place, new)
        if new.state.isTerminal { ended[place.key] = place }
        let isTold = TrailAudit.isTold(new.state)
        guard isTold else { return }
        let kinds = TrailAudit.events(for: new.state)
        if let event = events.firstIndex(where: { kinds.contains($0.kind) && $0.key == "\(place)" })
        {
            events.remove(at: event)
        } else if !events.contains(where: { TrailAudit.isOfMany($0.kind) }) {
            world.fail("\(place) became \(new.state) without an event")
        }
    }

    private func audit(
        pending key: OperationKey, _ old: LedgerMirror.Pending?, _ new: LedgerMirror.Pending?,
        _ before: LedgerMirror, _ events: inout [TrailAudit.Event], _ now: Timestamp,
        _ process: SimulatedProcess?
    ) {
        guard let new else {
            guard let old else { return }
            let place = LedgerMirror.Place(rollout: old.rollout, key: key)
            let state = mirror.state(place)
            let isUndone = state == .pending || state == .failedRetryable
            if isUndone, let run = executed.first(where: { $0.place == place }) {
                world.fail("\(place) counts as not run, and statement \(run.index) of it ran")
            }
            // What was counted until then was known to nobody but who could not record it.
            if state == .pending { forgetAttempts { $0 == place } }
            // Back to pending: where its record changed, its event was found with that.
            if state == .pending, before.operations[place] == mirror.operations[place] {
                let event = events.firstIndex {
                    $0.kind == "operation-not-run" && $0.key == "\(place)"
                }
                if let event {
                    events.remove(at: event)
                } else {
                    world.fail("\(place) lost its pending record without an event")
                }
            }
            return
        }
        let place = LedgerMirror.Place(rollout: new.rollout, key: key)
        if let old, old.rollout != new.rollout {
            world.fail("\(key) has two pending records: \(old.rollout) and \(new.rollout)")
        }
        guard old == nil else { return }
        if let event = events.firstIndex(where: {
            $0.kind == "operation-started" && $0.key == "\(place)"
        }) {
            events.remove(at: event)
        } else {
            world.fail("\(place) started without an event")
        }
        judgeStart(place, before, now, process)
    }

    /// - Parameter isReopened: whether somebody wants a finalizer to run again.
    private func auditRollouts(_ change: LedgerMirror.Change, isReopened: Bool) {
        var ids = Set(change.rollouts.keys).union(change.marks.keys)
        ids.formUnion(change.operations.keys.map(\.rollout))
        for id in ids.sorted() {
            guard let record = mirror.rollouts[id] else {
                world.fail("rollout \(id) is not there, but parts of it")
                continue
            }
            if let old = change.rollouts[id]?.old, old.state.isTerminal, old != record,
                !isReopened
            {
                world.fail("rollout \(id) had ended and changed")
            }
            let isOpen = mirror.marks[id] != nil
            if isOpen == record.state.isTerminal {
                world.fail("rollout \(id) is \(record.state), and its mark says otherwise")
            }
            guard change.rollouts[id] != nil else { continue }
            let derived = mirror.derivedState(of: record)
            if record.state.isTerminal ? derived != record.state : derived?.isTerminal == true {
                world.fail(
                    "rollout \(id) is \(record.state), and its operations say \(derived as Any)")
            }
        }
    }

    // MARK: Statements

    /// Whether a statement may run now; it is about to be sent.
    func judge(
        _ meaning: StatementMeaning, _ statement: PlanStatement, on shard: ShardID,
        by process: SimulatedProcess, _ session: Int, seen: Digest??
    ) -> Run? {
        world.locked {
            world.count.statements += 1
            let key = OperationKey(
                shard: shard, object: ObjectName(.table, Shape.name(meaning.table)))
            if world.shards[shard]?.owner != session {
                world.fail("\(key): a statement without the shard's lock")
            }
            guard let pending = mirror.pending[key], let step = mirror.step(pending) else {
                world.fail("\(key): a statement without a pending record")
                return nil
            }
            let place = LedgerMirror.Place(rollout: pending.rollout, key: key)
            let record = mirror.operations[place]
            if record?.to != step.to || record?.from != step.from {
                world.fail("\(place): its statement leads elsewhere than its record says")
            }
            // Somebody may change the table after it was read: nobody can help that.
            let index = step.statements.indices.first {
                step.statements[$0] == statement && seen == .some(step.digests[$0])
            }
            guard let index else {
                world.fail("\(place): a statement on a table that was not seen to be as planned")
                return nil
            }
            let run = Run(place: place, index: index)
            if executed.contains(run) { world.fail("\(place): statement \(index) runs again") }
            judgeAttempts(run, by: process)
            judgeFirst(meaning, pending, place, process)
            return run
        }
    }

    /// What must be so before the first statement that a process sends for an operation.
    private func judgeFirst(
        _ meaning: StatementMeaning, _ pending: LedgerMirror.Pending,
        _ place: LedgerMirror.Place, _ process: SimulatedProcess
    ) {
        guard process.attempted.insert(place.key).inserted else { return }
        let now = world.time
        // Where others let time pass meanwhile, it was another time when it was looked at.
        guard !world.hasThreads else { return }
        if let closed = world.fleet.policy.changeWindows.closed(at: now.date) {
            world.fail("\(place): a statement at \(now), outside \(closed.name)")
        }
        let isLossy: Bool
        switch meaning {
        case .drop: isLossy = true
        case .alter(_, _, let drops): isLossy = drops != 0
        case .create: isLossy = false
        }
        judgeApproval(of: pending, place, isLossy: isLossy, now)
    }

    /// The approval of an operation whose table is about to change counts.
    func judgeApproval(
        of pending: LedgerMirror.Pending, _ place: LedgerMirror.Place, isLossy: Bool,
        _ now: Timestamp
    ) {
        guard let approval = pending.approval else {
            if isLossy { world.fail("\(place) without an approval") }
            return
        }
        if approvals[approval] == nil {
            world.fail("\(place): nobody gave approval \(approval.short)")
        }
        if denials.contains(approval) {
            world.fail("\(place): approval \(approval.short) was denied")
        }
        let given = approvals[approval] ?? 0
        let used = uses[Use(approval: approval, key: place.key)] ?? [:]
        if let other = used.first(where: { $0.key != place && $0.value >= given })?.key {
            world.fail("\(place): approval \(approval.short) was used up by \(other)")
        }
        if let until = pending.approvedUntil.flatMap(Timestamp.init(iso:)), until <= now {
            world.fail("\(place): its approval expired \(until)")
        }
    }

    /// Something beside a table changed that the process which sent it does not wait for any more.
    func changedLate(_ place: LedgerMirror.Place) {
        guard mirror.state(place)?.isTerminal == true else { return }
        let left = world.shards[place.key.shardID]?.leftovers(of: place) ?? []
        if !left.isEmpty { world.fail("\(place) has ended, and then \(left) came") }
    }

    /// A statement took effect.
    ///
    /// - Parameter late: whether the process that sent it does not wait for it any more.
    func executed(_ run: Run?, late: Bool = false) {
        guard let run else { return }
        if !executed.insert(run).inserted { world.fail("\(run.place): \(run.index) ran twice") }
        if let approval = mirror.pending[run.place.key]?.approval {
            let use = Use(approval: approval, key: run.place.key)
            uses[use, default: [:]][run.place] = approvals[approval] ?? 0
        }
        let hasEnded = mirror.state(run.place)?.isTerminal == true
        if late, hasEnded || mirror.pending[run.place.key]?.rollout != run.place.rollout {
            world.fail("\(run.place): a statement took effect after it was settled")
        }
    }

    /// Somebody changed a table by hand: what ran there before may have to run again.
    func forget(_ key: OperationKey) {
        executed = executed.filter { $0.place.key != key }
        uses = uses.filter { $0.key.key != key }
    }

    /// A process was told that an operation ended.
    func heard(_ key: OperationKey, _ outcome: OperationOutcome) {
        world.locked {
            guard outcome.state.isTerminal else { return }
            let known = ended[key].flatMap { mirror.operations[$0]?.state }
            if known != outcome.state {
                world.fail("\(key): told as \(outcome.state), and the ledger says \(known as Any)")
            }
        }
    }

    /// What must be so when no process runs.
    func auditRest() {
        world.locked {
            for key in mirror.pending.keys.sorted() {
                guard let pending = mirror.pending[key] else { continue }
                let place = LedgerMirror.Place(rollout: pending.rollout, key: key)
                guard let record = mirror.operations[place] else {
                    world.fail("\(place) is pending, and has no record")
                    continue
                }
                if record.state.isTerminal { world.fail("\(place) has ended and is pending") }
            }
            for shard in world.shards.values where shard.owner != nil && shard.leftBehind == nil {
                world.fail("\(shard.id) is locked, and nobody works")
            }
        }
    }
}
