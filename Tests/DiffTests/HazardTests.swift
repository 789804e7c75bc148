import Schema
import Testing

@testable import Diff

@Suite struct HazardTests {
    struct Case: CustomStringConvertible {
        let from: [String]
        let to: [String]
        let findings: [String]
        var description: String { "\(from) → \(to)" }

        init(_ from: [String], _ to: [String], _ findings: String...) {
            self.from = from
            self.to = to
            self.findings = findings
        }
    }

    static let id = "`id` int(11) NOT NULL"
    static let a = "`a` int(11) DEFAULT NULL"
    static let b = "`b` int(11) DEFAULT NULL"

    static let lengthOfDate = "`g` int(11) GENERATED ALWAYS AS (length(`d`)) STORED"

    static let next = "`g` int(11) GENERATED ALWAYS AS (`a` + 1) STORED"

    static let times = [
        id, "`s` date NOT NULL", "`e` date NOT NULL", "PERIOD FOR `p` (`s`, `e`)",
    ]

    static let cases = [
        Case([id], [id, a], "safe add-column"),
        Case([id], [id, "`n` int(11) NOT NULL DEFAULT 0"], "safe add-column"),
        Case([id], [id, "`n` int(11) NOT NULL"], "safe add-required-column"),
        Case([id], [id, "`p` point NOT NULL"], "safe add-required-column"),
        Case(
            [id], [id, "`p` point NOT NULL", "SPATIAL KEY `s` (`p`)"], "lossy add-required-column",
            "costly add-special-index"),
        Case([id], [id, "`u` char(36) DEFAULT uuid()"], "costly add-computed-column"),
        Case(
            [id], [id, "`n` int(11) NOT NULL CHECK (`n` > 0)"], "lossy add-check",
            "safe add-required-column"),
        Case([id], [id, "`n` int(11) DEFAULT NULL CHECK (`n` > 0)"], "safe add-column"),
        Case(
            [id], [id, "`g` int(11) GENERATED ALWAYS AS (`id` + 1) STORED"],
            "costly add-computed-column"),
        Case([id], [id, "`g` int(11) GENERATED ALWAYS AS (`id` + 1) VIRTUAL"], "safe add-column"),
        Case([id, a], [id], "irreversible drop-column"),
        Case(
            [id, "`g` int(11) GENERATED ALWAYS AS (`id` + 1) VIRTUAL"], [id],
            "safe drop-virtual-column"),
        Case(
            [id, "`g` int(11) GENERATED ALWAYS AS (`id` + 1) STORED"], [id],
            "irreversible drop-column"),
        Case([id, a], [id, "`a` int(11) NOT NULL"], "lossy forbid-null"),
        Case([id, "`a` int(11) NOT NULL"], [id, a], "safe allow-null"),
        Case([id, a], [id, "`a` int(11) DEFAULT 5"], "safe change-column"),
        Case([id, a], [a, id], "safe move-column"),
        Case([id, a], [id, "`a` bigint(20) DEFAULT NULL"], "costly widen-type"),
        Case([id, a], [id, "`a` smallint(6) DEFAULT NULL"], "lossy narrow-type"),
        Case(
            [id, "`d` date DEFAULT NULL", lengthOfDate],
            [id, "`d` datetime DEFAULT NULL", lengthOfDate],
            "costly widen-type", "costly change-expression"),
        Case(
            [id, "`d` date DEFAULT NULL", lengthOfDate, "UNIQUE KEY `g` (`g`)"],
            [id, "`d` datetime DEFAULT NULL", lengthOfDate, "UNIQUE KEY `g` (`g`)"],
            "costly widen-type", "lossy change-expression"),
        Case(
            [id, a, next], [id, "`a` bigint(20) DEFAULT NULL", next], "costly widen-type"),
        Case(
            [id, a], [id, "`a` bigint(20) NOT NULL CHECK (`a` > 0)"], "costly widen-type",
            "lossy forbid-null", "lossy add-check"),
        Case([id, a], [id, a, "KEY `k` (`a`)"], "safe add-index"),
        Case([id, a], [id, a, "UNIQUE KEY `k` (`a`)"], "lossy add-unique"),
        Case(
            [id, a, "PRIMARY KEY (`id`)"],
            [id, a, "PRIMARY KEY (`id`)", "UNIQUE KEY `k` (`id`,`a`)"], "safe add-index"),
        Case(
            times + ["UNIQUE KEY `k` (`id`,`p` WITHOUT OVERLAPS)"],
            times + ["UNIQUE KEY `k` (`id`)"], "safe replace-index", "lossy add-unique"),
        Case(
            times + ["UNIQUE KEY `k` (`id`)"],
            times + ["UNIQUE KEY `k` (`id`,`p` WITHOUT OVERLAPS)"], "safe replace-index",
            "safe add-index"),
        Case(
            [id, a, "UNIQUE KEY `k` (`a`)"], [id, a, "UNIQUE KEY `j` (`a`)"], "safe rename-index"),
        Case([id, a, "UNIQUE KEY `k` (`a`)"], [id, a], "safe drop-unique"),
        Case([id, a, "KEY `k` (`a`)"], [id, a], "safe drop-index"),
        Case(
            [id, a, "KEY `k` (`a`)"], [id, a, "KEY `k` (`a`,`id`)"], "safe replace-index",
            "safe add-index"),
        Case([id], [id, "PRIMARY KEY (`id`)"], "lossy add-primary-key"),
        Case([id, "PRIMARY KEY (`id`)"], [id], "irreversible drop-primary-key"),
        Case(
            [id, "`n` int(11) NOT NULL", "PRIMARY KEY (`id`)"],
            [id, "`n` int(11) NOT NULL", "PRIMARY KEY (`id`,`n`)"], "costly replace-primary-key",
            "costly add-primary-key"),
        Case(
            [id, "`n` int(11) NOT NULL", "PRIMARY KEY (`id`,`n`)"],
            [id, "`n` int(11) NOT NULL", "PRIMARY KEY (`id`)"], "costly replace-primary-key",
            "lossy add-primary-key"),
        Case(
            [id, a, "KEY `f` (`a`)"],
            [
                id, a, "KEY `f` (`a`)",
                "CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`id`)",
            ], "lossy add-foreign-key"),
        Case([id], [id, "CONSTRAINT `c` CHECK (`id` > 0)"], "lossy add-check"),
        Case([id, "CONSTRAINT `c` CHECK (`id` > 0)"], [id], "safe drop-check"),
        // The check stays, but what it says of the rows does not.
        Case(
            [
                id, a, "`g` int(11) GENERATED ALWAYS AS (`a` + 1) VIRTUAL",
                "CONSTRAINT `c` CHECK (`g` > 0)",
            ],
            [
                id, "`g` int(11) GENERATED ALWAYS AS (`id` + 1) VIRTUAL",
                "CONSTRAINT `c` CHECK (`g` > 0)",
            ],
            "safe drop-check", "irreversible drop-column", "safe change-expression",
            "lossy add-check"),
        Case([id, a, b], [id, "`a` int(11) DEFAULT NULL COMMENT 'x'", b], "safe change-column"),
    ]

