import Foundation
import TestSupport
import Testing

/// A foreign key that has to be away while its parent changes: one step, one decision, one run.
@Suite struct ForeignKeyPartsTests {
    private static func schema(_ type: String) -> String {
        """
        CREATE TABLE kinds (code \(type) PRIMARY KEY);
        CREATE TABLE orders (
          id bigint PRIMARY KEY,
          kind \(type),
          CONSTRAINT of_kind FOREIGN KEY (kind) REFERENCES kinds (code)
        );
        """
    }

    private func approve(_ fleet: FleetFixture) throws {
        try fleet.expect(0, "approve", "--all", "--reason", "known", by: "eve@example.com")
    }

    /// Whether the ledger says that the fleet is as the last commit has it.
    private func isConverged(_ fleet: FleetFixture) throws -> Bool {
        let reference = try fleet.ledgerState().split(separator: " ").first.map(String.init)
        let record = try fleet.ledgerGit("show", "\(reference ?? ""):environment")
        let head = try fleet.git("rev-parse", "HEAD").trimmingCharacters(in: .newlines)
        return record.contains("\"convergedRevision\":\"\(head)\"")
    }

    @Test(arguments: TestServer.available)
    func goesAndComesBack(kind: TestServer.Kind) throws {
        let fleet = try FleetFixture(
            on: TestServer.shared(kind), schema: ["all.sql": Self.schema("int")])
        try fleet.expect(0, "reconcile")
        try fleet.change("all.sql", Self.schema("bigint"))
        // Nothing runs before somebody decided about all of it.
        let before = try fleet.state()
        let asked = try fleet.expect(3, "reconcile")
        #expect(asked.says("app.kinds, orders", "2 tables in one step"), "\(asked)")
        #expect(try fleet.state() == before)

        try approve(fleet)
        try fleet.expect(0, "reconcile")
        for shard in 0..<2 {
            #expect(try fleet.table("kinds", on: shard)?.contains("bigint") == true)
            #expect(try fleet.table("orders", on: shard)?.contains("CONSTRAINT `of_kind`") == true)
        }
        #expect(try isConverged(fleet))
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
    }

    /// The key is gone already: what is live is what the next run goes on from.
    @Test func nothingIsLostOnTheWay() throws {
        let fleet = try FleetFixture(shards: 1, schema: ["all.sql": Self.schema("int")])
        try fleet.expect(0, "reconcile")
        try fleet.change("all.sql", Self.schema("bigint"))
        try fleet.sql(0, "ALTER TABLE orders DROP FOREIGN KEY of_kind")
        try fleet.expect(3, "plan", "--heal")
        try approve(fleet)
        try fleet.expect(0, "reconcile", "--heal")
        #expect(try fleet.table("orders")?.contains("CONSTRAINT `of_kind`") == true)
        try fleet.expect(0, "drift")
    }
}
