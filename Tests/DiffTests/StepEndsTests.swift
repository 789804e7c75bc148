import Schema
import TestSupport
import Testing

@testable import Diff

@Suite("attack: where both definitions are known, a step leads from one to the other")
struct StepEndsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var kind = ObjectName.Kind.table
        let from: String?
        let to: String?
        let statements: [String]
        /// Nil where the step is taken.
        let fault: String?

        var testDescription: String { name }
    }

    private static func table(_ columns: String...) -> String {
        "CREATE TABLE `t` (\n  \(columns.joined(separator: ",\n  "))\n)"
    }

    private static let id = "`id` int(11) NOT NULL"
    private static let note = "`note` text DEFAULT NULL"
    private static let otherwise = "makes something else than the step says"

    static let cases: [Case] = [
        Case(
            name: "a table as it is wanted", from: nil, to: table(id, note),
            statements: [table(id, note)], fault: nil),
        Case(
            name: "written in other letters", from: nil, to: table(id),
            statements: [table(id).replacingOccurrences(of: "`t`", with: "`T`")], fault: nil),
        Case(
            name: "another table", from: nil, to: table(id, note), statements: [table(id)],
            fault: "makes another table"),
        Case(
            name: "a column that goes", from: table(id, note), to: table(id),
            statements: ["ALTER TABLE `t` DROP COLUMN `note`"], fault: nil),
        Case(
            name: "a column that stays", from: table(id, note), to: table(id, note, "`a` int(11)"),
            statements: ["ALTER TABLE `t` DROP COLUMN `NOTE`", "ALTER TABLE `t` FORCE"],
            fault: "drops the column `note`, which stays"),
        Case(
            name: "a computed column is made anew",
            from: table(id, "`g` int(11) GENERATED ALWAYS AS (`id`) VIRTUAL"),
            to: table(id, "`g` int(11) GENERATED ALWAYS AS (`id` + 1) STORED"),
            statements: [
                "ALTER TABLE `t` DROP COLUMN `g`",
                "ALTER TABLE `t` ADD COLUMN `g` int(11) GENERATED ALWAYS AS (`id` + 1) STORED",
            ], fault: nil),
        Case(
            name: "a definition that nobody understands says nothing", from: nil, to: "?",
            statements: [table(id)], fault: nil),
        Case(
            name: "a view as it is wanted", kind: .view,
            from: "CREATE VIEW `t` AS select 1 AS `a`", to: "CREATE VIEW `t` AS select 2 AS `a`",
            statements: ["CREATE OR REPLACE VIEW `t` AS select 2 AS `a`"], fault: nil),
        Case(
            name: "another view", kind: .view, from: "CREATE VIEW `t` AS select 1 AS `a`",
            to: "CREATE VIEW `t` AS select 2 AS `a`",
            statements: ["CREATE OR REPLACE VIEW `t` AS select 3 AS `a`"], fault: otherwise),
        Case(
            name: "a trigger as it is wanted, under its mode", kind: .trigger, from: nil,
            to:
                "-- sql_mode: ANSI_QUOTES\nCREATE TRIGGER `t` AFTER DELETE ON `o` FOR EACH ROW DO 1",
            statements: [
                "-- sql_mode: ANSI_QUOTES\nCREATE TRIGGER `t` AFTER DELETE ON `o` FOR EACH ROW DO 1"
            ], fault: nil),
        Case(
            name: "another body", kind: .trigger, from: nil,
            to: "CREATE TRIGGER `t` AFTER DELETE ON `o` FOR EACH ROW DO 1",
            statements: ["CREATE TRIGGER `t` AFTER DELETE ON `o` FOR EACH ROW DO 2"],
            fault: otherwise),
        Case(
            name: "a sequence moves", kind: .sequence, from: sequence(1), to: sequence(10),
            statements: [
                "BEGIN NOT ATOMIC DO SETVAL(`t`, 10, 0); ALTER SEQUENCE `t` start with 10 "
                    + "minvalue 10 maxvalue 99 increment by 1 cache 1 nocycle; END"
            ], fault: nil),
        Case(
            name: "a sequence moves elsewhere", kind: .sequence, from: sequence(1),
            to: sequence(10), statements: ["ALTER SEQUENCE `t` start with 99"], fault: otherwise),
        Case(
            name: "another sequence", kind: .sequence, from: nil, to: sequence(1),
            statements: [sequence(2)], fault: otherwise),
    ]

    private static func sequence(_ first: Int) -> String {
        "CREATE SEQUENCE `t` start with \(first) minvalue \(first) maxvalue 99 increment by 1 "
            + "cache 1 nocycle ENGINE=InnoDB"
    }

    @Test(arguments: cases)
    func ends(_ sample: Case) {
        let ends = [sample.from, sample.to].map { $0.map { Digest(of: $0) } }
        let last = sample.statements.count - 1
        let step = PlanStep(
            kind: sample.from == nil ? .create : .alter, namespace: "app",
            object: ObjectName(sample.kind, "t"), shards: ["s0"], from: ends[0], to: ends[1],
            statements: sample.statements.enumerated().map {
                PlanStatement(sql: $0.element, after: $0.offset == last ? ends[1] : ends[0])
            }, hazard: .safe, findings: [], cause: PlanCause(kind: .git), differences: [], order: 0)
        let known = [sample.from, sample.to].compactMap(\.self)
        func fault(_ text: (Digest) -> String?) -> String? {
            do throws(PlanInvalid) {
                try step.validateEnds(text)
                return nil
            } catch {
                return error.reason
            }
        }
        let found = fault { digest in known.first { Digest(of: $0) == digest } }
        if let expected = sample.fault {
            #expect(found?.contains(expected) == true, "\(found ?? "it is taken")")
        } else {
            #expect(found == nil)
        }
        #expect(fault { _ in nil } == nil)
    }
}
