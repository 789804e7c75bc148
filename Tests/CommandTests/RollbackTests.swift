import Foundation
import TestSupport
import Testing

/// Rollouts that people take back: what was before them is wanted again, although git still has the
/// change, and stays so until a commit says otherwise.
@Suite("A rollout is taken back") struct RollbackTests {
    /// Four shards with `orders`, of which the canary has got its new column.
    private func canary() throws -> FleetFixture {
        let fleet = try FleetFixture(shards: 4)
        try fleet.expect(0, "reconcile")
        fleet.file.policy = ["rollout:", "  waves: [{shards: 1, bake: 1h}, {percent: 100}]"]
        try fleet.commit()
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(2, "reconcile", "--no-wait")
        return fleet
    }

    private func changed(_ fleet: FleetFixture, of shards: Int = 4) throws -> [Bool] {
        try (0..<shards).map { try fleet.table("orders", on: $0)?.contains("by_status") == true }
    }

    private func rollout(_ fleet: FleetFixture) throws -> String {
        try #require(try fleet.run("status", "--output", "json").json["rollout"] as? String)
    }

    private func rollbacks(_ fleet: FleetFixture) throws -> [[String: Any]] {
        let status = try fleet.run("status", "--output", "json").json
        return status["rollbacks"] as? [[String: Any]] ?? []
    }

    private func approve(_ fleet: FleetFixture) throws {
        try fleet.expect(0, "approve", "--all", "--reason", "known", by: "eve@example.com")
    }

    /// Reconciles with every approval that it asks for, without waiting for bakes.
    private func converge(_ fleet: FleetFixture) throws {
        let first = try fleet.run("reconcile", "--no-wait")
        guard first.status == 3 else {
            #expect(first.status == 0, "\(first)")
            return
        }
        try approve(fleet)
        try fleet.expect(0, "reconcile", "--no-wait")
    }

