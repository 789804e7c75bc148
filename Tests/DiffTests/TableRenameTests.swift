import Schema
import Testing

@testable import Diff

@Suite("Tables under other names, and what refers to them")
struct TableRenameTests {
    /// A table with a number and a key to each parent.
    private func table(_ name: String, _ parents: [String] = [], type: String = "int(11)") -> Table
    {
        Table(
            name: name,
            columns: [
                Column(name: "id", type: "int(11)", isNotNull: true),
                Column(name: "n", type: type, defaultValue: "NULL"),
            ],
            indexes: [Index(kind: .primary, name: "", parts: [.init(key: .column("id"))])],
            foreignKeys: parents.enumerated().map { place, parent in
                ForeignKey(
                    name: "to_\(place)", columns: ["n"], referencedTable: parent,
                    referencedColumns: ["id"])
            },
            options: [TableOption(key: "ENGINE", value: "InnoDB")])
    }

    private func schema(_ tables: Table...) -> [String: Table] {
        Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0) })
    }

    private let hint = TableRename(from: "old", to: "new")

    @Test("the parent gets its name before a child changes, and the child starts from there")
    func childBehindParent() throws {
        let from = schema(table("old"), table("child", ["old"]))
        let to = schema(table("new"), table("child", ["new"], type: "bigint(20)"))
        let changes = try SchemaDiff.changes(
            from: from, to: to, renames: Renames(tables: [hint]))
        #expect(changes.map(\.table) == ["new", "child"])
        #expect(changes.map(\.renamedFrom) == ["old", nil])
        #expect(changes[1].from == table("child", ["new"]))
        #expect(!changes.contains { $0.withoutForeignKeyChecks })
    }

    @Test("a child that is dropped goes before the rename, as it is")
    func droppedChild() throws {
        let changes = try SchemaDiff.changes(
            from: schema(table("old"), table("a", ["old"])), to: schema(table("new")),
            renames: Renames(tables: [hint]), droppable: ["a"])
        #expect(changes.map { "\($0.kind) \($0.table)" } == ["drop a", "alter new"])
        #expect(changes[0].from == table("a", ["old"]))
    }

    @Test("parent and child get other names in one plan, parents first")
    func parentAndChild() throws {
        let changes = try SchemaDiff.changes(
            from: schema(table("z"), table("c", ["z"])), to: schema(table("y"), table("b", ["y"])),
            renames: Renames(tables: [
                TableRename(from: "z", to: "y"), TableRename(from: "c", to: "b"),
            ]))
        #expect(changes.map(\.table) == ["y", "b"])
        #expect(changes[1].from == table("c", ["y"]))
    }

    @Test("a key to the table itself follows with its own statement")
    func selfReference() throws {
        let changes = try SchemaDiff.changes(
            from: schema(table("old", ["old"])), to: schema(table("new", ["new"])),
            renames: Renames(tables: [hint]))
        #expect(changes.map(\.from) == [table("old", ["old"])])
        #expect(
            changes.flatMap { $0.statements(flavour: .mariadb) } == [
                "ALTER TABLE `old` RENAME TO `new`"
            ])
    }

    @Test("tables that refer to each other are renamed at once, and their keys follow")
    func circle() throws {
        let from = schema(table("a", ["b"]), table("b", ["a"]))
        let to = schema(table("x", ["y"]), table("y", ["x"]))
        let both = Renames(tables: [
            TableRename(from: "a", to: "x"), TableRename(from: "b", to: "y"),
        ])
        let difference = try SchemaDiff.difference(from: from, to: to, renames: both)
        #expect(
            difference.steps.flatMap { $0.statements(flavour: .mariadb) } == [
                "ALTER TABLE `a` RENAME TO `x`", "ALTER TABLE `b` RENAME TO `y`",
            ])
        // One of them goes: the other follows.
        let one = try SchemaDiff.changes(
            from: from, to: schema(table("x", ["b"]), table("b", ["x"])),
            renames: Renames(tables: [TableRename(from: "a", to: "x")]))
        #expect(one.map(\.table) == ["x"])
    }

    @Test("keys that stay follow a column of their parent; those that go are dropped as they are")
    func referencedColumn() throws {
        func parent(_ column: String) -> Table {
            var table = table("parent")
            table.columns[0].name = column
            table.indexes[0].parts = [.init(key: .column(column))]
            return table
        }
        func child(_ column: String, type: String = "int(11)") -> Table {
            var table = table("child", ["parent"], type: type)
            table.foreignKeys[0].referencedColumns = [column]
            return table
        }
        let renames = Renames(
            columns: [ColumnRename(table: "parent", from: "id", to: "number")])
        let from = schema(parent("id"), child("id"))
        let follows = try SchemaDiff.changes(
            from: from, to: schema(parent("number"), child("number")), renames: renames)
        #expect(follows.map(\.table) == ["parent"])
        let changes = try SchemaDiff.changes(
            from: from, to: schema(parent("number"), child("number", type: "bigint(20)")),
            renames: renames)
        #expect(changes.map(\.table) == ["parent", "child"])
        #expect(changes[1].from == child("number"))
        let drops = try SchemaDiff.changes(
            from: from, to: schema(parent("number"), table("child")), renames: renames)
        #expect(drops.first { $0.table == "child" }?.from == child("id"))
        // What goes first goes from the table as it is.
        var retyped = parent("number")
        retyped.columns[0].type = "bigint(20)"
        let parts = try SchemaDiff.changes(
            from: from, to: schema(retyped, child("number", type: "bigint(20)")),
            renames: renames)
        #expect(parts.map(\.table) == ["child", "parent"])
        #expect(parts[0].from == child("id"))
    }

    @Test("a likely rename has the same columns, and nothing else has them")
    func likely() {
        let other = table("other", type: "text")
        func pairs(_ from: [String: Table], _ to: [String: Table]) -> [String] {
            SchemaDiff.likelyRenames(from: from, to: to).map { "\($0.from) \($0.to)" }
        }
        #expect(pairs(schema(table("a"), other), schema(table("b"), other)) == ["a b"])
        #expect(pairs(schema(table("a")), schema(table("b"), table("c"))) == [])
        #expect(pairs(schema(table("a"), table("b")), schema(table("c"))) == [])
        #expect(pairs(schema(table("a")), schema(table("a"), table("b"))) == [])
        #expect(pairs(schema(table("a")), schema(table("b", type: "bigint(20)"))) == [])
        // Keys and indexes may have changed on the way.
        #expect(pairs(schema(table("a")), schema(table("b", ["p"]))) == ["a b"])
    }

    @Test("a new name costs those who use the old one")
    func hazards() throws {
        let change = try #require(
            try SchemaDiff.changes(
                from: schema(table("old")), to: schema(table("new")),
                renames: Renames(tables: [hint])
            ).first)
        #expect(try change.hazards().map { "\($0.hazard) \($0.rule)" } == ["costly rename-table"])
        #expect(try change.hazards().allSatisfy(\.isAboutNames))
        func column(_ name: String) -> Table {
            var table = table("t")
            table.columns[1].name = name
            return table
        }
        func worst(_ from: String, _ to: String) throws -> Hazard {
            let alterations = try TableDiff.changes(
                from: column(from), to: column(to),
                renames: [ColumnRename(table: "t", from: from, to: to)])
            return try TableDiff.findings(of: alterations, on: column(from)).map(\.finding).worst
        }
        #expect(try worst("qty", "quantity") == .costly)
        #expect(try worst("qty", "Qty") == .safe)
    }
}
