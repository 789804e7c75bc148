import Schema
import Testing

@testable import Diff

@Suite struct TableDiffTests {
    /// A table from printed lines, as MariaDB 10.11 shows them.
    private func table(
        _ lines: [String], _ options: String = "ENGINE=InnoDB", name: String = "t"
    ) throws -> Table {
        try TableParser.parse(
            "CREATE TABLE `\(name)` (\n  \(lines.joined(separator: ",\n  "))\n) \(options)",
            flavour: .mariadb)
    }

    private func statements(
        _ from: [String], _ to: [String], renames: [ColumnRename] = [],
        flavour: ServerProfile.Flavour = .mariadb
    ) throws -> [String] {
        try TableDiff.changes(from: table(from), to: table(to), renames: renames)
            .map { $0.sql(table: "t", flavour: flavour) }
    }

    // MARK: Rename hints

    static let hint = ColumnRename(table: "t", from: "qty", to: "quantity")

    @Test func hintIsSafeAtEveryStage() throws {
        let wanted = ["`id` int(11) NOT NULL", "`quantity` int(11) DEFAULT NULL"]
        let old = ["`id` int(11) NOT NULL", "`qty` int(11) DEFAULT NULL"]
        #expect(
            try statements(old, wanted, renames: [Self.hint])
                == ["ALTER TABLE `t` CHANGE COLUMN `qty` `quantity` int(11) DEFAULT NULL"])
        #expect(try statements(wanted, wanted, renames: [Self.hint]) == [])
        #expect(
            try statements(["`id` int(11) NOT NULL"], wanted, renames: [Self.hint])
                == ["ALTER TABLE `t` ADD COLUMN `quantity` int(11) DEFAULT NULL"])
        #expect(try statements(old, old, renames: [Self.hint]) == [])
    }

    @Test func hintWithBothNamesIsAConflict() throws {
        let both = ["`qty` int(11) DEFAULT NULL", "`quantity` int(11) DEFAULT NULL"]
        let error = try #require(throws: DiffError.self) {
            try statements(both, [both[1]], renames: [Self.hint])
        }
        #expect(error.code == .renameConflict)
        #expect(
            error.description
                == "table `t`: the hint renames column `qty` to `quantity`, but both are live; "
                + "drop one of them or remove the hint")
        #expect(throws: DiffError.self) {
            try statements([both[0]], both, renames: [Self.hint])
        }
    }

    @Test func hintOfAnotherTableIsLeftAlone() throws {
        let hint = ColumnRename(table: "other", from: "a", to: "b")
        #expect(
            try statements(
                ["`a` int(11) DEFAULT NULL"], ["`b` int(11) DEFAULT NULL"], renames: [hint])
                == ["ALTER TABLE `t` DROP COLUMN `a`, ADD COLUMN `b` int(11) DEFAULT NULL"])
    }

    /// Servers compare names of foreign keys without letter case: one statement cannot do it.
    @Test func foreignKeyWhoseNameGetsOtherLettersGoesFirst() throws {
        func lines(_ name: String) -> [String] {
            let key = "CONSTRAINT `\(name)` FOREIGN KEY (`up`) REFERENCES `p` (`id`)"
            return ["`up` int(11) DEFAULT NULL", "KEY `up` (`up`)", key]
        }
        let made = try statements(lines("of_up"), lines("Of_Up"))
        #expect(made.first == "ALTER TABLE `t` DROP FOREIGN KEY `of_up`")
        #expect(made.last?.contains("ADD CONSTRAINT `Of_Up`") == true && made.count == 2)
    }

    @Test func renamedTableComesFirst() throws {
        let from = try table(["`a` int(11) DEFAULT NULL"], name: "old")
        let to = try table(["`a` bigint(20) DEFAULT NULL"], name: "new")
        let change = TableChange(
            kind: .alter, table: "new", from: from, to: to,
            alterations: try TableDiff.changes(from: from, to: to))
        #expect(
            change.statements(flavour: .mariadb) == [
                "ALTER TABLE `old` RENAME TO `new`",
                "ALTER TABLE `new` MODIFY COLUMN `a` bigint(20) DEFAULT NULL",
            ])
    }

    // MARK: Text

    @Test func algorithmAndLockStandWhereTheGrammarTakesThem() throws {
        let column = Column(name: "a", type: "int(11)", defaultValue: "NULL")
        let add = Alteration(clauses: [.addColumn(column, position: nil)])
        #expect(
            add.sql(table: "t", flavour: .mysql, algorithm: .instant)
                == "ALTER TABLE `t` ADD COLUMN `a` int(11) DEFAULT NULL, ALGORITHM=INSTANT")
        #expect(
            add.sql(table: "t", flavour: .mariadb, algorithm: .inplace, lock: LockMode.none)
                == "ALTER TABLE `t` ADD COLUMN `a` int(11) DEFAULT NULL, ALGORITHM=INPLACE, "
                + "LOCK=NONE"
        )
        let remove = Alteration(clauses: [.removePartitioning])
        #expect(
            remove.sql(table: "t", flavour: .mariadb, algorithm: .copy, lock: .shared)
                == "ALTER TABLE `t` ALGORITHM=COPY, LOCK=SHARED REMOVE PARTITIONING")
        let drop = Alteration(clauses: [.dropPartitions(["p1", "p2"])])
        #expect(
            drop.sql(table: "t", flavour: .mariadb, algorithm: .copy)
                == "ALTER TABLE `t` DROP PARTITION `p1`, `p2`")
        #expect(
            drop.sql(table: "t", flavour: .mysql, algorithm: .inplace)
                == "ALTER TABLE `t` ALGORITHM=INPLACE, DROP PARTITION `p1`, `p2`")
    }

    @Test func flavoursHaveTheirOwnWords() throws {
        let cases: [(Clause, mariadb: String, mysql: String)] = [
            (
                .setIndexIgnored(name: "k", true), "ALTER INDEX `k` IGNORED",
                "ALTER INDEX `k` INVISIBLE"
            ),
            (
                .setIndexIgnored(name: "k", false), "ALTER INDEX `k` NOT IGNORED",
                "ALTER INDEX `k` VISIBLE"
            ),
            (
                .dropCheck(Check(name: "c", expression: "1")), "DROP CONSTRAINT `c`",
                "DROP CHECK `c`"
            ),
        ]
        for (clause, mariadb, mysql) in cases {
            #expect(clause.sql(flavour: .mariadb) == mariadb)
            #expect(clause.sql(flavour: .mysql) == mysql)
        }
        #expect(
            Clause.setCheckEnforced(name: "c", false).sql(flavour: .mysql)
                == "ALTER CHECK `c` NOT ENFORCED")
    }

    // MARK: Refusals

    @Test func whatNoStatementReachesIsRefused() throws {
        let column = ["`a` int(11) DEFAULT NULL"]
        let cases: [(from: String, to: String, left: String)] = [
            ("ENGINE=InnoDB DATA DIRECTORY='/a/'", "ENGINE=InnoDB", "- DATA DIRECTORY='/a/'"),
            (
                "ENGINE=InnoDB DATA DIRECTORY='/a/'", "ENGINE=InnoDB DATA DIRECTORY='/b/'",
                "~ DATA DIRECTORY='/a/' → DATA DIRECTORY='/b/'"
            ),
        ]
        for (from, to, left) in cases {
            let error = try #require(throws: DiffError.self) {
                try TableDiff.changes(from: table(column, from), to: table(column, to))
            }
            #expect(error.code == .unsupported)
            #expect(
                error.message
                    == "no statement for this difference is known: \(left); change it by hand and "
                    + "record it, or take it out of the schema")
        }
    }

    @Test func columnThatAStoredOneNeedsIsStoredWithIt() throws {
        #expect(
            try statements(
                [
                    "`a` int(11) DEFAULT NULL", "`b` int(11) GENERATED ALWAYS AS (`a` + 1) VIRTUAL",
                    "`c` int(11) GENERATED ALWAYS AS (`b` + 1) STORED",
                ],
                [
                    "`a` int(11) DEFAULT NULL", "`b` int(11) DEFAULT NULL",
                    "`c` int(11) GENERATED ALWAYS AS (`b` + 1) STORED",
                ])
                == [
                    "ALTER TABLE `t` DROP COLUMN `b`, DROP COLUMN `c`, ADD COLUMN `b` int(11) "
                        + "GENERATED ALWAYS AS (`a` + 1) STORED, ADD COLUMN `c` int(11) GENERATED "
                        + "ALWAYS AS (`b` + 1) STORED",
                    "ALTER TABLE `t` MODIFY COLUMN `b` int(11) DEFAULT NULL",
                ])
    }

    @Test func alterationThatDoesNotFitIsRefused() throws {
        let from = try table(["`a` int(11) DEFAULT NULL", "KEY `k` (`a`)"])
        let other = Column(name: "x", type: "int(11)")
        let cases: [Clause] = [
            .dropColumn(other), .changeColumn(from: other, to: other, position: nil),
            .addColumn(from.columns[0], position: nil), .addColumn(other, position: .after("y")),
            .dropColumn(from.columns[0]), .addIndex(from.indexes[0]),
            .dropIndex(Index(kind: .plain, name: "x", parts: [])),
            .renameIndex(from: "x", to: "y"),
            .dropCheck(Check(name: "x", expression: "1")),
            .dropPartitions(["p"]),
        ]
        for clause in cases {
            let error = #expect(throws: DiffError.self) {
                try from.applying(Alteration(clauses: [clause]))
            }
            #expect(error?.code == .doesNotApply)
        }
    }

    // MARK: Expressions

    @Test func namesInLiteralsAreNoColumns() {
        let text = "concat(`a`,'`a`',\"`a`\",'it''s `a`') > `a``b`"
        #expect(
            ExpressionText.renaming(columns: ["a": "z"], in: text)
                == "concat(`z`,'`a`',\"`a`\",'it''s `a`') > `a``b`")
        #expect(!ExpressionText.mentions("a", in: "'`a`'"))
        // A sequence is no column either.
        #expect(!ExpressionText.mentions("a", in: "nextval(`a`)"))
        #expect(ExpressionText.mentions("a", in: "val(`a`)"))
        #expect(ExpressionText.onOneLine("a\n  b 'x\n y'") == "a b 'x\n y'")
    }
}
