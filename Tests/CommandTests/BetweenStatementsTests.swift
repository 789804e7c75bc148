import TestSupport
import Testing

/// A process that died, or waits, between two statements of an operation.
@Suite("What Plumb itself is at is no drift")
struct BetweenStatementsTests {
    @Test("plan and drift read the change as pending, and say who is at it")
    func pending() throws {
        let fleet = try FleetFixture(shards: 2)
        try fleet.expect(0, "reconcile")
        try fleet.change(
            "orders.sql",
            FleetFixture.orders.replacingOccurrences(
                of: "note varchar(100)", with: "note varchar(100), c1 int, KEY by_c1 (c1, note)"))
        fleet.setEnvironment("PLUMB_FAULT", "afterStatement:1:kill")
        _ = try fleet.start("reconcile").wait()
        fleet.setEnvironment("PLUMB_FAULT", "")
        let first = try #require(
            try (0..<2).first { try fleet.table("orders", on: $0)?.contains("c1") == true })
        // The first statement alone ran.
        #expect(try fleet.table("orders", on: first)?.contains("by_c1") == false)
        for command in ["drift", "plan"] {
            let run = try fleet.expect(2, command)
            #expect(run.says("app.orders is being changed on s", "by rollout"), "\(run)")
            #expect(!run.says("conflict") && !run.says("behind git's back"), "\(run)")
        }
        try fleet.expect(0, "reconcile")
        for shard in 0..<2 {
            #expect(try fleet.table("orders", on: shard)?.contains("by_c1") == true)
        }
        #expect(!(try fleet.expect(0, "plan").says("is being changed")))
    }
}
