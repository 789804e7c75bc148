import Foundation
import TestSupport
import Testing

/// What machines read: it fits the shipped schemas, and says the same every time.
@Suite struct JSONTests {
    /// A fleet with a pending change, a drifted table, an unmanaged one and an unknown shard.
    private func mixedFleet() throws -> FleetFixture {
        let fleet = try FleetFixture(shards: 3, schema: ["orders.sql": StoryTests.withStatus])
        try fleet.expect(0, "reconcile")
        try fleet.sql(0, "ALTER TABLE orders DROP KEY by_status")
        try fleet.sql(1, "CREATE TABLE by_hand (id int PRIMARY KEY)")
        fleet.file.shards[2].database = "no_such_database"
        try fleet.change("orders.sql", FleetFixture.orders)
        return fleet
    }

    @Test(arguments: ["plan", "drift"])
    func documentFitsItsSchema(_ command: String) throws {
        let validator = try SchemaValidator(shipped: command)
        let fleet = try mixedFleet()
        let mixed = try fleet.expect(6, command, "--output", "json")
        #expect(try validator.problems(in: mixed.stdout) == [])
        let quiet = try FleetFixture(shards: 1)
        try quiet.expect(0, "reconcile")
        #expect(
            try validator.problems(in: quiet.expect(0, command, "--output", "json").stdout) == [])
    }

    @Test func samePlanIsTheSameDocument() throws {
        let fleet = try mixedFleet()
        let first = try fleet.expect(6, "plan", "--output", "json")
        let second = try fleet.expect(6, "plan", "--output", "json")
        #expect(first.stdout == second.stdout)
        try FileManager.default.removeItem(atPath: fleet.ledger)
        let fresh = try fleet.expect(6, "plan", "--output", "json")
        let again = try fleet.expect(6, "plan", "--output", "json")
        #expect(fresh.stdout == again.stdout)
    }

    @Test func everyFormatOfEveryReportIsWritten() throws {
        let fleet = try mixedFleet()
        for command in ["plan", "drift"] {
            for format in ["markdown", "sarif", "junit", "html"] {
                let run = try fleet.expect(6, command, "--output", format)
                #expect(!run.stdout.isEmpty && run.stderr.isEmpty, "\(run)")
            }
        }
        let reconcile = try fleet.expect(6, "reconcile", "--output", "markdown")
        #expect(!reconcile.stdout.isEmpty)
    }

    @Test func errorIsADocumentToo() throws {
        let fleet = try FleetFixture(shards: 1)
        try fleet.change("orders.sql", "CREATE TABLE t (id int\n")
        for command in ["plan", "drift", "reconcile"] {
            let json = try fleet.expect(1, command, "--output", "json").json
            #expect(json["kind"] as? String == "error")
            let place = try #require(json["location"] as? [String: Any])
            #expect(place["file"] as? String == "schema/app/orders.sql")
        }
    }

    @Test func planKeepsItsIdentityWhereNothingMoved() throws {
        let fleet = try mixedFleet()
        let first = try fleet.expect(6, "plan", "--output", "json").json["digest"] as? String
        let second = try fleet.expect(6, "plan", "--output", "json").json["digest"] as? String
        #expect(first != nil && first == second)
        let shown = try fleet.expect(0, "show", String(first?.prefix(12) ?? ""))
        #expect(shown.says("orders"))
        try fleet.run("show", "ffffffffffff").expectFailure()
    }
}

extension Run {
    fileprivate func expectFailure() { #expect(status != 0, "\(self)") }
}
