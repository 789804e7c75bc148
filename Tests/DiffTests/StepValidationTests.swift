import Schema
import TestSupport
import Testing

@testable import Diff

@Suite("attack: a step that is read back is refused whole unless it does what it says, and no more")
struct StepValidationTests {
    private static let shard = ShardID(namespace: "app", shard: "s0")

    private static func digest(_ word: String) -> Digest { Digest(of: word) }

    private static func step(
        _ object: ObjectName, _ kind: PlanStep.Kind = .alter,
        _ statements: [(String, String?)], from: String? = "a", to: String? = "b"
    ) -> PlanStep {
        PlanStep(
            kind: kind, namespace: "app", object: object, shards: ["s0"], from: from.map(digest),
            to: to.map(digest),
            statements: statements.map { PlanStatement(sql: $0.0, after: $0.1.map(digest)) },
            hazard: .safe, findings: [], cause: PlanCause(kind: .git), differences: [], order: 0)
    }

    private static func table(_ statements: String...) -> PlanStep {
        step(
            "t", .alter,
            statements.enumerated().map {
                ($0.element, $0.offset == statements.count - 1 ? "b" : "m\($0.offset)")
            })
    }

    private static func create(_ kind: ObjectName.Kind, _ sql: String) -> PlanStep {
        step(ObjectName(kind, "t"), .create, [(sql, "b")], from: nil)
    }

