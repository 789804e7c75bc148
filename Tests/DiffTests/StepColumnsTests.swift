import Diff
import TestSupport
import Testing

@Suite("Which columns the statements of a step keep")
struct StepColumnsTests {
    private func read(_ columns: String, _ after: String, _ statements: String...) throws
        -> StepColumns
    {
        func table(_ columns: String) throws -> Table {
            let lines = columns.split(separator: ",").map { "  `\($0)` int(11) DEFAULT NULL" }
            return try TableParser.parse(
                "CREATE TABLE `t` (\n\(lines.joined(separator: ",\n"))\n)", flavour: .mariadb)
        }
        return StepColumns(
            statements.map { PlanStatement(sql: "ALTER TABLE `t` \($0)", after: nil) },
            from: try table(columns), to: try table(after), flavour: .mariadb)
    }

    private let int = "int(11) DEFAULT NULL"

    @Test func columnsThatStay() throws {
        let made = try read("a,b", "a,c", "DROP COLUMN `b`, ADD COLUMN `c` \(int)")
        #expect(made == .kept(renamed: [:]))
    }

    @Test func columnsThatGetAnotherName() throws {
        #expect(
            try read("a,b", "a,c", "CHANGE COLUMN `b` `c` \(int)") == .kept(renamed: ["b": "c"]))
        // One after the other, and two that change places.
        #expect(
            try read(
                "a,b", "a,d", "CHANGE COLUMN `b` `c` \(int)", "CHANGE COLUMN `c` `d` \(int)")
                == .kept(renamed: ["b": "d"]))
        #expect(
            try read("a,b", "a,b", "CHANGE COLUMN `a` `b` \(int), CHANGE COLUMN `b` `a` \(int)")
                == .kept(renamed: ["a": "b", "b": "a"]))
    }

    @Test("a column of the same name that is another one is not taken for the old one")
    func columnsThatAreMadeAnew() throws {
        #expect(
            try read("a,b", "a,b", "DROP COLUMN `b`, ADD COLUMN `b` \(int)")
                == .unclear(
                    reason: "the column `b` is dropped and made anew under its name"))
        #expect(
            try read("a,b", "a,b,c", "CHANGE COLUMN `b` `c` \(int), ADD COLUMN `b` \(int)")
                == .unclear(
                    reason: "the column `b` is dropped and made anew under its name"))
    }

    @Test func columnsThatNobodyDrops() throws {
        #expect(
            try read("a,b", "a", "ADD KEY `a` (`a`)")
                == .unclear(reason: "the column `b` is gone without being dropped"))
    }

    @Test func statementsThatAreNotRead() throws {
        #expect(
            try read("a", "a", "ORDER BY `a`")
                == .unclear(reason: "its statements are not read back"))
    }
}
