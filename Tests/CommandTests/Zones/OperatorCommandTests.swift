import Foundation
import TestSupport
import Testing

/// Commands where there is an operator's file.
@Suite("attack: plumb.yaml against the operator's file")
struct OperatorCommandTests {
    /// A fleet whose operator's file lies beside the repository.
    private struct Ruled {
        let fleet: FleetFixture
        let path: String

        init() throws {
            fleet = try FleetFixture()
            path = fleet.folder.path + "/operator.yaml"
            fleet.setEnvironment("PLUMB_OPERATOR", path)
            try rule()
        }

        var host: String { fleet.file.shards[0].host }

        func rule(
            hosts: String? = nil, accounts: String? = nil, _ more: String = ""
        ) throws {
            let accounts = accounts ?? "[{connection: {user: root, tls: {mode: disabled}}}]"
            try fleet.folder.write(
                """
                version: 1
                hosts: [\(hosts ?? "\"\(host)\"")]
                environments: {production: \(accounts)}
                approvals: {identity: declared}
                \(more)

                """, to: "operator.yaml")
            #expect(chmod(path, 0o600) == 0)
        }
    }

    @Test func theAccountsAreTheOperatorsAndPlumbYamlNeedsNone() throws {
        let ruled = try Ruled()
        let fleet = ruled.fleet
        fleet.file.connection = "{user: nobody, password_env: PLUMB_TEST_NOT_SET}"
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        fleet.file.whole = fleet.file.text.replacingOccurrences(
            of: ", connection: \(fleet.file.connection)", with: "")
        try fleet.commit()
        try fleet.expect(0, "drift")
        fleet.setEnvironment("PLUMB_OPERATOR", "")
        #expect(try fleet.expect(78, "drift").says("has no `connection`"))
    }

    @Test func aHostThatIsNotNamedIsNotReached() throws {
        let ruled = try Ruled()
        let fleet = ruled.fleet
        let trap = try Tripwire()
        fleet.file.shards[1].host = trap.address.description
        try fleet.commit()
        for command in ["plan", "drift", "reconcile"] {
            let run = try fleet.expect(6, command)
            #expect(run.says("not reached", "hosts", ruled.path), "\(run)")
        }
        #expect(try fleet.run("doctor").says("not reached"))
        let text = fleet.file.text
        fleet.file.whole = text + "workspace: {host: \"\(trap.address)\"}\n"
        try fleet.commit()
        #expect(try fleet.run("plan").status != 0)
        fleet.file.whole = text.replacingOccurrences(
            of: "    shards:\n",
            with: "    shards:\n      - {discover: {host: \"\(trap.address)\", like: \"%\"}}\n")
        try fleet.commit()
        #expect(try fleet.run("plan").says("not reached"))
        let copy = try fleet.run(
            "import", "--host", trap.address.description, "--database", "x", "--into", "copy")
        #expect(copy.status == 78 && copy.says("not reached"), "\(copy)")
        #expect(trap.visits() == 0)
    }

    @Test func filesLieElsewhereOnTheServerOnlyWhereTheOperatorAllowsIt() throws {
        let ruled = try Ruled()
        let fleet = ruled.fleet
        let elsewhere = try TemporaryFolder()
        try fleet.write(
            "schema/app/orders.sql",
            "CREATE TABLE orders (id int PRIMARY KEY) DATA DIRECTORY='\(elsewhere.path)';\n")
        try fleet.commit()
        let words = "lays files of the table elsewhere on the server"
        let checked = try fleet.expect(0, "validate")
        #expect(checked.says("schema/app/orders.sql:1:42", "warning", words), "\(checked)")
        #expect(try fleet.run("plan").says(words, "operator's file"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere.path) == [])
        try ruled.rule("allow: [data_directory]")
        #expect(try fleet.expect(2, "plan").says("DATA DIRECTORY"))
    }

    @Test func aServerForWorkspacesThatDoesNotAnswerIsNotReplacedByAShards() throws {
        let ruled = try Ruled()
        let fleet = ruled.fleet
        try ruled.rule(
            hosts: "\"\(ruled.host)\", \"unix:/nowhere/*.sock\"",
            "workspace: {host: \"unix:/nowhere/m.sock\"}")
        let plan = try fleet.run("plan")
        #expect(plan.status != 0 && plan.status != 2, "\(plan)")
        #expect(plan.says("workspace", "/nowhere/m.sock"), "\(plan)")
    }

    @Test func aHostWithoutAnAccountGetsNone() throws {
        let ruled = try Ruled()
        let trap = try Tripwire()
        try ruled.rule(
            hosts: "\"\(ruled.host)\", \"127.0.0.1:*\"",
            accounts: "[{hosts: [\"\(ruled.host)\"], connection: {user: root, "
                + "tls: {mode: disabled}}}]")
        ruled.fleet.file.shards[1].host = trap.address.description
        try ruled.fleet.commit()
        #expect(try ruled.fleet.expect(6, "plan").says("names no account for it"))
        ruled.fleet.file.environments = [("staging", "")]
        try ruled.fleet.commit()
        #expect(try ruled.fleet.expect(78, "plan").says("no account for the environment"))
        #expect(trap.visits() == 0)
    }

