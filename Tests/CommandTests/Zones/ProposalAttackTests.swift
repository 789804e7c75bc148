import Foundation
import TestSupport
import Testing

/// What a pull request says in `plumb.yaml` moves nothing before the merge.
@Suite("attack: a proposal that reaches for hosts, secrets, accounts and policy")
struct ProposalAttackTests {
    struct Attack: Sendable, CustomTestStringConvertible {
        let name: String
        /// What changes the file of the fleet; it is given an address where nobody must ask.
        let change: @Sendable (inout FleetFile, String) -> Void
        /// The key that is said to wait.
        let told: String
        var testDescription: String { name }
    }

    private static let secret = "PLUMB_TEST_CLOUD_SECRET"

    static let attacks = [
        Attack(
            name: "another host for a shard", change: { $0.shards[0].host = $1 },
            told: "namespaces.app.shards is changed"),
        Attack(
            name: "a map of hosts",
            change: { file, trap in
                let pairs = Set(file.shards.map(\.host)).map { "\"\($0)\": \"\(trap)\"" }
                file.environments[0].adds = "hosts: {\(pairs.joined(separator: ", "))}"
            }, told: "environments.production.hosts is added"),
        Attack(
            name: "a new shard",
            change: { $0.shards.append(.init(name: "s9", host: $1, database: "x")) },
            told: "1 new shard checked, not reached: app/s9"),
        Attack(
            name: "a discovery",
            change: { file, trap in
                file.shardLines = ["- {discover: {host: \"\(trap)\", like: \"%\"}}"]
            }, told: "namespaces.app.shards is changed"),
        Attack(
            name: "another host for workspaces",
            change: { file, trap in
                file.whole = file.text + "workspace: {host: \"\(trap)\"}\n"
            }, told: "workspace is added"),
        Attack(
            name: "another prefix for workspaces",
            change: { file, _ in file.whole = file.text + "workspace: {prefix: customer}\n" },
            told: "workspace is added"),
        Attack(
            name: "another variable as the password",
            change: { file, _ in
                file.connection = "{user: root, password_env: \(secret), tls: {mode: disabled}}"
            }, told: "environments.production.connection.password_env is added"),
        Attack(
            name: "any file as the password",
            change: { file, _ in
                file.connection = "{user: root, password_file: /etc/shadow, tls: {mode: disabled}}"
            }, told: "connection.password_file is added"),
        Attack(
            name: "an option file of its own",
            change: { file, _ in file.connection = "{option_file: evil.cnf}" },
            told: "connection.option_file is added"),
        Attack(
            name: "another account",
            change: { file, _ in file.connection = "{read: {user: nobody}, change: {user: x}}" },
            told: "connection.change is added"),
        Attack(
            name: "another authority",
            change: { file, _ in
                file.connection = "{user: root, tls: {mode: verify-ca, ca: evil.pem}}"
            }, told: "connection.tls.ca is added"),
        Attack(
            name: "another ledger", change: { file, _ in file.ledger = "../elsewhere.git" },
            told: "ledger is changed"),
        Attack(
            name: "policy that asks for nothing",
            change: { file, _ in
                file.policy = ["approve: [irreversible]", "limits: {drops_per_plan: 1000}"]
            }, told: "policy is added"),
        Attack(
            name: "pruning of what git never owned",
            change: { file, _ in file.namespace = ["prune: all"] },
            told: "namespaces.app.prune is added"),
        Attack(
            name: "a retirement", change: { file, _ in file.namespace = ["retire: [stranger]"] },
            told: "namespaces.app.retire is added"),
        Attack(
            name: "a pin to another revision",
            change: { file, _ in
                file.namespace = ["pins: [{selector: {shard: s0}, ref: refs/heads/evil}]"]
            }, told: "namespaces.app.pins is added"),
        Attack(
            name: "a copy of tables that git does not change",
            change: { file, _ in file.namespace = ["old_temporals: rebuild"] },
            told: "namespaces.app.old_temporals is added"),
        Attack(
            name: "more kinds to manage",
            change: { file, _ in file.namespace = ["manage: all"] },
            told: "namespaces.app.manage is added"),
    ]

