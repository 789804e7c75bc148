import Schema
import TestSupport
import Testing

@testable import Diff

/// A virtual column that becomes a plain one keeps what it showed.
@Suite struct KeptValuesTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let from: String
        let to: String
        var renames: [String: String] = [:]
        var on: ServerProfile.Flavour?
        var testDescription: String { "\(from) → \(to)" }

        /// Without `id int PRIMARY KEY, v int`; one where `v` leaves says so.
        init(
            _ from: String, _ to: String, renames: [String: String] = [:],
            on flavour: ServerProfile.Flavour? = nil
        ) {
            self.from = from
            self.to = to
            self.renames = renames
            on = flavour
        }
    }

    private static let v = "(id int PRIMARY KEY, v int"
    private static let g = "\(v), g int AS (v * 2) VIRTUAL"

    static let cases = [
        Case("\(g))", "\(v), g int)"),
        Case("\(g))", "(id int PRIMARY KEY, g int)"),
        Case("\(g))", "\(v), g bigint NOT NULL DEFAULT 7)"),
        Case("\(g))", "\(v), b int)", renames: ["g": "b"]),
        Case("\(g))", "(id int PRIMARY KEY, b int)", renames: ["g": "b"]),
        Case("\(g), KEY k (g))", "\(v), g int, KEY k (g))"),
        Case("\(g), UNIQUE KEY k (g))", "\(v), g int, UNIQUE KEY k (g))"),
        Case("\(g), KEY k (g))", "\(v), g int)"),
        Case("\(g), CONSTRAINT c CHECK (g < 99))", "\(v), g int, CONSTRAINT c CHECK (g < 99))"),
        Case("\(g), h int AS (g + 1) VIRTUAL)", "\(v), g int, h int AS (g + 1) VIRTUAL)"),
        Case("\(g), h int AS (g + 1) STORED)", "\(v), g int, h int AS (g + 1) STORED)"),
        Case("\(g), h int AS (g + 1) VIRTUAL)", "\(v), g int, h int)"),
        Case("\(g), h int AS (g + 1) VIRTUAL)", "(id int PRIMARY KEY, g int, h int)"),
        Case("\(g), h int AS (g + 1) STORED, KEY k (h))", "\(v), g int, h int, KEY k (h))"),
        Case("\(g), h int AS (g + 1) VIRTUAL)", "\(v), g int)"),
        Case(
            "(g varchar(20) AS (concat('a', v)) VIRTUAL, v int, id int PRIMARY KEY)",
            "(g varchar(20), v int, id int PRIMARY KEY)"),
        Case("\(v), g text AS (repeat('é', v)) VIRTUAL)", "\(v), g text)"),
        Case("\(v), g blob AS (unhex('00ff')) VIRTUAL)", "\(v), g blob)"),
        Case("\(v), g json AS (json_array(v)) VIRTUAL)", "\(v), g json)", on: .mysql),
        Case(
            "\(g)) PARTITION BY HASH (id) PARTITIONS 2",
            "\(v), g int) PARTITION BY HASH (id) PARTITIONS 2"),
        Case(
            "(id int, v int, g int AS (v * 2) VIRTUAL) PARTITION BY RANGE (g) "
                + "(PARTITION a VALUES LESS THAN (7), PARTITION b VALUES LESS THAN MAXVALUE)",
            "(id int, v int, g int) PARTITION BY RANGE (g) "
                + "(PARTITION a VALUES LESS THAN (7), PARTITION b VALUES LESS THAN MAXVALUE)",
            on: .mariadb),
        Case(
            "\(g), KEY k (v), CONSTRAINT f FOREIGN KEY (v) REFERENCES t (id))",
            "\(v), g int, KEY k (v), CONSTRAINT f FOREIGN KEY (v) REFERENCES t (id))"),
        Case("\(g), i int DEFAULT (g + 2))", "\(v), g int, i int DEFAULT (g + 2))", on: .mysql),
        Case("\(v), g int AS (v * 2) VIRTUAL NOT NULL)", "\(v), g int NOT NULL)", on: .mysql),
        Case("\(v), g int AS (v * 2) PERSISTENT)", "\(v), g int)", on: .mariadb),
        Case("\(v), g int AS (v * 2) STORED)", "(id int PRIMARY KEY, g int)"),
        Case("\(g) INVISIBLE, w int)", "\(v), g int INVISIBLE, w int)"),
        Case(
            "\(v), g varchar(9) AS (date_format('2026-02-01', '%M', 'de_DE')) VIRTUAL)",
            "\(v), g varchar(9))", on: .mariadb),
    ]

    @Test(arguments: TestServer.available, cases)
    func keepsWhatItShowed(kind: TestServer.Kind, pair: Case) throws {
        guard pair.on == nil || pair.on == kind.flavour else { return }
        let server = try ServerPair(kind)
        let (from, to) = (try server.normalised(pair.from), try server.normalised(pair.to))
        let alterations = try TableDiff.changes(
            from: from, to: to,
            renames: pair.renames.map { ColumnRename(table: "t", from: $0, to: $1) },
            flavour: kind.flavour)
        try server.connection.execute(from.showCreate(flavour: kind.flavour))
        try server.connection.execute("INSERT INTO t (id, v) VALUES (1, 1), (2, 2), (5, 5), (4, 4)")
        let names = from.columns.map(\.name).filter { name in
            to.columns.contains { $0.name == pair.renames[name] ?? name }
        }
        let before = try rows(names, on: server)
        for alteration in alterations {
            try server.send(alteration.sql(table: "t", flavour: kind.flavour))
        }
        #expect(try rows(names.map { pair.renames[$0] ?? $0 }, on: server) == before)
        #expect(
            try server.show().canonical.showCreate(flavour: kind.flavour)
                == to.canonical.showCreate(flavour: kind.flavour))
        let gone = from.columns.count - names.count
        let lost = try TableDiff.findings(of: alterations, on: from).filter { found in
            found.finding.hazard == .irreversible
        }
        #expect(lost.count <= gone, "\(lost)")
    }

    private func rows(_ names: [String], on server: ServerPair) throws -> [String] {
        let columns = names.map { "HEX(\(SQL.identifier($0)))" }.joined(separator: ", ")
        return try server.connection.query(
            "SELECT CONCAT_WS('|', \(columns)) FROM t ORDER BY id"
        ).map { $0[0] ?? "" }
    }

    /// No server stores what each session or each moment gives another value.
    @Test(arguments: ["user()", "current_timestamp()", "date_format(d, '%M')", "week(d)", "rand()"])
    func saysThatAFleetingValueIsGone(expression: String) throws {
        let server = try ServerPair()
        let from = try server.normalised(
            "(id int, d date, g varchar(50) AS (\(expression)) VIRTUAL)")
        let to = try server.normalised("(id int, d date, g varchar(50))")
        let alterations = try TableDiff.changes(from: from, to: to)
        try server.expect(to, from: from, by: alterations)
        let findings = try TableDiff.findings(of: alterations, on: from).map(\.finding)
        #expect(findings.map { "\($0.hazard) \($0.rule)" }.first == "irreversible drop-column")
    }
}
