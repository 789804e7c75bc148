import Desired
import Foundation
import Model
import TestSupport
import Testing
import Views

@testable import Lint
@testable import plumb

@Suite("The rules")
struct CatalogTests {
    @Test("Every id has its rule, in order")
    func ids() {
        #expect(RuleCatalog.rules.map(\.id) == LintRule.allCases)
    }

    @Test("Those about changes have the classes of hazard that plans know")
    func hazards() {
        for rule in RuleCatalog.rules {
            #expect(
                rule.hazards.isEmpty
                    == (!rule.id.isAboutChanges || rule.id == .refusedChange), "\(rule.id)")
            #expect(!rule.hazards.contains(.safe), "\(rule.id)")
        }
    }

    @Test("Every rule says what it finds and what to do, without full stops")
    func texts() {
        for rule in RuleCatalog.rules {
            #expect(rule.summary != rule.id.rawValue, "\(rule.id) is in no catalogue")
            #expect(!rule.summary.isEmpty && !rule.summary.hasSuffix("."), "\(rule.id)")
            #expect(!rule.remedy.isEmpty && !rule.remedy.hasSuffix("."), "\(rule.id)")
        }
    }
}

@Suite("docs/lint.md")
struct DocumentationTests {
    private func page(_ name: String) throws -> String {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        return try String(
            contentsOf: folder.appending(path: "../../docs/\(name)").standardizedFileURL,
            encoding: .utf8)
    }

    @Test("The table has every rule with its level and texts")
    func rules() throws {
        let rows = try page("lint.md").split(separator: "\n").filter { $0.hasPrefix("| `") }
        #expect(
            rows.map(String.init)
                == RuleCatalog.rules.map { rule in
                    let classes = rule.hazards.map(\.rawValue).joined(separator: " or ")
                    let column =
                        rule.id.isAboutChanges ? " \(classes.isEmpty ? "refused" : classes) |" : ""
                    return "| `\(rule.id.rawValue)` |\(column) \(rule.level.rawValue) | "
                        + "\(rule.summary) | \(rule.remedy) |"
                })
    }

    @Test("The settings are settings")
    func settings() throws {
        let text = try page("lint.md")
        let start = try #require(text.range(of: "```yaml\nlint:"))
        let end = try #require(text.range(of: "```", range: start.upperBound..<text.endIndex))
        let yaml = "lint:" + text[start.upperBound..<end.lowerBound]
        let report = try report(
            ["orders.sql": "CREATE TABLE orders (id int PRIMARY KEY, `rank` int)"], lint: yaml)
        #expect(report.waived.map(\.rule) == [.reservedWord])
    }

    @Test("The examples of output are printed by this release")
    func examples() throws {
        let files = [
            "orders.sql": """
            create table orders(
               id int unsigned not null auto_increment, -- counts up
               customer_id bigint not null,
               total double not null default 0
               ,`rank` int,
               primary key(id), key by_customer(customer_id), key by_customer_rank(customer_id,`rank`)
            ) engine=InnoDB;

            """,
            "customers.sql": """
            CREATE TABLE customers (
              email VARCHAR(200) CHARACTER SET utf8 NOT NULL
            );

            """,
        ]
        let waiver =
            "{rule: reserved-word, table: orders, owner: a, reason: r, expires: 2027-01-31}"
        let report = try report(files, lint: "lint: {waivers: [\(waiver)]}")
        let text = try page("lint.md")
        for line in LintText.text(report).split(separator: "\n").dropLast() {
            #expect(text.contains(line.replacing("schema/", with: "schema/commerce/")))
        }
        for line in GitHubView.lint(report).split(separator: "\n").prefix(2) {
            #expect(text.contains(line.replacing("schema/", with: "schema/commerce/")))
        }
        let folder = try TemporaryFolder()
        let path = try folder.write(files["orders.sql"] ?? "", to: "orders.sql")
        let change = try #require(try FileFormatting.change(to: path))
        #expect(text.contains(LineDiff.text(change.old, change.new)))
    }

    @Test("The example of a change is printed by this release")
    func change() throws {
        let report = try report(
            from: Files([
                "audit.sql": "CREATE TABLE audit (id BIGINT PRIMARY KEY);",
                "customers.sql": """
                CREATE TABLE customers (
                  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
                  email VARCHAR(200) NOT NULL
                );
                """,
                "orders.sql": """
                CREATE TABLE orders (
                  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
                  customer_id BIGINT UNSIGNED NOT NULL,
                  total DECIMAL(12,2) NOT NULL,
                  legacy_code CHAR(8),
                  PRIMARY KEY (id),
                  KEY by_customer (customer_id)
                );
                """,
            ]),
            to: Files(
                [
                    "customers.sql": """
                    CREATE TABLE customers (
                      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
                      mail VARCHAR(200) NOT NULL, -- plumb: renamed from email
                      UNIQUE KEY (mail)
                    );
                    """,
                    "orders.sql": """
                    CREATE TABLE orders (
                      `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
                      `customer_id` bigint(20) unsigned NOT NULL,
                      `total` decimal(10,2) NOT NULL,
                      INDEX (customer_id)
                    );
                    """,
                ], namespace: "retire: [audit]"))
        let text = LintText.text(report).replacing("schema/", with: "schema/commerce/")
        #expect(try page("lint.md").contains("$ plumb lint --since main\n" + text), "\(text)")
    }

    @Test("JSON is as docs/lint.schema.json says")
    func schema() throws {
        let waiver = "{rule: name-case, table: A, owner: a, reason: r, expires: 2027-01-31}"
        let report = try report(
            ["a.sql": "CREATE TABLE A (price float)"],
            lint: "lint: {waivers: [\(waiver), \(waiver)]}")
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(JSONView.lint(report).utf8))
                as? [String: Any])
        let schema = try #require(
            try JSONSerialization.jsonObject(with: Data(try page("lint.schema.json").utf8))
                as? [String: Any])
        let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
        func members(_ name: String) throws -> Set<String> {
            let properties = try #require(
                definitions[name]?["properties"] as? [String: Any])
            #expect(Set(properties.keys) == Set(definitions[name]?["required"] as? [String] ?? []))
            return Set(properties.keys)
        }
        #expect(Set(json.keys) == (try members("report")))
        let findings = try #require(json["findings"] as? [[String: Any]])
        #expect(findings.count == 4)
        for finding in findings { #expect(Set(finding.keys) == (try members("finding"))) }
        let waivers = findings.compactMap { $0["waiver"] as? [String: Any] }
        #expect(waivers.count == 1)
        for waiver in waivers { #expect(Set(waiver.keys) == (try members("waiver"))) }
    }
}
