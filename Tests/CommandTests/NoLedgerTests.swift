import Foundation
import TestSupport
import Testing

/// Where there is no ledger yet: what only reads says so, and makes none.
@Suite struct NoLedgerTests {
    /// Whether anything lies where the ledger should be.
    private func isMade(_ fleet: FleetFixture) -> Bool { access(fleet.ledger, F_OK) == 0 }

    @Test func whatReadsTheRecordSaysWhereItLookedAndWhatMakesOne() throws {
        let fleet = try FleetFixture()
        let commands: [(status: Int32, words: [String])] = [
            (0, ["status"]),
            (0, ["status", "--output", "json"]),
            (1, ["status", "20260102-030405-abcdef"]),
            (0, ["log"]),
            (0, ["log", "--output", "json"]),
            (1, ["show", "abcd"]),
            (1, ["show", "abcd", "--output", "json"]),
            (1, ["store", "verify"]),
            (1, ["store", "verify", "--output", "json"]),
        ]
        for (status, words) in commands {
            let run = try fleet.run(words)
            #expect(run.status == status, "\(run)")
            #expect(
                run.says("there is no ledger at", "ledger.git yet", "plumb reconcile"), "\(run)")
            if words.contains("json") { #expect(try run.json["exit"] as? Int == Int(status)) }
            #expect(!isMade(fleet), "\(run)")
        }
    }

    @Test func driftTakesEverythingForNotYetRecorded() throws {
        let fleet = try FleetFixture()
        let behind = try fleet.expect(2, "drift")
        #expect(behind.says("orders"), "\(behind)")
        #expect(!isMade(fleet))
        try fleet.expect(0, "reconcile")
        try FileManager.default.removeItem(atPath: fleet.ledger)
        try fleet.expect(0, "drift")
        try fleet.sql(0, "ALTER TABLE orders ADD COLUMN stray int")
        // Nobody recorded it: whoever was first, git wants it otherwise.
        let report = try fleet.expect(2, "drift", "--output", "json")
        #expect(try report.list("findings").map { $0["status"] as? String } == ["pending"])
        #expect(!isMade(fleet))
    }

    @Test("attack: a ledger in the schema repository, committed by `git add` without a thought")
    func gitDoesNotAddIt() throws {
        let fleet = try FleetFixture()
        let ledger = "file:\(fleet.repository)/.plumb/ledger.git"
        try fleet.expect(0, "reconcile", "--ledger", ledger)
        try fleet.commit("Everything that lies here")
        #expect(try fleet.git("ls-files", ".plumb").isEmpty)
        try fleet.expect(0, "plan", "--ledger", ledger)
        let log = try fleet.expect(0, "log", "--ledger", ledger, "--output", "markdown").stdout
        #expect(log.hasPrefix("```text\n") && log.contains("planned"), "\(log)")
        // Whoever insists is told how to take it out.
        try fleet.git("add", "-f", ".plumb")
        try fleet.commit("The ledger too")
        let refused = try fleet.expect(78, "plan", "--ledger", ledger)
        #expect(refused.says("git rm -r --cached"), "\(refused)")
    }

    @Test func decisionsAndTheDoctorMakeNone() throws {
        let fleet = try FleetFixture()
        for verb in ["approve", "deny"] {
            let run = try fleet.expect(1, verb, "--all", "--reason", "why not")
            #expect(run.says("no plan yet"), "\(run)")
            #expect(!isMade(fleet))
        }
        // An empty folder is no ledger either.
        try FileManager.default.createDirectory(
            atPath: fleet.ledger, withIntermediateDirectories: false)
        let doctor = try fleet.run("doctor")
        #expect(doctor.says("not there yet"), "\(doctor)")
        let log = try fleet.expect(0, "log")
        #expect(log.says("there is no ledger at"), "\(log)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: fleet.ledger) == [])
    }

    @Test func planMakesTheLedgerInWhichItIsRecorded() throws {
        let fleet = try FleetFixture()
        try fleet.expect(2, "plan")
        #expect(try fleet.eventCount("planned") == 1)
        try fleet.expect(0, "store", "verify")
    }

    @Test func planOnADiskThatTakesNoLedgerStopsBeforeTheWork() throws {
        let fleet = try FleetFixture(schema: ["orders.sql": "CREATE TABEL orders"])
        let run = try fleet.expect(1, "plan", "--ledger", "/proc/nowhere")
        // The schema is not even looked at.
        #expect(run.says("/proc/nowhere", "check its rights") && !run.says("TABEL"), "\(run)")
    }
}
