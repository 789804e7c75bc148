import Schema
import TestSupport
import Testing

@testable import Diff

@Suite("Tables that hold each other change together")
struct TableGroupTests {
    /// `a>b.id` is a table whose column `b` refers to the id of `b`.
    private func table(
        _ name: String, _ parents: [String], type: String = "int(11)", id: String = "id",
        parentID: String = "id"
    ) -> Table {
        Table(
            name: name,
            columns: [Column(name: id, type: type, isNotNull: true)]
                + parents.map { Column(name: "to_\($0)", type: type, defaultValue: "NULL") },
            indexes: [Index(kind: .primary, name: "", parts: [.init(key: .column(id))])],
            foreignKeys: parents.map {
                ForeignKey(
                    name: "\(name)_\($0)", columns: ["to_\($0)"], referencedTable: $0,
                    referencedColumns: [parentID])
            },
            options: [TableOption(key: "ENGINE", value: "InnoDB")])
    }

    private func schema(_ tables: Table...) -> [String: Table] {
        Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0) })
    }

    private func steps(
        _ from: [String: Table], _ to: [String: Table], renames: Renames = Renames(),
        flavour: ServerProfile.Flavour = .mariadb
    ) throws -> [SchemaStep] {
        let difference = try SchemaDiff.difference(
            from: from, to: to, renames: renames, flavour: flavour)
        #expect(difference.refusals == [])
        return difference.steps
    }

    @Test(
        "one copy for each table: a key comes back with its table's change where its parent is done"
    )
    func circle() throws {
        func web(_ type: String) -> [String: Table] {
            schema(table("a", ["b"], type: type), table("b", ["a"], type: type))
        }
        let found = try steps(web("int(11)"), web("bigint(20)"))
        #expect(
            found.flatMap { $0.statements(flavour: .mariadb) } == [
                "ALTER TABLE `a` DROP FOREIGN KEY `a_b`",
                "ALTER TABLE `b` DROP FOREIGN KEY `b_a`",
                "ALTER TABLE `b` MODIFY COLUMN `id` bigint(20) NOT NULL, MODIFY COLUMN `to_a` "
                    + "bigint(20) DEFAULT NULL",
                "ALTER TABLE `a` MODIFY COLUMN `id` bigint(20) NOT NULL, MODIFY COLUMN `to_b` "
                    + "bigint(20) DEFAULT NULL, ADD CONSTRAINT `a_b` FOREIGN KEY (`to_b`) "
                    + "REFERENCES `b` (`id`)",
                "ALTER TABLE `b` ADD CONSTRAINT `b_a` FOREIGN KEY (`to_a`) REFERENCES `a` (`id`)",
            ])
        // From every place on the way the rest is found.
        for keys in [["a"], ["b"], ["a", "b"]] {
            var middle = web("int(11)")
            for name in keys { middle[name]?.foreignKeys = [] }
            #expect(try steps(middle, web("bigint(20)")).count == 1)
            middle["b"] = table("b", [], type: "bigint(20)")
            middle["b"]?.columns.append(
                Column(name: "to_a", type: "bigint(20)", defaultValue: "NULL"))
            if keys.contains("a") {
                #expect(try steps(middle, web("bigint(20)")).count == 1)
            }
        }
    }

    @Test("a table that is as it has to be only gives its key away, and gets it back")
    func quietChild() throws {
        let child = table("child", ["parent"])
        let found = try steps(
            schema(child, table("parent", [], type: "enum('a','b')")),
            schema(child, table("parent", [], type: "enum('b','a')")))
        guard case .group(let group) = found.first else {
            Issue.record("no group")
            return
        }
        #expect(found.count == 1 && group.members.map(\.table) == ["child", "parent"])
        #expect(group.returningKeys.map { "\($0.table) \($0.key)" } == ["child child_parent"])
        #expect(group.statements.count == 3)
    }

    @Test("keys that stay follow the new names of their parents, and no row is looked at")
    func renames() throws {
        let from = schema(table("a", ["b"]), table("b", ["a"]))
        let to = schema(
            table("a", ["b"], id: "nr", parentID: "nr"),
            table("b", ["a"], id: "nr", parentID: "nr"))
        let hints = Renames(columns: [
            ColumnRename(table: "a", from: "id", to: "nr"),
            ColumnRename(table: "b", from: "id", to: "nr"),
        ])
        let found = try steps(from, to, renames: hints)
        #expect(
            found.flatMap { $0.statements(flavour: .mariadb) } == [
                "ALTER TABLE `a` CHANGE COLUMN `id` `nr` int(11) NOT NULL",
                "ALTER TABLE `b` CHANGE COLUMN `id` `nr` int(11) NOT NULL",
            ])
    }

    @Test("a group that no statements make is refused whole, and the rest goes on")
    func refusedWhole() throws {
        var to = schema(
            table("a", ["b"], type: "bigint(20)"), table("b", ["a"], type: "bigint(20)"),
            table("new", []))
        to["a"]?.options.append(TableOption(key: "DATA DIRECTORY", value: "'/a/'"))
        let difference = try SchemaDiff.difference(
            from: schema(table("a", ["b"]), table("b", ["a"])), to: to)
        #expect(difference.changes.map(\.table) == ["new"])
        #expect(difference.refusals.first?.table == "a")
    }

    @Test("what holds a refused table is refused as well, and says why")
    func refusedNeighbour() throws {
        let difference = try SchemaDiff.difference(
            from: schema(table("theirs", ["a"]), table("a", ["b"]), table("b", ["a"])),
            to: schema(
                table("a", ["b"], type: "bigint(20)"), table("b", ["a"], type: "bigint(20)")))
        #expect(difference.steps.isEmpty)
        #expect(difference.refusals.map(\.table) == ["theirs", "b"])
        #expect(difference.refusals.last?.message.contains("is refused itself") == true)
    }

    @Test("the order costs what the web is large", arguments: [10, 100, 1_000])
    func large(count: Int) throws {
        func web(_ type: String) -> [String: Table] {
            var result: [String: Table] = [:]
            for place in 0..<count {
                // A ring, with a chord from every table.
                let parents = Set([(place + 1) % count, place * 7 % count]).sorted()
                let name = "t\(place)"
                result[name] = table(name, parents.map { "t\($0)" }, type: type)
            }
            return result
        }
        let (from, to) = (web("int(11)"), web("bigint(20)"))
        let clock = ContinuousClock()
        var found: [SchemaStep] = []
        let time = try clock.measure { found = try steps(from, to) }
        print("a web of \(count) tables: \(time)")
        let statements = found.flatMap { $0.statements(flavour: .mariadb) }
        #expect(found.count == 1 && statements.count <= 4 * count)
        #expect(time < .milliseconds(50 + 20 * count))
    }
}
