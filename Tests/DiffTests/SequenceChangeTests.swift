import Schema
import Testing

@testable import Diff

/// The statements that turn one sequence into another. What servers make of them is asked in
/// `ObjectTransitionTests` and `ObjectKindTests`.
@Suite struct SequenceChangeTests {
    struct Case: CustomTestStringConvertible {
        let what: String
        var from = "start with 1 minvalue 1 maxvalue 99 increment by 1 cache 10 nocycle"
        var to = "start with 1 minvalue 1 maxvalue 99 increment by 1 cache 10 nocycle"
        var tails = (" ENGINE=InnoDB", " ENGINE=InnoDB")
        let statements: [String]

        var testDescription: String { what }
    }

    static let cases = [
        Case(what: "nothing", statements: []),
        Case(
            what: "options",
            to: "start with 5 minvalue 1 maxvalue 50 increment by 2 cache 10 cycle",
            statements: [
                "ALTER SEQUENCE `s` start with 5 minvalue 1 maxvalue 50 increment by 2 cache 10 cycle"
            ]),
        Case(
            what: "a range that begins later",
            to: "start with 7 minvalue 5 maxvalue 99 increment by 1 cache 10 nocycle",
            statements: [
                "BEGIN NOT ATOMIC DO SETVAL(`s`, 5, 0); ALTER SEQUENCE `s` start with 7 "
                    + "minvalue 5 maxvalue 99 increment by 1 cache 10 nocycle; END"
            ]),
        Case(
            what: "a range that begins later, downwards",
            from: "start with -1 minvalue -99 maxvalue -1 increment by -1 cache 10 nocycle",
            to: "start with -9 minvalue -99 maxvalue -5 increment by -2 cache 10 nocycle",
            statements: [
                "BEGIN NOT ATOMIC DO SETVAL(`s`, -5, 0); ALTER SEQUENCE `s` start with -9 "
                    + "minvalue -99 maxvalue -5 increment by -2 cache 10 nocycle; END"
            ]),
        Case(
            what: "a range that begins earlier",
            from: "start with 7 minvalue 5 maxvalue 99 increment by 1 cache 10 nocycle",
            statements: [
                "ALTER SEQUENCE `s` start with 1 minvalue 1 maxvalue 99 increment by 1 cache 10 nocycle"
            ]),
        Case(
            what: "another direction keeps its value, or is refused",
            to: "start with -1 minvalue -99 maxvalue -1 increment by -1 cache 10 nocycle",
            statements: [
                "ALTER SEQUENCE `s` start with -1 minvalue -99 maxvalue -1 increment by -1 cache 10 "
                    + "nocycle"
            ]),
        Case(
            what: "a type alone",
            to: "as int start with 1 minvalue 1 maxvalue 99 increment by 1 cache 10 nocycle",
            statements: ["ALTER SEQUENCE `s` as int"]),
        Case(
            what: "a greater type before its values",
            from: "as tinyint start with 1 minvalue 1 maxvalue 99 increment by 1 cache 10 nocycle",
            to: "start with 1 minvalue 1 maxvalue 300 increment by 1 cache 10 nocycle",
            statements: [
                "ALTER SEQUENCE `s` as bigint",
                "ALTER SEQUENCE `s` start with 1 minvalue 1 maxvalue 300 increment by 1 cache 10 nocycle",
            ]),
        Case(
            what: "a smaller type behind its values",
            from: """
                as bigint unsigned start with 5 minvalue 5 maxvalue 18446744073709551614 \
                increment by 1 cache 10 nocycle
                """,
            to: """
                as tinyint unsigned start with 1 minvalue 1 maxvalue 255 increment by 1 cache 10 nocycle
                """,
            statements: [
                "ALTER SEQUENCE `s` start with 1 minvalue 1 maxvalue 255 increment by 1 cache 10 nocycle",
                "ALTER SEQUENCE `s` as tinyint unsigned",
            ]),
        Case(
            what: "a sign before its values",
            from: """
                as tinyint unsigned start with 1 minvalue 1 maxvalue 9 increment by 1 cache 10 nocycle
                """,
            to: "as tinyint start with 1 minvalue -3 maxvalue 9 increment by 1 cache 10 nocycle",
            statements: [
                "ALTER SEQUENCE `s` as tinyint",
                "ALTER SEQUENCE `s` start with 1 minvalue -3 maxvalue 9 increment by 1 cache 10 nocycle",
            ]),
        Case(
            what: "an engine", tails: (" ENGINE=InnoDB COMMENT='c'", " ENGINE=Aria COMMENT='c'"),
            statements: ["ALTER TABLE `s` ENGINE=Aria COMMENT='c'"]),
        Case(
            what: "a comment", tails: (" ENGINE=InnoDB", " ENGINE=InnoDB COMMENT='it''s ENGINE=X'"),
            statements: ["ALTER TABLE `s` COMMENT='it''s ENGINE=X'"]),
        Case(
            what: "a comment goes, and options change",
            to: "start with 1 minvalue 1 maxvalue 50 increment by 1 cache 10 nocycle",
            tails: (" ENGINE=InnoDB COMMENT='c'", " ENGINE=InnoDB"),
            statements: [
                "ALTER SEQUENCE `s` start with 1 minvalue 1 maxvalue 50 increment by 1 cache 10 nocycle",
                "ALTER TABLE `s` COMMENT=''",
            ]),
    ]

    @Test(arguments: cases)
    func statementsEndAtTheTarget(_ one: Case) throws {
        let from = try Self.sequence(one.from + one.tails.0)
        let to = try Self.sequence(one.to + one.tails.1)
        let steps = try #require(SequenceChange(from: from, to: to)).steps
        #expect(steps.map(\.sql) == one.statements)
        #expect(steps.last?.after ?? from == to)
        // Each of them leads to something else: the next run goes on from there.
        #expect(Set(steps.map(\.after) + [from]).count == steps.count + 1)
    }

    @Test func takesSequencesOnly() throws {
        let view = try #require(ObjectDefinition(text: "CREATE VIEW `v` AS select 1"))
        let sequence = try Self.sequence(Self.cases[0].from + " ENGINE=InnoDB")
        #expect(SequenceChange(from: view, to: sequence) == nil)
        #expect(SequenceChange(from: sequence, to: view) == nil)
    }

    private static func sequence(_ rest: String) throws -> ObjectDefinition {
        try #require(ObjectDefinition(text: "CREATE SEQUENCE `s` \(rest)"))
    }
}
