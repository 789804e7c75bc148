import Foundation
import TestSupport
import Testing

@Suite("attack: who made a change cannot hide from not_author")
struct AuthorAttackTests {
    static let people = (ada: "ada@example.com", eve: "eve@example.com", bob: "bob@example.com")

    /// A converged fleet in which only others than the authors may approve.
    private func fleet(adds: [String] = []) throws -> FleetFixture {
        let fleet = try FleetFixture(schema: ["orders.sql": StoryTests.withStatus])
        fleet.file.policy = ["approvers: {minimum: 1, not_author: true}"] + adds
        try fleet.commit("Policy", author: "root@example.com")
        try fleet.expect(0, "reconcile")
        return fleet
    }

    /// Ada drops a column, in a commit of her own.
    private func drop(_ fleet: FleetFixture) throws {
        try fleet.write("schema/app/orders.sql", FleetFixture.orders)
        try fleet.commit("Drop the status", author: Self.people.ada)
    }

    /// Expects that `person` cannot approve what waits, by command, and that Eve can.
    private func expectAuthor(
        _ person: String, _ fleet: FleetFixture,
        at location: Testing.SourceLocation = #_sourceLocation
    ) throws {
        let digest = try StoryTests.waiting(fleet)
        try fleet.expectUntouched(at: location) {
            let refused = try fleet.expect(
                5, "approve", digest, "--reason", "mine", by: person, at: location)
            #expect(refused.says("author"), "\(refused)", sourceLocation: location)
        }
        try fleet.expect(
            0, "approve", digest, "--reason", "fine", by: Self.people.eve, at: location)
        try fleet.expect(0, "reconcile", at: location)
    }

    @Test("a cosmetic commit by somebody else hides nobody")
    func cosmetic() throws {
        let fleet = try fleet()
        try drop(fleet)
        try fleet.write("schema/app/orders.sql", "-- tidy\n" + FleetFixture.orders)
        try fleet.commit("Tidy", author: Self.people.bob)
        let shown = try fleet.run("plan")
        #expect(shown.says("by \(Self.people.bob), also", Self.people.ada), "\(shown)")
        try expectAuthor("Ada+x@Example.com", fleet)
    }

    @Test("a merge by somebody else hides nobody")
    func merge() throws {
        let fleet = try fleet()
        try fleet.git("checkout", "-q", "-b", "side")
        try drop(fleet)
        try fleet.git("checkout", "-q", "main")
        try fleet.git(
            "-c", "user.name=Bob", "-c", "user.email=\(Self.people.bob)", "merge", "-q", "--no-ff",
            "-m", "Merge", "side")
        try expectAuthor(Self.people.ada, fleet)
    }

    @Test("a file that moves takes its authors along")
    func moved() throws {
        let fleet = try fleet()
        try fleet.git("mv", "schema/app/orders.sql", "schema/app/a.sql")
        try fleet.write("schema/app/a.sql", FleetFixture.orders)
        try fleet.commit("Move and drop", author: Self.people.ada)
        try fleet.git("mv", "schema/app/a.sql", "schema/app/b.sql")
        try fleet.commit("Move again", author: Self.people.bob)
        try expectAuthor(Self.people.ada, fleet)
    }

    @Test("committers and co-authors are authors")
    func coAuthor() throws {
        let fleet = try fleet()
        try fleet.write("schema/app/orders.sql", FleetFixture.orders)
        try fleet.commit(
            "Drop\n\nCo-authored-by: Ada <\(Self.people.ada)>\n\nMore.", author: Self.people.bob)
        try expectAuthor(Self.people.ada, fleet)
    }

    @Test("whoever retires a table in the fleet file made its drop")
    func retired() throws {
        let fleet = try FleetFixture(schema: [
            "orders.sql": FleetFixture.orders, "log.sql": "CREATE TABLE log (id int);",
        ])
        fleet.file.policy = ["approvers: {minimum: 1, not_author: true}"]
        try fleet.commit("Policy", author: "root@example.com")
        try fleet.expect(0, "reconcile")
        try fleet.remove("schema/app/log.sql")
        try fleet.commit("Remove", author: Self.people.bob)
        fleet.file.namespace = ["retire: [log]"]
        try fleet.commit("Retire", author: Self.people.ada)
        fleet.file.policy += ["drift: report"]
        try fleet.commit("Something else in the file", author: Self.people.eve)
        try expectAuthor(Self.people.ada, fleet)
    }

