import Diff
import Ledger
import Model
import Reports
import Schema
import Testing

@testable import Reconciler
@testable import TestSupport

/// Every place at which one change is several statements, each with rows that a later one refuses.
struct SplitCase: Sendable, CustomStringConvertible {
    let description: String
    /// Nil for both.
    var flavour: ServerProfile.Flavour?
    var from: String
    var rows: [String]
    var to: String
    /// The old and the new name of a table.
    var rename: (from: String, to: String)?

    static let all = [
        SplitCase(
            description: "another name for the table, and NOT NULL",
            from: "CREATE TABLE t (id int PRIMARY KEY, a int);",
            rows: ["INSERT INTO t VALUES (1, NULL)"],
            to: "CREATE TABLE u (id int PRIMARY KEY, a int NOT NULL);", rename: ("t", "u")),
        SplitCase(
            description: "a foreign key with another rule",
            from: parent + child("e int", "SET NULL"), rows: orphan,
            to: parent + child("e int", "CASCADE")),
        SplitCase(
            description: "a foreign key with another rule, and NOT NULL",
            from: parent + child("e int", "SET NULL"), rows: ["INSERT INTO t VALUES (1, NULL)"],
            to: parent + child("e int NOT NULL", "CASCADE")),
        SplitCase(
            description: "a column of a foreign key with another name, and a unique index",
            from: parent + child("e int, a int", "CASCADE"),
            rows: ["INSERT INTO t VALUES (1, NULL, 7), (2, NULL, 7)"],
            to: parent
                + """
                CREATE TABLE t (id int PRIMARY KEY, f int -- plumb: renamed from e
                , a int, UNIQUE KEY a (a), KEY e (f), CONSTRAINT f FOREIGN KEY (f)
                REFERENCES p (id) ON DELETE CASCADE);
                """),
        SplitCase(
            description: "other partitions",
            from: "CREATE TABLE t (id int PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 2;",
            rows: ["INSERT INTO t VALUES (50)"],
            to: "CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id) "
                + "(PARTITION p0 VALUES LESS THAN (10));"),
        SplitCase(
            description: "partitions, and NOT NULL",
            from: "CREATE TABLE t (id int PRIMARY KEY, a int);",
            rows: ["INSERT INTO t VALUES (50, 1)"],
            to: "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL) PARTITION BY RANGE (id) "
                + "(PARTITION p0 VALUES LESS THAN (10));"),
        SplitCase(
            description: "a virtual column that becomes stored, and a check",
            from: "CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a + 1) VIRTUAL);",
            rows: ["INSERT INTO t (id, a) VALUES (1, -5)"],
            to: "CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a + 1) STORED, "
                + "CONSTRAINT c CHECK (a > 0));"),
        SplitCase(
            description: "two full-text indexes, and a unique one",
            from: "CREATE TABLE t (id int PRIMARY KEY, a varchar(20), b varchar(20));",
            rows: ["INSERT INTO t VALUES (1, 'x', 'y'), (2, 'x', 'z')"],
            to: "CREATE TABLE t (id int PRIMARY KEY, a varchar(20), b varchar(20), "
                + "UNIQUE KEY u (a), FULLTEXT KEY f (a), FULLTEXT KEY g (b));"),
        SplitCase(
            description: "the index that the table is clustered on, and NOT NULL",
            from: "CREATE TABLE t (a int NOT NULL, b int NOT NULL, c int, UNIQUE KEY ka (a), "
                + "UNIQUE KEY kb (b));",
            rows: ["INSERT INTO t VALUES (1, 1, NULL)"],
            to: "CREATE TABLE t (a int NOT NULL, b int NOT NULL, c int NOT NULL, "
                + "UNIQUE KEY kb (b), UNIQUE KEY ka (a));"),
        SplitCase(
            description: "a foreign key to the table itself that comes late", flavour: .mariadb,
            from: "CREATE TABLE t (id int PRIMARY KEY, a int, b int);",
            rows: ["INSERT INTO t VALUES (1, 1, 9)"],
            to: "CREATE TABLE t (id int PRIMARY KEY, a int, b int, UNIQUE KEY a (a), KEY b (b), "
                + "CONSTRAINT f FOREIGN KEY (b) REFERENCES t (a));"),
        SplitCase(
            description: "another engine, and NOT NULL",
            from: "CREATE TABLE t (id int PRIMARY KEY, a int) KEY_BLOCK_SIZE=8;",
            rows: ["INSERT INTO t VALUES (1, NULL)"],
            to: "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL) ENGINE=MyISAM;"),
        SplitCase(
            description: "a new column with a default of its own, and a unique index",
            flavour: .mysql,
            from: "CREATE TABLE t (id int PRIMARY KEY, a int);",
            rows: ["INSERT INTO t VALUES (1, 7), (2, 7)"],
            to: "CREATE TABLE t (id int PRIMARY KEY, a int, c char(36) DEFAULT (uuid()), "
                + "UNIQUE KEY u (a));"),
        SplitCase(
            description: "a new column and a unique index on it",
            from: "CREATE TABLE t (id int PRIMARY KEY);", rows: ["INSERT INTO t VALUES (1), (2)"],
            to: "CREATE TABLE t (id int PRIMARY KEY, code varchar(12) NOT NULL DEFAULT '', "
                + "UNIQUE KEY (code));"),
        SplitCase(
            description: "a new column and a unique index on an old one",
            from: "CREATE TABLE t (id int PRIMARY KEY, a int);",
            rows: ["INSERT INTO t VALUES (1, 7), (2, 7)"],
            to: "CREATE TABLE t (id int PRIMARY KEY, a int, b int, UNIQUE KEY (a), KEY (b));"),
    ]

