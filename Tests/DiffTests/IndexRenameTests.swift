import Schema
import Testing

@testable import Diff

@Suite("Index hints")
struct IndexRenameTests {
    private func table(_ keys: String...) throws -> Table {
        let lines = ["`a` int(11) DEFAULT NULL", "`b` int(11) DEFAULT NULL"] + keys
        return try TableParser.parse(
            "CREATE TABLE `t` (\n  \(lines.joined(separator: ",\n  "))\n) ENGINE=InnoDB",
            flavour: .mariadb)
    }

    private func statements(
        _ from: Table, _ to: Table, _ hints: (String, String)..., columns: [ColumnRename] = []
    ) throws -> [String] {
        try TableDiff.changes(
            from: from, to: to, renames: columns,
            indexRenames: hints.map { IndexRename(table: "t", from: $0.0, to: $0.1) }
        ).map { $0.sql(table: "t", flavour: .mariadb) }
    }

    @Test func hintIsSafeAtEveryStage() throws {
        let old = try table("KEY `x` (`a`)")
        let new = try table("KEY `y` (`a`)")
        #expect(try statements(old, new, ("x", "y")) == ["ALTER TABLE `t` RENAME INDEX `x` TO `y`"])
        #expect(try statements(new, new, ("x", "y")) == [])
        #expect(try statements(table(), new, ("x", "y")) == ["ALTER TABLE `t` ADD KEY `y` (`a`)"])
        #expect(try statements(old, old, ("x", "y")) == [])
        #expect(try statements(old, new, ("X", "Y")) == ["ALTER TABLE `t` RENAME INDEX `x` TO `y`"])
    }

    /// Without hints the first index that is alike is taken.
    @Test func hintTellsAlikeIndexesApart() throws {
        let old = try table("KEY `p` (`a`)", "KEY `q` (`a`)")
        let new = try table("KEY `r` (`a`)")
        #expect(
            try statements(old, new)
                == ["ALTER TABLE `t` DROP INDEX `q`, RENAME INDEX `p` TO `r`"])
        #expect(
            try statements(old, new, ("q", "r"))
                == ["ALTER TABLE `t` DROP INDEX `p`, RENAME INDEX `q` TO `r`"])
        let two = try table("KEY `r` (`a`)", "KEY `s` (`a`)")
        #expect(
            try statements(old, two, ("p", "s"))
                == ["ALTER TABLE `t` RENAME INDEX `q` TO `r`, RENAME INDEX `p` TO `s`"])
    }

    @Test func columnsOfTheIndexMayBeRenamedWithIt() throws {
        let from = try table("KEY `x` (`a`)")
        var to = from.renamingColumns(["a": "c"])
        to.indexes[0].name = "y"
        #expect(
            try statements(
                from, to, ("x", "y"), columns: [ColumnRename(table: "t", from: "a", to: "c")])
                == [
                    "ALTER TABLE `t` CHANGE COLUMN `a` `c` int(11) DEFAULT NULL, "
                        + "RENAME INDEX `x` TO `y`"
                ])
    }

    @Test(arguments: [
        (["KEY `x` (`a`)", "KEY `y` (`a`)"], ["KEY `y` (`a`)"], "both are live"),
        (["KEY `x` (`a`)"], ["KEY `x` (`a`)", "KEY `y` (`a`)"], "the desired table has both"),
        (["KEY `x` (`a`)"], ["KEY `y` (`b`)"], "its definition changes as well"),
        (["KEY `x` (`a`)"], ["UNIQUE KEY `y` (`a`)"], "its definition changes as well"),
    ])
    func whatCannotBeHonouredIsRefused(from: [String], to: [String], words: String) throws {
        func table(_ keys: [String]) throws -> Table {
            let lines = ["`a` int(11) DEFAULT NULL", "`b` int(11) DEFAULT NULL"] + keys
            return try TableParser.parse(
                "CREATE TABLE `t` (\n  \(lines.joined(separator: ",\n  "))\n) ENGINE=InnoDB",
                flavour: .mariadb)
        }
        let error = try #require(throws: DiffError.self) {
            try statements(table(from), table(to), ("x", "y"))
        }
        #expect(error.code == .renameConflict)
        #expect(
            error.message.hasPrefix("the hint renames index `x` to `y`, ")
                && error.message.contains(words), "\(error)")
    }

    @Test func twoHintsForOneIndexAreRefused() throws {
        let from = try table("KEY `p` (`a`)", "KEY `q` (`a`)")
        #expect(throws: DiffError.self) {
            try statements(from, table("KEY `r` (`a`)"), ("p", "r"), ("q", "r"))
        }
    }
}
