import Desired
import Testing

@testable import Lint

@Suite("Levels, waivers and places")
struct LinterTests {
    private let files = [
        "a.sql": "CREATE TABLE a (\n  price float\n);\nCREATE TABLE b (Id int);",
        "gold/a.sql":
            "CREATE TABLE a (price float, fee float, b_id int, FOREIGN KEY (b_id) REFERENCES b (Id));",
    ]

    private func lines(
        lint: String, namespace: String = "", today: String = "2026-11-21"
    ) throws -> [String] {
        try report(files, lint: lint, namespace: namespace, today: today).findings.map {
            let waiver = $0.waiver.map { " (\($0.owner): \($0.reason))" } ?? ""
            return "\($0.location) \($0.level) \($0.rule.rawValue) \($0.subject)\(waiver)"
        }
    }

    @Test("Findings stand in the order of their places")
    func places() throws {
        #expect(
            try lines(lint: "") == [
                "schema/a.sql:1:14 error missing-primary-key commerce.a",
                "schema/a.sql:2:3 warning float-money commerce.a.price",
                "schema/a.sql:4:14 error missing-primary-key commerce.b",
                "schema/a.sql:4:17 warning name-case commerce.b.Id",
            ])
    }

    @Test("Overlays are checked among the tables they lie on")
    func overlays() throws {
        let found = try lines(
            lint: "lint: {rules: {missing-primary-key: off}}",
            namespace: "overlays: [{selector: {tier: gold}, path: gold}]")
        #expect(
            found == [
                "gold/a.sql:1:17 warning float-money commerce.a.price",
                "gold/a.sql:1:30 warning float-money commerce.a.fee",
                "gold/a.sql:1:51 warning foreign-key-without-index commerce.a",
                "gold/a.sql:1:81 error foreign-key-parent-index commerce.a",
                "schema/a.sql:2:3 warning float-money commerce.a.price",
                "schema/a.sql:4:17 warning name-case commerce.b.Id",
            ])
    }

    @Test("What LIKE copies is judged where it is written, and known to the others")
    func copies() throws {
        let found = try report(
            [
                "a.sql": "CREATE TABLE a (price float);\nCREATE TABLE b LIKE a;",
                "c.sql": "CREATE TABLE c (id int PRIMARY KEY, price int, KEY (price),\n"
                    + "  FOREIGN KEY (price) REFERENCES b (price));",
                "gold/d.sql": "CREATE TABLE Delta LIKE b; CREATE TABLE e LIKE nowhere;",
            ], namespace: "overlays: [{selector: {tier: gold}, path: gold}]"
        ).findings.map {
            "\($0.location) \($0.rule.rawValue) \($0.subject)"
        }
        #expect(
            found == [
                "gold/d.sql:1:14 missing-primary-key commerce.Delta",
                "gold/d.sql:1:14 name-case commerce.Delta",
                "schema/a.sql:1:14 missing-primary-key commerce.a",
                "schema/a.sql:1:17 float-money commerce.a.price",
                "schema/a.sql:2:14 missing-primary-key commerce.b",
                "schema/c.sql:1:37 foreign-key-type-mismatch commerce.c.price",
                "schema/c.sql:2:34 foreign-key-parent-index commerce.c",
            ])
    }

    @Test("A level in plumb.yaml wins over the rule's own")
    func levels() throws {
        #expect(
            try lines(
                lint:
                    "lint: {rules: {missing-primary-key: off, name-case: error, float-money: off}}")
                == ["schema/a.sql:4:17 error name-case commerce.b.Id"])
    }

    private func waiver(
        _ rule: String, _ table: String, column: String? = nil, expires: String = "2026-11-21"
    ) -> String {
        "{rule: \(rule), table: \(table), \(column.map { "column: \($0), " } ?? "")"
            + "owner: ann, reason: soon gone, expires: \(expires)}"
    }

    private func waived(_ waivers: String...) throws -> [String] {
        try lines(
            lint: "lint:\n  rules: {missing-primary-key: off}\n  waivers:\n"
                + waivers.map { "    - \($0)\n" }.joined())
    }

    @Test("A waiver holds to the end of its day, for its rule, table and column")
    func waivers() throws {
        let price = "schema/a.sql:2:3 warning float-money commerce.a.price"
        let name = "schema/a.sql:4:17 warning name-case commerce.b.Id"
        let excuse = " (ann: soon gone)"
        #expect(
            try waived(waiver("float-money", "A"), waiver("name-case", "commerce.b", column: "ID"))
                == [price + excuse, name + excuse])
        let expired = try waived(waiver("float-money", "a", expires: "2026-11-20"))
        #expect(expired == ["plumb.yaml:12:7 error waiver-expired plumb.yaml", price, name])
        for unfit in [
            waiver("float-money", "b"), waiver("float-money", "sales.a"),
            waiver("zero-date", "a"), waiver("float-money", "a", column: "fee"),
        ] {
            #expect(
                try waived(unfit) == [
                    "plumb.yaml:12:7 warning waiver-unused plumb.yaml", price, name,
                ])
        }
    }

    @Test("What is wrong with waivers says which, whose and since when")
    func waiverMessages() throws {
        let findings = try report(
            files,
            lint: "lint:\n  waivers:\n    - \(waiver("float-money", "b"))\n"
                + "    - \(waiver("name-case", "b", expires: "2025-01-01"))\n"
        ).findings.filter { $0.table == nil }
        #expect(
            findings.map(\.message) == [
                "the waiver of `float-money` at `b` excuses nothing",
                "the waiver of `name-case` at `b` by ann expired on 2025-01-01",
            ])
    }

    @Test("Counts leave out what is waived")
    func counts() throws {
        let report = try report(
            files, lint: "lint: {waivers: [\(waiver("missing-primary-key", "a"))]}")
        #expect(report.errors.count == 1 && report.warnings.count == 2 && report.waived.count == 1)
        #expect(report.tables == ["commerce.a", "commerce.b"])
    }
}
