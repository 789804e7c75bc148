import Diff
import Reports
import Schema
import Testing

@testable import Reconciler
@testable import TestSupport

/// Tables that MariaDB made with `mysql56_temporal_format=OFF`, and `old_temporals: rebuild`.
@Suite("Columns in an old temporal format are copied out of it when plumb.yaml asks")
struct OldTemporalRebuildTests {
    struct Case: Sendable {
        let label: String
        let live: [String]
        /// As git has it, where that is not as it was made.
        var desired: [String]?
        var row = "INSERT INTO t VALUES (1, '2020-02-29 23:59:59.25')"
        /// Nil where nothing is done.
        var sql: String?
        /// What is said of a table that no server rebuilds.
        var refusal: String?
    }

    private static let modified =
        "ALTER TABLE `t` MODIFY COLUMN `d` datetime(2) NOT NULL, ALGORITHM=COPY"

    private static let cases = [
        Case(
            label: "three columns",
            live: [
                "CREATE TABLE t (id int NOT NULL PRIMARY KEY, d datetime(2) COMMENT 'x', t time, "
                    + "s timestamp NOT NULL DEFAULT '2030-01-01 00:00:00', n int, KEY (d, n))"
            ], row: "INSERT INTO t VALUES (1, '2020-02-29 23:59:59.25', '-12:00:01', now(), 3)",
            sql: "ALTER TABLE `t` MODIFY COLUMN `d` datetime(2) DEFAULT NULL COMMENT 'x', "
                + "MODIFY COLUMN `t` time DEFAULT NULL, MODIFY COLUMN `s` timestamp NOT NULL "
                + "DEFAULT '2030-01-01 00:00:00', ALGORITHM=COPY"),
        Case(
            label: "what is computed from it, and a check",
            live: [
                "CREATE TABLE t (id int PRIMARY KEY, d datetime(2) NOT NULL, y int AS (year(d)) "
                    + "STORED, z datetime(2) AS (d) VIRTUAL, CHECK (d > '2000-01-01'))"
            ], row: "INSERT INTO t (id, d) VALUES (1, '2020-02-29 23:59:59.25')", sql: modified),
        Case(
            label: "only a computed column",
            live: [
                "CREATE TABLE t (id int PRIMARY KEY, d datetime AS (id + 20200101000000) STORED)"
            ], row: "INSERT INTO t (id) VALUES (1)",
            sql: "ALTER TABLE `t` MODIFY COLUMN `d` datetime GENERATED ALWAYS AS (`id` + "
                + "20200101000000) STORED, ALGORITHM=COPY"),
        Case(
            label: "a primary key with partitions",
            live: [
                "CREATE TABLE t (id int, d datetime(2) NOT NULL, PRIMARY KEY (id, d)) PARTITION "
                    + "BY RANGE COLUMNS (d) (PARTITION a VALUES LESS THAN ('2020-01-01'), "
                    + "PARTITION m VALUES LESS THAN (MAXVALUE))"
            ], sql: modified),
        Case(
            label: "a history",
            live: [
                "CREATE TABLE t (id int PRIMARY KEY, d datetime(2) NOT NULL) WITH SYSTEM VERSIONING"
            ], sql: modified),
        Case(
            label: "another change",
            live: ["CREATE TABLE t (id int PRIMARY KEY, d datetime(2) NOT NULL)"],
            desired: [
                "CREATE TABLE t (id int PRIMARY KEY, d datetime(2) NOT NULL, n int NOT NULL)"
            ], sql: "ALTER TABLE `t` ADD COLUMN `n` int(11) NOT NULL, ALGORITHM=COPY"),
        Case(
            label: "a parent that a key holds by another column",
            live: [
                "CREATE TABLE t (id int PRIMARY KEY, d datetime(2) NOT NULL)",
                "CREATE TABLE u (id int PRIMARY KEY, t int, CONSTRAINT k FOREIGN KEY (t) "
                    + "REFERENCES t (id))",
            ], sql: modified),
        Case(
            label: "a child that a key holds by it",
            live: [
                "CREATE TABLE p (d datetime(2) NOT NULL PRIMARY KEY)",
                "CREATE TABLE t (id int PRIMARY KEY, d datetime(2) NOT NULL, CONSTRAINT k FOREIGN "
                    + "KEY (d) REFERENCES p (d))",
            ],
            row: "BEGIN NOT ATOMIC INSERT INTO p VALUES ('2020-02-29 23:59:59.25'); "
                + "INSERT INTO t VALUES (1, '2020-02-29 23:59:59.25'); END",
            refusal: "column `d` is in an old format of dates and times, and a foreign key holds"),
        Case(
            label: "none of them", live: ["CREATE TABLE t (id int PRIMARY KEY, d year NOT NULL)"],
            row: "INSERT INTO t VALUES (1, 2020)"),
    ]

