import Testing
import TestSupport

@Suite struct ConnectionTests {
    @Test func aQueryReturnsTextNullAndBytes() throws {
        let connection = try MariaDBServer.shared.connect()
        let rows = try connection.query("SELECT 'grün 🌱', NULL, '', X'00ff'")
        #expect(rows.count == 1)
        #expect(rows.first?.count == 4)
        #expect(rows.first?[0] == "grün 🌱")
        #expect(rows.first?[1] == nil)
        #expect(rows.first?[2] == "")
        #expect(rows.first?.bytes(3) == [0, 255])
    }

    @Test func aFreshDatabaseIsThereAndEmpty() throws {
        let server = try MariaDBServer.shared
        let database = try server.freshDatabase()
        let connection = try server.connect(database: database)
        #expect(try connection.query("SHOW TABLES").isEmpty)
        try connection.execute("CREATE TABLE t (a INT PRIMARY KEY)")
        #expect(try connection.query("SHOW TABLES").map { $0[0] } == ["t"])
    }
}
