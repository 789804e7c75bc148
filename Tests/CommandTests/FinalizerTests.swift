import Foundation
import TestSupport
import Testing

/// A program that runs once for a namespace after its shards, where the operator allows it.
@Suite("A finalizer runs once, after the shards") struct FinalizerTests {
    /// A fleet whose operator allows the program beside the repository; each of its runs leaves its
    /// document, its variables and a line.
    private struct Publishing {
        let fleet: FleetFixture
        let program: String

        /// - Parameter end: what the program does in the end, as lines of a shell.
        init(
            shards: Int = 2, end: String, options: String = "", isAllowed: Bool = true
        ) throws {
            fleet = try FleetFixture(shards: shards)
            program = fleet.folder.path + "/publish"
            let here = fleet.folder.path
            try fleet.folder.write(
                """
                #!/bin/sh
                cat > "\(here)/document"
                /usr/bin/env > "\(here)/variables"
                echo "$*" >> "\(here)/runs"
                \(end)

                """, to: "publish")
            #expect(chmod(program, 0o700) == 0)
            try allow(isAllowed)
            fleet.setEnvironment("PLUMB_OPERATOR", here + "/operator.yaml")
            fleet.setEnvironment("PLUMB_TEST_SECRET", "hidden")
            fleet.file.namespace = [
                "finalizer: {exec: [\"\(program)\", \"$(id) *\"]\(options)}"
            ]
            try fleet.commit()
        }

        func allow(_ isAllowed: Bool) throws {
            try fleet.folder.write(
                """
                version: 1
                hosts: ["\(fleet.file.shards[0].host)"]
                environments: {production: [{connection: {user: root, tls: {mode: disabled}}}]}
                approvals: {identity: declared}
                finalizers: [\(isAllowed ? program : program + "-other")]

                """, to: "operator.yaml")
            #expect(chmod(fleet.folder.path + "/operator.yaml", 0o600) == 0)
        }

        func text(_ name: String) -> String {
            (try? String(contentsOfFile: fleet.folder.path + "/" + name, encoding: .utf8)) ?? ""
        }

        var runs: [String] { text("runs").split(separator: "\n").map(String.init) }

        /// Lets the program end that waits for that, and waits until it has.
        func end() throws {
            try fleet.folder.write("", to: "publish.go")
            let leader = try #require(
                pid_t(text("publish.pid").trimmingCharacters(in: .whitespacesAndNewlines)))
            for _ in 0..<1_000 where kill(leader, 0) == 0 { usleep(10_000) }
            #expect(kill(leader, 0) == -1)
        }

