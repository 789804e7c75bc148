import Foundation
import TestSupport
import Testing

/// A ledger in a database, as a user has it.
@Suite struct LedgerInDatabaseTests {
    @Test(arguments: TestServer.available)
    func aFleetLivesOnIt(kind: TestServer.Kind) throws {
        let fleet = try FleetFixture(shards: 2)
        let ledger = try fleet.keepLedgerInDatabase(on: try TestServer.shared(kind))
        for (status, words) in [
            (0, ["status"]), (0, ["log"]), (1, ["store", "verify"]), (1, ["show", "abcd"]),
        ] as [(Int32, [String])] {
            let run = try fleet.expect(status, words)
            #expect(run.says("there is no ledger at \(ledger.place) yet"), "\(run)")
        }
        #expect(try fleet.run("doctor").says("not there yet"))
        #expect(try fleet.server(ledger).isEmpty, "reading makes no ledger")
        try fleet.expect(2, "plan")
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.eventCount("operation-completed") == 4)
        let verified = try fleet.expect(0, "store", "verify")
        #expect(verified.says("1 environment", "all sound"), "\(verified)")
        try fleet.expect(0, "drift")
        try fleet.expect(0, "store", "gc")
        #expect(!FileManager.default.fileExists(atPath: fleet.ledger))
    }

    @Test func aLostLedgerIsRefilled() throws {
        let fleet = try FleetFixture(shards: 2)
        let ledger = try fleet.keepLedgerInDatabase()
        try fleet.expect(0, "reconcile")
        try ledger.server.connect().execute("DROP DATABASE \(ledger.database)")
        let refilled = try fleet.expect(0, "import", "--record")
        #expect(refilled.says("on 2 shards recorded, 2 of 2 shards in sync"), "\(refilled)")
        try fleet.expect(0, "drift")
    }

    @Test func theCommandLineNamesItAsWell() throws {
        let fleet = try FleetFixture(shards: 1)
        let ledger = try DatabaseLedger(on: fleet.server)
        try fleet.expect(0, "reconcile", "--ledger", ledger.place)
        #expect(try fleet.expect(0, "log", "--ledger", ledger.place).says("operation-completed"))
        #expect(try fleet.expect(0, "log").says("there is no ledger at"))
        let bad = try fleet.expect(78, "log", "--ledger", "mysql://root:hunter2@db-1/plumb")
        #expect(bad.says("--ledger: the ledger has a password in it"), "\(bad)")
        #expect(!bad.says("hunter2"), "\(bad)")
    }

    // MARK: Copies

    @Test func copiesGoBothWaysWithTheSameIDs() throws {
        let fleet = try FleetFixture(shards: 2)
        try fleet.expect(0, "reconcile")
        let ledger = try DatabaseLedger(on: fleet.server)
        let back = fleet.folder.path + "/back.git"
        let there = try fleet.expect(0, "store", "copy", "file:\(fleet.ledger)", ledger.place)
        #expect(there.says("are the same in both"), "\(there)")
        try fleet.expect(0, "store", "verify", "--ledger", ledger.place)
        let log = try fleet.expect(0, "log").stdout
        #expect(try fleet.expect(0, "log", "--ledger", ledger.place).stdout == log)
        // What is recorded there comes back.
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "reconcile", "--ledger", ledger.place)
        try fleet.expect(0, "store", "copy", ledger.place, "file:\(back)")
        try fleet.expect(0, "store", "copy", ledger.place, "file:\(fleet.ledger)")
        #expect(try GitCommand.run(["fsck", "--full", "--strict"], in: back) == "")
        #expect(
            try GitCommand.run(["for-each-ref"], in: back) == fleet.ledgerGit("for-each-ref"))
        let clone = fleet.folder.path + "/clone"
        try Shell.check("git", ["clone", "-q", "--bare", back, clone])
        #expect(
            try GitCommand.run(["log", "--format=%H", "production"], in: clone)
                == fleet.ledgerGit("log", "--format=%H", "production"))
        let again = try fleet.expect(0, "store", "copy", ledger.place, "file:\(back)")
        #expect(again.says("; 0 copied"), "\(again)")
    }

    @Test func aCopyOverAnotherHistoryIsRefusedBothWays() throws {
        let fleet = try FleetFixture(shards: 1)
        let ledger = try DatabaseLedger(on: fleet.server)
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "reconcile", "--ledger", ledger.place)
        let before = (
            try fleet.ledgerState(), try ledger.sql("SELECT HEX(target) FROM plumb_references")
        )
        for places in [[fleet.ledger, ledger.place], [ledger.place, fleet.ledger]] {
            let run = try fleet.expect(1, ["store", "copy"] + places)
            #expect(run.says("refs/heads/production", "copy into an empty place"), "\(run)")
        }
        #expect(try fleet.ledgerState() == before.0)
        let target = try ledger.sql("SELECT HEX(target) FROM plumb_references")
        #expect(target.first?[0] == before.1.first?[0])
    }
}

extension FleetFixture {
    /// The tables of a ledger's database.
    fileprivate func server(_ ledger: DatabaseLedger) throws -> [String] {
        try ledger.server.connect().query(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = "
                + "'\(ledger.database)'"
        ).compactMap { $0[0] }
    }
}
