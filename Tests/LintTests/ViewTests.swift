import Desired
import Foundation
import Lint
import Model
import Reports
import Schema
import Testing

@testable import Views

@Suite("What lint prints")
struct ViewTests {
    private func sample() throws -> LintReport {
        try report(
            [
                "orders.sql": """
                CREATE TABLE orders (
                  id int unsigned AUTO_INCREMENT PRIMARY KEY,
                  price float,
                  `key` text
                );
                CREATE TABLE log (line text);
                """
            ],
            lint: """
                lint:
                  waivers:
                    - {rule: reserved-word, table: orders, column: key, owner: ann@x.org,
                       reason: "old: [api], 100%", expires: 2027-01-31}
                """)
    }

    @Test func text() throws {
        #expect(
            LintText.text(try sample()) == """
                schema/orders.sql:3:3: warning: the column `price` of `orders` is float, and its name says money [float-money]
                    use `decimal`, or whole cents in a `bigint`
                schema/orders.sql:6:14: error: the table `log` has no primary key [missing-primary-key]
                    add a PRIMARY KEY

                1 error, 1 warning, 1 waived in 2 tables of main@3f2a91c                                      exit 2

                """)
    }

    @Test func textOfNothing() throws {
        let report = try report(["a.sql": "CREATE TABLE a (id int PRIMARY KEY)"])
        #expect(
            LintText.text(report) == """
                nothing found in 1 table of main@3f2a91c                                                      exit 0

                """)
    }

    @Test func json() throws {
        #expect(
            JSONView.lint(try sample(), pretty: true) == """
                {
                  "counts": {
                    "errors": 1,
                    "waived": 1,
                    "warnings": 1
                  },
                  "exit": 2,
                  "findings": [
                    {
                      "column": "price",
                      "fingerprint": "5a0ba3f374e3d9efc62bd563e51800c93b9722b10cb6c20432ec07ff547ff359",
                      "hazard": null,
                      "level": "warning",
                      "location": {
                        "column": 3,
                        "file": "schema/orders.sql",
                        "line": 3
                      },
                      "message": "the column `price` of `orders` is float, and its name says money",
                      "namespace": "commerce",
                      "remedy": "use `decimal`, or whole cents in a `bigint`",
                      "revision": null,
                      "rule": "float-money",
                      "table": "orders",
                      "waiver": null
                    },
                    {
                      "column": "key",
                      "fingerprint": "f2e7ea89cac76214be53a7ed11d282499317eae6ab1b040291c397d2dbd754d8",
                      "hazard": null,
                      "level": "warning",
                      "location": {
                        "column": 3,
                        "file": "schema/orders.sql",
                        "line": 4
                      },
                      "message": "the column name `key` of `orders` is a reserved word of MySQL and MariaDB",
                      "namespace": "commerce",
                      "remedy": "choose another name",
                      "revision": null,
                      "rule": "reserved-word",
                      "table": "orders",
                      "waiver": {
                        "expires": "2027-01-31",
                        "location": {
                          "column": 7,
                          "file": "plumb.yaml",
                          "line": 11
                        },
                        "owner": "ann@x.org",
                        "reason": "old: [api], 100%"
                      }
                    },
                    {
                      "column": null,
                      "fingerprint": "53e1bb446201da6957dfc2e62bdb74285a1a2e71aecb68dad22a72194ec6b732",
                      "hazard": null,
                      "level": "error",
                      "location": {
                        "column": 14,
                        "file": "schema/orders.sql",
                        "line": 6
                      },
                      "message": "the table `log` has no primary key",
                      "namespace": "commerce",
                      "remedy": "add a PRIMARY KEY",
                      "revision": null,
                      "rule": "missing-primary-key",
                      "table": "log",
                      "waiver": null
                    }
                  ],
                  "kind": "lint",
                  "objects": [],
                  "outcome": "difference",
                  "revision": "main@3f2a91c",
                  "since": null,
                  "summary": "1 error, 1 warning, 1 waived in 2 tables of main@3f2a91c",
                  "tables": [
                    "commerce.orders",
                    "commerce.log"
                  ],
                  "version": 1
                }

                """)
    }

    /// A finding stays the same one while its line moves.
    @Test func fingerprints() throws {
        let before = try report(["a.sql": "CREATE TABLE a (id int)"]).findings
        let after = try report(["b.sql": "-- moved\n\nCREATE TABLE a (id int)"]).findings
        #expect(before.map(\.fingerprint) == after.map(\.fingerprint))
        let other = try report(["a.sql": "CREATE TABLE b (id int)"]).findings
        #expect(before.map(\.fingerprint) != other.map(\.fingerprint))
    }

    @Test func sarif() throws {
        let text = SARIFView.lint(
            try sample(), rules: RuleCatalog.descriptions, pretty: true)
        let results = try #require(text.range(of: "\"results\": ["))
        let tool = try #require(text.range(of: "\"tool\": {"))
        let shown = String(text[results.lowerBound..<tool.lowerBound])
        let waived = try #require(shown.range(of: "`key`"))
        #expect(
            shown.hasPrefix(
                """
                "results": [
                        {
                          "level": "warning",
                          "locations": [
                            {
                              "logicalLocations": [
                                {
                                  "fullyQualifiedName": "commerce.orders.price"
                                }
                              ],
                              "physicalLocation": {
                                "artifactLocation": {
                                  "uri": "schema/orders.sql",
                                  "uriBaseId": "%SRCROOT%"
                                },
                                "region": {
                                  "startColumn": 3,
                                  "startLine": 3
                                }
                              }
                            }
                          ],
                          "message": {
                            "text": "the column `price` of `orders` is float, and its name says \
                money: use `decimal`, or whole cents in a `bigint`"
                          },
                """))
        #expect(
            shown[waived.lowerBound...].contains(
                """
                          "ruleId": "lint/reserved-word",
                          "ruleIndex": 10,
                          "suppressions": [
                            {
                              "justification": "old: [api], 100% (ann@x.org, until 2027-01-31)",
                              "kind": "external",
                              "status": "accepted"
                            }
                          ]
                """))
        for rule in LintRule.allCases {
            #expect(text.contains("\"id\": \"lint/\(rule.rawValue)\""))
        }
    }

    @Test func junit() throws {
        #expect(
            JUnitView.lint(try sample()) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites name="plumb lint" tests="2" failures="1" errors="0">
                  <testsuite name="main@3f2a91c" tests="2" failures="1" errors="0">
                    <properties>
                      <property name="exit" value="2"/>
                      <property name="summary" value="1 error, 1 warning, 1 waived in 2 tables of main@3f2a91c"/>
                    </properties>
                    <testcase classname="lint" name="commerce.orders">
                      <system-out>schema/orders.sql:3:3: warning: the column `price` of `orders` is float, and its name says money [float-money]; use `decimal`, or whole cents in a `bigint`
                schema/orders.sql:4:3: waived by ann@x.org until 2027-01-31: the column name `key` of `orders` is a reserved word of MySQL and MariaDB [reserved-word]; choose another name</system-out>
                    </testcase>
                    <testcase classname="lint" name="commerce.log">
                      <failure type="missing-primary-key" message="the table `log` has no primary key">schema/orders.sql:6:14: error: the table `log` has no primary key [missing-primary-key]; add a PRIMARY KEY</failure>
                    </testcase>
                  </testsuite>
                </testsuites>

                """)
    }

    @Test func github() throws {
        #expect(
            GitHubView.lint(try sample()) == """
                ::error file=schema/orders.sql,line=6,col=14,title=missing-primary-key::the table `log` has no primary key: add a PRIMARY KEY
                ::warning file=schema/orders.sql,line=3,col=3,title=float-money::the column `price` of `orders` is float, and its name says money: use `decimal`, or whole cents in a `bigint`
                ::notice title=plumb lint::1 error, 1 warning, 1 waived in 2 tables of main@3f2a91c

                """)
    }

    /// Text in an annotation can neither end it nor begin another.
    @Test func githubEscapes() {
        #expect(GitHubView.data("50%\r\n::error::x,y") == "50%25%0D%0A::error::x,y")
        #expect(GitHubView.property("a:b,c%\n") == "a%3Ab%2Cc%25%0A")
        #expect(GitHubView.data("a\u{1B}[31m") == "a\\u{1b}[31m")
    }

    @Test func githubShowsTenOfALevel() throws {
        let tables = (0..<12).map { "CREATE TABLE t\($0) (price float);" }.joined(separator: "\n")
        let lines = GitHubView.lint(try report(["a.sql": tables])).split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("::error ") } == 10)
        #expect(lines.count { $0.hasPrefix("::warning ") } == 10)
        #expect(
            lines.last
                == "::notice title=plumb lint::12 errors, 12 warnings in 12 tables of main@3f2a91c; 4 not shown here"
        )
        #expect(lines.count == 21)
    }

    @Test func differences() {
        #expect(
            LineDiff.text("a\nb\nc\nd\n", "a\nB\nc\nd\ne\n") == """
                  @@ line 2 @@
                  - b
                  + B
                  @@ line 5 @@
                  + e

                """)
        #expect(
            LineDiff.text("a", "a\n") == """
                  @@ line 2 @@
                  - \\ no line feed at the end

                """)
        #expect(
            LineDiff.text("1\n2\n3\n", "", limit: 2) == """
                  @@ line 1 @@
                  - 1
                  … 2 more lines

                """)
        #expect(LineDiff.text("a\n", "a\n") == "")
    }
}

@Suite("What lint prints of a change")
struct ChangeViewTests {
    private func sample() throws -> LintReport {
        try report(
            from: Files([
                "orders.sql": "CREATE TABLE orders (id int PRIMARY KEY, total decimal(12,2));",
                "log.sql": "CREATE TABLE log (id int PRIMARY KEY);",
            ]),
            to: Files(
                [
                    "orders.sql":
                        "CREATE TABLE orders (\n  id bigint PRIMARY KEY,\n  total decimal(10,2));"
                ],
                namespace: "retire: [log]",
                lint: """
                    lint:
                      waivers:
                        - {rule: narrow-type, table: orders, column: total, owner: ann@x.org,
                           reason: never above 100, expires: 2027-01-31}
                    """))
    }

    @Test func text() throws {
        #expect(
            LintText.text(try sample()) == """
                main:schema/log.sql:1:14: error: all rows of `log` are gone [drop-table]
                    keep a copy of what is needed, then approve
                schema/orders.sql:2:3: warning: `orders`: column `id`: every value fits; the table is copied; `plumb plan` asks the servers how they do it [widen-type]
                    choose a quiet hour

                1 error, 1 warning, 1 waived in 1 table of topic@162ecfe, compared with main@3f2a91c          exit 2

                """)
    }

    @Test func github() throws {
        #expect(
            GitHubView.lint(try sample()) == """
                ::error title=drop-table::main:schema/log.sql:1:14: all rows of `log` are gone: keep a copy of what is needed, then approve
                ::warning file=schema/orders.sql,line=2,col=3,title=widen-type::`orders`: column `id`: every value fits; the table is copied; `plumb plan` asks the servers how they do it: choose a quiet hour
                ::notice title=plumb lint::1 error, 1 warning, 1 waived in 1 table of topic@162ecfe, compared with main@3f2a91c

                """)
    }

    @Test("What the change may do is not hidden behind what was there before")
    func githubShowsChangesFirst() throws {
        let old = (0..<12).map { "CREATE TABLE a\($0) (id int);\n" }.joined()
        let text = GitHubView.lint(
            try report(
                from: Files(["a.sql": old, "z.sql": "CREATE TABLE z (id int KEY, b int);"]),
                to: Files(["a.sql": old, "z.sql": "CREATE TABLE z (id int KEY);"])))
        #expect(text.hasPrefix("::error file=schema/z.sql,line=1,col=14,title=drop-column"))
        #expect(text.contains("3 not shown here"), "\(text)")
    }

    @Test func junit() throws {
        let text = JUnitView.lint(try sample())
        #expect(
            text.contains(
                """
                    <testcase classname="lint" name="commerce.log">
                      <failure type="drop-table" message="all rows of `log` are gone">main:schema/log.sql:1:14: error: all rows of `log` are gone [drop-table]; keep a copy of what is needed, then approve</failure>
                    </testcase>
                """), "\(text)")
        #expect(text.contains("compared with main@3f2a91c"))
    }

    @Test func json() throws {
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(JSONView.lint(try sample()).utf8))
                as? [String: Any])
        #expect(json["since"] as? String == "main@3f2a91c")
        let findings = try #require(json["findings"] as? [[String: Any]])
        let rows = findings.map { finding in
            ["rule", "hazard", "revision"].map { finding[$0] as? String ?? "null" }
        }
        #expect(
            rows == [
                ["drop-table", "irreversible", "main"], ["widen-type", "costly", "null"],
                ["narrow-type", "lossy", "null"],
            ])
    }

    @Test func sarif() throws {
        let json = try #require(
            try JSONSerialization.jsonObject(
                with: Data(SARIFView.lint(try sample(), rules: RuleCatalog.descriptions).utf8))
                as? [String: Any])
        let run = try #require((json["runs"] as? [[String: Any]])?.first)
        let driver = (run["tool"] as? [String: Any])?["driver"] as? [String: Any]
        let rules = try #require(driver?["rules"] as? [[String: Any]])
        let results = try #require(run["results"] as? [[String: Any]])
        for result in results {
            let index = try #require(result["ruleIndex"] as? Int)
            #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
        }
        let first = try #require(results.first)
        #expect(first["ruleId"] as? String == "lint/drop-table")
        #expect(
            first["properties"] as? [String: String]
                == ["hazard": "irreversible", "revision": "main"])
        let text = (first["message"] as? [String: String])?["text"] ?? ""
        #expect(text.hasPrefix("in main: all rows of `log` are gone"), "\(text)")
        #expect((results.last?["suppressions"] as? [Any])?.count == 1)
    }
}
