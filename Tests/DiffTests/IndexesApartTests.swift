import Schema
import Testing

@testable import Diff

@Suite("New indexes can be had in a statement of their own, where nothing is missed meanwhile")
struct IndexesApartTests {
    struct Case: CustomTestStringConvertible, Sendable {
        /// A letter is a column, anything else a line as the server prints it.
        let from: [String]
        let to: [String]
        /// Empty where the statement stays whole.
        let statements: [String]
        var testDescription: String { "\(from) to \(to)" }

        init(_ from: [String], _ to: [String], _ statements: String...) {
            self.from = from
            self.to = to
            self.statements = statements
        }

        func tables() throws -> (Table, Table) {
            func table(_ lines: [String]) throws -> Table {
                let printed = lines.map { line in
                    line.count == 1 ? "`\(line)` int(11) DEFAULT NULL" : line
                }
                return try TableParser.parse(
                    "CREATE TABLE `t` (\n  \(printed.joined(separator: ",\n  "))\n) "
                        + "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4", flavour: .mariadb)
            }
            return (try table(from), try table(to))
        }
    }

    private static let stored = "`g` int(11) GENERATED ALWAYS AS (`a` * 0) STORED"
    private static let virtual = "`g` int(11) GENERATED ALWAYS AS (10 / `a`) VIRTUAL"
    private static let id = "`id` int(11) NOT NULL"
    private static let key = "CONSTRAINT `f` FOREIGN KEY (`b`) REFERENCES `p` (`id`)"

    static let cases = [
        Case(
            ["a"], ["a", "b", "KEY `k` (`b`)"],
            "ALTER TABLE `t` ADD COLUMN `b` int(11) DEFAULT NULL",
            "ALTER TABLE `t` ADD KEY `k` (`b`)"),
        Case(
            ["a", "b", "c", "KEY `old` (`a`)"],
            ["a", "c", "d", "UNIQUE KEY `k` (`c`)", "KEY `new` (`a`)", "KEY `l` (`d`)"],
            // What rows may forbid comes first.
            "ALTER TABLE `t` ADD UNIQUE KEY `k` (`c`)",
            "ALTER TABLE `t` DROP COLUMN `b`, ADD COLUMN `d` int(11) DEFAULT NULL, RENAME INDEX "
                + "`old` TO `new`", "ALTER TABLE `t` ADD KEY `l` (`d`)"),
        Case(
            ["a"], ["a", "b", "UNIQUE KEY `k` (`b`)"],
            "ALTER TABLE `t` ADD COLUMN `b` int(11) DEFAULT NULL",
            "ALTER TABLE `t` ADD UNIQUE KEY `k` (`b`)"),
        Case(
            ["a"], ["a", "b", "UNIQUE KEY `k` (`a`,`b`)"],
            "ALTER TABLE `t` ADD COLUMN `b` int(11) DEFAULT NULL",
            "ALTER TABLE `t` ADD UNIQUE KEY `k` (`a`,`b`)"),
        // Rows decide about what rests on the new column, or about the column itself.
        Case(["a"], ["a", "`b` int(11) NOT NULL DEFAULT 0", "UNIQUE KEY `k` (`b`)"]),
        Case(["a"], ["a", "`b` int(11) NOT NULL DEFAULT 0", "UNIQUE KEY `k` (`a`,`b`)"]),
        Case(["a"], ["a", "`s` point NOT NULL", "SPATIAL KEY `k` (`s`)"]),
        Case(["a"], ["a", "`d` date NOT NULL", "UNIQUE KEY `k` (`a`)"]),
        Case(
            ["a"],
            ["a", virtual, "KEY `k` (`g`)"]),
        Case(["a", "b"], ["a", "`b` bigint(20) DEFAULT NULL", "UNIQUE KEY `k` (`a`)"]),
        Case(["a"], ["a", stored, "UNIQUE KEY `k` (`g`)"]),
        // What is computed is there already: the index comes first.
        Case(
            ["a", virtual], ["a", virtual, "b", "KEY `k` (`g`)"],
            "ALTER TABLE `t` ADD KEY `k` (`g`)",
            "ALTER TABLE `t` ADD COLUMN `b` int(11) DEFAULT NULL"),
        // One of the two parts is empty.
        Case(["a"], ["a", "KEY `k` (`a`)"]),
        Case(["a"], ["a", "b"]),
        // The old index is not to be missed while the new one is built.
        Case(["a", "b", "KEY `k` (`a`)"], ["a", "b", "c", "KEY `k` (`b`)"]),
        Case(["a", "KEY `k` (`a`)"], ["a", "b", "KEY `l` (`b`)"]),
        // A primary key is the table; a foreign key comes with its index, a check with its column.
        Case([id], [id, "b", "PRIMARY KEY (`id`)", "KEY `k` (`b`)"]),
        Case(["a"], ["a", "b", "KEY `k` (`b`)", key]),
        Case(["a", "b", "KEY `k` (`b`)", key], ["a", "b", "c", "KEY `k` (`b`)", "KEY `l` (`c`)"]),
        Case(["a"], ["a", "b", "KEY `k` (`b`)", "CONSTRAINT `c` CHECK (`b` > 0)"]),
    ]

    @Test(arguments: cases)
    func split(_ sample: Case) throws {
        let (from, to) = try sample.tables()
        let changes = try TableDiff.changes(from: from, to: to)
        #expect(changes.count == 1)
        let apart = try #require(changes.first).withIndexesApart(from: from) ?? []
        #expect(apart.map { $0.sql(table: "t", flavour: .mariadb) } == sample.statements)
        guard !apart.isEmpty else { return }
        let result = try apart.reduce(from) { try $0.applying($1) }
        #expect(result.isEquivalent(to: to))
    }
}