    @Test(arguments: TestServer.available.filter { $0.flavour == .mariadb })
    func rebuild(kind: TestServer.Kind) throws {
        let fleet = try RowFleet(kind, on: TestServer.start(kind))
        let root = fleet.fixture.root
        for one in Self.cases {
            let member = try fleet.add(
                one.label, desired: (one.desired ?? one.live).map { $0 + ";" }.joined())
            let connection = try fleet.connect(to: member.database)
            try root.execute("SET GLOBAL mysql56_temporal_format=OFF")
            for text in one.live { try connection.execute(text) }
            try root.execute("SET GLOBAL mysql56_temporal_format=ON")
            try connection.execute(one.row)
        }
        let rows = try self.rows(fleet)
        let before = try texts(fleet)

        // Not asked: no difference, and a word about how to ask.
        try fleet.commit()
        let kept = try fleet.plan()
        #expect(kept.plan.unsupported == [])
        #expect(Set(kept.plan.steps.map(\.namespace)) == ["p5"])
        #expect(
            kept.notices.filter { $0.code == "old-temporals" }.map(\.message) == [0, 1, 2, 3, 4, 6]
                .map {
                    "p\($0).t: dates and times are kept in an old format; they leave it with the "
                        + "next change that copies the table, or with `old_temporals: rebuild` of "
                        + "the namespace"
                } + [
                    "p7.p, p7.t: dates and times are kept in an old format; they leave it with the "
                        + "next change that copies the table, or with `old_temporals: rebuild` of "
                        + "the namespace"
                ])

        fleet.setting = "old_temporals: rebuild"
        try fleet.commit()
        let plan = try fleet.plan()
        #expect(plan.notices.filter { $0.code == "old-temporals" } == [])
        #expect(plan.plan.unsupported.map(\.object) == ["p", "t"])
        for (place, one) in Self.cases.enumerated() {
            let name = fleet.namespace(place)
            let steps = plan.plan.steps.filter { $0.namespace == name }
            #expect(steps.flatMap(\.statements).map(\.sql) == one.sql.map { [$0] } ?? [])
            let refused = plan.plan.unsupported.filter { $0.namespace == name }
            #expect(refused.allSatisfy { $0.reason.contains(one.refusal ?? "nothing") })
            #expect(refused.isEmpty == (one.refusal == nil))
            guard let step = steps.first else { continue }
            #expect(step.from == digest(before[place], kind))
            #expect(step.hazard == .costly, "\(one.label): \(step.findings)")
            #expect(step.cause.kind == .git)
            #expect(
                step.findings.contains {
                    $0.rule == "rebuild-table" && $0.reason.contains("out of an old format")
                })
            #expect(!step.differences.isEmpty)
        }
        let first = try #require(plan.plan.steps.first)
        #expect(
            first.differences.map(\.text)
                == ["d", "t", "s"].map {
                    "~ column \($0): its values leave an old format of dates and times"
                })

        let report = try fleet.reconcile()
        #expect(report.rollout.troubles == [])
        let after = try texts(fleet)
        #expect(try self.rows(fleet) == rows)
        for (place, one) in Self.cases.enumerated() {
            #expect(after[place].contains("mariadb-5.3") == (one.refusal != nil), "\(one.label)")
            let steps = plan.plan.steps.filter { $0.namespace == fleet.namespace(place) }
            for step in steps { #expect(step.to == digest(after[place], kind), "\(one.label)") }
        }
        let last = try fleet.plan()
        #expect(last.plan.steps == [])
        #expect(last.plan.unsupported.map(\.object) == ["p", "t"])
        #expect(last.notices.filter { $0.code == "old-temporals" } == [])
    }

    /// No copy leads out of the format here: none is begun, and what changes stays in it.
    @Test(arguments: TestServer.available.filter { $0.flavour == .mariadb })
    func serverThatMakesThem(kind: TestServer.Kind) throws {
        let fleet = try RowFleet(kind, on: TestServer.start(kind))
        let root = fleet.fixture.root
        let text = "CREATE TABLE t (id int PRIMARY KEY, d datetime(2) NOT NULL)"
        let more = "CREATE TABLE t (id int PRIMARY KEY, d datetime(2) NOT NULL, n int NOT NULL);"
        let cases = [("OFF", text + ";"), ("OFF", more), ("ON", text + ";"), ("ON", more)]
        for (format, desired) in cases {
            let member = try fleet.add(format, desired: desired)
            let connection = try fleet.connect(to: member.database)
            try root.execute("SET GLOBAL mysql56_temporal_format=\(format)")
            try connection.execute(text)
            try connection.execute("INSERT INTO t VALUES (1, '2020-02-29 23:59:59.25')")
        }
        try root.execute("SET GLOBAL mysql56_temporal_format=OFF")
        let rows = try self.rows(fleet)
        fleet.setting = "old_temporals: rebuild"
        try fleet.commit()
        let plan = try fleet.plan()
        #expect(plan.plan.unsupported == [])
        #expect(plan.plan.steps.map(\.namespace) == ["p1", "p3"])
        #expect(try fleet.reconcile().rollout.troubles == [])
        #expect(try self.rows(fleet) == rows)
        #expect(
            try texts(fleet).map { $0.contains("mariadb-5.3") } == [true, true, false, true])
        let last = try fleet.plan()
        #expect(last.plan.steps == [])
        #expect(last.plan.unsupported == [])
    }

    /// With the columns that other changes of the cases leave alone.
    private func rows(_ fleet: RowFleet) throws -> [[String?]] {
        try fleet.members.map { member in
            let row = try fleet.connect(to: member.database).query("SELECT id, d FROM t").first
            return [row?[0], row?[1]]
        }
    }

    private func texts(_ fleet: RowFleet) throws -> [String] {
        try fleet.members.map { member in
            let connection = try fleet.connect(to: member.database)
            return try connection.query("SHOW CREATE TABLE t").first?[1] ?? ""
        }
    }

    private func digest(_ text: String, _ kind: TestServer.Kind) -> Digest {
        CatalogTable(canonicalText: text, flavour: kind.flavour).digest
    }
}
