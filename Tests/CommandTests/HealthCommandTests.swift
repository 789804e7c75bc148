import Foundation
import TestSupport
import Testing

/// `health: {exec: […]}`: a program is asked how the shards of a wave are, where the operator
/// allows it.
@Suite("A program says how a wave is") struct HealthCommandTests {
    private static let note = "CREATE TABLE notes (id int PRIMARY KEY);"

    /// Four shards, of which the first two are a wave, and a program that leaves what it got.
    private struct Asking {
        let fleet: FleetFixture
        let program: String

        /// - Parameter end: what the program does in the end, as lines of a shell.
        init(
            end: String, options: String = "", bake: String = "0s", isAllowed: Bool = true,
            isFile: Bool = true
        ) throws {
            fleet = try FleetFixture(shards: 4)
            program = fleet.folder.path + "/check"
            let here = fleet.folder.path
            if isFile {
                try fleet.folder.write(
                    """
                    #!/bin/sh
                    cat > "\(here)/document"
                    /usr/bin/env > "\(here)/variables"
                    echo "$PLUMB_SHARD $*" >> "\(here)/asked"
                    \(end)

                    """, to: "check")
                #expect(chmod(program, 0o700) == 0)
            }
            try fleet.folder.write(
                """
                version: 1
                hosts: ["\(fleet.file.shards[0].host)"]
                environments:
                  production: [{connection: {user: root, tls: {mode: disabled}}}]
                  staging: [{connection: {user: root, tls: {mode: disabled}}}]
                approvals: {identity: declared}
                \(isAllowed ? "health" : "finalizers"): [\(program)]

                """, to: "operator.yaml")
            #expect(chmod(here + "/operator.yaml", 0o600) == 0)
            fleet.setEnvironment("PLUMB_OPERATOR", here + "/operator.yaml")
            fleet.setEnvironment("PLUMB_TEST_SECRET", "hidden")
            fleet.file.policy = [
                "rollout:", "  waves: [{shards: 2, bake: \(bake)}, {percent: 100}]",
                "  health: {exec: [\"\(program)\", \"$(id) *\"]\(options), each: 1s}",
            ]
            try fleet.commit()
            try fleet.change("notes.sql", HealthCommandTests.note)
        }

        func text(_ name: String) -> String {
            (try? String(contentsOfFile: fleet.folder.path + "/" + name, encoding: .utf8)) ?? ""
        }

        var asked: [String] { text("asked").split(separator: "\n").map(String.init).sorted() }

        func made() throws -> [Bool] {
            try (0..<4).map { try fleet.table("notes", on: $0) != nil }
        }
    }

