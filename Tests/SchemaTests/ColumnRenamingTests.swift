import Testing

@testable import Schema

@Suite("Columns that a statement renames")
struct ColumnRenamingTests {
    struct Case: Sendable {
        let sql: String
        let renames: [String]
    }

    @Test(arguments: [
        Case(sql: "ALTER TABLE `t` CHANGE COLUMN `a` `b` int DEFAULT NULL", renames: ["t: a > b"]),
        Case(
            sql: "ALTER TABLE `t` ALGORITHM=INSTANT, LOCK=NONE, DROP COLUMN `x`, "
                + "CHANGE COLUMN `a``1` `b` int FIRST, CHANGE COLUMN `c` `d` int",
            renames: ["t: a`1 > b", "t: c > d"]),
        // Only its letters change, or only its type.
        Case(sql: "ALTER TABLE `t` CHANGE COLUMN `a` `A` int", renames: []),
        Case(sql: "ALTER TABLE `t` MODIFY COLUMN `a` bigint", renames: []),
        // Words in texts and names are none.
        Case(
            sql: "ALTER TABLE `t` ADD COLUMN `change` int COMMENT 'CHANGE COLUMN `a` `b`'",
            renames: []),
        Case(sql: "ALTER TABLE `t` RENAME INDEX `a` TO `b`", renames: []),
        Case(sql: "CREATE TABLE `t` (`a` int)", renames: []),
        Case(sql: "DROP VIEW `v`", renames: []),
        Case(sql: "", renames: []),
    ])
    func renames(_ one: Case) throws {
        let found = try ColumnRenaming.all(in: one.sql).map { "\($0.table): \($0.from) > \($0.to)" }
        #expect(found == one.renames)
    }

    @Test func whatCannotBeReadIsNotTakenForNone() {
        #expect(throws: SchemaError.self) {
            try ColumnRenaming.all(in: "ALTER TABLE `t` CHANGE COLUMN `a` `b")
        }
    }
}
