import Execution
import Foundation
import Ledger
import Model
import Schema

/// Looks while a batch runs whether there are others, keeps what is offered to them as it should
/// be, and hears of what failed with them.
final class OfferKeeper: @unchecked Sendable {
    // Sendable because what changes is used with `looking` locked, `broken` with `mutex`, and the
    // rest is constant.

    /// Signalled when there are others, for the first time, and whenever its user wants.
    let signal = DispatchSemaphore(value: 0)

    private let batch: SharedBatch
    private let works: [RolloutRunner.ShardWork]
    private let offer: RolloutOffer
    private let ending = Interrupt()
    private let ended = DispatchSemaphore(value: 0)
    /// Locked while it is looked: what was found last is what is offered last, and nothing is after
    /// the end.
    private let looking = NSLock()
    private var isOver = false
    private let mutex = NSLock()
    private var broken: JournalFailure?
    /// What is offered where nothing is held, once it was worked out.
    private var whole: [OfferedShard?]?
    /// The operations that failed elsewhere and were heard of.
    private var failures: Set<OperationKey> = []
    private var memory = FailureMemory()
    private var wasShared = false

    init(_ batch: SharedBatch, _ works: [RolloutRunner.ShardWork]) {
        self.batch = batch
        self.works = works
        offer = RolloutOffer(
            store: batch.store, rollout: batch.rollout.id, by: batch.sharing.name)
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        mutex.lock()
        defer { mutex.unlock() }
        return body()
    }

    /// Why the ledger could not be used; nil where it could.
    var failure: JournalFailure? { locked { broken } }

    func fail(_ error: any Error) {
        let failure: JournalFailure =
            switch error {
            case let error as JournalFailure: error
            case let error as LedgerError: JournalFailure(error)
            default: JournalFailure("\(error)")
            }
        locked { broken = broken ?? failure }
        signal.signal()
    }

    /// Looks for the first time, and from then on each second.
    func begin() {
        look()
        batch.control.watchHolds { [weak self] in self?.look() }
        let thread = Thread { [self] in
            while ending.wait(seconds: WorkSharing.lookSeconds) { look() }
            ended.signal()
        }
        thread.name = "plumb-sharing"
        // What others have written is parsed.
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Takes back what is offered, and looks no more.
    func end() {
        ending.raise()
        ended.wait()
        batch.control.watchHolds(nil)
        looking.lock()
        defer { looking.unlock() }
        isOver = true
        do { try offer.withdraw() } catch { fail(error) }
    }

    private func look() {
        looking.lock()
        defer { looking.unlock() }
        guard !isOver else { return }
        do {
            guard try batch.sharing.look() else { return try offer.withdraw() }
            if !wasShared { signal.signal() }
            wasShared = true
            try hearFailures()
            guard batch.isOffered, batch.control.mayStart, !batch.control.isThrottled else {
                return try offer.withdraw()
            }
            try offer.set(content())
        } catch {
            fail(error)
        }
    }

    /// What failed elsewhere counts for what begins here.
    private func hearFailures() throws(LedgerError) {
        guard let snapshot = try batch.store.snapshot() else { return }
        let settled = batch.control.settled
        for (key, record) in try memory.records(in: snapshot)
        where record.rollout == batch.rollout.id && !settled.contains(key) {
            guard failures.insert(key).inserted,
                let kept = try snapshot.keptOperation(batch.rollout.id, key), kept.state == .failed
            else { continue }
            batch.control.note(
                key, OperationOutcome(ended: .failed, message: kept.message),
                of: batch.rollout.id, at: batch.store.now.iso)
        }
    }

    /// What may begin, whether or not it is over by now: an offer is not written anew for that.
    private func content() throws(LedgerError) -> RolloutOffer.Content {
        if whole == nil {
            whole = try works.map { work throws(LedgerError) in try offered(work) { _ in true } }
        }
        var servers: [ServerAddress: [OfferedShard]] = [:]
        for (place, work) in works.enumerated() {
            let isHeld = work.records.contains { batch.control.hold(of: $0.key) != nil }
            let shard =
                isHeld
                ? try offered(work) { batch.control.hold(of: $0) == nil } : whole?[place] ?? nil
            if let shard { servers[work.server, default: []].append(shard) }
        }
        return .init(
            perServer: batch.perServer, after: batch.after, until: batch.until(), servers: servers)
    }

    private func offered(
        _ work: RolloutRunner.ShardWork, _ mayBegin: (OperationKey) -> Bool
    ) throws(LedgerError) -> OfferedShard? {
        guard let target = batch.places[work.shard] else { return nil }
        return try OfferedShard(
            work, at: target, labels: batch.labels[work.shard] ?? [:], mayBegin)
    }
}
