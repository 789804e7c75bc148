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

@Suite("What becomes of an engine's work that is not wanted, or not allowed any more")
struct StagedEndTests {
    private func cutOver(_ fleet: CopyingFleet, _ shards: [String] = []) throws {
        _ = try fleet.requests.cutover(
            nil, of: .init(namespaces: nil, shards: shards), reason: "tonight")
    }

    /// A fleet in which the column `n` is to go, ready for its cutover, and the approval of that
    /// has run out.
    private func expired() throws -> CopyingFleet {
        let fleet = try CopyingFleet(rollout: "{cutover: manual}")
        _ = try fleet.pass()
        try cutOver(fleet)
        #expect(try fleet.pass().exitStatus == .done)
        try fleet.fixture.write("CREATE TABLE t (id int PRIMARY KEY);", to: "schema/t.sql")
        try fleet.fixture.commit("without n")
        #expect(try fleet.pass().exitStatus == .blocked)
        try fleet.approve(seconds: 3_600)
        _ = try fleet.pass()
        #expect(try fleet.states() == [.waitingForCutover])
        _ = fleet.clock.wait(seconds: 7_200, unless: Interrupt())
        try cutOver(fleet)
        _ = try fleet.pass()
        #expect(try fleet.states() == [.waitingForCutover])
        #expect(try fleet.live().contains("n"))
        return fleet
    }

    @Test("an approval that ran out meanwhile is given again, and the cutover goes on")
    func approvedAgain() throws {
        let fleet = try expired()
        try fleet.approve(seconds: 3_600)
        #expect(try fleet.pass().exitStatus == .done)
        #expect(try fleet.live() == CopyingFleet.before)
        #expect(try fleet.states().isEmpty)
        // The copy was not made once more.
        #expect(fleet.phases.count { $0 == "prepare" } == 2)
        #expect(try fleet.events()["approval-used"] ?? 1 == 1)
    }

    @Test("what may not be cut over any more, and git does not want any more, is taken away")
    func outdated() throws {
        let fleet = try expired()
        try fleet.change("n int")
        #expect(try fleet.pass().exitStatus == .refused)
        #expect(try fleet.live() == CopyingFleet.after)
        #expect(try fleet.states().isEmpty)
        #expect(try fleet.events()["operation-superseded"] == 1)
        #expect(try fleet.pass().exitStatus == .done)
    }

    @Test("while it may still be cut over, a newer commit takes nothing away")
    func goesOn() throws {
        let fleet = try CopyingFleet(rollout: "{cutover: manual}")
        _ = try fleet.pass()
        try fleet.change("n int, m int")
        _ = try fleet.pass()
        #expect(try fleet.live() == CopyingFleet.parked)
        try cutOver(fleet)
        _ = try fleet.pass()
        #expect(try fleet.live().filter { $0 == "n" || $0 == "m" } == ["n"])
        #expect(!fleet.phases.contains("abort"))
    }

    @Test("a rollout that is taken back takes away what was ready")
    func takenBack() throws {
        let fleet = try CopyingFleet(shards: 2, rollout: "{cutover: manual}")
        _ = try fleet.pass()
        try cutOver(fleet, ["s0"])
        _ = try fleet.pass()
        #expect(try fleet.live(1) == CopyingFleet.parked)
        let store = try fleet.fixture.passContext().store
        _ = try RollbackRequests(store: store).rollBack(nil, reason: "wrong")
        _ = try fleet.pass()
        #expect(try fleet.live(1) == CopyingFleet.before)
        #expect(fleet.phases.count { $0 == "cutOver" } == 1)
        #expect(try fleet.events()["operation-cancelled"] == 1)
    }

    @Test("a cutover that a dead process left comes to its end in a rollout that has halted")
    func leftInHalted() throws {
        let fleet = try CopyingFleet(
            shards: 2, rollout: "{cutover: barrier, concurrency: {total: 1}}")
        let engine = fleet.engine
        _ = try fleet.pass(
            FaultPoints.calling { point throws(JournalFailure) in
                let isCutOver = engine.phases.withLock { $0.last == "cutOver" }
                if isCutOver, point == .afterStatement { throw JournalFailure("killed") }
            })
        #expect(try fleet.live(0).contains("t__old"))
        // Nobody can get at the first shard while the second one fails.
        let holder = try fleet.fixture.server.connect()
        let name = ServerShardOpener.lockName(database: fleet.databases[0])
        #expect(try holder.query("SELECT GET_LOCK('\(name)', 10)").first?[0] == "1")
        engine.failing.withLock { $0 = ["cutOver s1"] }
        _ = try fleet.pass()
        #expect(try fleet.states().contains(.failed))
        holder.close()
        let report = try fleet.pass()
        #expect(report.rollout.state == .failed)
        #expect(try fleet.live(0) == CopyingFleet.after)
        #expect(try fleet.live(1) == CopyingFleet.before)
        #expect(try fleet.states().isEmpty)
    }
}
