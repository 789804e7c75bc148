import Foundation
import TestSupport
import Testing

/// What each kind of record holds up that cannot be read, and what ends that; nothing else is held
/// up.
@Suite("A record that cannot be read holds up what it is about, and nothing else")
struct DamagedRecordTests {
    /// A record of a fleet with a canary that bakes: `notes` is live on `s0` and waits on the two
    /// others, and `items` was never rolled out.
    struct Damage: CustomTestStringConvertible, Sendable {
        let name: String
        /// The path in the ledger, with `ID` for the rollout; `ROLLOUT`, `SHARD` and `OPERATION`
        /// (of `s1`) stand for the whole.
        let path: String
        /// The exit status of a reconcile that has to bring about `items` besides.
        let exit: Int32
        /// Where `notes` and `items` are after it.
        let notes: [Bool]
        let items: [Bool]
        /// What `plumb status` says.
        let says: String
        /// The command that ends it; nil where a person restores the branch.
        let wayOut: [String]?
        /// Whether everything is live after the way out, the wait and one more pass.
        var isWhole = true

        var testDescription: String { name }
    }

    private static let all = [true, true, true]
    private static let none = [false, false, false]
    private static let canary = [true, false, false]

    static let damages = [
        Damage(
            name: "a pending record", path: "pending/app%2Fs1%2Fnotes", exit: 6,
            notes: [true, false, true], items: [true, false, true], says: "app/s1 is set aside",
            wayOut: ["unlock", "app/s1"]),
        Damage(
            name: "the record of a shard", path: "SHARD", exit: 6, notes: [true, false, true],
            items: [true, false, true], says: "app/s1 is set aside", wayOut: ["unlock", "app/s1"]),
        Damage(
            name: "the record of an operation", path: "OPERATION", exit: 6,
            notes: [true, false, true], items: [true, false, true], says: "app/s1",
            wayOut: ["unlock", "app/s1"]),
        Damage(
            name: "the record of a rollout", path: "ROLLOUT", exit: 6, notes: canary, items: all,
            says: "rollout ID is set aside", wayOut: ["unlock", "--rollout", "ID"]),
        Damage(
            name: "what was asked of a rollout", path: "open/ID", exit: 3, notes: canary,
            items: all, says: "somebody may have stopped it",
            wayOut: ["unlock", "--rollout", "ID"], isWhole: false),
        Damage(
            name: "the suspension of a shard", path: "suspensions/app%2Fs1", exit: 3,
            notes: [true, false, true], items: [true, false, true], says: "app/s1 may be suspended",
            wayOut: ["resume", "app/s1"]),
        Damage(
            name: "the suspension of a namespace", path: "suspensions/app", exit: 3,
            notes: canary, items: none, says: "app may be suspended", wayOut: ["resume", "app"]),
        Damage(
            name: "what a table refused", path: "refusals/0/0/app%2Fs1%2Fnotes", exit: 6,
            notes: [true, false, true], items: [true, false, true], says: "app/s1 is set aside",
            wayOut: ["unlock", "app/s1"]),
        Damage(
            name: "that somebody wanted a retry", path: "retry", exit: 0, notes: all, items: all,
            says: "Rollout", wayOut: nil),
        Damage(
            name: "the record of the environment", path: "environment", exit: 1, notes: canary,
            items: none, says: "environment: ", wayOut: nil),
        // It could hold any table of any shard, so nothing is changed at all.
        Damage(
            name: "what was taken back", path: "rollbacks", exit: 1, notes: canary, items: none,
            says: "what was taken back cannot be read", wayOut: ["rollback", "--end"]),
    ]

    private func fleet() throws -> FleetFixture {
        let fleet = try FleetFixture(shards: 3)
        try fleet.expect(0, "reconcile")
        fleet.file.policy = ["rollout:", "  waves: [{shards: 1, bake: 5s}, {percent: 100}]"]
        try fleet.commit()
        try fleet.change("notes.sql", "CREATE TABLE notes (id int PRIMARY KEY);")
        try fleet.expect(2, "reconcile", "--no-wait")
        try fleet.change("items.sql", "CREATE TABLE items (id int PRIMARY KEY);")
        return fleet
    }

    private func made(_ table: String, _ fleet: FleetFixture) throws -> [Bool] {
        try (0..<3).map { try fleet.table(table, on: $0) != nil }
    }

    /// No JSON at all, and a version of a newer release, which forbids as much.
    private static let texts = ["no JSON", "{\"version\":99}"]

