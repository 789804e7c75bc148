import Schema
import Testing

@testable import Diff

@Suite struct SchemaDiffTests {
    /// `orders>users,items` is a table with a foreign key to each name behind the sign.
    private func schema(_ words: String...) -> [String: Table] {
        var result: [String: Table] = [:]
        for word in words {
            let parts = word.split(separator: ">", maxSplits: 1).map(String.init)
            let parents = parts.count > 1 ? parts[1].split(separator: ",").map(String.init) : []
            result[parts[0]] = table(parts[0], parents: parents)
        }
        return result
    }

    private func table(_ name: String, parents: [String]) -> Table {
        Table(
            name: name,
            columns: [Column(name: "id", type: "int(11)", isNotNull: true)]
                + parents.map { Column(name: "\($0)_id", type: "int(11)", defaultValue: "NULL") },
            indexes: [Index(kind: .primary, name: "", parts: [.init(key: .column("id"))])],
            foreignKeys: parents.map {
                ForeignKey(
                    name: "to_\($0)", columns: ["\($0)_id"], referencedTable: $0,
                    referencedColumns: ["id"])
            },
            options: [TableOption(key: "ENGINE", value: "InnoDB")])
    }

    private func summary(
        _ from: [String: Table], _ to: [String: Table], tableRenames: [TableRename] = [],
        columnRenames: [ColumnRename] = [], droppable: Set<String> = [],
        flavour: ServerProfile.Flavour = .mariadb
    ) throws -> [String] {
        let difference = try SchemaDiff.difference(
            from: from, to: to, renames: Renames(tables: tableRenames, columns: columnRenames),
            droppable: droppable, flavour: flavour)
        if let refusal = difference.refusals.first { throw refusal }
        return difference.steps.map { step in
            switch step {
            case .single(let change):
                "\(change.kind) \(change.table)"
                    + (change.withoutForeignKeyChecks ? " unchecked" : "")
            case .group(let group):
                "together " + group.members.map(\.table).joined(separator: " ")
            }
        }
    }