    @Test("a folder that is handed to another namespace takes nobody away")
    func folderHandedOver() throws {
        let fleet = try fleet()
        try drop(fleet)
        let host = fleet.file.shards[0].host
        let other = """
              other:
                schema: schema/app
                shards: [{name: x, host: "\(host)", database: \(fleet.database(1))}]
            environments:
            """
        fleet.file.whole = fleet.file.text
            .replacingOccurrences(of: "schema: schema/app", with: "schema: schema/new")
            .replacingOccurrences(of: "environments:", with: other)
        try fleet.write("schema/new/orders.sql", FleetFixture.orders)
        try fleet.commit("Another place", author: Self.people.bob)
        try expectAuthor(Self.people.ada, fleet)
    }

    @Test("a table that is LIKE another is made by whoever changes that one")
    func like() throws {
        let fleet = try FleetFixture(schema: [
            "parent.sql": "CREATE TABLE parent (id int PRIMARY KEY, extra int);",
            "child.sql": "CREATE TABLE child LIKE parent;",
        ])
        fleet.file.policy = ["approvers: {minimum: 1, not_author: true}"]
        try fleet.commit("Policy", author: "root@example.com")
        try fleet.expect(0, "reconcile")
        try fleet.write("schema/app/parent.sql", "CREATE TABLE parent (id int PRIMARY KEY);")
        try fleet.commit("Drop", author: Self.people.ada)
        let plan = try fleet.run("plan", "--output", "json")
        let steps = try plan.list("steps")
        #expect(steps.count == 2)
        for step in steps {
            let cause = try #require(step["cause"] as? [String: Any])
            #expect(cause["authors"] as? [String] == ["\(Self.people.ada) <\(Self.people.ada)>"])
        }
    }

    @Test("a mailmap that is taken away still folds; one that lies does not help")
    func mailmap() throws {
        let fleet = try fleet()
        try fleet.write(".mailmap", "Ada <\(Self.people.ada)> <private@home.example>\n")
        try fleet.commit("Map", author: "root@example.com")
        try fleet.expect(0, "reconcile")
        try fleet.write(".mailmap", "Bob <\(Self.people.bob)> <\(Self.people.ada)>\n")
        try drop(fleet)
        try expectAuthor("private@home.example", fleet)
    }

    @Test("a shallow clone cannot say who it was")
    func shallow() throws {
        let fleet = try fleet()
        try drop(fleet)
        let digest = try StoryTests.waiting(fleet)
        let cut = fleet.folder.path + "/cut"
        try fleet.git("clone", "-q", "--depth", "1", "file://\(fleet.repository)", cut)
        let plan = try Shell.run(
            PlumbProgram.path, ["plan"], environment: fleet.environment(nil), folder: cut)
        #expect(plan.status == 3)
        try fleet.expectUntouched {
            let refused = try Shell.run(
                PlumbProgram.path, ["approve", digest, "--reason", "x"],
                environment: fleet.environment(Self.people.eve), folder: cut)
            #expect(refused.status == 5, "\(refused)")
            #expect(refused.stderr.contains("git fetch --unshallow"), "\(refused)")
        }
    }

    @Test("a history that was rewritten cannot say who it was")
    func rewritten() throws {
        let fleet = try fleet()
        try fleet.git("checkout", "-q", "--orphan", "fresh")
        try fleet.write("schema/app/orders.sql", FleetFixture.orders)
        try fleet.commit("All anew", author: Self.people.bob)
        try fleet.git("branch", "-M", "main")
        let digest = try StoryTests.waiting(fleet)
        let refused = try fleet.expect(
            5, "approve", digest, "--reason", "x", by: Self.people.eve)
        #expect(refused.says("history was rewritten"), "\(refused)")
    }

    @Test("two people are asked for, and the mailmap that may fold them is gone")
    func goneMailmap() throws {
        let fleet = try fleet()
        fleet.file.policy = ["approvers: {minimum: 2, not_author: false}"]
        try fleet.commit("Two", author: Self.people.ada)
        try fleet.expect(0, "reconcile")
        try drop(fleet)
        let digest = try StoryTests.waiting(fleet)
        try fleet.expect(0, "approve", digest, "--reason", "x", by: Self.people.eve)
        try fleet.git("checkout", "-q", "--orphan", "fresh")
        try fleet.commit("All anew", author: Self.people.bob)
        try fleet.git("branch", "-M", "main")
        try fleet.git("reflog", "expire", "--expire=now", "--all")
        try fleet.git("gc", "-q", "--prune=now")
        try fleet.expectUntouched {
            let refused = try fleet.expect(
                5, "approve", digest, "--reason", "x", by: "kim@example.com")
            #expect(refused.says("who is who cannot be said"), "\(refused)")
        }
    }

