import Testing

@testable import TestSupport

@Suite("A schema of many tables")
struct WideSchemaTests {
    private static func file(_ number: Int) -> String {
        "CREATE TABLE t\(number) (id INT PRIMARY KEY, p INT"
            + (number == 0 ? ")" : ", FOREIGN KEY (p) REFERENCES t\(number / 2) (id))") + ";\n"
    }

    @Test("is read, tried and made in several sessions, which leave nothing behind")
    func sessions() throws {
        let server = try MariaDBServer.start()
        let count = 100
        let files = (0..<count).map { ("t\($0).sql", Self.file($0)) }
        let fleet = try FleetFixture(
            on: server, shards: 1, schema: Dictionary(uniqueKeysWithValues: files))
        let root = try server.connect()
        func mostSessions(_ body: () throws -> Void) throws -> Int {
            try root.execute("FLUSH STATUS")
            try body()
            let rows = try root.query("SHOW GLOBAL STATUS LIKE 'Max_used_connections'")
            return rows.first?[1].flatMap { Int($0) } ?? 0
        }
        func databases() throws -> [String] {
            try root.query("SHOW DATABASES LIKE '\\_plumb%'").compactMap { $0[0] }
        }
        // One that reads, three that make tables, and this one; with `per_host` as it is.
        #expect(try mostSessions { try fleet.expect(2, "plan") } >= 5)
        #expect(try databases() == [])
        try fleet.expect(0, "reconcile")
        #expect(try databases() == [])
        try fleet.expect(0, "plan")
        #expect(try databases() == [])
    }
}
