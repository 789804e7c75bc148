import Basics
import Diff
import Execution
import Foundation
import Ledger
import Model
import Observed
import Reports
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("What goes on while a loop makes further passes")
struct RolloutFlightsTests {
    /// A rollout of two shards whose work ends when the test lets it.
    private final class Work: Sendable {
        let folder: TemporaryFolder
        let ledger: Ledger
        let loop = Interrupt()
        let control: RolloutControl
        let keys: [OperationKey]
        let isOpen = DispatchSemaphore(value: 0)
        let after = Lock(0)

        init() throws {
            folder = try TemporaryFolder()
            ledger = try Ledger.open(path: folder.path + "/ledger.git")
            control = RolloutControl(rule: FailureRule(.halt), interrupt: loop)
            keys = ["s0", "s1"].map { name in
                OperationKey(
                    shard: ShardID(namespace: "app", shard: name),
                    object: ObjectName(.table, "orders"))
            }
        }

        /// Drives it in a pass; waits no longer than patience has it.
        func drive(
            _ flights: RolloutFlights, failing: JournalFailure? = nil
        ) throws -> String? {
            let lease = try ledger.lease("production", holder: "a pass")
            let work = RolloutFlight.Work(
                rollout: "r1", control: control,
                keys: Dictionary(grouping: keys, by: \.shardID))
            return flights.drive(
                [work], under: lease,
                { [self] in
                    isOpen.wait()
                    return "done"
                },
                after: { [self] _ in
                    if let failing { throw failing }
                    after.withLock { $0 += 1 }
                })
        }

        func settle(_ key: OperationKey) {
            control.note(
                key, OperationOutcome(kind: .completed(ran: true), attempts: 0), of: "r1",
                at: "2026-11-21T12:00:00Z")
        }
    }

    /// Waits, and says whether nobody ended that before its time.
    private static func isWhole(waitOf loop: Interrupt, seconds: Double) -> Bool {
        let clock = ContinuousClock()
        let start = clock.now
        _ = loop.wait(seconds: seconds)
        return clock.now - start >= .seconds(seconds)
    }

    @Test("a pass has what became of its work, where that is over in time")
    func inTime() throws {
        let work = try Work()
        let flights = RolloutFlights(patienceSeconds: 3_600, loop: work.loop)
        work.isOpen.signal()
        #expect(try work.drive(flights) == "done")
        #expect(flights.isEmpty && flights.beginPass().rollouts.isEmpty)
        #expect(work.after.withLock { $0 } == 0 && !flights.takeDue())
        // Nobody was to be told of the end, so the loop's next wait is a whole one.
        #expect(Self.isWhole(waitOf: work.loop, seconds: 0.2))
    }

    @Test("what goes on is at work until it is over, under the lease, and then calls for a pass")
    func goesOn() throws {
        let work = try Work()
        let flights = RolloutFlights(patienceSeconds: 0, loop: work.loop)
        #expect(try work.drive(flights) == nil)
        #expect(work.control.enter(work.keys[0].shardID))
        var atWork = flights.beginPass()
        #expect(atWork.rollouts == ["r1"] && Set(atWork.keys.keys) == Set(work.keys))
        work.settle(work.keys[0])
        work.settle(work.keys[1])
        atWork = flights.beginPass()
        // The worker is still on the first shard; the other one is free.
        #expect(atWork.keys.isEmpty && atWork.shards == [work.keys[0].shardID])
        let other = try Ledger.open(path: work.ledger.path)
        #expect(throws: LedgerError.self) { try other.lease("production", holder: "another") }
        do {
            let shared = try #require(flights.lease(for: other))
            work.isOpen.signal()
            withExtendedLifetime(shared) {}
            flights.waitForAll()
        }
        #expect(flights.isEmpty && work.after.withLock { $0 } == 1)
        #expect(flights.takeDue() && !flights.takeDue())
        #expect(!Self.isWhole(waitOf: work.loop, seconds: 60))
        _ = try other.lease("production", holder: "another")
    }

