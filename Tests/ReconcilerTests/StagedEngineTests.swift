import Basics
import Diff
import Execution
import Ledger
import Model
import Observed
import Reports
import Schema
import Testing

@testable import Reconciler
@testable import TestSupport

@Suite("An engine with long phases, on a real table")
struct StagedEngineTests {
    /// Which fault point each process in turn dies at.
    private static let deaths = Rounds.seeds(1).count > 1 ? Array(2...40) : [3, 5]

    @Test("wherever processes die, the next one goes on, and the table changes once")
    func dies() throws {
        for death in Self.deaths {
            let fleet = try CopyingFleet()
            var passes = 0
            while try fleet.live() != CopyingFleet.after || !fleet.states().isEmpty {
                passes += 1
                try #require(passes < 60, "\(death): \(fleet.phases)")
                // A process that always died at the same point would never get further.
                _ = try fleet.pass(dyingAt: death + passes / 8)
            }
            #expect(fleet.phases.count { $0 == "cutOver" } == 1, "\(fleet.phases)")
            let events = try fleet.events()
            // The table was made by the rollout before.
            #expect(events["operation-completed"] == 2, "\(events)")
            #expect(events["operation-cutting-over"] == 1)
            #expect(try fleet.pass().exitStatus == .done)
        }
    }

    @Test("what is ready is parked without a lock, and cut over by another process when asked to")
    func parks() throws {
        let fleet = try CopyingFleet(rollout: "{cutover: manual}")
        let report = try fleet.pass()
        #expect(report.exitStatus == .difference)
        #expect(try fleet.states() == [.waitingForCutover])
        #expect(try fleet.live() == CopyingFleet.parked)
        #expect(try fleet.lockHolder() == nil)
        // Days later it is still there, and nothing is done to it.
        _ = fleet.clock.wait(seconds: 864_000, unless: Interrupt())
        #expect(try fleet.pass().exitStatus == .difference)
        #expect(try fleet.live() == CopyingFleet.parked)
        let phases = fleet.phases
        _ = try fleet.requests.cutover(
            nil, of: .init(namespaces: nil, shards: []), reason: "tonight")
        #expect(try fleet.pass().exitStatus == .done)
        #expect(try fleet.live() == CopyingFleet.after)
        #expect(fleet.phases.dropFirst(phases.count) == ["cutOver", "cleanUp"])
    }

    @Test("a stop keeps what is done, and a start goes on from there")
    func stops() throws {
        let fleet = try CopyingFleet(ticks: 3)
        let requests = try fleet.requests
        fleet.engine.onPhase.withLock { hook in
            hook = Hook { phase in if phase == "run" { _ = try? requests.stop(nil, reason: "look") }
            }
        }
        #expect(try fleet.pass().exitStatus == .blocked)
        #expect(try fleet.live() == CopyingFleet.parked)
        #expect(fleet.phases == ["prepare", "run"])
        #expect(try fleet.pass().exitStatus == .blocked)
        #expect(fleet.phases == ["prepare", "run"])
        fleet.engine.onPhase.withLock { $0 = nil }
        _ = try requests.start(nil, reason: "looked")
        #expect(try fleet.pass().exitStatus == .done)
        #expect(try fleet.live() == CopyingFleet.after)
        // Three parts, and that there is no fourth: none was copied twice.
        #expect(fleet.phases.count { $0 == "run" } == 4)
    }

    @Test("the end of the process is not waited for in a phase that takes hours")
    func interrupted() throws {
        let fleet = try CopyingFleet(ticks: 3)
        let interrupt = Interrupt()
        fleet.engine.onPhase.withLock { hook in
            hook = Hook { phase in if phase == "run" { interrupt.raise() } }
        }
        _ = try fleet.pass(interrupt: interrupt)
        #expect(fleet.phases == ["prepare", "run"])
        fleet.engine.onPhase.withLock { $0 = nil }
        #expect(try fleet.pass().exitStatus == .done)
        #expect(try fleet.live() == CopyingFleet.after)
    }