    @Test("files that nobody committed approve nothing, and nothing of theirs is approved")
    func workingTree() throws {
        let fleet = try fleet()
        try fleet.write("schema/app/orders.sql", FleetFixture.orders)
        let plan = try fleet.run("plan", "--working-tree", "--output", "json")
        let digest = try #require(try plan.list("steps").first?["approval"] as? String)
        let refused = try fleet.run(
            "approve", digest, "--reason", "x", by: Self.people.eve)
        #expect(refused.status != 0, "\(refused)")
        try fleet.write(
            "approvals/\(digest).yaml",
            "digest: \(digest)\napprover: eve\nreason: r\ngiven: 2026-01-01T00:00:00Z\n")
        let asked = try fleet.run("plan", "--working-tree")
        #expect(asked.says("not committed authorise nothing"), "\(asked)")
    }

    @Test("who heals what was changed by hand needs no author in git")
    func live() throws {
        let fleet = try fleet()
        try fleet.sql(0, "ALTER TABLE orders ADD COLUMN odd int")
        try fleet.expect(3, "reconcile", "--heal")
        let plan = try fleet.run("plan", "--heal", "--output", "json")
        let digest = try #require(try plan.list("steps").first?["approval"] as? String)
        try fleet.expect(0, "approve", digest, "--reason", "odd", by: Self.people.eve)
        try fleet.expect(0, "reconcile", "--heal")
    }

    @Test("a shard that is unpinned, or newly selected, knows who wrote what it follows now")
    func turnedElsewhere() throws {
        for isPinned in [true, false] {
            let fleet = try FleetFixture(schema: ["orders.sql": StoryTests.withStatus])
            try fleet.git("tag", "v1")
            fleet.file.policy = ["approvers: {minimum: 1, not_author: true}"]
            fleet.file.shards[0].labels = "{tier: new}"
            fleet.file.shards[1].labels = "{tier: old}"
            let folder = isPinned ? "schema/app" : "schema/new"
            fleet.file.namespace = [
                isPinned
                    ? "pins: [{selector: {tier: old}, ref: v1}]"
                    : "overlays: [{selector: {tier: new}, path: schema/new}]"
            ]
            try fleet.write("\(folder)/orders.sql", StoryTests.withStatus)
            try fleet.commit("Policy", author: "root@example.com")
            try fleet.expect(0, "reconcile")
            try fleet.write("\(folder)/orders.sql", FleetFixture.orders)
            try fleet.commit("Drop the status", author: Self.people.ada)
            let digest = try StoryTests.waiting(fleet)
            try fleet.expect(0, "approve", digest, "--reason", "fine", by: Self.people.eve)
            try fleet.expect(0, "reconcile")
            try fleet.expect(0, "reconcile")
            fleet.file.shards[1].labels = "{tier: new}"
            if isPinned { fleet.file.namespace = [] }
            try fleet.commit("The other one, too", author: Self.people.bob)
            try expectAuthor(Self.people.ada, fleet)
        }
    }

    @Test("a shard that joined, and got its first table, knows the authors from the beginning")
    func newShard() throws {
        let fleet = try FleetFixture(
            shards: 1,
            schema: [
                "orders.sql": StoryTests.withStatus, "log.sql": "CREATE TABLE log (id int);",
            ])
        fleet.file.policy = ["approvers: {minimum: 1, not_author: true}"]
        try fleet.commit("Policy", author: "root@example.com")
        try fleet.expect(0, "reconcile")
        try drop(fleet)
        let digest = try StoryTests.waiting(fleet)
        try fleet.expect(0, "approve", digest, "--reason", "fine", by: Self.people.eve)
        try fleet.expect(0, "reconcile")
        // A converged pass says that the shard stands; the next ones have nothing to add.
        try fleet.expect(0, "reconcile")
        let state = try fleet.ledgerState()
        try fleet.expect(0, "reconcile")
        #expect(try fleet.ledgerState() == state)
        var shard = fleet.file.shards[0]
        shard.name = "s1"
        shard.database = try fleet.server.freshDatabase()
        fleet.file.shards.append(shard)
        try fleet.sql(1, StoryTests.withStatus)
        try fleet.commit("One more", author: Self.people.bob)
        try fleet.expect(3, "reconcile")
        try expectAuthor(Self.people.ada, fleet)
    }
}