    private func table(_ lines: [String], engine: String = "InnoDB") throws -> Table {
        try TableParser.parse(
            "CREATE TABLE `t` (\n  \(lines.joined(separator: ",\n  "))\n) ENGINE=\(engine)",
            flavour: .mariadb)
    }

    /// What another engine does to the rows that are there.
    @Test(arguments: [
        ("InnoDB", "BLACKHOLE", "irreversible discard-rows"),
        ("InnoDB", "MEMORY", "irreversible discard-rows"),
        ("MyISAM", "BLACKHOLE", "irreversible discard-rows"),
        ("MyISAM", "MEMORY", "irreversible discard-rows"),
        ("InnoDB", "EXAMPLE", "irreversible discard-rows"),
        ("InnoDB", "SOMETHING", "irreversible discard-rows"),
        ("InnoDB", "MyISAM", "lossy leave-innodb"), ("InnoDB", "Aria", "lossy leave-innodb"),
        ("MyISAM", "InnoDB", "costly table-option"), ("MEMORY", "InnoDB", "costly table-option"),
        ("MyISAM", "Aria", "costly table-option"),
    ])
    func engines(change: (from: String, to: String, finding: String)) throws {
        let live = try table([Self.id], engine: change.from)
        let found = try TableDiff.findings(
            of: TableDiff.changes(from: live, to: table([Self.id], engine: change.to)), on: live)
        #expect(found.map { "\($0.finding.hazard) \($0.finding.rule)" } == [change.finding])
    }

