import Diff
import Foundation
import Model
import Schema
import Testing

@testable import Reconciler

@Suite("What a rollback makes of git's schema")
struct RollbackVerdictTests {
    private static let profile = ServerProfile(
        flavour: .mariadb, version: "10.11", sqlMode: "", characterSet: "utf8mb4",
        collation: "utf8mb4_bin")

    /// Tables by a word: `a` and `b` are `orders` with one column of that name; `a2` means the same
    /// as `a` and is printed otherwise.
    private static func table(_ word: String, name: String = "orders") -> CatalogTable {
        let column = String(word.prefix(1))
        let keys =
            word.count > 1
            ? ",\n  KEY `y` (`\(column)`),\n  KEY `x` (`\(column)`)"
            : ",\n  KEY `x` (`\(column)`),\n  KEY `y` (`\(column)`)"
        return CatalogTable(
            canonicalText: """
                CREATE TABLE `\(name)` (
                  `\(column)` int(11) DEFAULT NULL\(keys)
                ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
                """, flavour: .mariadb)
    }

    /// By name; a text such as `orders=a, purchases=b`.
    private static func tables(_ text: String) -> [String: CatalogTable] {
        var tables: [String: CatalogTable] = [:]
        for part in text.split(separator: ",") where part.contains("=") {
            let words = part.split(separator: "=").map {
                $0.trimmingPrefix { $0 == " " }
            }
            tables[String(words[0])] = table(String(words[1]), name: String(words[0]))
        }
        return tables
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// What the rollout did, such as `orders=a` to `orders=b`; `-` is absent.
        var from = "orders=a"
        var to = "orders=b"
        let git: String
        let live: String
        /// What is recorded; the names that are live unless said otherwise.
        var recorded: String?
        /// A table of which an operation is under way.
        var atWork: String?
        /// Whether git has gone back to what was before, earlier.
        var isReverted = false
        let verdict: RollbackVerdict
        /// What is wanted then.
        let wanted: String

        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "not back yet", git: "orders=b", live: "orders=b", verdict: .holds,
            wanted: "orders=a"),
        Case(
            name: "back", git: "orders=b", live: "orders=a", verdict: .holds, wanted: "orders=a"),
        Case(
            name: "git means the same", git: "orders=b2", live: "orders=a", verdict: .holds,
            wanted: "orders=a"),
        Case(
            name: "git wants something else", git: "orders=c", live: "orders=a", verdict: .over,
            wanted: "orders=c"),
        Case(
            name: "git dropped it", git: "", live: "orders=a", verdict: .over, wanted: ""),
        Case(
            name: "git went back, the shard did not", git: "orders=a", live: "orders=b",
            verdict: .agrees, wanted: "orders=a"),
        Case(
            name: "git and the shard are back", git: "orders=a", live: "orders=a2",
            verdict: .over, wanted: "orders=a"),
        Case(
            name: "created", from: "", to: "orders=b", git: "orders=b", live: "orders=b",
            verdict: .holds, wanted: ""),
        Case(
            name: "created, and out of git again", from: "", to: "orders=b", git: "",
            live: "orders=b", verdict: .agrees, wanted: ""),
        Case(
            name: "created, and gone again", from: "", to: "orders=b", git: "", live: "",
            verdict: .over, wanted: ""),
        Case(
            name: "dropped", from: "orders=a", to: "", git: "", live: "", verdict: .holds,
            wanted: "orders=a"),
        Case(
            name: "dropped, and wanted otherwise", from: "orders=a", to: "", git: "orders=c",
            live: "", verdict: .over, wanted: "orders=c"),
        Case(
            name: "renamed", to: "purchases=a", git: "purchases=a", live: "purchases=a",
            verdict: .holds, wanted: "orders=a"),
        Case(
            name: "renamed, git has both names", to: "purchases=a", git: "orders=c, purchases=a",
            live: "purchases=a", verdict: .over, wanted: "orders=c, purchases=a"),
        Case(
            name: "renamed, git went back", to: "purchases=a", git: "orders=a",
            live: "purchases=a", verdict: .agrees, wanted: "orders=a"),
        Case(
            name: "renamed, and all are back", to: "purchases=a", git: "orders=a",
            live: "orders=a", verdict: .over, wanted: "orders=a"),
        // What somebody else made was not created by a rollout, and does not have to go.
        Case(
            name: "not created there, made by hand", from: "", to: "orders=b", git: "orders=b",
            live: "orders=c", recorded: "", verdict: .holds, wanted: ""),
        Case(
            name: "not created there, made by hand, and out of git again", from: "",
            to: "orders=b", git: "", live: "orders=c", recorded: "", verdict: .over, wanted: ""),
        Case(
            name: "created, changed by hand, and out of git again", from: "", to: "orders=b",
            git: "", live: "orders=c", verdict: .agrees, wanted: ""),
        Case(
            name: "not renamed there, the new name made by hand, git went back",
            to: "purchases=a", git: "orders=a", live: "orders=a, purchases=c",
            recorded: "orders=a", verdict: .over, wanted: "orders=a"),
        Case(
            name: "renamed, the old name made by hand, git went back",
            to: "purchases=a", git: "orders=a", live: "orders=a, purchases=a",
            recorded: "purchases=a", verdict: .agrees, wanted: "orders=a"),
        // What is under way there comes later than what is live.
        Case(
            name: "being created, and out of git again", from: "", to: "orders=b", git: "",
            live: "", atWork: "orders", verdict: .agrees, wanted: ""),
        Case(
            name: "just created, not recorded yet, and out of git again", from: "",
            to: "orders=b", git: "", live: "orders=b", recorded: "", atWork: "orders",
            verdict: .agrees, wanted: ""),
        Case(
            name: "being changed, git went back", git: "orders=a", live: "orders=a",
            atWork: "orders", verdict: .agrees, wanted: "orders=a"),
        Case(
            name: "being renamed, git went back", to: "purchases=a", git: "orders=a",
            live: "orders=a", atWork: "purchases", verdict: .agrees, wanted: "orders=a"),
        Case(
            name: "being changed, git wants something else", git: "orders=c", live: "orders=a",
            atWork: "orders", verdict: .over, wanted: "orders=c"),
        // Once git has gone back it decides, also where it wants the change again.
        Case(
            name: "git went back earlier, the shard did not", git: "orders=a", live: "orders=b",
            isReverted: true, verdict: .agrees, wanted: "orders=a"),
        Case(
            name: "git went back and wants it again", git: "orders=b", live: "orders=b",
            isReverted: true, verdict: .over, wanted: "orders=b"),
        Case(
            name: "created, out of git, and wanted again", from: "", to: "orders=b",
            git: "orders=b", live: "orders=b", isReverted: true, verdict: .over,
            wanted: "orders=b"),
        Case(
            name: "dropped, wanted, and out of git again", from: "orders=a", to: "", git: "",
            live: "", isReverted: true, verdict: .over, wanted: ""),
        Case(
            name: "renamed, git went back and wants the new name again", to: "purchases=a",
            git: "purchases=a", live: "purchases=a", isReverted: true, verdict: .over,
            wanted: "purchases=a"),
    ]

    @Test(arguments: cases)
    func verdicts(_ one: Case) throws {
        let (from, to) = (Self.tables(one.from), Self.tables(one.to))
        let (git, live) = (Self.tables(one.git), Self.tables(one.live))
        let all = [from, to, git, live].flatMap(\.values)
        let known = Dictionary(all.map { ($0.digest, $0) }) { first, _ in first }
        let names = (from.keys.first, to.keys.first)
        let isRenamed = names.0 != nil && names.1 != nil && names.0 != names.1
        var object = RollbackRecord.Object(
            object: ObjectName(.table, names.1 ?? names.0 ?? ""),
            renamedFrom: isRenamed ? names.0.map { ObjectName(.table, $0) } : nil,
            unwanted: to.values.first?.digest, wanted: from.values.first?.digest,
            columns: [.init(from: "old", to: "new")])
        if one.isReverted { object.reverted = true }
        let record = RollbackRecord(
            id: "r", rollout: "x", actor: "ada", reason: "slow", at: "2026-11-29T12:00:00Z",
            groups: [])
        var schema = RollbackSchema(
            schema: Comparison.Schema(
                namespace: "app", profile: Self.profile, tables: git),
            shard: RollbackShard(
                live: live.mapValues(\.digest),
                recorded: one.recorded.map { Set(Self.tables($0).keys) } ?? Set(live.keys),
                atWork: Set([one.atWork].compactMap(\.self)))
        ) { known[$0] }
        #expect(schema.verdict(object) == one.verdict)
        #expect(schema.take(object, of: record) == one.verdict)
        #expect(
            schema.schema.tables.mapValues(\.digest)
                == Self.tables(one.wanted).mapValues(\.digest))
        let back = schema.schema.takenBack[object.former.encoded]
        #expect((back != nil) == (one.verdict != .over))
        #expect(
            back.map(\.columns) ?? []
                == (one.verdict == .over
                    ? [] : [ColumnRename(table: object.former.name, from: "new", to: "old")]))
        #expect(schema.schema.tableRenames.count == (isRenamed && one.verdict != .over ? 1 : 0))
    }

    @Test func aRecordLosesWhatIsOver() {
        func object(_ name: String) -> RollbackRecord.Object {
            .init(object: ObjectName(.table, name), unwanted: digest("b"), wanted: digest("a"))
        }
        let shards = ["s0", "s1", "s2"].map { ShardID(namespace: "app", shard: $0) }
        let both = [object("orders"), object("items")]
        let record = RollbackRecord(
            id: "r", rollout: "x", actor: "ada", reason: "slow", at: "2026-11-29T12:00:00Z",
            groups: RollbackRecord.groups(
                of: [shards[0]: both, shards[1]: both, shards[2]: [object("orders")]]))
        #expect(record.groups.map(\.shards) == [["s0", "s1"], ["s2"]])
        #expect(record.shardCount == 3)
        let orders: Set = [ObjectName(.table, "orders")]
        let left = record.removing([shards[1]: orders, shards[2]: orders])
        #expect(left?.groups.map(\.shards) == [["s0"], ["s1"]])
        #expect(
            left?.groups.map { $0.objects.map(\.object.name) } == [["orders", "items"], ["items"]])
        let items = Set(both.map(\.object))
        #expect(record.removing([shards[0]: items, shards[1]: items, shards[2]: items]) == nil)
        #expect(record.removing([:]) == record)
    }

    @Test func aRecordKeepsThatGitWentBack() throws {
        func object(_ name: String) -> RollbackRecord.Object {
            .init(object: ObjectName(.table, name), unwanted: digest("b"), wanted: digest("a"))
        }
        let shards = ["s0", "s1"].map { ShardID(namespace: "app", shard: $0) }
        let both = [object("orders"), object("items")]
        let record = RollbackRecord(
            id: "r", rollout: "x", actor: "ada", reason: "slow", at: "2026-11-29T12:00:00Z",
            groups: RollbackRecord.groups(of: [shards[0]: both, shards[1]: both]))
        var standing = RollbackStanding(records: [record])
        standing.held = ["r": [shards[0]: Set(both.map(\.object))]]
        #expect(standing.notices(in: "e").map(\.message).first?.contains("as before") == true)
        standing.reverted = ["r": [shards[0]: [ObjectName(.table, "orders")]]]
        standing.over = ["r": [shards[1]: [ObjectName(.table, "items")]]]
        let left = try #require(standing.recorded.first)
        #expect(left.groups.map(\.shards) == [["s0"], ["s1"]])
        #expect(
            left.groups.map { $0.objects.map(\.object.name) } == [["orders", "items"], ["orders"]])
        #expect(left.groups.map { $0.objects.map(\.isReverted) } == [[true, false], [false]])
        #expect(left.reverting([:]) == left)
        // An earlier release did not know of it.
        let encoded = String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
        #expect(!encoded.contains("reverted"))
        standing.isStale = true
        #expect(standing.recorded == [record])
    }

    /// What was fetched before may be from before the change, so it says nothing.
    @Test func anOldRevisionEndsNothing() {
        let shard = ShardID(namespace: "app", shard: "s0")
        let object = RollbackRecord.Object(
            object: ObjectName(.table, "orders"), unwanted: digest("b"), wanted: digest("a"))
        let record = RollbackRecord(
            id: "r", rollout: "x", actor: "ada", reason: "slow", at: "2026-11-29T12:00:00Z",
            groups: RollbackRecord.groups(of: [shard: [object]]))
        var standing = RollbackStanding(records: [record])
        standing.over = ["r": [shard: [object.object]]]
        #expect(standing.recorded.isEmpty)
        standing.isStale = true
        #expect(standing.recorded == [record])
    }
}
