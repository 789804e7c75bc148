import Foundation
import TestSupport
import Testing

/// Ledgers that are damaged, locked, full, or not there: nothing runs that could not be recorded.
@Suite struct BadLedgerTests {
    private func convergedFleet() throws -> FleetFixture {
        let fleet = try FleetFixture()
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", StoryTests.withStatus)
        return fleet
    }

    private func looseObjects(_ fleet: FleetFixture) throws -> [String] {
        try GitCommand.unpackObjects(of: fleet.ledger)
        return try Shell.check("find", [fleet.ledger + "/objects", "-type", "f"])
            .split(separator: "\n").map(String.init).sorted()
    }

    @Test func everyDamagedObjectIsFoundAndNothingRunsWhereItIsNeeded() throws {
        let fleet = try convergedFleet()
        let before = try fleet.state()
        let objects = try looseObjects(fleet)
        #expect(!objects.isEmpty)
        var stopped = 0
        for path in objects {
            let good = try Data(contentsOf: URL(fileURLWithPath: path))
            var bad = good
            bad[bad.count / 2] ^= 0x55
            chmod(path, 0o644)
            try bad.write(to: URL(fileURLWithPath: path))
            let verify = try fleet.expect(1, "store", "verify")
            #expect(verify.says("problem"), "\(verify)")
            let run = try fleet.run("plan")
            // What concerns one shard alone sets that shard aside.
            if run.status == 1 || run.status == 6 {
                stopped += 1
                #expect(run.says("store verify"), "\(run)")
            } else {
                #expect(run.status == 2, "\(run)")
            }
            #expect(try fleet.state() == before)
            try good.write(to: URL(fileURLWithPath: path))
        }
        #expect(stopped > 0)
        try fleet.expect(0, "store", "verify")
        try fleet.expect(0, "reconcile")
    }

    @Test func damagedTipStopsReconcileBeforeAnythingRuns() throws {
        let fleet = try convergedFleet()
        let tip =
            try fleet.ledgerGit("for-each-ref", "--format=%(objectname)")
            .split(separator: "\n").first.map(String.init) ?? ""
        try GitCommand.unpackObjects(of: fleet.ledger)
        let path = fleet.ledger + "/objects/\(tip.prefix(2))/\(tip.dropFirst(2))"
        chmod(path, 0o644)
        try Data("no object".utf8).write(to: URL(fileURLWithPath: path))
        try fleet.expectUntouched {
            for command in ["plan", "reconcile", "drift", "status", "log"] {
                let run = try fleet.expect(1, command)
                #expect(run.says("store verify"), "\(run)")
            }
        }
    }

    @Test func ledgerThatIsSomethingElseIsRefused() throws {
        let fleet = try FleetFixture()
        try fleet.folder.write("not a ledger", to: "ledger.git")
        let before = try fleet.state()
        let file = try fleet.run("reconcile")
        #expect(file.status == 1 && file.says("ledger.git"), "\(file)")
        let own = try fleet.run("reconcile", "--ledger", fleet.repository + "/.git")
        #expect(own.status == 1 && own.says("ledger"), "\(own)")
        let tables = try fleet.run("reconcile", "--ledger", "/proc/nowhere")
        #expect(tables.status == 1 && tables.says("/proc/nowhere"), "\(tables)")
        #expect(try fleet.state() == before)
    }

    @Test func twoReconcilesAtOnceNeverBothWork() throws {
        let fleet = try convergedFleet()
        // The first one waits for a row lock that the test holds: it is surely still running.
        let holder = try fleet.server.connect(database: fleet.database(0))
        try holder.execute("LOCK TABLES orders READ")
        let first = try fleet.start("reconcile")
        #expect(try first.says("s0"))
        let second = try fleet.expect(3, "reconcile")
        #expect(second.says("being reconciled", "ci@example.com"), "\(second)")
        try fleet.expect(2, "drift")
        holder.close()
        let done = try first.wait()
        #expect(done.status == 0, "\(done)")
        #expect(try fleet.eventCount("operation-completed") == 4)
        try fleet.expect(0, "reconcile")
    }

    @Test func ledgerLockedByAnotherWriterBlocks() throws {
        let fleet = try convergedFleet()
        let lock = open(fleet.ledger + "/plumb.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX) == 0)
        let before = try fleet.state()
        let run = try fleet.expect(3, "plan")
        #expect(run.says("ledger", "being written"), "\(run)")
        #expect(try fleet.state() == before)
    }

    /// What the ledger has is said, also where the outcome of the last statement is not in it.
    @Test func ledgerThatFailsUnderARolloutLeavesNoDoneWorkUnsaid() throws {
        let fleet = try convergedFleet()
        let holder = try fleet.server.connect(database: fleet.database(1))
        try holder.execute("LOCK TABLES orders READ")
        let running = try fleet.start("reconcile")
        #expect(try running.says("  done  "))
        let lock = open(fleet.ledger + "/plumb.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        #expect(flock(lock, LOCK_EX) == 0)
        holder.close()
        let failed = try running.wait()
        close(lock)
        #expect(failed.status == 3, "\(failed)")
        #expect(failed.says("1 done, 1 running", "undetermined"), "\(failed)")
        #expect(!failed.says("nothing done"), "\(failed)")
        let next = try fleet.expect(0, "reconcile")
        #expect(next.says("completed: found done after an interruption"), "\(next)")
    }

    /// Bytes to which no file may grow: the ledger fails at another write with each.
    @Test(arguments: [0, 60, 100, 140, 180, 220, 260, 300, 360, 420, 500, 600, 800])
    func fullDiskLosesNothing(_ limit: Int) throws {
        let fleet = try convergedFleet()
        let script = "(prlimit --fsize=\(limit) \"$0\" reconcile; echo \"ended $?\") 2>&1 | cat"
        let output = try Shell.check(
            "/bin/sh", ["-c", script, PlumbProgram.path],
            environment: fleet.environment(nil), folder: fleet.repository)
        if !output.contains("ended 0") {
            #expect(output.contains("ended 1\n"), "\(output)")
            #expect(output.contains("room on the ledger's disk"), "\(output)")
        }
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "drift")
        try fleet.expect(0, "store", "verify")
        #expect(try fleet.eventCount("operation-completed") == 4, "\(output)")
        #expect(try fleet.table("orders", on: 1)?.contains("by_status") == true)
    }

    @Test func lostLedgerStartsAgainFromWhatIsLive() throws {
        let fleet = try FleetFixture()
        try fleet.expect(0, "reconcile")
        try FileManager.default.removeItem(atPath: fleet.ledger)
        let before = try fleet.state()
        try fleet.expect(0, "reconcile")
        #expect(try fleet.state() == before)
        #expect(try fleet.eventCount("operation-completed") == 0)
        try fleet.expect(0, "drift")
    }

    @Test func strayFilesInTheLedgerDoNoHarm() throws {
        let fleet = try convergedFleet()
        try Data("x".utf8).write(
            to: URL(fileURLWithPath: fleet.ledger + "/refs/heads/production.lock"))
        let old = [FileAttributeKey.modificationDate: Date(timeIntervalSinceNow: -7200)]
        try FileManager.default.setAttributes(
            old, ofItemAtPath: fleet.ledger + "/refs/heads/production.lock")
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "store", "verify")
    }
}
