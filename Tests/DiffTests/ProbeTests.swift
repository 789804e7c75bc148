import Foundation
import Schema
import Testing

@testable import Diff

/// Which findings ask the rows, what they ask, and why some do not.
@Suite struct ProbeTests {
    struct Case: CustomStringConvertible {
        let from: String
        let to: String
        let words: [String]
        let renames: [(String, String)]
        let flavour: ServerProfile.Flavour
        var description: String { "\(from) → \(to)" }

        init(
            _ from: String, _ to: String, _ words: String..., renames: [(String, String)] = [],
            flavour: ServerProfile.Flavour = .mariadb
        ) {
            self.from = from
            self.to = to
            self.words = words
            self.renames = renames
            self.flavour = flavour
        }
    }

    static let a = "`a` int(11) DEFAULT NULL"

    static let asked = [
        Case(
            a, "`a` int(11) NOT NULL", "NULL in `a`", "SELECT 1 FROM `t` WHERE `a` IS NULL LIMIT 1",
            "SELECT * FROM `t` WHERE `a` IS NULL LIMIT 10"),
        Case(
            a, "`b` smallint(6) DEFAULT NULL", "values that smallint(6) does not hold in `a`",
            "SELECT 1 FROM `t` WHERE `a` > 32767 OR `a` < -32768 LIMIT 1",
            "SELECT * FROM `t` WHERE `a` > 32767 OR `a` < -32768 LIMIT 10", renames: [("a", "b")]),
        Case(
            a, "\(a),\n  UNIQUE KEY `k` (`a`)", "rows that are equal in `a`",
            "SELECT 1 FROM `t` WHERE `a` IS NOT NULL GROUP BY `a` HAVING COUNT(*) > 1 LIMIT 1",
            "SELECT `a`, COUNT(*) FROM `t` WHERE `a` IS NOT NULL GROUP BY `a` "
                + "HAVING COUNT(*) > 1 LIMIT 10"),
        Case(
            a, "`b` int(11) DEFAULT NULL,\n  CONSTRAINT `c` CHECK (`b` > 0)",
            "rows that break CHECK (`b` > 0)", "SELECT 1 FROM `t` WHERE NOT (`a` > 0) LIMIT 1",
            "SELECT * FROM `t` WHERE NOT (`a` > 0) LIMIT 10", renames: [("a", "b")]),
        Case(
            a, "\(a),\n  CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`id`)",
            "rows without a parent in `p`",
            "SELECT 1 FROM `t` AS child WHERE child.`a` IS NOT NULL AND NOT EXISTS "
                + "(SELECT 1 FROM `p` AS parent WHERE parent.`id` = child.`a`) LIMIT 1",
            "SELECT child.* FROM `t` AS child WHERE child.`a` IS NOT NULL AND NOT EXISTS "
                + "(SELECT 1 FROM `p` AS parent WHERE parent.`id` = child.`a`) LIMIT 10"),
    ]

    @Test(arguments: asked) func asks(_ change: Case) throws {
        let questions = try findings(change).compactMap(\.probe?.question)
        #expect(questions.flatMap { [$0.sought, $0.sql, $0.look] } == change.words)
    }

    static let text = "`a` varchar(20) COLLATE utf8mb4_bin DEFAULT NULL"

    static let silent = [
        Case(
            a, "\(a),\n  `n` timestamp NOT NULL DEFAULT current_timestamp() CHECK (`n` > 0)",
            "column `n` is new"),
        Case(
            a, "\(a),\n  `n` date DEFAULT '2026-01-01',\n  CONSTRAINT `c` CHECK (`n` > `a`)",
            "column `n` is new"),
        Case(
            a, "\(a),\n  `n` char(36) DEFAULT uuid(),\n  UNIQUE KEY `k` (`a`,`n`)",
            "column `n` is new and computed"),
        Case(
            text, "`a` date DEFAULT NULL,\n  UNIQUE KEY `k` (`a`)",
            "`a` becomes another kind of value and is part of a key or expression",
            "column `a` gets another type in the same change"),
        Case(
            text, "`a` int(11) DEFAULT NULL,\n  CONSTRAINT `c` CHECK (`a` > 0)",
            "`a` becomes another kind of value and is part of a key or expression",
            "column `a` gets another type in the same change"),
        Case(
            "\(text),\n  CONSTRAINT `c` CHECK (`a` <> 'x')",
            "`a` varchar(20) COLLATE utf8mb4_general_ci DEFAULT NULL,\n  UNIQUE KEY `k` (`a`),\n"
                + "  CONSTRAINT `c` CHECK (`a` <> 'x')",
            "an expression over `a` may come out otherwise"),
        Case(
            "\(a),\n  `g` int(11) GENERATED ALWAYS AS (`a` + 1) STORED",
            "\(a),\n  `g` int(11) GENERATED ALWAYS AS (`a` + 2) STORED,\n  UNIQUE KEY `k` (`g`)",
            "column `g` is computed otherwise than it was"),
        Case(
            "\(a),\n  `g` int(11) GENERATED ALWAYS AS (`a` + 1) STORED,\n"
                + "  `h` int(11) GENERATED ALWAYS AS (`g` + 1) STORED",
            "\(a),\n  `g` int(11) GENERATED ALWAYS AS (`a` + 2) STORED,\n"
                + "  `h` int(11) GENERATED ALWAYS AS (`g` + 1) STORED,\n  UNIQUE KEY `k` (`h`)",
            "column `g` is computed otherwise than it was"),
        Case(
            "`a` text DEFAULT NULL", "`a` text DEFAULT NULL,\n  UNIQUE KEY `k` (`a`) USING HASH",
            "no query compares values as long as those of `a`"),
        Case(
            "`a` decimal(5,2) DEFAULT NULL", "`a` bit(4) DEFAULT NULL",
            "no query tells which values bit(4) takes as they are from decimal(5,2)"),
        Case(
            "`a` datetime DEFAULT NULL", "`a` timestamp NULL DEFAULT NULL",
            "no query tells which values timestamp takes as they are from datetime"),
        Case(
            a, "\(a),\n  CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `made` (`id`)",
            "its parent `made` is not live, or not known"),
        Case(
            a, "\(a),\n  CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`other`)",
            "its parent `p` gets another column `other` in this plan"),
        Case(
            "\(a)\n) ENGINE=InnoDB WITH SYSTEM VERSIONING",
            "`a` int(11) NOT NULL\n) ENGINE=InnoDB WITH SYSTEM VERSIONING",
            "the table keeps the history of its rows, which is not asked"),
    ]

