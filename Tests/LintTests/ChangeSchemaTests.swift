import Desired
import Model
import Testing

@testable import Lint

/// Whole schemas: tables that come, go and change their names, overlays, shards and waivers.
@Suite("Changes of a schema")
struct ChangeSchemaTests {
    private static let orders = "CREATE TABLE orders (id int PRIMARY KEY, note text);"
    private static let narrow = "CREATE TABLE orders (id int PRIMARY KEY);"

    /// `[revision:]file:line:column level rule subject` of all that changes may do.
    private func found(_ old: Files, _ new: Files) throws -> [String] {
        try report(from: old, to: new).findings.filter {
            $0.rule.isAboutChanges || $0.rule.isAboutWaivers
        }.map { finding in
            "\(finding.place) \(finding.level) \(finding.rule.rawValue) \(finding.subject)"
                + (finding.waiver.map { " (\($0.reason))" } ?? "")
        }
    }

    @Test("A table that is retired goes, and has its place in the earlier revision")
    func retired() throws {
        let old = Files(["orders.sql": Self.orders, "log.sql": "\nCREATE TABLE log (id int KEY);"])
        let drop = "main:schema/log.sql:2:14 error drop-table commerce.log"
        let files = ["orders.sql": Self.orders]
        #expect(try found(old, Files(files, namespace: "retire: [log]")) == [drop])
        #expect(try found(old, Files(files, namespace: "prune: all")) == [drop])
        // Nothing is dropped that is not retired.
        #expect(try found(old, Files(files)) == [])
    }

    @Test("A table that left the files before is given up where `retire` says it")
    func retiredLater() throws {
        let files = ["orders.sql": Self.orders]
        let late = Files(files, namespace: "retire: [log, 'view:v']")
        #expect(
            try found(Files(files), late) == ["plumb.yaml:6:14 error drop-table commerce.log"])
        #expect(try found(late, late) == [])
    }

    @Test("A table that is new, or that is defined in another file, is no hazard")
    func moved() throws {
        let old = Files(["orders.sql": Self.orders])
        #expect(try found(old, Files(["a/all.sql": "", "b.sql": Self.orders + Self.log])) == [])
    }

    private static let log =
        "\nCREATE TABLE log (id int KEY, g int AS (id + 1) STORED, UNIQUE (g));"

    @Test("A table with another name by a hint keeps its rows")
    func renamedTable() throws {
        let old = Files([
            "orders.sql": Self.orders,
            "item.sql":
                "CREATE TABLE item (id int KEY, o int, FOREIGN KEY (o) REFERENCES orders (id));",
        ])
        let item =
            "CREATE TABLE item (id int KEY, o int, FOREIGN KEY (o) REFERENCES sales (id));"
        let inFile = Files([
            "sales.sql":
                "-- plumb: renamed from orders\nCREATE TABLE sales (id int PRIMARY KEY, note text);",
            "item.sql": item,
        ])
        let renamed = "schema/sales.sql:2:14 warning rename-table commerce.sales"
        #expect(try found(old, inFile) == [renamed])
        let inFleet = Files(
            ["sales.sql": "\nCREATE TABLE sales (id int PRIMARY KEY);", "item.sql": item],
            namespace: "renames: [{table: {from: orders, to: sales}}]")
        #expect(
            try found(old, inFleet) == [
                renamed, "schema/sales.sql:2:14 error drop-column commerce.sales.note",
            ])
        // Once it is done, the hint says nothing any more.
        #expect(try found(inFile, inFile) == [])
    }

    @Test("Columns and indexes with another name by a hint keep what they hold, and keys follow")
    func renamedParts() throws {
        let old = Files([
            "a.sql": "CREATE TABLE a (id int KEY, b int, c int AS (b + 1) STORED, UNIQUE u (b));",
            "z.sql": "CREATE TABLE z (b int, FOREIGN KEY (b) REFERENCES a (b));",
        ])
        let new = Files(
            [
                "a.sql":
                    "CREATE TABLE a (id int KEY, d int, c int AS (d + 1) STORED, UNIQUE v (d));",
                "z.sql": "CREATE TABLE z (b int, FOREIGN KEY (b) REFERENCES a (d));",
            ],
            namespace: "renames: [{table: a, column: {from: b, to: d}}, "
                + "{table: a, index: {from: u, to: v}}]")
        #expect(try found(old, new) == ["schema/a.sql:1:29 warning rename-column commerce.a.d"])
    }

    @Test("A drop beside an addition of the same kind names the hint that was perhaps meant")
    func suggestion() throws {
        let remedies = try report(
            from: Files(["a.sql": "CREATE TABLE a (id int KEY, b int);"]),
            to: Files(["a.sql": "CREATE TABLE a (id int KEY, c int);"])
        ).findings.map(\.remedy)
        #expect(
            remedies == [
                "approve it, or keep the column until nothing needs it; if `b` was renamed to "
                    + "`c`, say so beside the column: -- plumb: renamed from b"
            ])
    }

    @Test("A change that no plan makes is refused")
    func refused() throws {
        let old = Files(["a.sql": "CREATE TABLE a (id int KEY, b int, c int);"])
        let new = Files([
            "a.sql": "CREATE TABLE a (id int KEY,\n c int -- plumb: renamed from b\n);"
        ])
        let finding = try #require(try report(from: old, to: new).findings.first)
        #expect(
            try found(old, new) == ["schema/a.sql:1:14 error refused-change commerce.a"])
        #expect(finding.hazard == nil && finding.message.contains("`b` to `c`"), "\(finding)")
        let tables = Files(["a.sql": "CREATE TABLE a (id int KEY); CREATE TABLE b (id int KEY);"])
        let both = Files(
            ["b.sql": "CREATE TABLE b (id int KEY);"],
            namespace: "renames: [{table: {from: a, to: b}}]")
        #expect(
            try found(tables, both) == ["schema/b.sql:1:14 error refused-change commerce.b"])
    }

    @Test("A foreign key between two tables that change is part of what is found")
    func parts() throws {
        func files(_ type: String) -> Files {
            Files([
                "a.sql": "CREATE TABLE a (id \(type) KEY);",
                "z.sql":
                    "CREATE TABLE z (id int KEY, a \(type),\n FOREIGN KEY (a) REFERENCES a (id));",
            ])
        }
        #expect(
            try found(files("int"), files("bigint")) == [
                "schema/a.sql:1:17 warning widen-type commerce.a.id",
                "schema/z.sql:1:29 warning widen-type commerce.z.a",
                "schema/z.sql:2:2 error add-foreign-key commerce.z.a",
            ])
    }

    @Test("A copy by LIKE changes with its original")
    func copies() throws {
        func files(_ type: String) -> Files {
            Files(["a.sql": "CREATE TABLE a (id \(type) KEY); CREATE TABLE b LIKE a;"])
        }
        #expect(
            try found(files("bigint"), files("int")) == [
                "schema/a.sql:1:17 error narrow-type commerce.a.id",
                "schema/a.sql:1:17 error narrow-type commerce.b.id",
            ])
    }
}