    @Test func itIsAskedAboutEachShardOfTheWave() throws {
        let own = try Asking(end: "exit 0")
        let planned = try own.fleet.git("rev-parse", "HEAD")
        #expect(try !own.fleet.expect(2, "plan").says("health-refused"))
        try own.fleet.expect(0, "reconcile")
        #expect(try own.made() == [true, true, true, true])
        // No shell read its arguments.
        #expect(own.asked == ["app/s0 $(id) *", "app/s1 $(id) *"])
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(own.text("document").utf8))
                as? [String: Any])
        #expect(document["environment"] as? String == "production")
        #expect(document["wave"] as? Int == 1 && document["waves"] as? Int == 2)
        let status = try own.fleet.run("status", "--output", "json").json
        #expect(document["rollout"] as? String == status["rollout"] as? String)
        #expect(planned.hasPrefix(try #require(document["revision"] as? String)))
        let operations = try #require(document["operations"] as? [[String: String]])
        #expect(Set(operations.map { $0["shard"] }) == ["s0", "s1"])
        #expect(operations.allSatisfy { $0["namespace"] == "app" && $0["state"] == "completed" })
        let names = own.text("variables").split(separator: "\n").map { $0.prefix { $0 != "=" } }
        #expect(
            Set(names.map(String.init)).subtracting(["PWD", "SHLVL", "_", "OLDPWD"])
                == ["PATH", "PLUMB_SHARD"])
    }

    @Test(
        "anything but exit 0 pauses, and says which shard said what",
        arguments: [
            (
                "test $PLUMB_SHARD = app/s0 || { echo 'too many errors' >&2; exit 3; }", "",
                ["app/s1", "ended with exit 3: too many errors"]
            ),
            ("exit 75", "", ["app/s0", "ended with exit 75"]),
            ("kill -KILL $$", "", ["app/s0", "ended with exit 137"]),
            ("sleep 600 & sleep 600", ", timeout: 1s", ["app/s0", "did not end within 1 s"]),
            ("yes", "", ["app/s0", "wrote more than 1048576 bytes"]),
        ])
    func aBadAnswerPauses(end: String, options: String, words: [String]) throws {
        let own = try Asking(end: end, options: options)
        let run = try own.fleet.expect(3, "reconcile")
        #expect(run.says("paused at", "plumb release"), "\(run)")
        for word in words { #expect(run.says(word), "\(run)") }
        #expect(try own.made() == [true, true, false, false])
        #expect(try own.fleet.eventCount("rollout-paused") == 1)
    }

    @Test(
        "attack: a program that the operator's file does not name for this is not asked",
        arguments: [true, false])
    func withoutConsent(hasFile: Bool) throws {
        let own = try Asking(end: "exit 0", isAllowed: false)
        if !hasFile { own.fleet.setEnvironment("PLUMB_OPERATOR", "") }
        let plan = try own.fleet.expect(2, "plan")
        #expect(plan.says("health-refused", "plumb.yaml:", own.program, "`health`"), "\(plan)")
        let run = try own.fleet.expect(3, "reconcile")
        #expect(run.says("paused at", "does not allow", "`health`"), "\(run)")
        #expect(own.asked.isEmpty)
        #expect(try own.made() == [true, true, false, false])
    }

    @Test("a program that is not there, or may not run, pauses", arguments: [true, false])
    func doesNotStart(isThere: Bool) throws {
        let own = try Asking(end: "exit 0", isFile: isThere)
        if isThere { #expect(chmod(own.program, 0o600) == 0) }
        let run = try own.fleet.expect(3, "reconcile")
        #expect(run.says("paused at", "does not start"), "\(run)")
        #expect(try own.made() == [true, true, false, false])
    }

    @Test func itIsAskedWhileAWaveBakes() throws {
        let own = try Asking(end: "test ! -e \"$0.bad\"", bake: "1h")
        let running = try own.fleet.start("reconcile")
        #expect(try running.says("bak"))
        try own.fleet.folder.write("", to: "check.bad")
        let run = try running.wait()
        #expect(run.status == 3 && run.says("ended with exit 1"), "\(run)")
        #expect(try own.made() == [true, true, false, false])
    }

    /// The program goes on to its end, and the wave is not opened and not held against anybody.
    @Test func theEndIsAskedForMeanwhile() throws {
        let own = try Asking(
            end: "echo >> \"$0.begun\"; while test ! -e \"$0.go\"; do sleep 0.05; done")
        let running = try own.fleet.start("reconcile")
        try running.reaches("the program") { own.text("check.begun").count == 2 }
        running.send(SIGTERM)
        try own.fleet.folder.write("", to: "check.go")
        let run = try running.wait()
        #expect(run.status == 4, "\(run)")
        #expect(try own.made() == [true, true, false, false])
        #expect(try own.fleet.eventCount("rollout-paused") == 0)
        try own.fleet.expect(0, "reconcile")
        #expect(try own.made() == [true, true, true, true])
    }

    // MARK: Earlier environments

    /// What an earlier environment does while the first wave is asked how it is, and what holds the
    /// second one then.
    enum Meanwhile: String, CaseIterable {
        case nothing, rolledBack, drifted, failed, stopped
    }

    @Test(
        "an environment before it is asked again before the next wave opens",
        arguments: Meanwhile.allCases)
    func earlierEnvironments(_ meanwhile: Meanwhile) throws {
        let own = try Asking(
            end: "echo >> \"$0.begun\"; while test ! -e \"$0.go\"; do sleep 0.05; done",
            options: ", timeout: 60s")
        let fleet = own.fleet
        fleet.file.environments = [("staging", ""), ("production", "after: [staging]")]
        try fleet.commit()
        let staging = ["--environment", "staging"]
        try fleet.folder.write("", to: "check.go")
        try fleet.expect(0, ["reconcile"] + staging)
        try FileManager.default.removeItem(atPath: fleet.folder.path + "/check.go")
        // Both have the same shards: production has something to do, and staging has not looked.
        for shard in 0..<4 { try fleet.sql(shard, "DROP TABLE notes") }
        let begun = own.text("check.begun").count
        let running = try fleet.start("reconcile", "--environment", "production")
        try running.reaches("the program") { own.text("check.begun").count == begun + 2 }
        let hold: String?
        switch meanwhile {
        case .nothing: hold = nil
        case .rolledBack:
            _ = try fleet.run(["rollback", "--reason", "slow"] + staging)
            hold = "holds in the environment `staging`"
        case .drifted:
            try fleet.expect(2, ["reconcile"] + staging)
            hold = "`staging` is not as it was when it converged: app.notes differs from git"
        case .failed:
            try fleet.sql(0, "INSERT INTO orders (customer) VALUES (7), (7)")
            fleet.file.policy += ["approve: [irreversible]", "probe: {enabled: false}"]
            try fleet.change(
                "orders.sql",
                FleetFixture.orders.replacingOccurrences(
                    of: "note varchar(100)", with: "note varchar(100), UNIQUE KEY one (customer)"))
            _ = try fleet.run(["reconcile"] + staging)
            hold = "Duplicate"
        case .stopped:
            try fleet.change("more.sql", "CREATE TABLE more (id int PRIMARY KEY);")
            fleet.setEnvironment("PLUMB_FAULT", "afterOutcome:1:kill")
            _ = try fleet.start("reconcile", "--environment", "staging").wait()
            fleet.setEnvironment("PLUMB_FAULT", "")
            try fleet.expect(0, ["stop", "--reason", "no"] + staging)
            hold = "stopped by"
        }
        try fleet.folder.write("", to: "check.go")
        let run = try running.wait()
        if let hold {
            #expect(run.status == 3 && run.says("after:", hold), "\(run)")
            #expect(try own.made() == [true, true, false, false])
            #expect(
                try fleet.expect(3, "reconcile", "--environment", "production").says("after:"))
            #expect(try own.made() == [true, true, false, false])
        } else {
            #expect(run.status == 0, "\(run)")
            #expect(try own.made() == [true, true, true, true])
        }
        guard meanwhile == .drifted else { return }
        // It is as git has it again: found done, and recorded.
        for shard in 2..<4 { try fleet.sql(shard, Self.note) }
        try fleet.expect(0, ["reconcile"] + staging)
        try fleet.expect(0, "reconcile", "--environment", "production")
        let events = try fleet.run(["log", "--output", "json"] + staging).list("rows")
        #expect(events.count { $0["event"] as? String == "diverged" } == 1)
    }
}
