import Diff
import Model
import Schema
import Testing

@testable import Reconciler

@Suite("The changes of a class of shards are handed over to be proved together")
struct ProvedTogetherTests {
    private static func table(_ name: String, _ more: String = "") -> CatalogTable {
        CatalogTable(
            canonicalText: "CREATE TABLE `\(name)` (\n  `id` int(11) NOT NULL,\(more)\n"
                + "  PRIMARY KEY (`id`)\n) ENGINE=InnoDB", flavour: .mariadb)
    }

    /// What the planner asked, and what it made of the answers.
    private struct Asked {
        var together: [[String]] = []
        var alone: [String] = []
        var steps: [String: [String]] = [:]
    }

    /// Plans columns for tables that are live, and tables that are new, where all but those in
    /// `hard` can be proved together.
    private static func plan(
        live: [String], new: [String], dropped: [String] = [], hard: Set<String> = [],
        refusals: Refusals = Refusals()
    ) throws -> Asked {
        var asked = Asked()
        var catalog: [Digest: CatalogTable] = [:]
        var desired: [String: CatalogTable] = [:]
        var present: [String: Digest] = [:]
        for name in live + dropped {
            let table = table(name)
            catalog[table.digest] = table
            present[name] = table.digest
        }
        for name in live + new {
            let table = table(name, "\n  `a` int(11) DEFAULT NULL,")
            catalog[table.digest] = table
            desired[name] = table
        }
        let tables = catalog
        let comparison = Comparison(
            schemas: [
                Comparison.Schema(
                    namespace: "n",
                    profile: ServerProfile(
                        flavour: .mariadb, version: "10.11.1", sqlMode: "",
                        characterSet: "utf8mb4", collation: "utf8mb4_general_ci"), tables: desired)
            ],
            shards: [
                Comparison.Shard(
                    id: ShardID(namespace: "n", shard: "s"), schema: 0,
                    live: .init(digest: Digest(of: "live"), tables: present),
                    recorded: ShardRecord(tables: present, since: ""))
            ], lookup: { tables[$0] })
        var ports = Planner.Ports(
            lookup: { tables[$0] },
            prove: { change, _ in
                asked.alone.append(change.table)
                return [PlanStatement(sql: "alone", after: change.to?.digest)]
            }, proveGroup: { _, _ in [] }, proveObject: { _, _ in [] },
            cause: { _, _ in PlanCause(kind: .git) }, location: { _, _, _ in nil })
        ports.refusals = refusals
        ports.proveTogether = { changes, _ in
            asked.together.append(changes.map(\.table))
            return changes.map { change in
                hard.contains(change.table)
                    ? nil : [PlanStatement(sql: "together", after: change.to?.digest)]
            }
        }
        var planner = Planner(
            comparison: comparison,
            removals: [
                "n": Planner.Removal(
                    retire: Set(dropped.map { ObjectName(.table, $0) }), prunesAll: false)
            ], renames: { _ in Renames() }, ports: ports)
        for step in try planner.plan().steps {
            asked.steps[step.object.name] = step.statements.map(\.sql)
        }
        return asked
    }

    @Test("all at once, and only the hard ones by themselves")
    func atOnce() throws {
        let asked = try Self.plan(live: ["a", "b", "c"], new: ["d"], hard: ["b"])
        #expect(asked.together == [["d", "a", "b", "c"]])
        #expect(asked.alone == ["b"])
        #expect(
            asked.steps == [
                "a": ["together"], "b": ["alone"], "c": ["together"], "d": ["together"],
            ])
    }

    @Test("one change and drops need no company")
    func few() throws {
        let asked = try Self.plan(live: ["a"], new: [], dropped: ["x", "y"])
        #expect(asked.together == [])
        #expect(asked.alone.sorted() == ["a", "x", "y"])
    }

    @Test("a shard that refused a statement gets a proof of its own")
    func refused() throws {
        let from = Self.table("a").digest
        var record = RefusalRecord(
            key: OperationKey(
                shard: ShardID(namespace: "n", shard: "s"), object: ObjectName(.table, "a")))
        record.add(.init(from: from, statement: "ALTER TABLE `a` …", reason: "no"))
        let asked = try Self.plan(live: ["a", "b", "c"], new: [], refusals: Refusals([record]))
        #expect(asked.together == [["b", "c"]])
        #expect(asked.alone == ["a"])
        #expect(asked.steps["a"] == ["alone"])
        #expect(asked.steps["b"] == ["together"])
    }
}