    @Test func aCanaryGoesBackAndTheRestNeverBegins() throws {
        let fleet = try canary()
        let id = try rollout(fleet)
        let back = try fleet.expect(
            3, "rollback", "--reason", "the canary is slow", by: "ada@example.com")
        #expect(
            back.says(
                "rollout \(id) is taken back", "app.orders", "3 operations that had not begun",
                "rolled back by ada@example.com: the canary is slow", "DROP COLUMN `status`",
                "on 4 shards", "approve with"), "\(back)")
        let status = try fleet.run("status", id)
        #expect(
            status.says(
                "superseded, taken back", "1 done, 3 never begin",
                "taken back by ada@example.com at", "(the canary is slow): rollback",
                "holds until a commit changes the same again", "plumb rollback --end"), "\(status)")
        #expect(!status.says("go on with") && !status.says("left for the next plan"), "\(status)")
        let document = try fleet.run("status", id, "--output", "json").json
        #expect(document["state"] as? String == "superseded")
        #expect((document["takenBack"] as? String)?.contains("the canary is slow") == true)
        // Who has it taken back is the author of the plan back.
        try approve(fleet)
        try fleet.expect(0, "reconcile", "--no-wait")
        #expect(try changed(fleet) == [false, false, false, false])
        // This one still records that nothing is left to plan.
        try fleet.expect(0, "reconcile")
        // It holds: nothing is planned, nothing is drift, nothing is written.
        try fleet.expectUntouched {
            for command in ["plan", "drift", "reconcile"] {
                let run = try fleet.expect(0, command)
                #expect(
                    run.says("rolled-back", "the canary is slow", "git wants instead"), "\(run)")
            }
        }
        let held = try #require(try rollbacks(fleet).first)
        #expect(held["rollout"] as? String == id && held["shardCount"] as? Int == 4)
        #expect(try fleet.expect(0, "status").says("Rollback", "the canary is slow"))
        // A commit that changes the table is what is wanted from then on.
        try fleet.change(
            "orders.sql",
            StoryTests.withStatus.replacingOccurrences(of: "varchar(20)", with: "varchar(30)"))
        fleet.file.policy = []
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        #expect(try changed(fleet) == [true, true, true, true])
        #expect(try rollbacks(fleet).isEmpty)
        #expect(try fleet.eventCount("rolled-back") == 1)
        #expect(try fleet.eventCount("rollback-ended") == 1)
        #expect(!(try fleet.expect(0, "plan").says("rolled-back")))
        try fleet.expect(0, "store", "verify")
    }

    /// The commit is reverted while the plan back waits: it goes on to its end, and only then git
    /// alone decides, also where it wants the change again.
    @Test func aRevertEndsItOnceTheShardsAreBack() throws {
        let fleet = try canary()
        try fleet.expect(3, "rollback", "--reason", "slow")
        try fleet.change("orders.sql", FleetFixture.orders)
        #expect(try fleet.expect(3, "plan").says("rolled back by"))
        try approve(fleet)
        try fleet.expect(0, "reconcile", "--no-wait")
        try fleet.expect(0, "reconcile", "--no-wait")
        #expect(try rollbacks(fleet).isEmpty)
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(2, "reconcile", "--no-wait")
        #expect(try changed(fleet) == [true, false, false, false])
    }

    @Test func itIsGivenUpByHand() throws {
        let fleet = try canary()
        let id = try rollout(fleet)
        try fleet.expect(3, "rollback", "--reason", "slow")
        let rollback = try #require(try rollbacks(fleet).first?["id"] as? String)
        try fleet.expect(64, "rollback", "--end")
        try fleet.expect(78, "rollback", "--end", "nothing", "--reason", "x")
        let end = try fleet.expect(2, "rollback", "--end", rollback, "--reason", "it was not us")
        #expect(end.says("rollback \(rollback) of rollout \(id) ends", "ADD COLUMN"), "\(end)")
        fleet.file.policy = []
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        #expect(try changed(fleet) == [true, true, true, true])
        try fleet.expect(78, "rollback", "--end", "--reason", "x")
    }

    /// Without a name nobody has the change again by chance; by name it is asked for.
    @Test func whatIsTakenBackTwiceIsRefused() throws {
        let fleet = try canary()
        let id = try rollout(fleet)
        try fleet.expect(3, "rollback", "--reason", "slow")
        let refused: [([String], String)] = [
            ([], "taken back already"), ([id], "taken back already"),
            (["nothing"], "no rollout `nothing`"),
        ]
        for (words, text) in refused {
            let run = try fleet.expect(78, ["rollback"] + words + ["--reason", "x"])
            #expect(run.says(text), "\(run)")
        }
        #expect(try fleet.expect(78, "start", id, "--reason", "x").says("has ended"))
        try converge(fleet)
        let back = try rollout(fleet)
        #expect(back != id)
        let run = try fleet.expect(78, "rollback", "--reason", "again")
        #expect(run.says("carries out rollback", "plumb rollback \(back)"), "\(run)")
        // Taken back by name, it ends the former one.
        let again = try fleet.expect(2, "rollback", back, "--reason", "it was the load test")
        #expect(again.says("git's state is wanted again", "ADD COLUMN `status`"), "\(again)")
        #expect(try rollbacks(fleet).isEmpty)
        try fleet.expect(2, "reconcile", "--no-wait")
        #expect(try changed(fleet) == [true, false, false, false])
    }

    @Test func anOlderOneIsRefusedWhereALaterOneChangedTheTable() throws {
        let fleet = try FleetFixture(shards: 2)
        #expect(try fleet.run("rollback", "--reason", "x").status == 1)
        try fleet.expect(0, "reconcile")
        let first = try rollout(fleet)
        try fleet.change("items.sql", "CREATE TABLE items (id int PRIMARY KEY);")
        try fleet.expect(0, "reconcile")
        let second = try rollout(fleet)
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "reconcile")
        let third = try rollout(fleet)
        let run = try fleet.expect(78, "rollback", first, "--reason", "x")
        #expect(run.says(third, "app.orders", "take that one back"), "\(run)")
        // Nobody changed this table since.
        #expect(try fleet.expect(3, "rollback", second, "--reason", "x").says("DROP TABLE `items`"))
        try converge(fleet)
        #expect(try fleet.table("items") == nil && changed(fleet, of: 2) == [true, true])
    }

    @Test func itIsRefusedWhereSomethingMadeLaterNeedsWhatWouldGo() throws {
        let fleet = try FleetFixture(shards: 2)
        fleet.file.namespace = ["manage: [tables, views]"]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        try fleet.change(
            "orders.sql",
            FleetFixture.orders.replacingOccurrences(
                of: "note varchar(100)", with: "note varchar(100), h int"))
        try fleet.expect(0, "reconcile")
        let first = try rollout(fleet)
        try fleet.change("vb.sql", "CREATE VIEW vb AS SELECT id, h FROM orders;")
        try fleet.expect(0, "reconcile")
        let second = try rollout(fleet)
        let refused = try fleet.expect(78, "rollback", first, "--reason", "x")
        #expect(refused.says("vb", second, "may need"), "\(refused)")
        // That one first, and then it goes.
        for id in [second, first] {
            _ = try fleet.run("rollback", id, "--reason", "x")
            try converge(fleet)
        }
        for shard in 0..<2 {
            #expect(try fleet.table("orders", on: shard)?.contains("`h`") == false)
        }
    }

    @Test func aStatementThatRunsGoesOnToItsEnd() throws {
        let blocked = try BlockedStatement()
        let (fleet, running) = (blocked.fleet, blocked.running)
        let id = try rollout(fleet)
        let back = try fleet.run("rollback", "--reason", "wrong", "--output", "json").json
        #expect(back["superseded"] as? Int == 3)
        #expect(try fleet.run("status").says("rolled back by"))
        #expect(try fleet.expect(78, "start", id, "--reason", "x").says("rolled back by"))
        blocked.reader.close()
        let run = try running.wait()
        #expect(run.says("rolled back by"), "\(run)")
        #expect(try changed(fleet) == [true, false, false, false])
        try converge(fleet)
        #expect(try changed(fleet) == [false, false, false, false])
        let over = try fleet.run("status", id, "--output", "json").json
        #expect(over["counts"] as? [String: Int] == ["completed": 1, "superseded": 3])
        #expect(over["state"] as? String == "superseded")
        try fleet.expect(0, "store", "verify")
    }

    /// The run dies with its statement under way, and the rollout is taken back before another run
    /// has looked at what became of it.
    @Test func aDeadRunIsSettledFirst() throws {
        let blocked = try BlockedStatement()
        let (fleet, running) = (blocked.fleet, blocked.running)
        running.send(SIGKILL)
        _ = try running.wait()
        _ = try fleet.run("rollback", "--reason", "wrong")
        blocked.reader.close()
        try converge(fleet)
        #expect(try changed(fleet) == [false, false, false, false])
        #expect(try rollbacks(fleet).count == 1)
        try fleet.expect(0, "reconcile")
        try fleet.expectUntouched { try fleet.expect(0, "reconcile") }
        try fleet.expect(0, "store", "verify")
    }

    /// It planned with git's state before somebody took the rollout back, and opens nothing of
    /// that.
    @Test func aPassThatDoesNotKnowItOpensNothing() throws {
        let fleet = try FleetFixture(on: TestServer.start(), shards: 4)
        try fleet.expect(0, "reconcile")
        fleet.file.policy = ["rollout:", "  waves: [{shards: 1, bake: 1h}, {percent: 100}]"]
        try fleet.commit()
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(2, "reconcile", "--no-wait")
        let id = try rollout(fleet)
        try fleet.change(
            "orders.sql", StoryTests.withStatus.replacingOccurrences(of: "(100)", with: "(120)"))
        // Its workspace waits for the server, so its snapshot of the ledger is from before.
        let holder = try fleet.server.connect()
        try holder.execute("FLUSH TABLES WITH READ LOCK")
        let running = try fleet.start("reconcile", "--no-wait")
        let watcher = try fleet.server.connect()
        try running.reaches("its workspace") {
            try watcher.query("SHOW PROCESSLIST").contains { row in
                row[7]?.hasPrefix("CREATE DATABASE") == true
            }
        }
        let back = try fleet.start("rollback", "--reason", "slow")
        try back.reaches("its record") { try fleet.eventCount("rolled-back") == 1 }
        holder.close()
        let run = try running.wait()
        #expect(run.status == 1 && run.says("taken back"), "\(run)")
        _ = try back.wait()
        let over = try fleet.run("status", id, "--output", "json").json
        #expect(over["state"] as? String == "superseded")
        #expect(over["counts"] as? [String: Int] == ["completed": 1, "superseded": 3])
        #expect(try fleet.expect(5, "status", id).says("rolled back by"))
        #expect(try rollout(fleet) == id)
        #expect(try changed(fleet) == [true, false, false, false])
    }

    /// A run that waits for a bake holds the lease; it finds out before it begins the next wave.
    @Test func aRunInABakeBeginsNothingMore() throws {
        let fleet = try FleetFixture(shards: 4)
        try fleet.expect(0, "reconcile")
        fleet.file.policy = ["rollout:", "  waves: [{shards: 1, bake: 3s}, {percent: 100}]"]
        try fleet.commit()
        try fleet.change("orders.sql", StoryTests.withStatus)
        let running = try fleet.start("reconcile")
        #expect(try running.says("bak"))
        // It cannot go on before the rollout is taken back, however slow that is.
        running.send(SIGSTOP)
        _ = try fleet.run("rollback", "--reason", "slow")
        running.send(SIGCONT)
        let run = try running.wait()
        #expect(run.says("rolled back by"), "\(run)")
        #expect(try changed(fleet) == [true, false, false, false])
        // It ended with the rollback, and once.
        #expect(
            try fleet.events().count { event in
                (event["event"] as? String)?.hasPrefix("rollout-superseded") == true
            } == 0)
        #expect(
            try fleet.run("status", "--output", "json").json["state"] as? String == "superseded")
        try fleet.expect(0, "store", "verify")
    }

    /// The name went, and the rows forbid the rest; the next run goes on from there and fails, too.
    /// What comes back is what was before both.
    @Test(arguments: [1, 2])
    func whatIsHalfDoneGoesBackWhole(runs: Int) throws {
        let fleet = try FleetFixture(shards: 1)
        fleet.file.policy = ["probe: {enabled: false}", "approve: [irreversible]"]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        for _ in 0..<2 { try fleet.sql(0, "INSERT INTO orders (customer) VALUES (7)") }
        let before = try fleet.state()
        fleet.file.namespace = ["renames: [{table: {from: orders, to: purchases}}]"]
        try fleet.change(
            "orders.sql",
            """
            CREATE TABLE purchases (
              id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
              customer bigint NOT NULL,
              note varchar(100),
              UNIQUE KEY one (customer)
            );

            """)
        for _ in 0..<runs { try fleet.expect(4, "reconcile") }
        #expect(try fleet.table("purchases")?.contains("one") == false)
        let back = try fleet.expect(2, "rollback", "--reason", "the rows are right")
        #expect(back.says("RENAME TO `orders`"), "\(back)")
        try converge(fleet)
        #expect(try fleet.state() == before)
        try fleet.expect(0, "drift")
    }

    @Test func whoTakesItBackDoesNotApproveTheWayBack() throws {
        let fleet = try FleetFixture(shards: 1)
        fleet.file.policy = ["approvers: {not_author: true}"]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "reconcile")
        try fleet.expect(3, "rollback", "--reason", "slow", by: "bob@example.com")
        let own = try fleet.run(
            "approve", "--all", "--reason", "mine", by: "bob@example.com")
        #expect(own.status != 0 && own.says("author"), "\(own)")
        // Who wrote the change has nothing to do with its way back.
        try fleet.expect(0, "approve", "--all", "--reason", "seen", by: "ada@example.com")
        try fleet.expect(0, "reconcile")
        #expect(try changed(fleet, of: 1) == [false])
    }

    /// The shards are behind his commit again, so the next plan has his change once more.
    @Test("attack: who wrote the change approves it after it was taken back and done again")
    func whoWroteTheChangeStaysItsAuthor() throws {
        let fleet = try FleetFixture(shards: 1)
        fleet.file.policy = ["approvers: {not_author: true}"]
        try fleet.commit(author: "ada@example.com")
        try fleet.expect(0, "reconcile")
        let without = FleetFixture.orders.replacingOccurrences(
            of: ",\n  note varchar(100)", with: "")
        try fleet.write("schema/app/orders.sql", without)
        try fleet.commit("Drop the note", author: "bob@example.com")
        try fleet.expect(3, "reconcile")
        try fleet.expect(0, "approve", "--all", "--reason", "seen", by: "ada@example.com")
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "reconcile")
        try fleet.expect(2, "rollback", "--reason", "too early", by: "eve@example.com")
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "reconcile")
        // Nor does a table that is recorded meanwhile make the shard whole.
        try fleet.sql(0, "CREATE TABLE extra (id int PRIMARY KEY)")
        try fleet.write("schema/app/extra.sql", "CREATE TABLE extra (id int PRIMARY KEY);")
        try fleet.commit("Take it in", author: "fay@example.com")
        #expect(try fleet.expect(0, "reconcile").says("now recorded"))
        try fleet.write(
            "schema/app/orders.sql",
            without.replacingOccurrences(of: "customer bigint", with: "customer int"))
        try fleet.commit("Narrow the customer", author: "carl@example.com")
        let plan = try fleet.expect(3, "plan")
        #expect(plan.says("DROP COLUMN `note`"), "\(plan)")
        for author in ["bob@example.com", "carl@example.com"] {
            let own = try fleet.run("approve", "--all", "--reason", "mine", by: author)
            #expect(own.status != 0 && own.says("author"), "\(author): \(own)")
        }
        try fleet.expect(0, "approve", "--all", "--reason", "seen", by: "dora@example.com")
    }

    /// What was live before Plumb ever saw the table comes back, too.
    @Test func whatWasNeverRecordedComesBack() throws {
        let fleet = try FleetFixture(shards: 1)
        try fleet.sql(0, "CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint NOT NULL)")
        let before = try fleet.table("orders")
        try converge(fleet)
        try #require(try fleet.table("orders") != before)
        _ = try fleet.run("rollback", "--reason", "it was right")
        try converge(fleet)
        #expect(try fleet.table("orders") == before)
    }

    @Test func aShardThatLeftIsNoneOfItsBusiness() throws {
        let fleet = try FleetFixture(shards: 3)
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "reconcile")
        fleet.file.shards.remove(at: 2)
        try fleet.commit()
        let back = try fleet.expect(3, "rollback", "--reason", "slow")
        #expect(back.says("on 2 shards", "left out: app/s2: it left the fleet"), "\(back)")
        // Another one leaves while it holds.
        fleet.file.shards.remove(at: 1)
        try fleet.commit()
        try converge(fleet)
        #expect(try rollbacks(fleet).first?["shardCount"] as? Int == 1)
        #expect(try fleet.eventCount("rollback-changed") == 1)
        #expect(try changed(fleet, of: 1) == [false])
    }

    /// A change is taken back where it did harm, whatever the environment before it has.
    @Test func aLaterEnvironmentGoesBackNevertheless() throws {
        let fleet = try FleetFixture()
        fleet.file.environments = [("staging", ""), ("production", "after: [staging]")]
        try fleet.commit()
        let (staging, production) = (
            ["--environment", "staging"], ["--environment", "production"]
        )
        for environment in [staging, production] {
            try fleet.expect(0, ["reconcile"] + environment)
        }
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, ["reconcile"] + staging)
        // Both have the same shards: production gets its own change of them.
        for shard in 0..<2 { try fleet.sql(shard, "ALTER TABLE orders DROP COLUMN status") }
        try fleet.expect(0, ["reconcile"] + production)
        _ = try fleet.run(["rollback", "--reason", "slow"] + staging)
        _ = try fleet.run(["rollback", "--reason", "slow"] + production)
        try fleet.expect(
            0, ["approve", "--all", "--reason", "known"] + production, by: "eve@example.com")
        try fleet.expect(0, ["reconcile"] + production)
        #expect(try changed(fleet, of: 2) == [false, false])
    }

    /// What staging took back production does not get.
    @Test func aLaterEnvironmentWaits() throws {
        let fleet = try FleetFixture()
        fleet.file.environments = [("staging", ""), ("production", "after: [staging]")]
        try fleet.commit()
        let staging = ["--environment", "staging"]
        try fleet.expect(0, ["reconcile"] + staging)
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, ["reconcile"] + staging)
        try fleet.expect(0, ["plan"] + staging)
        _ = try fleet.run(["rollback", "--reason", "slow"] + staging)
        for shard in 0..<2 { try fleet.sql(shard, "ALTER TABLE orders DROP COLUMN status") }
        let run = try fleet.expect(3, "reconcile", "--environment", "production")
        #expect(run.says("rollback", "holds in the environment `staging`"), "\(run)")
        // Given up, it still is not where git is.
        let rest = ["--reason", "x"] + staging
        _ = try fleet.run(["rollback", "--end"] + rest)
        #expect(try fleet.expect(3, "plan", "--environment", "production").says("not converged"))
    }

    /// What git has by now, and no pass has planned, is said before the next pass brings it.
    @Test func aNewerCommitThatEndsItIsSaid() throws {
        for (file, text, ends) in [
            ("orders.sql", StoryTests.withStatus.replacing("status", with: "standing"), true),
            ("notes.sql", "CREATE TABLE notes (id bigint PRIMARY KEY);\n", false),
        ] {
            let fleet = try canary()
            try fleet.change(file, text)
            let back = try fleet.run("rollback", "--reason", "slow", by: "ada@example.com")
            #expect(
                back.says("does not keep app.orders as before on", "git wants something else")
                    == ends,
                "\(back)")
        }
    }

    @Test func aRolloutThatCannotBeReadIsLeftAside() throws {
        let fleet = try FleetFixture(shards: 1)
        try fleet.expect(0, "reconcile")
        let first = try rollout(fleet)
        try fleet.write("notes.sql", "CREATE TABLE notes (id bigint PRIMARY KEY);\n")
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "reconcile")
        let latest = try rollout(fleet)
        let paths = try fleet.ledgerGit("ls-tree", "-r", "--name-only", "production")
        let path = try #require(
            paths.split(separator: "\n").map(String.init).first {
                $0.hasSuffix("/\(first)/rollout")
            })
        try LedgerDamage(fleet).put(path, "{\"version\":")
        let refused = try fleet.expect(78, "rollback", "--reason", "slow")
        #expect(refused.says("which rollout is the latest is not known", first), "\(refused)")
        try fleet.expect(1, "rollback", first, "--reason", "slow")
        let back = try fleet.expect(3, "rollback", latest, "--reason", "slow")
        #expect(
            back.says("rollout \(latest) is taken back", "rollout \(first) cannot be read"),
            "\(back)")
        try converge(fleet)
        #expect(try changed(fleet, of: 1) == [false])
        let kept = try fleet.expect(0, "store", "gc", "--keep", "400d")
        #expect(kept.says("1 rollout cannot be read", first), "\(kept)")
    }
}