    /// What becomes of NULL and 0, as the kind of the server has it.
    @Test func countingIsSaidAsTheServerDoesIt() throws {
        let key = "KEY `k` (`a`)"
        let words = [
            ("lossy add-auto-increment", "NULL or 0", ServerProfile.Flavour.mariadb),
            ("lossy add-auto-increment", "NULL", .mysql),
        ]
        let from = try table([Self.id, Self.a, key])
        let to = try table([Self.id, "`a` int(11) NOT NULL AUTO_INCREMENT", key])
        let alterations = try TableDiff.changes(from: from, to: to)
        for (finding, numbered, flavour) in words {
            let found = try TableChange(
                kind: .alter, table: "t", from: from, to: to, alterations: alterations
            ).probedHazards(ProbeContext(flavour: flavour))
            #expect(found.map { "\($0.hazard) \($0.rule)" } == [finding])
            #expect(
                found.first?.reason.contains("rows that hold \(numbered) get the next numbers")
                    == true)
            #expect(alterations.first?.numbersZeros(flavour: flavour) == (flavour == .mariadb))
        }
        let required = try table([Self.id, "`a` int(11) NOT NULL", key])
        let kept = try TableDiff.changes(from: required, to: to)
        let found = try TableDiff.findings(of: kept, on: required).map(\.finding)
        #expect(found.map { "\($0.hazard) \($0.rule)" } == ["costly add-auto-increment"])
        #expect(kept.first?.numbersZeros(flavour: .mariadb) == false)
    }

    private func findings(_ from: [String], _ to: [String]) throws -> [ClauseFinding] {
        let live = try table(from)
        return try TableDiff.findings(
            of: TableDiff.changes(from: live, to: table(to)), on: live)
    }

    @Test(arguments: cases) func hazards(of change: Case) throws {
        let findings = try findings(change.from, change.to).map(\.finding)
        #expect(findings.map { "\($0.hazard) \($0.rule)" } == change.findings)
        for finding in findings {
            #expect(finding.knownRule?.hazards.contains(finding.hazard) == true, "\(finding)")
        }
    }

    @Test func likelyRenameIsSuggested() throws {
        let found = try findings([Self.id, Self.a], [Self.id, Self.b])
        #expect(
            found.compactMap(\.finding.suggestion) == [
                "if `a` was renamed to `b`, say so beside the column: -- plumb: renamed from a"
            ])
    }

    @Test func doubtfulRenameIsNotSuggested() throws {
        let other = "`c` int(11) DEFAULT NULL"
        #expect(
            try findings([Self.id, Self.a], [Self.id, Self.b, other])
                .allSatisfy { $0.finding.suggestion == nil })
        #expect(
            try findings([Self.id, Self.a], [Self.id, "`b` bigint(20) DEFAULT NULL"])
                .allSatisfy { $0.finding.suggestion == nil })
    }

    @Test func droppedTableIsIrreversible() throws {
        let change = TableChange(kind: .drop, table: "t", from: try table([Self.id]))
        #expect(try change.hazards().map(\.rule) == ["drop-table"])
        #expect(try change.hazards().worst == .irreversible)
        let create = TableChange(kind: .create, table: "t", to: try table([Self.id]))
        #expect(try create.hazards().worst == .safe)
    }

    @Test func hazardsAreOrdered() {
        #expect(Hazard.allCases == [.safe, .costly, .lossy, .irreversible])
        #expect(Hazard.allCases.sorted() == Hazard.allCases)
    }
}