    @Test func policyMayAskForMoreAndNotForLess() throws {
        let ruled = try Ruled()
        let fleet = ruled.fleet
        try ruled.rule("require: {approvers: {minimum: 2}, approve: [safe, irreversible]}")
        // Silent: raised.
        try fleet.expect(3, "reconcile")
        try fleet.expect(0, "approve", "--all", "--reason", "one", by: "ada@example.com")
        try fleet.expect(3, "reconcile")
        try fleet.expect(0, "approve", "--all", "--reason", "two", by: "eve@example.com")
        try fleet.expect(0, "reconcile")
        fleet.file.policy = ["approvers: {minimum: 1}"]
        try fleet.commit()
        for words in [["plan"], ["reconcile"], ["approve", "--all", "--reason", "x"], ["drift"]] {
            let run = try fleet.run(words)
            #expect(run.status == 78, "\(run)")
            #expect(run.says("is 1, and 2 is the least", "operator.yaml:5:", "plumb.yaml:"))
        }
        #expect(try fleet.expect(1, "doctor").says("2 is the least"))
    }

    @Test func windowsOfBothMustBeOpen() throws {
        let ruled = try Ruled()
        // A day on which it is not: one minute of a weekday that is not today, in UTC.
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let today = calendar.component(.weekday, from: Date())
        let day = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][(today + 2) % 7]
        try ruled.rule("require: {windows: [{allow: \"\(day) 03:00-03:01\", zone: UTC}]}")
        try ruled.fleet.expectUntouchedShards {
            let run = try ruled.fleet.expect(3, "reconcile")
            #expect(run.says("outside the operator's windows"), "\(run)")
        }
    }

    @Test func theLedgerIsWhereTheOperatorSays() throws {
        let ruled = try Ruled()
        let place = ruled.fleet.folder.path + "/record.git"
        try ruled.rule("ledger: \"file:\(place)\"")
        try ruled.fleet.expect(0, "reconcile")
        #expect(FileManager.default.fileExists(atPath: place))
        #expect(!FileManager.default.fileExists(atPath: ruled.fleet.ledger))
    }

    @Test func onlyTheFollowedBranchIsActedOn() throws {
        let ruled = try Ruled()
        let fleet = ruled.fleet
        try ruled.rule("follow: main")
        try fleet.expect(0, "reconcile")
        try fleet.git("checkout", "-q", "-b", "feature")
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expectUntouched {
            let plan = try fleet.expect(2, "plan")
            #expect(plan.says("a proposal", "those of main@"), "\(plan)")
            try fleet.expect(5, "reconcile")
            try fleet.expect(5, "approve", "--all", "--reason", "x")
            try fleet.expect(5, "reconcile", "--ref", "feature")
            try fleet.expect(5, "reconcile", "--working-tree")
            try fleet.expect(0, "drift")
            #expect(try fleet.expect(78, "plan", "--base", "feature").says("not on `main`"))
        }
        // What was followed once still is.
        try fleet.git("checkout", "-q", "main")
        try fleet.git("merge", "-q", "--ff-only", "feature")
        try fleet.expect(0, "reconcile", "--ref", "HEAD~1")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("orders")?.contains("status") == true)
    }

    @Test func aWorkingTreeNeedsABase() throws {
        let ruled = try Ruled()
        let fleet = ruled.fleet
        try fleet.expect(0, "reconcile")
        try fleet.write("schema/app/orders.sql", StoryTests.withStatus)
        try fleet.expectUntouched {
            #expect(
                try fleet.expect(78, "plan", "--working-tree").says(
                    "nothing says what is followed"))
            try fleet.expect(78, "reconcile", "--working-tree")
            try fleet.expect(2, "plan", "--working-tree", "--base", "main")
            try fleet.expect(5, "reconcile", "--working-tree", "--base", "main")
        }
    }

    @Test func theFileItselfIsGuarded() throws {
        let ruled = try Ruled()
        let fleet = ruled.fleet
        #expect(chmod(ruled.path, 0o666) == 0)
        #expect(try fleet.expect(78, "plan").says("others than its owner can write"))
        let inside = try fleet.folder.write(
            String(contentsOfFile: ruled.path, encoding: .utf8), to: "repo/operator.yaml")
        #expect(chmod(inside, 0o600) == 0)
        for command in ["plan", "reconcile", "drift", "approve", "doctor"] {
            let words = command == "approve" ? ["--all", "--reason", "x"] : []
            let run = try fleet.run([command, "--operator", inside] + words)
            // The doctor has findings, and no configuration that ends it.
            #expect(run.status == (command == "doctor" ? 1 : 78), "\(run)")
            #expect(run.says("inside the schema repository"), "\(run)")
        }
        let missing = try fleet.run("plan", "--operator", "/nowhere/operator.yaml")
        #expect(missing.status == 78 && missing.says("/nowhere/operator.yaml"), "\(missing)")
        let unknown = try fleet.folder.write("version: 1\nhost: [a]\n", to: "bad.yaml")
        #expect(chmod(unknown, 0o600) == 0)
        let bad = try fleet.run("plan", "--operator", unknown, "--output", "json")
        #expect(bad.status == 78 && bad.says("bad.yaml:2:1", "did you mean `hosts`?"), "\(bad)")
    }
}

extension FleetFixture {
    /// Runs `action` and expects that it changes no shard.
    func expectUntouchedShards(_ action: () throws -> Void) throws {
        let before = try state()
        try action()
        #expect(try state() == before)
    }
}