extension ChangeSchemaTests {
    private static let gold = "overlays: [{selector: {tier: gold}, path: gold}]"

    private func overlaid(_ base: String, _ overlay: String, _ shards: String? = nil) -> Files {
        Files(
            ["orders.sql": base, "log.sql": Self.log, "gold/orders.sql": overlay],
            namespace: Self.gold, shards: shards ?? Self.fleet)
    }

    private static let fleet =
        "[{name: a, host: db-0, labels: {tier: gold}}, {name: b, host: db-0}, {name: c, host: db-1}]"

    private static let wide = "CREATE TABLE orders (id int PRIMARY KEY, note text, tags text);"

    @Test("Each finding stands once, however many shards and overlays share the table")
    func overlays() throws {
        let old = overlaid(Self.orders, Self.wide)
        let loss = "error drop-column commerce.orders.note"
        #expect(
            try found(old, overlaid(Self.narrow, Self.wide)) == ["schema/orders.sql:1:14 \(loss)"])
        #expect(
            try found(old, overlaid(Self.narrow, "CREATE TABLE orders (id int KEY);")) == [
                "gold/orders.sql:1:14 \(loss)",
                "gold/orders.sql:1:14 error drop-column commerce.orders.tags",
                "schema/orders.sql:1:14 \(loss)",
            ])
        var shared = old
        shared.files["log.sql"] = Self.log.replacing("id int", with: "id smallint")
        #expect(
            try found(old, shared) == ["schema/log.sql:2:19 error narrow-type commerce.log.id"])
    }

    @Test("A shard that another overlay picks changes; a new shard has nothing to lose")
    func shards() throws {
        let old = overlaid(Self.wide, Self.orders)
        let moved = Self.fleet.replacing(
            "{name: b, host: db-0}", with: "{name: b, host: db-0, labels: {tier: gold}}")
        #expect(
            try found(old, overlaid(Self.wide, Self.orders, moved)) == [
                "gold/orders.sql:1:14 error drop-column commerce.orders.tags"
            ])
        let plain = Files(
            ["orders.sql": Self.wide, "log.sql": Self.log], shards: "[{name: b, host: db-0}]")
        #expect(try found(plain, old) == [])
        // The same databases, listed under other names.
        let other = Files(
            ["orders.sql": Self.orders, "log.sql": Self.log], shards: "[{name: x, host: db-0}]")
        #expect(
            try found(plain, other) == [
                "schema/orders.sql:1:14 error drop-column commerce.orders.tags"
            ])
    }

    @Test("Overlays of shards that only a server lists are compared too")
    func discovered() throws {
        func files(_ base: String, _ overlay: String) -> Files {
            Files(
                ["orders.sql": base, "eu/orders.sql": overlay],
                namespace: "overlays: [{selector: {shard: 'eu-*'}, path: eu}]",
                shards: "[{discover: {host: db-0, like: 'shop_%'}, labels: {tier: gold}}]")
        }
        #expect(
            try found(files(Self.wide, Self.wide), files(Self.wide, Self.orders)) == [
                "eu/orders.sql:1:14 error drop-column commerce.orders.tags"
            ])
        #expect(
            try found(files(Self.wide, Self.wide), files(Self.orders, Self.wide)) == [
                "schema/orders.sql:1:14 error drop-column commerce.orders.tags"
            ])
    }

    @Test("What a pin keeps at another revision does not change")
    func pins() throws {
        let pin = "pins: [{selector: {shard: a}, ref: refs/heads/next}]"
        #expect(
            try found(
                Files(["orders.sql": Self.orders], namespace: pin),
                Files(["orders.sql": Self.narrow], namespace: pin)) == [])
    }

    @Test("What the earlier revision has wrong is said to be its own")
    func faults() throws {
        let good = Files(["orders.sql": Self.orders])
        let error = try #require(throws: DesiredError.self) {
            try report(from: Files(["orders.sql": "CREATE TABLE orders (id in);"]), to: good)
        }
        #expect(
            error.diagnostics.map { $0.location?.description } == ["main:schema/orders.sql:1:25"])
        let fleet = try #require(throws: DesiredError.self) {
            try report(from: Files(["orders.sql": Self.orders], lint: "lints: {}"), to: good)
        }
        #expect(
            fleet.diagnostics.map { $0.location?.file } == ["main:plumb.yaml"])
    }
}