    @Test(arguments: damages)
    func itHoldsUpWhatItIsAbout(_ damage: Damage) throws {
        let fleet = try fleet()
        let id = try #require(
            try fleet.run("status", "--output", "json").json["rollout"] as? String)
        let paths = try fleet.ledgerGit("ls-tree", "-r", "--name-only", "production")
            .split(separator: "\n").map(String.init)
        let path =
            switch damage.path {
            case "ROLLOUT":
                try #require(paths.first { $0.hasSuffix("/\(id)/rollout") })
            case "SHARD": try #require(paths.first { $0.hasSuffix("/s1/shard") })
            case "OPERATION":
                try #require(
                    paths.first { $0.contains("/operations/") && $0.contains("s1%2Fnotes") })
            default: damage.path.replacingOccurrences(of: "ID", with: id)
            }
        let ledger = LedgerDamage(fleet)
        let sound = try fleet.ledgerGit("rev-parse", "production")
        for text in Self.texts {
            try ledger.put(path, text)
            let said = damage.says.replacingOccurrences(of: "ID", with: id)
            #expect(try fleet.run("status").says(said))
            guard text != Self.texts.last else { break }
            if damage.exit == 6 {
                let before = try fleet.state()
                #expect(try fleet.expect(6, "reconcile", "--require-all").says("required"))
                #expect(try fleet.state() == before)
            }
            try fleet.ledgerGit("update-ref", "refs/heads/production", sound)
        }
        let run = try fleet.expect(damage.exit, "reconcile")
        #expect(try made("notes", fleet) == damage.notes, "\(run)")
        #expect(try made("items", fleet) == damage.items, "\(run)")
        guard let wayOut = damage.wayOut?.map({ $0 == "ID" ? id : $0 }) else { return }
        _ = try fleet.run(wayOut + ["--reason", "looked at it"], by: "eve@example.com")
        let event = try fleet.events().first { $0["reason"] as? String == "looked at it" }
        #expect(event?["actor"] as? String == "eve@example.com")
        if !damage.isWhole {
            #expect(try fleet.run("reconcile").says("stopped by eve@example.com"))
            try fleet.expect(0, "start", id, "--reason", "it was not stopped")
        }
        _ = try fleet.run("reconcile")
        try fleet.expect(0, "reconcile", "--require-all")
        #expect(try made("notes", fleet) == Self.all && made("items", fleet) == Self.all)
        try fleet.expect(0, "status")
    }

    /// It may be a denial.
    @Test(arguments: texts) func aDecision(_ text: String) throws {
        let one = "CREATE TABLE one (id int PRIMARY KEY, gone int);\n"
        let two = "CREATE TABLE two (id int PRIMARY KEY, gone int);\n"
        let fleet = try FleetFixture(shards: 1, schema: ["one.sql": one, "two.sql": two])
        try fleet.expect(0, "reconcile")
        for (name, text) in [("one", one), ("two", two)] {
            try fleet.write(
                "schema/app/\(name).sql", text.replacingOccurrences(of: ", gone int", with: ""))
        }
        try fleet.commit("Drop two columns")
        try fleet.expect(3, "reconcile")
        try fleet.expect(0, "approve", "--all", "--reason", "known", by: "eve@example.com")
        let steps = try fleet.run("plan", "--output", "json").list("steps")
        let step = try #require(steps.first { $0["table"] as? String == "one" })
        let digest = try #require(step["approval"] as? String)
        let paths = try fleet.ledgerGit("ls-tree", "-r", "--name-only", "production")
            .split(separator: "\n").map(String.init)
        let path = try #require(paths.first { $0.hasSuffix("/\(digest)/decision") })
        let sound = try fleet.ledgerGit("show", "production:\(path)")
        try LedgerDamage(fleet).put(path, text)
        let run = try fleet.expect(6, "reconcile")
        #expect(run.says("a decision about it cannot be read", "may be a denial"), "\(run)")
        #expect(try fleet.table("one")?.contains("gone") == true)
        #expect(try fleet.table("two")?.contains("gone") == false)
        try LedgerDamage(fleet).put(path, sound + "\n")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("one")?.contains("gone") == false)
    }

    /// Whether it ran is not known, so it neither runs nor is the rollout over; the shards go on.
    @Test func theRecordOfAFinalizer() throws {
        let fleet = try FleetFixture(shards: 2)
        fleet.file.namespace = ["finalizer: {exec: [/bin/true]}"]
        fleet.file.policy = ["rollout:", "  waves: [{shards: 1, bake: 3s}, {percent: 100}]"]
        try fleet.commit()
        try fleet.expect(2, "reconcile", "--no-wait")
        let id = try #require(
            try fleet.run("status", "--output", "json").json["rollout"] as? String)
        let paths = try fleet.ledgerGit("ls-tree", "-r", "--name-only", "production")
            .split(separator: "\n").map(String.init)
        let path = try #require(paths.first { $0.hasSuffix("/\(id)/finalizers/app") })
        try LedgerDamage(fleet).put(path, "no JSON")
        try fleet.expect(6, "reconcile")
        #expect(try (0..<2).map { try fleet.table("orders", on: $0) != nil } == [true, true])
        let status = try fleet.expect(6, "status")
        #expect(status.says("whether the finalizer of app ran", "plumb unlock --rollout \(id)"))
        #expect(try fleet.eventCount("finalizer-started") == 0)
        try fleet.expect(0, "unlock", "--rollout", id, "--reason", "it ran")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.expect(0, "status").says("finalizer of app skipped"))
        #expect(
            try fleet.expect(78, "unlock", "--rollout", id, "--reason", "x").says("not set aside"))
    }
}
