import Diff
import Model
import Schema
import Testing

@testable import Reconciler

@Suite("Hints for tables, shard by shard")
struct DueRenamesTests {
    private func dueRenames(
        _ hints: [(String, String)], desired: [String], live: [String]
    ) -> (due: [String], blocked: [String]) {
        let renames = DueRenames(
            hints.map { TableRename(from: $0.0, to: $0.1) }, desired: desired, live: live)
        return (
            renames.due.map { "\($0.key): \($0.value.from) > \($0.value.to)" }.sorted(),
            renames.blocked.map { "\($0.hint.from) > \($0.hint.to)" }
        )
    }

    struct Case: Sendable {
        var hints = [("old", "new")]
        var desired = ["new"]
        let live: [String]
        var due: [String] = []
        var blocked: [String] = []
    }

    @Test(arguments: [
        Case(live: ["old", "other"], due: ["old: old > new"]),
        Case(live: ["new"]),
        Case(live: []),
        Case(live: ["old", "new"], blocked: ["old > new"]),
        // A view that keeps the old name going is no table.
        Case(live: ["view:old", "new"]),
        Case(live: ["old", "view:new"], due: ["old: old > new"]),
        // Git still has it, be it through an overlay: nothing is taken away from it.
        Case(desired: ["old", "new"], live: ["old"]),
        Case(desired: [], live: ["old"]),
        Case(
            hints: [("a", "new"), ("b", "new")], live: ["b"], due: ["b: b > new"]),
        Case(
            hints: [("a", "new"), ("b", "new")], live: ["a", "b"],
            blocked: ["a > new", "b > new"]),
        Case(
            hints: [("a", "new"), ("b", "new")], live: ["a", "new"], blocked: ["a > new"]),
        Case(
            hints: [("a", "new"), ("b", "new"), ("c", "new")], live: ["a", "b", "c"],
            blocked: ["a > new", "b > new", "c > new"]),
        // A wrong letter must not lead to an empty new table.
        Case(hints: [("Old", "New")], live: ["old"], due: ["old: old > new"]),
        Case(hints: [("Old", "New")], live: ["old", "NEW"], due: ["old: old > new"]),
        // With the right one the shard has followed; the other table is none of the hint's.
        Case(hints: [("Old", "new")], live: ["old", "new"]),
        Case(
            hints: [("Old", "new")], live: ["old", "Old"], due: ["Old: Old > new"]),
        Case(hints: [("New", "new")], live: ["New"], due: ["New: New > new"]),
        Case(hints: [("New", "new")], live: ["new"]),
        // A table whose name begins like a kind.
        Case(
            hints: [("view:a", "new")], live: ["table:view:a"],
            due: ["table:view:a: view:a > new"]),
    ])
    func isDue(_ sample: Case) {
        let found = dueRenames(sample.hints, desired: sample.desired, live: sample.live)
        #expect(found.due == sample.due)
        #expect(found.blocked == sample.blocked)
    }

    // MARK: The comparison

    private func states(
        live: [String: String], recorded: [String: String]?
    ) throws -> [Comparison.ObjectState] {
        let new = CatalogTable(canonicalText: "CREATE TABLE `new` …", flavour: .mariadb)
        let schema = Comparison.Schema(
            namespace: "app",
            profile: ServerProfile(
                flavour: .mariadb, version: "10.11", sqlMode: "", characterSet: "utf8mb4",
                collation: "utf8mb4_bin"),
            tables: ["new": new], tableRenames: [TableRename(from: "old", to: "new")])
        var digests = live.mapValues { Digest(of: $0) }
        if live["new"] == "git" { digests["new"] = new.digest }
        var record = recorded.map {
            ShardRecord(tables: $0.mapValues { Digest(of: $0) }, since: "")
        }
        if recorded?["new"] == "git" { record?.tables["new"] = new.digest }
        let comparison = Comparison(
            schemas: [schema],
            shards: [
                Comparison.Shard(
                    id: ShardID(namespace: "app", shard: "s0"), schema: 0,
                    live: .init(digest: Digest(of: "live"), tables: digests), recorded: record)
            ], lookup: { _ in nil })
        return try #require(comparison.variants.first).objects
    }

    struct Standing: Sendable {
        let live: [String: String]
        let recorded: [String: String]?
        let states: [String]
    }

    @Test(
        "one table under two names has one state",
        arguments: [
            Standing(
                live: ["old": "a"], recorded: ["old": "a"], states: ["new from old: pending"]),
            Standing(live: ["old": "a"], recorded: nil, states: ["new from old: pending"]),
            Standing(
                live: ["old": "b"], recorded: ["old": "a"], states: ["new from old: conflict"]),
            // Someone gave it its old name back.
            Standing(
                live: ["old": "a"], recorded: ["new": "git"], states: ["new from old: drifted"]),
            Standing(live: ["new": "git"], recorded: ["old": "a"], states: ["new: inSync"]),
            Standing(live: ["new": "b"], recorded: ["old": "a"], states: ["new: pending"]),
            Standing(live: [:], recorded: nil, states: ["new: pending"]),
            Standing(
                live: ["old": "a", "new": "git"], recorded: ["new": "git"],
                states: ["new: inSync", "old: unmanaged"]),
        ])
    func standing(_ sample: Standing) throws {
        let found = try states(live: sample.live, recorded: sample.recorded).map { state in
            "\(state.object.encoded)\(state.renamedFrom.map { " from \($0.encoded)" } ?? ""): "
                + "\(state.status)"
        }
        #expect(found == sample.states)
    }
}
