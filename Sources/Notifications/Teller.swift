import Basics
import Desired
import Execution
import Foundation
import Ledger
import Reconciler

/// Tells one target, on a thread of its own: of each environment it keeps only the newest
/// situation, so a target that does not answer costs no memory and keeps nobody waiting.
///
/// What was told stands in the ledger, written under a lease: of several processes one tells.
final class Teller: Sendable {
    let target: NotificationTarget
    private let courier: Courier
    private let pauses: Notifier.Pauses
    private let heard: @Sendable (Notifier.Happening) -> Void
    private let interrupt = Interrupt()
    private let pending = Lock<[String: Work]>([:])
    private let known = Lock<[String: Known]>([:])
    /// By environment, why it could not be told.
    private let faults = Lock<[String: String]>([:])

    private struct Work: Sendable {
        let situation: Situation
        let store: LedgerStore
    }

    /// What was told, of which something may not stand in the ledger yet.
    private struct Known: Sendable {
        let record: ToldRecord
        /// The number of the record in the ledger from which it comes.
        let base: Int
        /// How many events its place is ahead of that record's.
        let ahead: Int
    }

    /// After so many events the place is recorded although nothing was told, so that whoever comes
    /// next finds it within reach.
    private static let mostAhead = 5_000

    init(
        _ courier: Courier, pauses: Notifier.Pauses,
        heard: @escaping @Sendable (Notifier.Happening) -> Void
    ) {
        target = courier.target
        self.courier = courier
        self.pauses = pauses
        self.heard = heard
    }

    /// Takes the newest situation of an environment in the place of an earlier one.
    func note(_ situation: Situation, _ store: LedgerStore) {
        let name = situation.environment
        guard target.environments?.contains(name) != false else { return }
        pending.withLock { $0[name] = Work(situation: situation, store: store) }
        interrupt.nudge()
    }

    /// Lets ``run()`` end after what it is sending.
    func stop() { interrupt.raise() }

    /// Tells what there is to tell, until ``stop()``.
    func run() {
        var failures = 0
        var dueAt = 0.0
        while !interrupt.isRaised {
            if LoopPulse.monotonicSeconds() >= dueAt {
                let isGood = tellAll(next: pauses.after(failures + 1))
                failures = isGood ? 0 : failures + 1
                dueAt = isGood ? 0 : LoopPulse.monotonicSeconds() + pauses.after(failures)
            }
            let isIdle = pending.withLock { $0.isEmpty }
            let rest = isIdle ? 3_600 : max(0.01, dueAt - LoopPulse.monotonicSeconds())
            guard interrupt.wait(seconds: rest) else { return }
        }
    }

    /// Whether all of it was told.
    ///
    /// - Parameter seconds: when it is tried again where it was not.
    private func tellAll(next seconds: Double) -> Bool {
        let all = pending.withLock { $0 }.sorted { $0.key < $1.key }
        var isGood = true
        for (name, work) in all where !interrupt.isRaised {
            do {
                guard try tell(work) else {
                    isGood = false
                    continue
                }
                faults.withLock { $0[name] = nil }
                pending.withLock { pending in
                    if pending[name]?.situation == work.situation { pending[name] = nil }
                }
            } catch {
                isGood = false
                note("\(error)", of: name, next: seconds)
            }
        }
        return isGood
    }

    private func note(_ text: String, of environment: String, next seconds: Double) {
        let isNew = faults.withLock { faults in
            defer { faults[environment] = text }
            return faults[environment] != text
        }
        heard(
            .failed(
                target: target.name, of: environment, text, seconds: seconds, isNew: isNew))
    }

    /// Tells of one environment; false while another process does.
    private func tell(_ work: Work) throws -> Bool {
        let (store, name) = (work.store, work.situation.environment)
        let claim = try store.ledger.claim(
            "notify/\(name)/\(target.name)", holder: "telling \(target.name) of \(name)")
        guard let claim else { return false }
        defer { claim.giveBack() }
        guard let snapshot = try store.snapshot() else { return true }
        let kept = try ToldRecord.read(target.name, in: snapshot)
        let commit = snapshot.commit
        var record = kept ?? ToldRecord(from: commit)
        if kept == nil { try write(record, over: nil, "from now on", store, claim) }
        let base = record.number
        var ahead = 0
        if let known = known.withLock({ $0[name] }), known.base == base {
            (record, ahead) = (known.record, known.ahead)
        }
        // Another process knows a later state, and has told it.
        guard record.asOf <= work.situation.asOf else { return true }
        let place = ObjectID(hex: record.place)
        let events = try place.flatMap { try snapshot.events(since: $0) }
        let tellings = Tellings(
            work.situation, to: target, after: record, events: events ?? [], upTo: commit)
        var (failure, told): ((any Error)?, [String]) = (nil, [])
        for telling in tellings.due {
            do {
                try courier.send(telling.message, at: Timestamp(Date()))
            } catch {
                failure = error
                break
            }
            record = telling.after
            told.append(telling.message.event.rawValue)
            heard(.told(target: target.name, telling.message))
        }
        if failure == nil {
            record = tellings.record
            ahead += events?.count ?? Self.mostAhead
        }
        // Kept here, too: what could not be recorded is not told again by this process.
        remember(record, base, ahead, of: name)
        if record.number != base || ahead >= Self.mostAhead {
            let subject = told.isEmpty ? "up to here" : told.joined(separator: ", ")
            try write(record, over: base, subject, store, claim)
            remember(record, record.number, 0, of: name)
        }
        if let failure { throw failure }
        return true
    }

    private func remember(
        _ record: ToldRecord, _ base: Int, _ ahead: Int, of environment: String
    ) {
        known.withLock { $0[environment] = Known(record: record, base: base, ahead: ahead) }
    }

    /// Records what was told by now.
    ///
    /// - Parameters:
    ///   - number: that of the record in its place; nil where there is none.
    ///   - what: what was told, for the audit trail.
    private func write(
        _ record: ToldRecord, over number: Int?, _ what: String, _ store: LedgerStore,
        _ claim: LedgerClaim
    ) throws(LedgerError) {
        let name = target.name
        let event = LedgerEvent(
            number == nil ? "notifications-begun" : "notified", subject: "Tell \(name): \(what)",
            key: name)
        try store.transact(event, under: [claim.lease]) { draft throws(LedgerError) in
            guard try ToldRecord.read(name, in: draft)?.number == number else { return .nothing }
            try draft.set(RecordPath.told(name), json: record)
            return .commit
        }
    }
}