        func finalizer() throws -> [String: Any] {
            let status = try fleet.run("status", "--output", "json").json
            return try #require((status["finalizers"] as? [[String: Any]])?.first)
        }
    }

    @Test func itGetsTheDocumentAndNothingElse() throws {
        let own = try Publishing(end: "echo published")
        let fleet = own.fleet
        #expect(try fleet.expect(2, "plan").says("once all shards of app are changed"))
        #expect(own.runs.isEmpty)
        try fleet.expect(0, "reconcile")
        // No shell read its arguments.
        #expect(own.runs == ["$(id) *"])
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(own.text("document").utf8))
                as? [String: Any])
        #expect(document["environment"] as? String == "production")
        #expect(document["namespace"] as? String == "app" && document["attempt"] as? Int == 1)
        #expect((document["revision"] as? String)?.count == 40)
        let operations = try #require(document["operations"] as? [[String: String]])
        #expect(operations.map { $0["shard"] } == ["s0", "s1"])
        #expect(operations.allSatisfy { $0["state"] == "completed" && $0["table"] == "orders" })
        let names = own.text("variables").split(separator: "\n").map { $0.prefix { $0 != "=" } }
        #expect(
            Set(names.map(String.init)).subtracting(["PWD", "SHLVL", "_", "OLDPWD"]) == ["PATH"])
        let finalizer = try own.finalizer()
        #expect(finalizer["state"] as? String == "completed")
        #expect(finalizer["output"] as? String == "published\n")
        #expect(try fleet.expect(0, "status").says("finalizer of app completed"))
        // Once for each rollout.
        try fleet.expect(0, "reconcile")
        #expect(own.runs.count == 1)
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "reconcile")
        #expect(own.runs.count == 2)
        #expect(try fleet.eventCount("finalizer-started") == 2)
        #expect(try fleet.eventCount("finalizer-completed") == 2)
        #expect(try fleet.eventCount("rollout-completed") == 2)
        try fleet.expect(0, "store", "verify")
    }

    @Test func whatAsksForItIsTriedAgain() throws {
        let own = try Publishing(end: "test -e \"$0.ready\" || { touch \"$0.ready\"; exit 75; }")
        let first = try own.fleet.expect(2, "reconcile", "--no-wait")
        #expect(first.says("finalizer of app failed retryable", "exit 75", "tried again at"))
        #expect(
            try own.fleet.run("status", "--output", "json").json["state"] as? String == "running")
        // Whoever does not say otherwise waits for its next attempts.
        try own.fleet.expect(0, "reconcile")
        #expect(own.runs.count == 2)
        #expect(try own.finalizer()["state"] as? String == "completed")
        #expect(try own.fleet.eventCount("rollout-completed") == 1)
    }

    @Test func aFailureEndsTheRolloutAndIsNotRepeated() throws {
        let own = try Publishing(end: "echo 'no such place' >&2; exit 3")
        let run = try own.fleet.expect(4, "reconcile")
        #expect(run.says("finalizer of app failed", "exit 3: no such place"), "\(run)")
        let status = try own.fleet.run("status", "--output", "json").json
        #expect(status["state"] as? String == "failed")
        try own.fleet.expect(0, "reconcile")
        #expect(own.runs.count == 1)
        #expect(try own.fleet.eventCount("rollout-failed") == 1)
    }

    @Test func oneThatFailedRunsAgainWhenSomebodyWantsThat() throws {
        let own = try Publishing(shards: 1, end: "test -e \"$0.go\" || exit 3")
        let fleet = own.fleet
        func retry(_ words: String..., expect status: Int32) throws -> Run {
            try fleet.expect(status, ["retry", "--finalizer", "app", "--reason", "mended"] + words)
        }
        try fleet.expect(2, "plan")
        #expect(try retry(expect: 78).says("no rollout"))
        try fleet.expect(4, "reconcile")
        let status = try fleet.run("status", "--output", "json").json
        let id = try #require(status["rollout"] as? String)
        #expect(try fleet.run("status").says("plumb retry \(id) --finalizer app"))
        // Nothing but it is tried again by itself.
        #expect(try fleet.expect(78, "retry", "--reason", "x").says("no rollout has anything"))
        #expect(
            try fleet.expect(78, "retry", "--finalizer", "other", "--reason", "x").says("other"))
        try fleet.expect(64, "retry", "--finalizer", "app")
        #expect(try retry("nothing", expect: 78).says("no rollout `nothing`"))
        // It fails again, and the rollout with it.
        try fleet.folder.write("", to: "publish.go")
        #expect(try retry(id, expect: 0).says("finalizer of app again"))
        #expect(try fleet.run("status").says("Rollout \(id)", "running"))
        #expect(try retry(expect: 78).says("has not run yet"))
        try fleet.expect(0, "reconcile")
        #expect(own.runs.count == 2)
        #expect(try own.finalizer()["state"] as? String == "completed")
        #expect(try retry(id, expect: 78).says("has completed"))
        #expect(try fleet.eventCount("finalizer-retried") == 1)
        #expect(try fleet.eventCount("rollout-failed") == 1)
        #expect(try fleet.eventCount("rollout-completed") == 1)
        // A later rollout has it, too: the older one would publish what is past.
        try FileManager.default.removeItem(atPath: fleet.folder.path + "/publish.go")
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(4, "reconcile")
        let latest = try #require(
            try fleet.run("status", "--output", "json").json["rollout"] as? String)
        #expect(try retry(id, expect: 78).says("rollout \(latest), which began later"))
        // What is taken back has nothing to publish.
        try fleet.expect(3, "rollback", "--reason", "no")
        #expect(try retry(latest, expect: 78).says("is taken back"))
        #expect(own.runs.count == 3)
        try fleet.expect(0, "store", "verify")
    }

    @Test func whatARollbackSkipsIsAnEvent() throws {
        let own = try Publishing(end: "true")
        let fleet = own.fleet
        fleet.file.policy = ["rollout:", "  waves: [{shards: 1, bake: 1h}, {percent: 100}]"]
        try fleet.commit()
        try fleet.expect(2, "reconcile", "--no-wait")
        _ = try fleet.run("rollback", "--reason", "no")
        let events = try fleet.events().map { $0["event"] as? String }
        #expect(Set(events.prefix(3)) == ["rolled-back", "finalizer-skipped", "planned"])
        #expect(own.runs.isEmpty)
        try fleet.expect(0, "store", "verify")
    }

    /// A later commit that changes nothing of the namespace is not what was rolled out.
    @Test func itsRevisionIsThatOfItsPlan() throws {
        let own = try Publishing(shards: 1, end: "test -e \"$0.go\" || exit 75")
        let planned = try own.fleet.git("rev-parse", "HEAD")
        try own.fleet.expect(2, "reconcile", "--no-wait")
        try own.fleet.folder.write("", to: "publish.go")
        try own.fleet.write("readme.txt", "words")
        try own.fleet.commit()
        try own.fleet.expect(0, "reconcile")
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(own.text("document").utf8))
                as? [String: Any])
        #expect(document["attempt"] as? Int == 2)
        let revision = try #require(document["revision"] as? String)
        #expect(planned.hasPrefix(revision) && revision.count == 40)
    }

    @Test func itIsSkippedWhereAShardFailed() throws {
        let own = try Publishing(shards: 1, end: "true")
        try own.fleet.expect(0, "reconcile")
        for _ in 0..<2 { try own.fleet.sql(0, "INSERT INTO orders (customer) VALUES (7)") }
        own.fleet.file.policy = ["approve: [irreversible]"]
        try own.fleet.commit()
        try own.fleet.change(
            "orders.sql",
            FleetFixture.orders.replacingOccurrences(
                of: "customer bigint NOT NULL", with: "customer bigint NOT NULL UNIQUE"))
        let run = try own.fleet.expect(4, "reconcile")
        #expect(run.says("finalizer of app skipped: 1 of its 1 operations"), "\(run)")
        #expect(own.runs.count == 1)
    }

    /// The run dies while the program runs: nobody knows whether it published.
    @Test(arguments: [false, true])
    func aDeathInBetween(isIdempotent: Bool) throws {
        let own = try Publishing(
            end: "echo $$ > \"$0.pid\"; while test ! -e \"$0.go\"; do sleep 0.05; done",
            options: isIdempotent ? ", idempotent: true" : "")
        let fleet = own.fleet
        let running = try fleet.start("reconcile")
        try running.reaches("the program") { own.text("publish.pid").hasSuffix("\n") }
        running.send(SIGKILL)
        _ = try running.wait()
        // It still runs, so that nothing is known and nothing is begun.
        for _ in 0..<2 {
            #expect(try fleet.expect(2, "reconcile").says("finalizer of app running"))
        }
        #expect(own.runs.count == 1)
        #expect(
            try fleet.expect(78, "retry", "--finalizer", "app", "--reason", "x").says("started"))
        try own.end()
        if !isIdempotent {
            let run = try fleet.expect(6, "reconcile")
            #expect(run.says("finalizer of app unknown", "plumb retry"), "\(run)")
            let status = try fleet.run("status")
            #expect(
                status.says(
                    "waiting for a look at its finalizer", "look whether it ran",
                    "--finalizer app --environment production"), "\(status)")
            #expect(!status.says("running"))
            try fleet.expect(6, "reconcile")
            #expect(own.runs.count == 1)
            try fleet.expect(64, "retry")
            try fleet.expect(78, "retry", "nothing", "--reason", "x")
            #expect(try fleet.expect(0, "retry", "--reason", "it did not").says("app"))
        }
        try fleet.expect(0, "reconcile")
        #expect(own.runs.count == 2)
        #expect(try own.finalizer()["state"] as? String == "completed")
        try fleet.expect(78, "retry", "--reason", "x")
        #expect(try fleet.eventCount("rollout-completed") == 1)
        try fleet.expect(0, "store", "verify")
    }

    /// Nobody knows whether that of an older rollout ran: the newer one waits until somebody has
    /// looked.
    @Test(arguments: [false, true])
    func oneThatIsUnknownKeepsItsPlaceInTheOrder(ran: Bool) throws {
        let own = try Publishing(
            end: "echo $$ > \"$0.pid\"; while test ! -e \"$0.go\"; do sleep 0.05; done")
        let fleet = own.fleet
        let running = try fleet.start("reconcile")
        try running.reaches("the program") { own.text("publish.pid").hasSuffix("\n") }
        running.send(SIGKILL)
        _ = try running.wait()
        try own.end()
        let older = try #require(
            try fleet.run("status", "--output", "json").json["rollout"] as? String)
        try fleet.change("orders.sql", StoryTests.withStatus)
        // The pass that finds it unknown changes the shards, and does not publish past it.
        for _ in 0..<2 { try fleet.expect(6, "reconcile") }
        #expect(own.runs.count == 1)
        if ran {
            let unlocked = try fleet.expect(
                0, "unlock", "--rollout", older, "--reason", "it ran")
            #expect(unlocked.says("finalizer of app"), "\(unlocked)")
            #expect(
                try fleet.expect(78, "unlock", "--rollout", older, "--reason", "x")
                    .says("not set aside"))
        } else {
            try fleet.expect(0, "retry", older, "--finalizer", "app", "--reason", "it did not")
        }
        try fleet.expect(0, "reconcile")
        #expect(own.runs.count == (ran ? 2 : 3))
        try fleet.expect(0, "reconcile")
        #expect(try fleet.eventCount("rollout-completed") == 2)
        #expect(try fleet.run("status").says("finalizer of app completed"))
        try fleet.expect(0, "store", "verify")
    }

    @Test("attack: an allowed program that others may change does not run")
    func othersMayChangeIt() throws {
        let own = try Publishing(shards: 1, end: "true")
        #expect(chmod(own.program, 0o777) == 0)
        let run = try own.fleet.expect(4, "reconcile")
        #expect(
            run.says(
                "finalizer of app failed", "others than its owner may change it", "chmod go-w"),
            "\(run)")
        #expect(own.runs.isEmpty)
        #expect(chmod(own.program, 0o700) == 0)
        try own.fleet.expect(0, "retry", "--finalizer", "app", "--reason", "mended")
        try own.fleet.expect(0, "reconcile")
        #expect(own.runs.count == 1)
    }

    @Test(
        "attack: a program that the operator's file does not name does not run",
        arguments: [true, false])
    func withoutConsent(hasFile: Bool) throws {
        let own = try Publishing(end: "true", isAllowed: false)
        if !hasFile { own.fleet.setEnvironment("PLUMB_OPERATOR", "") }
        let plan = try own.fleet.expect(2, "plan")
        #expect(plan.says("finalizer-refused", "plumb.yaml:", own.program), "\(plan)")
        let run = try own.fleet.expect(4, "reconcile")
        #expect(run.says("finalizer of app failed", "does not allow"), "\(run)")
        #expect(own.runs.isEmpty)
        #expect(try own.fleet.table("orders", on: 1) != nil)
    }

    @Test(
        "attack: a program that does not end, or writes without end, is killed with its children",
        arguments: [
            ("sleep 600", ", timeout: 1s", "did not end within 1 s"),
            (
                "setsid sh -c 'echo $$ > \"$0.session\"; sleep 600' \"$0\" & sleep 600",
                ", timeout: 1s", "did not end within 1 s"
            ),
            ("yes", "", "wrote more than 1048576 bytes"),
        ])
    func withoutEnd(end: String, options: String, reason: String) throws {
        let own = try Publishing(shards: 1, end: "echo $$ > \"$0.pid\"; \(end)", options: options)
        let run = try own.fleet.expect(4, "reconcile")
        #expect(run.says(reason), "\(run)")
        let leader = try #require(
            pid_t(own.text("publish.pid").trimmingCharacters(in: .whitespacesAndNewlines)))
        // Of its group nobody is left but what the system has not taken away yet.
        let alive = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
            let stat = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8)
            let fields = stat?.split(separator: ")").last?.split(separator: " ") ?? []
            return fields.count > 2 && fields[2] == "\(leader)" && fields[0] != "Z"
        }
        #expect(alive.isEmpty, "\(alive)")
        // Nor of what left the group.
        if end.contains("setsid") {
            let other = own.text("publish.session").trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(kill(try #require(pid_t(other)), 0) == -1 && errno == ESRCH)
        }
    }
}
