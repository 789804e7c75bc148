import Execution
import Foundation
import Ledger
import Model
import Observed
import Schema

/// What of rollouts goes on while a loop makes further passes.
///
/// A pass that begins work waits for it, but no longer than until the next pass is due. What is not
/// over then goes on in a thread of its own; later passes leave its rollouts and the tables that it
/// is at to it, and the first pass after its end takes the rollouts up again. A rollout is never
/// driven twice at the same time.
package final class RolloutFlights: Sendable {
    private struct State {
        var flights: [RolloutFlight] = []
        var failures: [JournalFailure] = []
        /// Shards for which a pass has something to do that others were at.
        var wanted: Set<ShardID> = []
        /// Whether there is something for the next pass to do.
        var isDue = false
        var wasWoken = false
    }

    let patienceSeconds: Double
    private let loop: Interrupt
    /// Ends the work, but not with a waking of the loop.
    let interrupt: Interrupt
    private let state = Lock(State())

    /// - Parameters:
    ///   - patienceSeconds: for how long a pass waits for what it has begun.
    ///   - loop: the interrupt for which the loop waits.
    package init(patienceSeconds: Double, loop: Interrupt) {
        self.patienceSeconds = patienceSeconds
        self.loop = loop
        interrupt = loop.follower()
    }

    // MARK: For passes

    /// What earlier passes began; to be called when a pass begins.
    func beginPass() -> OperationsAtWork {
        state.withLock { state in
            state.isDue = false
            state.wanted = []
        }
        var atWork = OperationsAtWork()
        for flight in state.withLock({ $0.flights }) { flight.add(to: &atWork) }
        return atWork
    }

    /// The next pass is to begin as soon as one of these shards is free.
    func want(_ shards: Set<ShardID>) {
        state.withLock { $0.wanted = shards }
        // Some may be free since the pass looked.
        for shard in shards { note(shard) }
    }

    private func note(_ shard: ShardID) {
        let isFree = state.withLock { state in
            guard state.wanted.contains(shard),
                state.flights.allSatisfy({ $0.isDone(with: shard) })
            else { return false }
            state.wanted.remove(shard)
            return true
        }
        if isFree { callForPass() }
    }

    /// Lets the next pass begin at once, also where the present one is not over.
    private func callForPass() {
        state.withLock { $0.isDue = true }
        loop.nudge()
    }

    /// Holds what is at work to what a newer pass found: only what it would let begin, on shards
    /// that are where they were, begins from now on.
    func heed(_ ready: Set<OperationKey>, places: [ShardID: ObservationTarget]) {
        for work in state.withLock({ $0.flights }).flatMap(\.works) {
            work.control.heed { key in
                guard work.places[key.shardID] == places[key.shardID] else {
                    return "\(key.shardID) is not where it was"
                }
                return ready.contains(key) ? nil : "it is held since: see `plumb plan`"
            }
        }
    }

    /// The environment's lease, for one more handle of the ledger; nil where no flight holds it.
    func lease(for ledger: Ledger) -> EnvironmentLease? {
        for flight in state.withLock({ $0.flights }) {
            if let lease = flight.lease { return ledger.lease(sharing: lease) }
        }
        return nil
    }

    /// Drives rollouts and waits for that, as long as patience lasts.
    ///
    /// - Parameters:
    ///   - drive: the work itself.
    ///   - after: what is to be done with what became of it, where nobody waits any more.
    /// - Returns: what became of it; nil where it goes on.
    func drive<Result: Sendable>(
        _ works: [RolloutFlight.Work], under lease: EnvironmentLease,
        _ drive: @escaping @Sendable () -> Result,
        after: @escaping @Sendable (Result) throws -> Void
    ) -> Result? {
        let flight = RolloutFlight(works, under: lease)
        for work in works { work.control.watch { [weak self] in self?.note($0) } }
        state.withLock { $0.flights.append(flight) }
        let thread = Thread { [self] in
            let result = drive()
            let isLeft = flight.state.withLock { state in
                defer { state = .over(result) }
                if case .left = state { return true }
                return false
            }
            if isLeft {
                land(flight) { try after(result) }
                callForPass()
            } else {
                loop.nudge()
            }
            flight.end.signal()
        }
        thread.name = "plumb-rollout"
        // As much as the first thread has.
        thread.stackSize = 8 << 20
        thread.start()
        return wait(for: flight) as? Result
    }

    private func wait(for flight: RolloutFlight) -> (any Sendable)? {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(patienceSeconds)
        while case .awaited = flight.state.withLock({ $0 }) {
            let left = (end - clock.now) / .seconds(1)
            guard left > 0 else { break }
            guard loop.wait(seconds: left) else {
                // The end was asked for: the statements that run are waited for.
                flight.end.wait()
                flight.end.signal()
                break
            }
            if loop.wasWoken {
                state.withLock { $0.wasWoken = true }
                break
            }
        }
        let result = flight.state.withLock { state -> (any Sendable)? in
            if case .over(let result) = state { return result }
            state = .left
            return nil
        }
        guard let result else { return nil }
        remove(flight)
        // Nobody needs to be told of an end that was waited for.
        flight.end.wait()
        loop.forgetNudge()
        return result
    }

    /// Does what the pass would have done that has gone on.
    private func land(_ flight: RolloutFlight, _ after: () throws -> Void) {
        do {
            try after()
        } catch {
            let failure = error as? JournalFailure ?? JournalFailure("\(error)")
            state.withLock { $0.failures.append(failure) }
        }
        remove(flight)
    }

    private func remove(_ flight: RolloutFlight) {
        // Who finds no lease here any more can take it.
        flight.giveBackLease()
        state.withLock { state in state.flights.removeAll { $0 === flight } }
    }

    // MARK: For the loop

    package var isEmpty: Bool { state.withLock { $0.flights.isEmpty } }

    /// Lets nothing more begin of what is at work; what runs goes on to its end.
    func halt(_ words: String) {
        for work in state.withLock({ $0.flights }).flatMap(\.works) {
            work.control.halt(.init(state: .stopped, words: words))
        }
    }

    /// Why the ledger could not be written for work that a pass had gone on without, once each.
    func takeFailures() -> [JournalFailure] {
        state.withLock { state in
            defer { state.failures = [] }
            return state.failures
        }
    }

    /// Whether there is something to do that could not be done before; true once.
    func takeDue() -> Bool {
        state.withLock { state in
            defer { state.isDue = false }
            return state.isDue
        }
    }

    /// Whether somebody woke the loop while a pass waited for its work; true once.
    func takeWaking() -> Bool {
        state.withLock { state in
            defer { state.wasWoken = false }
            return state.wasWoken
        }
    }

    /// Returns once everything is over.
    package func waitForAll() {
        while let flight = state.withLock({ $0.flights.first }) {
            flight.end.wait()
            flight.end.signal()
        }
    }
}