    @Test func parentsAreMadeFirst() throws {
        #expect(
            try summary([:], schema("a>b", "b>c", "c", "d"))
                == ["create c", "create b", "create a", "create d"])
    }

    @Test func tableThatRefersToItselfIsNoCycle() throws {
        #expect(try summary([:], schema("tree>tree")) == ["create tree"])
    }

    @Test("a foreign key's name passes from one table to another once it is free")
    func namesOfForeignKeysPass() throws {
        func keyed(_ table: String, _ name: String?) -> Table {
            var result = self.table(table, parents: ["p"])
            result.foreignKeys[0].name = name ?? ""
            if name == nil { result.foreignKeys = [] }
            return result
        }
        let parent = schema("p")
        let from = parent.merging(["z": keyed("z", "k")]) { $1 }
        #expect(
            try summary(
                from, parent.merging(["z": keyed("z", nil), "a": keyed("a", "k")]) { $1 })
                == ["alter z", "create a"])
        #expect(
            try summary(from, parent.merging(["a": keyed("a", "k")]) { $1 }, droppable: ["z"])
                == ["drop z", "create a"])
        // Each would have to be first.
        var child = keyed("child", nil)
        child.foreignKeys = [
            ForeignKey(
                name: "up", columns: ["p_id"], referencedTable: "z", referencedColumns: ["id"])
        ]
        var moved = child
        moved.foreignKeys[0].referencedTable = "a"
        #expect(
            try summary(
                from.merging(["child": child]) { $1 },
                parent.merging(["a": keyed("a", "k"), "child": moved]) { $1 }, droppable: ["z"])
                == ["together a child z"])
    }

    @Test func cycleIsFlagged() throws {
        #expect(
            try summary([:], schema("a>b", "b>c", "c>a", "d>a", "e"))
                == [
                    "create a unchecked", "create b unchecked", "create c unchecked", "create d",
                    "create e",
                ])
    }

    @Test("a circle through a table that may have rows is closed by a key that looks at them")
    func inACircleWithRowsKeysAreChecked() throws {
        let (from, to) = (schema("z"), schema("a>z", "z>a"))
        #expect(try summary(from, to) == ["together a z"])
        let steps = try SchemaDiff.difference(from: from, to: to).steps
        let statements = steps.flatMap { $0.statements(flavour: .mariadb) }
        #expect(statements.count == 3, "\(statements)")
        #expect(statements.last?.contains("ADD CONSTRAINT") == true)
        guard case .group(let group) = steps.first else {
            Issue.record("no group")
            return
        }
        #expect(group.statements.filter { !$0.checksForeignKeys }.isEmpty)
    }

    @Test func newParentComesBeforeTheAlteredChild() throws {
        #expect(
            try summary(schema("a", "m"), schema("a>z", "m>a", "z"))
                == ["create z", "alter a", "alter m"])
    }

    @Test func keyIsDroppedBeforeItsParentLosesTheColumn() throws {
        var from = schema("z>a", "a", "gone>a")
        from["a"]?.columns.append(Column(name: "code", type: "int(11)", defaultValue: "NULL"))
        from["z"]?.foreignKeys[0].referencedColumns = ["code"]
        from["gone"]?.foreignKeys[0].referencedColumns = ["code"]
        #expect(
            try summary(from, schema("z", "a", "b"), droppable: ["gone"])
                == ["create b", "alter z", "drop gone", "alter a"])
    }

    @Test func keyThatMustGoAndComeGoesFirst() throws {
        var from = schema("z>a", "a")
        from["a"]?.columns.append(Column(name: "code", type: "int(11)", defaultValue: "NULL"))
        from["z"]?.foreignKeys[0].referencedColumns = ["code"]
        let to = schema("z>a", "a")
        let difference = try SchemaDiff.difference(from: from, to: to)
        #expect(difference.changes.map(\.table) == ["a", "z"] && difference.refusals.isEmpty)
        #expect(
            difference.steps.flatMap { $0.statements(flavour: .mariadb) } == [
                "ALTER TABLE `z` DROP FOREIGN KEY `to_a`", "ALTER TABLE `a` DROP COLUMN `code`",
                "ALTER TABLE `z` ADD CONSTRAINT `to_a` FOREIGN KEY (`a_id`) REFERENCES `a` (`id`)",
            ])
        // After the first statement the rest is found by another comparison.
        var middle = from
        middle["z"]?.foreignKeys = []
        #expect(try summary(middle, to) == ["alter a", "alter z"])
    }

    @Test func whatNeedsTheRestComesBehindIt() throws {
        var from = schema("z>a", "a", "y")
        from["a"]?.columns.append(Column(name: "code", type: "int(11)", defaultValue: "NULL"))
        from["z"]?.foreignKeys[0].referencedColumns = ["code"]
        let to = schema("z>a", "a", "new>z", "newer>new", "y>newer", "free>a")
        #expect(
            try summary(from, to) == [
                "together a z", "create free", "create new", "create newer", "alter y",
            ])
    }

    @Test func tablesThatHoldEachOtherAreTakenApart() throws {
        var from = schema("old", "a>old")
        from["a"]?.columns.append(Column(name: "i", type: "int(11)", defaultValue: "NULL"))
        from["old"]?.columns.append(Column(name: "i", type: "int(11)", defaultValue: "NULL"))
        from["old"]?.foreignKeys = [
            ForeignKey(name: "up", columns: ["i"], referencedTable: "a", referencedColumns: ["i"])
        ]
        #expect(
            try summary(from, schema("a"), droppable: ["old"]) == ["together a old"])
        let steps = try SchemaDiff.difference(from: from, to: schema("a"), droppable: ["old"]).steps
        // What cannot be brought back goes last.
        #expect(
            steps.flatMap { $0.statements(flavour: .mariadb) } == [
                "ALTER TABLE `old` DROP FOREIGN KEY `up`",
                "ALTER TABLE `a` DROP FOREIGN KEY `to_old`",
                "ALTER TABLE `a` DROP COLUMN `old_id`, DROP COLUMN `i`", "DROP TABLE `old`",
            ])
    }

    @Test func dropsComeLastChildrenFirst() throws {
        #expect(
            try summary(
                schema("a", "b>a", "c>b", "keep"), schema("new"), droppable: ["a", "b", "c"])
                == ["create new", "drop c", "drop b", "drop a"])
    }

    @Test func droppedCycleIsFlagged() throws {
        #expect(
            try summary(schema("a>b", "b>a"), [:], droppable: ["a", "b"])
                == ["drop a unchecked", "drop b unchecked"])
    }

    @Test func tableThatMayNotBeDroppedIsLeftAlone() throws {
        #expect(try summary(schema("a", "b"), schema("a")) == [])
    }

    @Test func keyGoesBeforeItsParentIsRetyped() throws {
        let from = schema("child>parent", "parent")
        var to = from
        to["parent"]?.columns[0].type = "bigint(20)"
        #expect(try summary(from, to) == ["together child parent"])
        to["child"]?.columns[1].type = "bigint(20)"
        #expect(try summary(from, to) == ["together child parent"])
        to["child"]?.foreignKeys = []
        #expect(try summary(from, to) == ["alter child", "alter parent"])
    }

    @Test("A key goes before its parent's names do, together where the child needs the new ones")
    func keyGoesBeforeItsParentsNames() throws {
        let from = schema("child>parent", "parent")
        var to = schema("child", "parent")
        to["parent"]?.columns[0].name = "nr"
        to["parent"]?.indexes[0].parts = [.init(key: .column("nr"))]
        let hints = [ColumnRename(table: "parent", from: "id", to: "nr")]
        #expect(try summary(from, to, columnRenames: hints) == ["alter child", "alter parent"])
        var child = try #require(from["child"])
        child.foreignKeys[0].name = "another"
        child.foreignKeys[0].referencedColumns = ["nr"]
        to["child"] = child
        #expect(
            try summary(from, to, columnRenames: hints) == ["together child parent"])
    }

    @Test("A key that comes to another table under its name does not follow its old parent")
    func keyOfTheSameNameGoesFirst() throws {
        var from = schema("child>parent", "parent", "other")
        from["child"]?.foreignKeys[0].name = "k"
        var to = schema("child>other", "parent>child", "other")
        to["child"]?.foreignKeys[0].name = "k"
        to["child"]?.columns[1] = try #require(from["child"]?.columns[1])
        to["child"]?.foreignKeys[0].columns = from["child"]?.foreignKeys[0].columns ?? []
        to["parent"]?.columns[0].name = "nr"
        to["parent"]?.indexes[0].parts = [.init(key: .column("nr"))]
        let hints = [ColumnRename(table: "parent", from: "id", to: "nr")]
        #expect(try summary(from, to, columnRenames: hints) == ["alter child", "alter parent"])
    }

    @Test func keyOfATableThatGitDoesNotHaveIsLeftAlone() throws {
        let from = schema("theirs>parent", "parent")
        var to = schema("parent")
        to["parent"]?.columns[0].type = "bigint(20)"
        let error = try #require(throws: DiffError.self) {
            try SchemaDiff.changes(from: from, to: to)
        }
        #expect(
            error.description
                == "table `theirs`: foreign key `to_parent` of `theirs` must be away while table "
                + "`parent` changes, and git does not have the table that it belongs to; drop the "
                + "foreign key by hand, or take the table into git")
    }

    @Test(arguments: [
        ("enum('a')", "enum('a','b')", false), ("set('a')", "set('a','b')", false),
        ("enum('a','b')", "enum('a')", true), ("enum('a')", "enum('ab','b')", true),
        ("enum('a')", "set('a','b')", true), ("varchar(9)", "varchar(10)", true),
    ])
    func enumerationsGrowUnderAKey(old: String, new: String, isHeld: Bool) throws {
        var from = schema("child>parent", "parent")
        from["parent"]?.columns[0].type = old
        var to = from
        to["parent"]?.columns[0].type = new
        #expect(
            try summary(from, to)
                == (isHeld ? ["together child parent"] : ["alter parent"]))
    }

    @Test("MySQL minds a key on a column that begins to count, but not without its checks")
    func parentColumnBeginsToCount() throws {
        let from = schema("child>parent", "parent", "top")
        var to = from
        to["parent"]?.columns[0].isAutoIncrement = true
        #expect(try summary(from, to) == ["alter parent"])
        #expect(try summary(from, to, flavour: .mysql) == ["alter parent unchecked"])
        #expect(
            try summary(schema("parent"), ["parent": #require(to["parent"])], flavour: .mysql)
                == ["alter parent"])
        // Under another name, too.
        var renamed = schema("parent>parent")
        renamed["parent"]?.columns[0].isAutoIncrement = true
        renamed["parent"]?.columns[0].name = "nr"
        renamed["parent"]?.indexes[0].parts = [.init(key: .column("nr"))]
        renamed["parent"]?.foreignKeys[0].referencedColumns = ["nr"]
        let renames = Renames(columns: [ColumnRename(table: "parent", from: "id", to: "nr")])
        #expect(
            try SchemaDiff.changes(
                from: schema("parent>parent"), to: renamed, renames: renames, flavour: .mysql
            ).map(\.withoutForeignKeyChecks) == [true])
        // A new key of the same table is looked at: the old one goes first instead.
        let more = table("parent", parents: ["top"])
        to["parent"]?.columns += more.columns.dropFirst()
        to["parent"]?.foreignKeys = more.foreignKeys
        #expect(try summary(from, to) == ["alter parent"])
        #expect(
            try summary(from, to, flavour: .mysql) == ["together child parent"])
    }

    @Test func keyGoesBeforeItsParentGetsPartitionsOrAnotherEngine() throws {
        let from = schema("child>parent", "parent")
        var engine = schema("child>parent", "parent")
        engine["parent"]?.options = [TableOption(key: "ENGINE", value: "MyISAM")]
        engine["child"]?.foreignKeys = []
        #expect(try summary(from, engine) == ["alter child", "alter parent"])
        var partitions = engine
        partitions["parent"]?.options = from["parent"]?.options ?? []
        partitions["parent"]?.partitioning = Partitioning(method: "HASH (`id`)", count: 2)
        #expect(try summary(from, partitions) == ["alter child", "alter parent"])
        #expect(try summary(engine, from) == ["alter parent", "alter child"])
    }

    @Test func refusedTablesLeaveTheOthersTheirChanges() throws {
        var to = schema("parent", "new", "stuck")
        to["parent"]?.columns[0].type = "bigint(20)"
        var from = schema("child>parent", "parent", "stuck")
        from["stuck"]?.options.append(TableOption(key: "DATA DIRECTORY", value: "'/a/'"))
        let difference = try SchemaDiff.difference(from: from, to: to)
        #expect(difference.changes.map(\.table) == ["new"])
        #expect(difference.refusals.map(\.table) == ["stuck", "child"])
        #expect(difference.refusals.map(\.parent) == [nil, "parent"])
    }

    @Test func childrenFollowARenamedParent() throws {
        let hint = TableRename(from: "old", to: "new")
        let to = schema("new", "child>new")
        var from = schema("old", "child>old")
        from["child"]?.columns[1].name = "new_id"
        from["child"]?.foreignKeys[0].columns = ["new_id"]
        from["child"]?.foreignKeys[0].name = "to_new"
        let changes = try SchemaDiff.changes(
            from: from, to: to, renames: Renames(tables: [hint]))
        #expect(
            changes.flatMap { $0.statements(flavour: .mariadb) } == [
                "ALTER TABLE `old` RENAME TO `new`"
            ])
    }

    @Test func renameHintIsSafeAtEveryStage() throws {
        let hint = TableRename(from: "old", to: "new")
        let wanted = schema("new")
        #expect(try summary(schema("old"), wanted, tableRenames: [hint]) == ["alter new"])
        #expect(try summary(schema("new"), wanted, tableRenames: [hint]) == [])
        #expect(try summary([:], wanted, tableRenames: [hint]) == ["create new"])
        #expect(throws: DiffError.self) {
            try summary(schema("old", "new"), wanted, tableRenames: [hint])
        }
        #expect(throws: DiffError.self) {
            try summary(schema("old"), schema("old", "new"), tableRenames: [hint])
        }
    }

    @Test func longChainNeedsNoStack() throws {
        let count = 5_000
        var to: [String: Table] = [:]
        for place in 0..<count {
            to["t\(place)"] = table(
                "t\(place)", parents: place + 1 < count ? ["t\(place + 1)"] : [])
        }
        let changes = try SchemaDiff.changes(from: [:], to: to)
        #expect(changes.first?.table == "t\(count - 1)")
        #expect(changes.last?.table == "t0")
    }
}