extension ChangeSchemaTests {
    private func lint(_ text: String) throws -> [String] {
        try found(
            Files(["orders.sql": Self.orders]), Files(["orders.sql": Self.narrow], lint: text))
    }

    private static let loss = "schema/orders.sql:1:14 error drop-column commerce.orders.note"

    @Test("plumb.yaml sets the level of a hazard")
    func levels() throws {
        #expect(
            try lint("lint: {rules: {drop-column: warning}}") == [
                Self.loss.replacing("error", with: "warning")
            ])
        #expect(try lint("lint: {rules: {drop-column: off}}") == [])
        #expect(
            try hazards(
                "CREATE TABLE t (a int)", "CREATE TABLE t (a bigint)",
                lint: "lint: {rules: {widen-type: error}}") == ["1:17 error widen-type"])
        let retired = try found(
            Files(["orders.sql": Self.orders]),
            Files(
                ["orders.sql": Self.orders], namespace: "retire: [log]",
                lint: "lint: {rules: {drop-table: off}}"))
        #expect(retired == [])
    }

    private func waiver(_ rule: String, _ more: String, expires: String = "2026-11-21") -> String {
        "lint:\n  waivers:\n    - {rule: \(rule), \(more), owner: ann, reason: moved, "
            + "expires: \(expires)}\n"
    }

    @Test("A waiver excuses a hazard by rule, table and column, to the end of its day")
    func waivers() throws {
        let excused = [Self.loss + " (moved)"]
        #expect(try lint(waiver("drop-column", "table: orders")) == excused)
        #expect(
            try lint(waiver("drop-column", "table: commerce.orders, column: note")) == excused)
        #expect(
            try lint(waiver("drop-column", "table: orders", expires: "2026-11-20")) == [
                "plumb.yaml:11:7 error waiver-expired plumb.yaml", Self.loss,
            ])
        for unfit in [
            waiver("drop-table", "table: orders"), waiver("drop-column", "table: item"),
            waiver("drop-column", "table: orders, column: id"),
        ] {
            #expect(
                try lint(unfit) == ["plumb.yaml:11:7 warning waiver-unused plumb.yaml", Self.loss])
        }
    }

    /// Without an earlier revision nothing that they are about is looked for.
    @Test("A waiver of a hazard is unused only where a change was looked at")
    func unusedWaivers() throws {
        let files = ["orders.sql": Self.orders]
        func rules(_ lint: String) throws -> [LintRule] {
            try report(files, lint: lint).findings.map(\.rule)
        }
        #expect(try rules(waiver("drop-column", "table: orders")) == [])
        #expect(try rules(waiver("refused-change", "table: orders")) == [])
        #expect(
            try rules(waiver("drop-column", "table: orders", expires: "2026-11-20")) == [
                .waiverExpired
            ])
        #expect(try rules(waiver("float-money", "table: orders")) == [.waiverUnused])
    }
}