    private static let parent = "CREATE TABLE p (id int PRIMARY KEY);\n"
    private static let orphan = [
        "SET foreign_key_checks = 0", "INSERT INTO t VALUES (1, 7)", "SET foreign_key_checks = 1",
    ]

    private static func child(_ columns: String, _ rule: String) -> String {
        "CREATE TABLE t (id int PRIMARY KEY, \(columns), KEY e (e), CONSTRAINT f FOREIGN KEY (e) "
            + "REFERENCES p (id) ON DELETE \(rule));"
    }
}

@Suite("Rows that a later statement refuses keep the first one from starting")
struct SplitRefusalTests {
    /// One namespace with one shard for each case.
    private final class Fleet {
        let fixture: ImportFixture
        let cases: [SplitCase]
        let databases: [String]

        init(_ kind: TestServer.Kind) throws {
            let fixture = try ImportFixture(on: TestServer.shared(kind))
            cases = SplitCase.all.filter { $0.flavour == nil || $0.flavour == kind.flavour }
            databases = try cases.map { _ in try fixture.database() }
            self.fixture = fixture
        }

        func commit(renames: Bool, _ text: (SplitCase) -> String) throws {
            for (place, sample) in cases.enumerated() {
                try fixture.write(text(sample) + "\n", to: "schema/p\(place)/all.sql")
            }
            let namespaces = cases.indices.map { place in
                let rename = renames ? cases[place].rename : nil
                let hint = rename.map {
                    "\n    renames: [{table: {from: \($0.from), to: \($0.to)}}]"
                }
                return """
                      p\(place):
                        schema: schema/p\(place)
                        shards: [{name: s, host: "\(fixture.server.address)", database: \
                    \(databases[place])}]\(hint ?? "")
                    """
            }
            try fixture.write(
                """
                version: 1
                namespaces:
                \(namespaces.joined(separator: "\n"))
                environments:
                  production:
                    namespaces: [\(cases.indices.map { "p\($0)" }.joined(separator: ", "))]
                    connection: {user: root, tls: {mode: disabled}}
                policy:
                  approvers: {minimum: 1, not_author: false}
                  rollout: {on_failure: continue}
                ledger: "file:../ledger.git"

                """, to: "plumb.yaml")
            try fixture.commit("Change")
        }

        func pass() throws -> ReconcileReport {
            try ReconcilePass(pass: fixture.passContext()).run()
        }

        func live(_ place: Int) throws -> [String] {
            let name = SQL.identifier(databases[place])
            return try fixture.root.query("SHOW TABLES FROM \(name)").compactMap { $0[0] }.sorted()
                .map { table in
                    try fixture.root.query("SHOW CREATE TABLE \(name).\(SQL.identifier(table))")
                        .first?[1] ?? ""
                }
        }
    }

    @Test(arguments: TestServer.available)
    func refusedWhole(kind: TestServer.Kind) throws {
        let fleet = try Fleet(kind)
        try fleet.commit(renames: false) { $0.from }
        #expect(try fleet.pass().exitStatus == .done)
        for (place, sample) in fleet.cases.enumerated() {
            try fleet.fixture.root.select(database: fleet.databases[place])
            for row in sample.rows { try fleet.fixture.root.execute(row) }
        }
        let before = try fleet.cases.indices.map(fleet.live)
        try fleet.commit(renames: true) { $0.to }
        _ = try fleet.pass()
        let pass = try fleet.fixture.passContext()
        _ = try DecisionRecorder(session: pass.ledgerSession).record(
            .init(
                decision: .approve, digests: [], approver: LedgerActor(name: "Eve", email: "Eve"),
                reason: "known"))
        let report = try fleet.pass()
        for (place, sample) in fleet.cases.enumerated() {
            let step = report.plan.plan.steps.first { $0.namespace == "p\(place)" }
            let trouble = report.rollout.troubles.first { $0.key.namespace == "p\(place)" }
            let count = step?.statements.count ?? 0
            let told = "\(kind), \(sample): \(step.map { "\($0.statements.map(\.sql))" } ?? "")"
            #expect(try fleet.live(place) == before[place], "\(told)")
            let message = try #require(trouble?.message, "\(told)")
            #expect(count == 1 || message.contains("was started"), "\(told): \(message)")
        }
    }
}