    @Test("a pass that wants a shard is called for as soon as that is free")
    func wanted() throws {
        let work = try Work()
        let flights = RolloutFlights(patienceSeconds: 0, loop: work.loop)
        #expect(try work.drive(flights) == nil)
        for key in work.keys { #expect(work.control.enter(key.shardID)) }
        let atWork = flights.beginPass()
        flights.want([work.keys[1].shardID])
        work.settle(work.keys[0])
        work.control.leave(work.keys[0].shardID)
        #expect(!flights.takeDue())
        work.settle(work.keys[1])
        #expect(!flights.takeDue())
        work.control.leave(work.keys[1].shardID)
        #expect(flights.takeDue())
        // One that has become free since the pass looked counts too.
        flights.want(atWork.shards)
        #expect(flights.takeDue())
        work.isOpen.signal()
        flights.waitForAll()
    }

    @Test("who wakes the loop ends the wait, and is heard; who ends it waits for the work")
    func interrupted() throws {
        let woken = try Work()
        var flights = RolloutFlights(patienceSeconds: 3_600, loop: woken.loop)
        woken.loop.wake()
        #expect(try woken.drive(flights) == nil)
        #expect(flights.takeWaking() && !flights.takeWaking())
        #expect(!flights.interrupt.isRaised)
        woken.isOpen.signal()
        flights.waitForAll()
        let ended = try Work()
        flights = RolloutFlights(patienceSeconds: 3_600, loop: ended.loop)
        ended.loop.raise()
        #expect(flights.interrupt.isRaised)
        ended.isOpen.signal()
        #expect(try ended.drive(flights) == "done")
    }

    @Test("what a newer pass does not let begin does not begin")
    func heeds() throws {
        let work = try Work()
        let flights = RolloutFlights(patienceSeconds: 0, loop: work.loop)
        #expect(try work.drive(flights) == nil)
        #expect(work.keys.allSatisfy { work.control.hold(of: $0) == nil })
        flights.heed([work.keys[0]], places: [:])
        #expect(work.control.hold(of: work.keys[0]) == nil)
        #expect(work.control.hold(of: work.keys[1])?.contains("plumb plan") == true)
        flights.heed(Set(work.keys), places: [:])
        #expect(work.control.hold(of: work.keys[1]) == nil)
        let target = ObservationTarget(
            id: work.keys[0].shardID, server: .socket(path: "/other"), database: "app")
        flights.heed(Set(work.keys), places: [target.id: target])
        #expect(work.control.hold(of: work.keys[0])?.contains("not where it was") == true)
        work.isOpen.signal()
        flights.waitForAll()
    }

    @Test("of an environment that is gone nothing more begins")
    func halted() throws {
        let work = try Work()
        let flights = RolloutFlights(patienceSeconds: 0, loop: work.loop)
        #expect(try work.drive(flights) == nil)
        #expect(work.control.mayStart)
        flights.halt("the environment is gone")
        #expect(
            !work.control.mayStart && work.control.standstill?.words == "the environment is gone")
        work.isOpen.signal()
        flights.waitForAll()
    }

    @Test("what could not be recorded afterwards the loop says, once")
    func failed() throws {
        let work = try Work()
        let flights = RolloutFlights(patienceSeconds: 0, loop: work.loop)
        #expect(try work.drive(flights, failing: JournalFailure("the disk is full")) == nil)
        work.isOpen.signal()
        flights.waitForAll()
        #expect(work.after.withLock { $0 } == 0)
        #expect(flights.takeFailures().map(\.message) == ["the disk is full"])
        #expect(flights.takeFailures().isEmpty)
    }
}

@Suite("What rollouts share")
struct SharedPlacesTests {
    @Test("operations on different servers share the places in total")
    func total() {
        let places = StatementPlaces(total: 2, perServer: 2)
        let servers = (0..<3).map { ServerAddress.tcp(host: "db\($0)", port: 3306) }
        let first = places.take(servers[0])
        let second = places.take(servers[1])
        let third = Lock<StatementPlaces.Place?>(nil)
        let came = DispatchSemaphore(value: 0)
        Thread {
            let place = places.take(servers[2])
            third.withLock { $0 = place }
            came.signal()
        }.start()
        #expect(came.wait(timeout: .now() + 0.1) == .timedOut)
        places.giveBack(first)
        came.wait()
        places.giveBack(second)
        if let place = third.withLock({ $0 }) { places.giveBack(place) }
        // Nothing is lost: both can be had again at once.
        _ = places.take(servers[0])
        _ = places.take(servers[0])
    }

    @Test("a follower hears the end and no waking")
    func follower() {
        let loop = Interrupt()
        let follower = loop.follower()
        loop.wake()
        loop.nudge()
        #expect(!follower.isRaised && loop.wait(seconds: 3_600) && loop.wasWoken)
        loop.nudge()
        #expect(loop.wait(seconds: 3_600) && !loop.wasWoken)
        loop.raise()
        #expect(follower.isRaised && !follower.wait(seconds: 3_600))
        #expect(loop.follower().isRaised)
    }
}