    @Test(arguments: silent) func doesNotAsk(_ change: Case) throws {
        let probes = try findings(change).compactMap(\.probe)
        let reasons = probes.compactMap(\.notAsked)
        #expect(reasons == change.words, "\(probes)")
    }

    /// Where no row can be in the way, the data decides nothing.
    @Test func nothingToAsk() throws {
        for to in [
            "\(Self.a),\n  `n` int(11) DEFAULT NULL,\n  UNIQUE KEY `k` (`a`,`n`)",
            "\(Self.a)\n) ENGINE=InnoDB\n PARTITION BY HASH (`a`)\nPARTITIONS 4",
            "\(Self.a),\n  KEY `k` (`a`)", "`a` bigint(20) DEFAULT NULL",
        ] {
            let found = try findings(Case(Self.a, to))
            #expect(!found.isEmpty)
            #expect(found.allSatisfy { $0.probe == nil && !$0.dependsOn.contains(.data) })
        }
    }

    /// Exactly what the data decides has a question or the reason for none.
    @Test(arguments: HazardTests.cases) func everyDependencyIsProbed(_ change: HazardTests.Case)
        throws
    {
        let found = try findings(
            Case(change.from.joined(separator: ",\n  "), change.to.joined(separator: ",\n  ")))
        for finding in found {
            #expect((finding.probe != nil) == finding.dependsOn.contains(.data), "\(finding)")
            #expect(finding.dependsOn.map(\.rawValue) == finding.dependsOn.map(\.rawValue).sorted())
            if finding.hazard == .lossy { #expect(finding.dependsOn.contains(.data)) }
        }
    }

    @Test func plansOfOlderReleasesAreRead() throws {
        let old = #"{"hazard":"lossy","reason":"r","remedy":"","rule":"narrow-type"}"#
        let finding = try JSONDecoder().decode(HazardFinding.self, from: Data(old.utf8))
        #expect(finding.dependsOn.isEmpty && finding.probe == nil)
        let new = try findings(Self.asked[0])
        let bytes = try CanonicalForm.encode(new)
        #expect(try JSONDecoder().decode([HazardFinding].self, from: Data(bytes)) == new)
    }

    @Test func answersAreSorted() {
        var probe = DataProbe(DataQuestion(sought: "s", sql: "q", look: "l"))
        probe.take([
            "d": .clear, "b": .inTheWay, "a": .inTheWay, "c": .clear, "x": .notAnswered("z"),
            "f": .notAnswered("y"), "e": .notAnswered("y"),
        ])
        #expect(probe.clear == ["c", "d"])
        #expect(probe.inTheWay == ["a", "b"])
        #expect(
            probe.notAnswered == [
                .init(reason: "y", shards: ["e", "f"]), .init(reason: "z", shards: ["x"]),
            ])
    }

    // MARK: Tables

    private func table(_ body: String, _ name: String = "t") throws -> Table {
        let end = body.contains("ENGINE") ? "" : "\n) ENGINE=InnoDB"
        return try TableParser.parse(
            "CREATE TABLE `\(name)` (\n  \(body)\(end)", flavour: .mariadb)
    }

    private func findings(_ change: Case) throws -> [HazardFinding] {
        let from = try table(change.from)
        let to = try table(change.to)
        let change = TableChange(
            kind: .alter, table: "t", from: from, to: to,
            alterations: try TableDiff.changes(
                from: from, to: to,
                renames: change.renames.map { ColumnRename(table: "t", from: $0.0, to: $0.1) }))
        let parent = try table("`id` int(11) NOT NULL,\n  PRIMARY KEY (`id`)", "p")
        return try change.probedHazards(
            ProbeContext(flavour: .mariadb, live: ["p": parent], desired: ["p": parent]))
    }
}
