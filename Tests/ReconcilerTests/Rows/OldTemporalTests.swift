import Reports
import Schema
import Testing

@testable import Reconciler
@testable import TestSupport

/// Tables that MariaDB made with `mysql56_temporal_format=OFF`, on a server that does no more.
@Suite("Columns in an old temporal format are read, and left when their table is copied")
struct OldTemporalTests {
    struct Case: Sendable {
        let label: String
        let to: String
        var partitions: (from: String, to: String) = ("", "")
        /// Whether the columns are still in the old format afterwards.
        var isStillOld = false
        var sql: String?
    }

    private static let columns =
        "id int NOT NULL, d datetime(2) DEFAULT NULL, t time, "
        + "s timestamp NOT NULL DEFAULT '2030-01-01 00:00:00'"

    private static let cases = [
        Case(label: "nothing", to: "\(columns), PRIMARY KEY (id)", isStillOld: true),
        Case(
            label: "a column at the end",
            to: "\(columns), n int NOT NULL DEFAULT 7, PRIMARY KEY (id)",
            sql: "ALTER TABLE `t` ADD COLUMN `n` int(11) NOT NULL DEFAULT 7, ALGORITHM=COPY"),
        Case(
            label: "an index", to: "\(columns), PRIMARY KEY (id), KEY k (d)",
            sql: "ALTER TABLE `t` ADD KEY `k` (`d`), ALGORITHM=COPY"),
        Case(
            label: "a comment", to: "\(columns) COMMENT 'x', PRIMARY KEY (id)",
            sql: "ALTER TABLE `t` MODIFY COLUMN `s` timestamp NOT NULL DEFAULT '2030-01-01 "
                + "00:00:00' COMMENT 'x', ALGORITHM=COPY"),
        Case(
            label: "a partition", to: "\(columns), PRIMARY KEY (id)",
            partitions: (
                "PARTITION BY RANGE (id) (PARTITION m VALUES LESS THAN MAXVALUE)",
                "PARTITION BY RANGE (id) (PARTITION m VALUES LESS THAN MAXVALUE COMMENT 'x')"
            )),
        Case(
            label: "a partition of two", to: "\(columns), PRIMARY KEY (id)",
            partitions: (
                "PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (2), PARTITION b VALUES "
                    + "LESS THAN (9))",
                "PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (2), PARTITION b VALUES "
                    + "LESS THAN (9), PARTITION c VALUES LESS THAN (10))"
            ),
            isStillOld: true),
    ]

    @Test(arguments: TestServer.available.filter { $0.flavour == .mariadb })
    func change(kind: TestServer.Kind) throws {
        let fleet = try RowFleet(kind, on: TestServer.start(kind))
        let root = fleet.fixture.root
        for one in Self.cases {
            let member = try fleet.add(
                one.label, desired: "CREATE TABLE t (\(one.to)) \(one.partitions.to);")
            let connection = try fleet.connect(to: member.database)
            try root.execute("SET GLOBAL mysql56_temporal_format=OFF")
            try connection.execute(
                "CREATE TABLE t (\(Self.columns), PRIMARY KEY (id)) \(one.partitions.from)")
            try root.execute("SET GLOBAL mysql56_temporal_format=ON")
            try connection.execute(
                "INSERT INTO t VALUES (1, '2020-02-29 23:59:59.25', '-12:00:01', '2021-01-01')")
            #expect(try Self.isOld(connection))
        }
        try fleet.commit()
        let plan = try fleet.plan()
        #expect(plan.plan.unsupported == [])
        for (place, one) in Self.cases.enumerated() {
            let steps = plan.plan.steps.filter { $0.namespace == fleet.namespace(place) }
            if let sql = one.sql { #expect(steps.flatMap(\.statements).map(\.sql) == [sql]) }
            #expect(steps.isEmpty == (one.label == "nothing"))
            let says = steps.flatMap(\.findings).contains {
                $0.reason.contains("`d`, `t`, `s` out of an old format")
            }
            #expect(says != one.isStillOld, "\(one.label)")
        }
        let report = try fleet.reconcile()
        #expect(report.rollout.troubles == [])
        for (place, one) in Self.cases.enumerated() {
            let connection = try fleet.connect(to: fleet.members[place].database)
            #expect(try Self.isOld(connection) == one.isStillOld, "\(one.label)")
            let row = try connection.query("SELECT id, d, t, s FROM t").first
            #expect(
                (0..<4).map { row?[$0] }
                    == ["1", "2020-02-29 23:59:59.25", "-12:00:01", "2021-01-01 00:00:00"])
        }
        #expect(try fleet.plan().plan.steps == [])
        // By hand, without git: how values are stored is no drift.
        try fleet.connect(to: fleet.members[0].database).execute("ALTER TABLE t FORCE")
        #expect(try DriftPass(pass: fleet.fixture.passContext()).run().findings == [])
    }

    private static func isOld(_ connection: MySQLClient.Connection) throws -> Bool {
        let text = try connection.query("SHOW CREATE TABLE t").first?[1] ?? ""
        return text.contains("`d` datetime(2) /* mariadb-5.3 */")
    }
}
