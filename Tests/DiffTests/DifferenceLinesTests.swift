import Schema
import Testing

@testable import Diff

@Suite struct DifferenceLinesTests {
    private func table(_ lines: [String], _ options: String = "ENGINE=InnoDB") throws -> Table {
        try TableParser.parse(
            "CREATE TABLE `t` (\n  \(lines.joined(separator: ",\n  "))\n) \(options)",
            flavour: .mariadb)
    }

    @Test func everyKindOfDifferenceIsALine() throws {
        let from = try table(
            [
                "`id` int(11) NOT NULL", "`qty` int(11) NOT NULL", "`old` int(11) DEFAULT NULL",
                "`status` varchar(10) DEFAULT NULL", "PRIMARY KEY (`id`)",
                "KEY `by_status` (`status`)", "CONSTRAINT `c` CHECK (`qty` > 0)",
            ], "ENGINE=InnoDB COMMENT='x'")
        let to = try table(
            [
                "`id` int(11) NOT NULL", "`status` varchar(10) NOT NULL",
                "`qty` bigint(20) NOT NULL",
                "`refund_total` decimal(12,2) NOT NULL DEFAULT 0.00", "PRIMARY KEY (`id`,`qty`)",
                "CONSTRAINT `f` FOREIGN KEY (`qty`) REFERENCES `p` (`id`)",
                "CONSTRAINT `c` CHECK (`qty` > 1)",
            ])
        let lines = DifferenceLines.lines(from: from, to: to)
        #expect(
            lines.map(\.description) == [
                "- old int(11) DEFAULT NULL",
                "~ status varchar(10) DEFAULT NULL → varchar(10) NOT NULL, moved after id",
                "~ qty int(11) → bigint(20)",
                "+ refund_total decimal(12,2) NOT NULL DEFAULT 0.00",
                "~ PRIMARY KEY (id) → PRIMARY KEY (id,qty)",
                "- KEY by_status (status)",
                "+ CONSTRAINT f FOREIGN KEY (qty) REFERENCES p (id)",
                "~ CONSTRAINT c CHECK (qty > 0) → CONSTRAINT c CHECK (qty > 1)",
                "- COMMENT='x'",
            ])
        #expect(
            lines.map(\.subject) == [
                .column("old"), .column("status"), .column("qty"), .column("refund_total"),
                .primaryKey, .index("by_status"), .foreignKey("f"), .check("c"),
                .option("COMMENT"),
            ])
    }

    @Test func dueHintMakesOneLine() throws {
        let from = try table(["`qty` int(11) DEFAULT NULL"])
        let to = try table(["`quantity` int(11) DEFAULT NULL"])
        let hint = ColumnRename(table: "t", from: "qty", to: "quantity")
        #expect(
            DifferenceLines.lines(from: from, to: to, renames: [hint]).map(\.description)
                == ["~ quantity renamed from qty"])
        #expect(
            DifferenceLines.lines(from: from, to: to).map(\.description)
                == ["- qty int(11) DEFAULT NULL", "+ quantity int(11) DEFAULT NULL"])
    }

    @Test func wholeTableIsOneLine() throws {
        let made = try table(["`a` int(11) DEFAULT NULL"])
        #expect(
            DifferenceLines.lines(of: made, sign: .removed).map(\.description) == ["- DROP TABLE t"]
        )
        #expect(
            DifferenceLines.lines(of: made, sign: .added).map(\.description)
                == ["+ CREATE TABLE t"])
    }
}
