import Schema
import TestSupport
import Testing

@testable import Diff

/// Keys that go and come back, and the rows under them.
@Suite struct ReturningKeyTests {
    /// MySQL looks for the parents of the rows that it writes in the table as it was (error 1452).
    @Test(
        "a key of a table to itself comes behind another encoding of its columns",
        arguments: TestServer.available)
    func selfKeyInAnotherEncoding(kind: TestServer.Kind) throws {
        let server = try ServerPair(kind)
        func text(_ set: String) -> String {
            "(id varchar(9) CHARACTER SET \(set) PRIMARY KEY, up varchar(9) CHARACTER SET \(set), "
                + "KEY up (up), CONSTRAINT k FOREIGN KEY (up) REFERENCES t (id))"
        }
        let (from, to) = (
            try server.normalised(text("latin1")), try server.normalised(text("utf8mb4"))
        )
        try server.connection.execute(from.createStatement(flavour: kind.flavour))
        try server.connection.execute("INSERT INTO t VALUES ('é', NULL), ('ü', 'é')")
        let alterations = try TableDiff.changes(from: from, to: to, flavour: kind.flavour)
        for alteration in alterations {
            try server.send(alteration.sql(table: "t", flavour: kind.flavour))
        }
        #expect(try server.show().isEquivalent(to: to))
        let rows = try server.connection.query("SELECT id, up FROM t WHERE up IS NOT NULL")
        #expect(rows.map { [$0[0], $0[1]] } == [["ü", "é"]])
    }

    private func texts(_ parent: String, _ code: String, _ up: String, _ text: String) -> [String] {
        [
            "CREATE TABLE \(parent) (\(code) \(text) PRIMARY KEY)",
            "CREATE TABLE t (id int PRIMARY KEY, \(up) \(text), KEY k (\(up)), CONSTRAINT k "
                + "FOREIGN KEY (\(up)) REFERENCES \(parent) (\(code)))",
        ]
    }

    private func made(_ texts: [String], on server: ServerPair) throws -> [String: Table] {
        var result: [String: Table] = [:]
        for text in texts { try server.connection.execute(text) }
        for row in try server.connection.query("SHOW TABLES") {
            if let name = row[0] { result[name] = try server.show(name) }
        }
        return result
    }

    @Test(
        "rows are asked by the names that they have, and compared as they will be",
        arguments: TestServer.available)
    func asksAsItWillBe(kind: TestServer.Kind) throws {
        let wanted = try made(
            texts("q", "nr", "above", "varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"),
            on: ServerPair(kind))
        let server = try ServerPair(kind)
        let live = try made(
            texts(
                "p", "code", "up", "varchar(9) CHARACTER SET latin1 COLLATE latin1_swedish_ci"),
            on: server)
        let renames = Renames(
            tables: [TableRename(from: "p", to: "q")],
            columns: [
                ColumnRename(table: "q", from: "code", to: "nr"),
                ColumnRename(table: "t", from: "up", to: "above"),
            ])
        let difference = try SchemaDiff.difference(
            from: live, to: wanted, renames: renames, flavour: kind.flavour)
        let child = try #require(difference.changes.first { $0.table == "t" })
        let context = ProbeContext(
            flavour: kind.flavour, live: live, desired: wanted, renames: renames)
        let finding = try #require(
            try child.probedHazards(context).first { $0.rule == "add-foreign-key" })
        let question = try #require(finding.probe?.question, "\(finding)")
        // Equal for the old collation, and not for the new one.
        try server.connection.execute("INSERT INTO p VALUES ('a')")
        try server.connection.execute("INSERT INTO t VALUES (1, 'A'), (2, NULL)")
        #expect(try server.connection.query(question.sql).count == 1)
        #expect(try server.connection.query(question.look).compactMap { $0[0] } == ["1"])
        try server.connection.execute("UPDATE t SET up = 'a' WHERE id = 1")
        #expect(try server.connection.query(question.sql).isEmpty)
    }

    @Test("a key that comes to other columns is not asked as if it had been there")
    func anotherKey() throws {
        let server = try ServerPair()
        let live = try made(
            texts("p", "code", "up", "int") + ["CREATE TABLE q (code int PRIMARY KEY)"],
            on: server)
        var wanted = live
        wanted["t"]?.foreignKeys[0].referencedTable = "q"
        let difference = try SchemaDiff.difference(from: live, to: wanted)
        let child = try #require(difference.changes.first)
        let findings = try child.probedHazards(
            ProbeContext(flavour: .mariadb, live: live, desired: wanted))
        let question = findings.first { $0.rule == "add-foreign-key" }?.probe?.question
        #expect(question?.sql.contains("FROM `q` AS parent") == true, "\(findings)")
    }
}