    @Test(arguments: attacks)
    func waitsForTheMerge(_ attack: Attack) throws {
        let fleet = try FleetFixture()
        let trap = try Tripwire()
        try fleet.expect(0, "reconcile")
        for shard in 0..<2 { try fleet.sql(shard, "CREATE TABLE stranger (id int PRIMARY KEY)") }
        let foreign = "customer_\(String(fleet.database(0).hash, radix: 16).suffix(12))"
        try fleet.sql(0, "CREATE DATABASE IF NOT EXISTS `\(foreign)`")
        fleet.setEnvironment(Self.secret, "hunter2")
        try fleet.git("branch", "evil")
        try fleet.git("checkout", "-q", "-b", "feature")
        let known = fleet.file
        attack.change(&fleet.file, trap.address.description)
        try fleet.write("schema/app/orders.sql", StoryTests.withStatus)
        try fleet.write("evil.cnf", "[client]\nuser=nobody\npassword=hunter2\n")
        try fleet.commit()
        // What is looked at below are the shards that the base has.
        fleet.file = known
        try fleet.expectUntouched {
            for words in [
                ["plan", "--base", "main"], ["plan", "--base", "main", "--working-tree"],
            ] {
                let run = try fleet.run(words)
                #expect(run.status == 2, "\(run)")
                #expect(run.says("status"), "the proposal's schema is planned: \(run)")
                #expect(run.says(attack.told), "\(run)")
                #expect(!run.says("hunter2") && !run.says("stranger\u{20}DROP"), "\(run)")
                #expect(!run.says("DROP TABLE"), "\(run)")
            }
        }
        #expect(trap.visits() == 0)
        #expect(!FileManager.default.fileExists(atPath: fleet.folder.path + "/elsewhere.git"))
        let there = try fleet.sql(0, "SHOW DATABASES LIKE \(SQL.literal(foreign))")
        #expect(there.count == 1, "a database of somebody else is gone")
        try fleet.sql(0, "DROP DATABASE `\(foreign)`")
    }

    @Test func aProgramToRunIsRefusedAndNothingIsReached() throws {
        let fleet = try FleetFixture()
        let mark = fleet.folder.path + "/ran"
        try fleet.git("checkout", "-q", "-b", "feature")
        fleet.file.namespace = ["finalizer: {exec: [touch, \"\(mark)\"]}"]
        try fleet.commit()
        try fleet.expect(78, "plan", "--base", "main")
        #expect(!FileManager.default.fileExists(atPath: mark))
    }

    @Test func anEnvironmentOfItsOwnIsNotReached() throws {
        let fleet = try FleetFixture()
        let trap = try Tripwire()
        try fleet.git("checkout", "-q", "-b", "feature")
        let map = Set(fleet.file.shards.map(\.host)).map { "\"\($0)\": \"\(trap.address)\"" }
        fleet.file.environments.append(("evil", "hosts: {\(map.joined(separator: ", "))}"))
        try fleet.commit()
        let run = try fleet.expect(78, "plan", "--base", "main", "--environment", "evil")
        #expect(run.says("`evil` is new in this proposal", "merge it first"), "\(run)")
        #expect(trap.visits() == 0)
    }

    @Test func aBaseWithoutAFleetReachesNothing() throws {
        let fleet = try FleetFixture()
        try fleet.git("checkout", "-q", "--orphan", "empty")
        try fleet.git("rm", "-rqf", "--cached", ".")
        try fleet.git(
            "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x")
        try fleet.git("checkout", "-qf", "main")
        let run = try fleet.expect(78, "plan", "--base", "empty")
        #expect(run.says("has no `plumb.yaml`", "merge it first"), "\(run)")
    }

    @Test func namespacesOfItsOwnAreNotReached() throws {
        let fleet = try FleetFixture()
        try fleet.git("checkout", "-q", "-b", "feature")
        fleet.file.whole = fleet.file.text.replacingOccurrences(of: "  app:\n", with: "  other:\n")
            .replacingOccurrences(of: "[app]", with: "[other]")
        try fleet.commit()
        let run = try fleet.expect(78, "plan", "--base", "main")
        #expect(run.says("none of the namespaces that main@", "merge it first"), "\(run)")
    }

    @Test func schemasOverlaysAndRenamesAreTheProposals() throws {
        let fleet = try FleetFixture()
        try fleet.expect(0, "reconcile")
        try fleet.git("checkout", "-q", "-b", "feature")
        try fleet.git("mv", "schema/app", "schema/moved")
        fleet.file.whole = fleet.file.text.replacingOccurrences(
            of: "schema: schema/app",
            with: "schema: schema/moved\n"
                + "    overlays: [{selector: {shard: s1}, path: overlays/one}]\n"
                + "    renames: [{table: orders, column: {from: note, to: memo}}]")
        try fleet.write("overlays/one/extra.sql", "CREATE TABLE extra (id int PRIMARY KEY);\n")
        try fleet.write(
            "schema/moved/orders.sql",
            FleetFixture.orders.replacingOccurrences(
                of: "note", with: "memo"))
        try fleet.commit()
        try fleet.expectUntouched {
            let run = try fleet.expect(2, "plan", "--base", "main")
            #expect(run.says("memo renamed from note", "CREATE TABLE `extra`"), "\(run)")
            #expect(!run.says("takes effect after the merge"), "\(run)")
        }
    }
}