    private static func fault(_ step: PlanStep) -> String? {
        do throws(PlanInvalid) {
            try step.validate(on: shard)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("attack: a folder of the server that the operator's file does not allow")
    func folders() {
        let step = Self.create(
            .table, "CREATE TABLE `t` (\n  `a` int NOT NULL\n) ENGINE=InnoDB DATA DIRECTORY='/x'")
        #expect(Self.fault(step) == nil)
        let error = #expect(throws: PlanInvalid.self) {
            try step.validate(on: Self.shard, allowing: .init())
        }
        #expect(error?.reason.contains("DATA DIRECTORY") == true, "\(String(describing: error))")
    }

    // MARK: What the product makes

    static let honest: [PlanStep] = [
        create(.table, "CREATE TABLE `t` (\n  `a` int(11) NOT NULL\n) ENGINE=InnoDB"),
        create(.table, "CREATE TABLE `T` (\n  `a` int NOT NULL /*!80023 INVISIBLE */\n)"),
        create(.view, "CREATE DEFINER=`a`@`%` VIEW `t` AS select `o`.`x` AS `x` from `o`"),
        create(
            .trigger,
            "-- sql_mode: ANSI_QUOTES\nCREATE TRIGGER `t` BEFORE INSERT ON `o` FOR EACH ROW\n"
                + "BEGIN SET NEW.x = ';'; IF NEW.x THEN SET NEW.y = 1; END IF; END"),
        create(.procedure, "CREATE PROCEDURE `t`()\nBEGIN SELECT 1; SELECT 2; END"),
        create(.function, "CREATE FUNCTION `t`() RETURNS int(11)\nRETURN 1"),
        create(
            .event,
            "-- time_zone: SYSTEM\nCREATE EVENT `t` ON SCHEDULE EVERY 1 DAY STARTS "
                + "'2026-01-01 00:00:00' ON COMPLETION NOT PRESERVE ENABLE DO DELETE FROM `o`"),
        create(.sequence, "CREATE SEQUENCE `t` start with 1 minvalue 1 cache 1000 ENGINE=InnoDB"),
        step("t", .drop, [("DROP TABLE `t`", nil)], to: nil),
        step("view:t", .drop, [("DROP VIEW `t`", nil)], to: nil),
        step("view:t", .alter, [("CREATE OR REPLACE VIEW `t` AS select 2 AS `x`", "b")]),
        step(
            "trigger:t", .alter,
            [
                ("DROP TRIGGER `t`", nil),
                ("CREATE TRIGGER `t` AFTER DELETE ON `o` FOR EACH ROW DO 1", "b"),
            ]),
        step(
            "sequence:t", .alter,
            [
                (
                    "BEGIN NOT ATOMIC DO SETVAL(`t`, 10, 0); ALTER SEQUENCE `t` start with 10 "
                        + "minvalue 10; END", "m"
                ),
                ("ALTER SEQUENCE `t` as bigint", "n"), ("ALTER TABLE `t` COMMENT='x'", "b"),
            ]),
        table(
            "ALTER TABLE `t` DROP INDEX `k`, ALGORITHM=INSTANT, LOCK=NONE",
            "ALTER TABLE `t` ALGORITHM=COPY, LOCK=SHARED PARTITION BY HASH (`a`)\nPARTITIONS 2"),
        table("ALTER TABLE `t` FORCE"),
        table("ALTER TABLE `t` `encrypted`=DEFAULT, UNION=(), CONNECTION=''"),
        renamed,
        group,
    ]

    private static var renamed: PlanStep {
        var step = table("ALTER TABLE `old` RENAME TO `t`", "ALTER TABLE `t` DROP COLUMN `x`")
        step.renamedFrom = "old"
        return step
    }

    /// A parent and a child that hold each other, and a table that is made between them.
    private static var group: PlanStep {
        let members = [
            PlanMember(object: "c", from: digest("c1"), to: digest("c2")),
            PlanMember(object: "n", from: nil, to: digest("n1")),
            PlanMember(object: "t", renamedFrom: "old", from: digest("t1"), to: digest("t2")),
        ]
        var states: [ObjectName: Digest?] = [
            "c": digest("c1"), "n": nil, "t": digest("t1"),
        ]
        let from = PlanStep.digest(of: states)
        func after(_ sql: String, _ object: ObjectName, _ word: String) -> PlanStatement {
            states[object] = .some(digest(word))
            return PlanStatement(
                sql: sql, after: PlanStep.digest(of: states),
                tables: [TableDigest(object: object, digest: digest(word))])
        }
        let statements = [
            after("ALTER TABLE `c` DROP FOREIGN KEY `f`", "c", "c0"),
            after("ALTER TABLE `old` RENAME TO `t`", "t", "t2"),
            after("CREATE TABLE `n` (\n  `a` int(11)\n)", "n", "n1"),
            after(
                "ALTER TABLE `c` ADD CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `t` (`a`) ON "
                    + "DELETE SET NULL", "c", "c2"),
        ]
        return PlanStep(
            kind: .alter, namespace: "app", object: "t", members: members, shards: ["s0"],
            from: from, to: statements.last?.after, statements: statements, hazard: .safe,
            findings: [], cause: PlanCause(kind: .git), differences: [], order: 0)
    }

    @Test(arguments: honest)
    func isTaken(_ step: PlanStep) {
        #expect(Self.fault(step) == nil)
    }

    // MARK: What nobody made

    struct Hostile: Sendable, CustomTestStringConvertible {
        let sql: String
        var kind = ObjectName.Kind.table
        let fault: String

        var testDescription: String { sql }
    }

    /// In the place of the one statement of a change of `t`.
    static let alterations: [Hostile] = [
        Hostile(sql: "ALTER TABLE `u` FORCE", fault: "is about the table `u`"),
        Hostile(sql: "ALTER TABLE `other`.`t` FORCE", fault: "another database is named"),
        Hostile(sql: "ALTER TABLE `t` RENAME TO `o`.`t`", fault: "moves to another database"),
        Hostile(sql: "ALTER TABLE `t` RENAME TO `u`", fault: "gives its table the name `u`"),
        Hostile(sql: "ALTER TABLE `t` RENAME `u`", fault: "stands where TO"),
        Hostile(sql: "ALTER TABLE `t` FORCE; DROP TABLE `u`", fault: "`;` begins no clause"),
        Hostile(sql: "ALTER TABLE `t` FORCE;", fault: "`;` begins no clause"),
        Hostile(sql: "ALTER TABLE `t` FORCE /*! , RENAME TO `u` */", fault: "the name `u`"),
        Hostile(
            sql: "ALTER TABLE `t` FORCE /*!80000 , DROP COLUMN `a` */",
            fault: "different statements"),
        Hostile(
            sql: "ALTER TABLE `t` ADD COLUMN `b` int(11) /*!80023 INVISIBLE, DROP COLUMN `a` */",
            fault: "different statements"),
        Hostile(sql: "ALTER TABLE `t` FORCE /*M!100000 ; DROP TABLE u */", fault: "`;` begins"),
        Hostile(sql: "ALTER TABLE `t` FORCE /* /* */ , LOCK=NONE */", fault: "something else"),
        Hostile(sql: "/*! DROP TABLE `t` */", fault: "which the step does not say"),
        Hostile(sql: "ALTER TABLE `t` DISCARD TABLESPACE", fault: "begins no clause"),
        Hostile(sql: "ALTER TABLE `t` EXCHANGE PARTITION p WITH TABLE u", fault: "no clause"),
        Hostile(sql: "ALTER TABLE `t` TRUNCATE PARTITION p", fault: "begins no clause"),
        Hostile(sql: "ALTER TABLE `t` DISABLE KEYS", fault: "begins no clause"),
        Hostile(sql: "ALTER TABLE `t` ENGINE=FEDERATED CONNECTION='x'", fault: "reaches"),
        Hostile(sql: "ALTER TABLE `t` CONNECTION='mysql://u:p@h/d/t'", fault: "another server"),
        Hostile(sql: "ALTER TABLE `t` UNION=(`u`)", fault: "stands where `)`"),
        Hostile(
            sql: "ALTER TABLE `t` ADD CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `o`.`p` (`a`)",
            fault: "a table of another database"),
        Hostile(
            sql: "ALTER TABLE `t` ADD COLUMN `a` int DEFAULT (load_file('/etc/passwd'))",
            fault: "LOAD_FILE"),
        Hostile(
            sql: "ALTER TABLE `t` ADD COLUMN `a` int DEFAULT (select 1)", fault: "a query stands"),
        Hostile(sql: "ALTER TABLE `t` ADD COLUMN `a` int DEFAULT @x", fault: "default value"),
        Hostile(sql: "DROP TABLE `t`", fault: "which the step does not say"),
        Hostile(sql: "DROP TABLE `t`, `u`", fault: "`,` begins no clause"),
        Hostile(sql: "DROP TABLE IF EXISTS `t`", fault: "no clause"),
        Hostile(sql: "DROP DATABASE `app`", fault: "begins no clause"),
        Hostile(sql: "TRUNCATE TABLE `t`", fault: "begins no clause"),
        Hostile(sql: "CREATE TABLE `t` (`a` int)", fault: "which the step does not say"),
        Hostile(sql: "GRANT ALL ON *.* TO x", fault: "begins no clause"),
        Hostile(sql: "SET GLOBAL read_only = 0", fault: "begins no clause"),
        Hostile(sql: "DELIMITER //", fault: "begins no clause"),
        Hostile(sql: "source /etc/passwd", fault: "begins no clause"),
        Hostile(sql: "\\! id", fault: "means nothing"),
        Hostile(sql: "SELECT 1 INTO OUTFILE '/tmp/x'", fault: "begins no clause"),
        Hostile(sql: "LOAD DATA INFILE 'x' INTO TABLE t", fault: "begins no clause"),
        Hostile(sql: "ALTER TABLE `t` FORCE\u{0}", fault: "NUL"),
        Hostile(sql: "-- sql_mode: ANSI_QUOTES\nALTER TABLE `t` FORCE", fault: "sets a mode"),
        Hostile(
            sql: "-- sql_mode: X'; DROP TABLE t\nALTER TABLE `t` FORCE", fault: "its SQL mode"),
        Hostile(sql: "-- \nDROP TABLE `t`", fault: "which the step does not say"),
        Hostile(sql: "BEGIN NOT ATOMIC DROP TABLE `t`; END", fault: "stands where DO"),
        Hostile(sql: " ", fault: "empty statement"),
        Hostile(sql: "--", fault: "ends where"),
        Hostile(
            sql: "CREATE VIEW `t` AS select 1", kind: .view,
            fault: "which the step does not say"),
        Hostile(sql: "DROP VIEW `t`", kind: .view, fault: "which the step does not say"),
        Hostile(sql: "DROP TABLE `t`", kind: .view, fault: "is about the table `t`"),
        Hostile(
            sql: "CREATE OR REPLACE VIEW `o`.`t` AS select 1", kind: .view,
            fault: "is written with a database"),
        Hostile(
            sql: "CREATE OR REPLACE VIEW `t` AS select load_file('x')", kind: .view,
            fault: "LOAD_FILE"),
        Hostile(
            sql: "CREATE OR REPLACE VIEW `t` AS select 1; DROP TABLE u", kind: .view,
            fault: "another statement"),
        Hostile(
            sql: "CREATE OR REPLACE TRIGGER `t` BEFORE INSERT ON `o`.`x` FOR EACH ROW DO 1",
            kind: .trigger, fault: "another database"),
        Hostile(
            sql: "CREATE OR REPLACE PROCEDURE `t`() SELECT 1; DROP TABLE u", kind: .procedure,
            fault: "another statement begins"),
        Hostile(
            sql: "CREATE OR REPLACE FUNCTION `t` RETURNS STRING SONAME 'x.so'", kind: .function,
            fault: "no parameters"),
        Hostile(
            sql: "CREATE OR REPLACE EVENT `t` ON SCHEDULE EVERY sleep(9) DAY DO DO 1",
            kind: .event, fault: "SLEEP"),
        Hostile(sql: "DROP SEQUENCE `t`", kind: .sequence, fault: "does not say"),
        Hostile(sql: "ALTER TABLE `t` DROP COLUMN `a`", kind: .sequence, fault: "as if it were"),
        Hostile(
            sql: "BEGIN NOT ATOMIC DO SETVAL(`u`, 1, 0); ALTER SEQUENCE `t` cache 1; END",
            kind: .sequence, fault: "two sequences"),
        Hostile(
            sql: "BEGIN NOT ATOMIC DO SETVAL(`t`, sleep(9), 0); ALTER SEQUENCE `t` cache 1; END",
            kind: .sequence, fault: "stands where"),
        Hostile(
            sql: "BEGIN NOT ATOMIC DO SETVAL(`t`, 1, 0); ALTER SEQUENCE `t` cache 1; DROP TABLE "
                + "u; END", kind: .sequence, fault: "stands where"),
    ]

    @Test(arguments: alterations)
    func isRefused(_ hostile: Hostile) {
        let step = Self.step(ObjectName(hostile.kind, "t"), .alter, [(hostile.sql, "b")])
        let fault = Self.fault(step)
        #expect(fault?.contains(hostile.fault) == true, "\(fault ?? "it is taken")")
        #expect(fault?.hasPrefix("the step of app/s0/") == true)
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let name: String
        var of = StepValidationTests.table("ALTER TABLE `t` FORCE")
        let change: @Sendable (inout PlanStep) -> Void
        let fault: String

        var testDescription: String { name }
    }

    static let changes: [Change] = [
        Change(name: "another namespace", change: { $0.namespace = "x" }, fault: "it is about"),
        Change(name: "another shard", change: { $0.shards = ["s1"] }, fault: "it is about"),
        Change(name: "more shards", change: { $0.shards = ["s0", "s1"] }, fault: "it is about"),
        Change(name: "no statement", change: { $0.statements = [] }, fault: "no statement"),
        Change(name: "another end", change: { $0.to = digest("z") }, fault: "own digest"),
        Change(name: "no change", change: { $0.from = $0.to }, fault: "changes nothing"),
        Change(name: "another kind", change: { $0.kind = .drop }, fault: "is no drop"),
        Change(
            name: "dropped and made again on the way",
            change: {
                $0.statements = [
                    PlanStatement(sql: "DROP TABLE `t`", after: nil),
                    PlanStatement(sql: "CREATE TABLE `t` (`a` int)", after: $0.to),
                ]
            }, fault: "takes a table away on the way"),
        Change(
            name: "less of a hazard",
            change: {
                $0.findings = [
                    HazardFinding(rule: .dropColumn, hazard: .irreversible, reason: "gone")
                ]
            }, fault: "less of a hazard"),
        Change(
            name: "a question that writes",
            change: {
                var finding = HazardFinding(rule: .dropColumn, hazard: .safe, reason: "x")
                finding.probe = DataProbe(
                    DataQuestion(sought: "x", sql: "SELECT 1; DROP TABLE t", look: ""))
                $0.findings = [finding]
            }, fault: "more than one statement"),
        Change(
            name: "more statements than any has",
            change: {
                $0.statements = Array(
                    repeating: $0.statements[0], count: PlanStep.statementLimit + 1)
            }, fault: "larger than any"),
        Change(
            name: "an engine of no name", change: { $0.engine = .init(rawValue: "") },
            fault: "engine"),
        Change(
            name: "a rename that does not come", of: renamed,
            change: { $0.statements = [$0.statements[1]] }, fault: "is about the table `t`"),
        Change(
            name: "a rename back", of: renamed,
            change: { $0.statements[1].sql = "ALTER TABLE `t` RENAME TO `old`" },
            fault: "the name `old`"),
        Change(
            name: "a member that is none", of: group,
            change: { $0.statements[0].sql = "ALTER TABLE `x` DROP FOREIGN KEY `f`" },
            fault: "is about the table `x`"),
        Change(
            name: "a member that is dropped", of: group,
            change: { $0.statements[0].sql = "DROP TABLE `c`" }, fault: "does not say"),
        Change(
            name: "a member that another's statement makes", of: group,
            change: { $0.statements[2].sql = "ALTER TABLE `t` DROP FOREIGN KEY `f`" },
            fault: "is said to make or drop another table"),
    ]

    @Test(arguments: changes)
    func isRefusedWhole(_ change: Change) {
        var step = change.of
        change.change(&step)
        let fault = Self.fault(step)
        #expect(fault?.contains(change.fault) == true, "\(fault ?? "it is taken")")
    }
}

extension PlanStep: CustomTestStringConvertible {
    public var testDescription: String { "\(object) \(statements.first?.sql ?? "")" }
}