    @Test("what goes on from before does not pass for what is left of the plan")
    func leftOver() throws {
        let fleet = try CopyingFleet(shards: 2, rollout: "{concurrency: {total: 1}}")
        let first = try fleet.fixture.snapshot()?.environmentRecord()?.convergedRevision
        // It dies right after the cutover of the first shard, before anything says so.
        let engine = fleet.engine
        let faults = FaultPoints.calling { point throws(JournalFailure) in
            let isCutOver = engine.phases.withLock { $0.last == "cutOver" }
            if isCutOver, point == .afterStatement { throw JournalFailure("killed") }
        }
        _ = try fleet.pass(faults)
        #expect(try fleet.live(0).contains("t__old"))
        let holder = try fleet.fixture.server.connect()
        let name = ServerShardOpener.lockName(database: fleet.databases[1])
        #expect(try holder.query("SELECT GET_LOCK('\(name)', 10)").first?[0] == "1")
        #expect(try fleet.pass().exitStatus == .blocked)
        #expect(try fleet.live(0) == CopyingFleet.after)
        #expect(try fleet.live(1) == CopyingFleet.before)
        let record = try fleet.fixture.snapshot()?.environmentRecord()
        #expect(first != nil && record?.convergedRevision == first)
        holder.close()
        #expect(try fleet.pass().exitStatus == .done)
        #expect(try fleet.live(1) == CopyingFleet.after)
        #expect(fleet.phases.count { $0 == "cutOver" } == 2)
    }

    @Test("after a failure what was ready is taken away, and nothing is cut over")
    func halts() throws {
        let fleet = try CopyingFleet(
            shards: 2, rollout: "{cutover: barrier, concurrency: {total: 1}}")
        // The second table cannot be copied.
        fleet.engine.failing.withLock { $0 = ["prepare s1"] }
        let report = try fleet.pass()
        #expect(report.rollout.state == .failed)
        #expect(report.rollout.counts == ["failed": 1, "cancelled": 1])
        #expect(try fleet.live(0) == CopyingFleet.before)
        #expect(try fleet.live(1) == CopyingFleet.before)
        #expect(fleet.phases.contains("abort") && !fleet.phases.contains("cutOver"))
        #expect(try fleet.states().isEmpty)
    }

    @Test("a table that somebody changed meanwhile is planned again, and the copy goes")
    func moved() throws {
        let fleet = try CopyingFleet(rollout: "{cutover: manual}")
        _ = try fleet.pass()
        try fleet.fixture.root.execute("ALTER TABLE \(fleet.databases[0]).t ADD COLUMN x int")
        _ = try fleet.requests.cutover(
            nil, of: .init(namespaces: nil, shards: []), reason: "tonight")
        _ = try fleet.pass()
        #expect(try fleet.live() == ["t", "id", "x", "5 rows"])
        #expect(!fleet.phases.contains("cutOver"))
    }

    @Test("a failure that may pass is a time in the ledger, and the copy goes on from where it was")
    func retries() throws {
        let fleet = try CopyingFleet(ticks: 2)
        let left = Lock(6)
        fleet.engine.onFail.withLock { hook in
            hook = Hook { phase in
                guard phase == "run" else { return nil }
                return left.withLock { left in
                    left -= 1
                    return left >= 0 ? ShardFailure("busy", retry: .retryable) : nil
                }
            }
        }
        #expect(try fleet.pass().exitStatus == .done)
        #expect(try fleet.live() == CopyingFleet.after)
        // 1, 2 and 4 seconds in the worker; 8, 16 and 32 as times, in pieces: a stop is seen.
        let waits = fleet.clock.waits
        let (short, long) = (Array(waits.prefix(3)), Array(waits.dropFirst(3)))
        let sum: Double = long.reduce(0, +)
        #expect(short == [1.0, 2.0, 4.0])
        #expect(sum == 56.0)
        #expect(try fleet.events()["operation-postponed"] == 3)
        #expect(fleet.phases.count { $0 == "cutOver" } == 1)
    }

    @Test("a release without the engine, or with an older one, leaves all of it as it is")
    func unknownEngine() throws {
        let fleet = try CopyingFleet(rollout: "{cutover: manual}")
        _ = try fleet.pass()
        let report = try fleet.pass(engines: .standard)
        #expect(report.exitStatus == .incomplete)
        #expect(report.recovered.map(\.finding) == [.unknown])
        #expect(report.recovered.first?.message.contains("engine `copying`") == true)
        #expect(try fleet.live() == CopyingFleet.parked)
        fleet.engine.knownVersion.withLock { $0 = 0 }
        #expect(try fleet.pass().recovered.first?.message.contains("version 1") == true)
        #expect(try fleet.live() == CopyingFleet.parked)
        #expect(try fleet.states() == [.waitingForCutover])
    }
}
