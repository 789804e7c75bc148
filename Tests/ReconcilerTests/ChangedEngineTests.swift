import Basics
import Execution
import Model
import Testing

@testable import Reconciler
@testable import TestSupport

/// As after an upgrade, or where processes of two releases take turns.
@Suite("An operation that was ready by one engine, and is planned with another one")
struct ChangedEngineTests {
    private func cutOver(_ fleet: CopyingFleet) throws {
        _ = try fleet.requests.cutover(
            nil, of: .init(namespaces: nil, shards: []), reason: "tonight")
    }

    @Test(
        "what was ready for its statements is never cut over without a copy",
        arguments: [true, false])
    func copied(isAsked: Bool) throws {
        let fleet = try CopyingFleet(rollout: "{cutover: manual}")
        _ = try fleet.pass(engines: .standard)
        #expect(try fleet.states() == [.waitingForCutover])
        if isAsked { try cutOver(fleet) }
        #expect(try fleet.pass().exitStatus == .difference)
        #expect(!fleet.phases.contains("cutOver"))
        #expect(try fleet.live() == CopyingFleet.parked)
        #expect(try fleet.states() == [.waitingForCutover])
        #expect(try fleet.events()["rollout-superseded"] == 1)
        // Whoever let the statements run did not let the copy take the table's place.
        #expect(try fleet.pass().exitStatus == .difference)
        #expect(try fleet.live() == CopyingFleet.parked)
        try cutOver(fleet)
        #expect(try fleet.pass().exitStatus == .done)
        #expect(try fleet.live() == CopyingFleet.after)
        #expect(fleet.phases.count { $0 == "prepare" } == 1)
    }

    @Test("what was not ready begins by the new engine, in the rollout that it has")
    func barrier() throws {
        let fleet = try CopyingFleet(
            shards: 2, rollout: "{cutover: barrier, concurrency: {total: 1}}")
        let holder = try fleet.fixture.server.connect()
        let name = ServerShardOpener.lockName(database: fleet.databases[1])
        #expect(try holder.query("SELECT GET_LOCK('\(name)', 10)").first?[0] == "1")
        _ = try fleet.pass(engines: .standard)
        #expect(try fleet.states() == [.waitingForCutover, .pending])
        holder.close()
        #expect(try fleet.pass().exitStatus == .done)
        for shard in 0...1 { #expect(try fleet.live(shard) == CopyingFleet.after) }
        for phase in ["prepare", "cutOver", "cleanUp"] {
            #expect(fleet.phases.count { $0 == phase } == 2, "\(fleet.phases)")
        }
        // The table was made on both shards before.
        #expect(try fleet.events()["operation-completed"] == 4)
        #expect(try fleet.states().isEmpty)
    }

    @Test("what a copy was made for goes on with it, whatever a newer plan says")
    func kept() throws {
        let fleet = try CopyingFleet(rollout: "{cutover: manual}")
        _ = try fleet.pass()
        fleet.engine.takesSteps.withLock { $0 = false }
        #expect(try fleet.pass().exitStatus == .difference)
        try cutOver(fleet)
        #expect(try fleet.pass().exitStatus == .done)
        #expect(try fleet.live() == CopyingFleet.after)
        #expect(fleet.phases.count { $0 == "cutOver" } == 1)
    }
}
