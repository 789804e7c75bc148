import Schema
import TestSupport

@testable import Diff

/// Two tables of one name on a real server, made and read back.
struct ServerPair {
    let connection: Connection
    let database: String

    init(options: String = "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci") throws {
        let server = try MariaDBServer.shared
        database = try server.freshDatabase(options)
        connection = try server.connect(database: database)
        // Versioned tables keep their history through an ALTER only when told so.
        try connection.execute("SET system_versioning_alter_history=KEEP")
    }

    func show(_ name: String = "t") throws -> Table {
        let row = try connection.query("SHOW CREATE TABLE \(SQL.identifier(name))").first
        return try TableParser.parse(row?[1] ?? "", flavour: .mariadb)
    }

    /// The table as the server writes it back; it is dropped again.
    func normalised(_ text: String) throws -> Table {
        try connection.execute("CREATE TABLE t \(text)")
        defer { try? connection.execute("DROP TABLE t") }
        return try show()
    }

    /// Makes `from`, runs `alterations` on it and reads it back.
    func altered(_ from: Table, by alterations: [Alteration]) throws -> Table {
        try connection.execute(from.showCreate(flavour: .mariadb))
        defer { try? connection.execute("DROP TABLE t") }
        for alteration in alterations {
            let text = alteration.sql(table: "t", flavour: .mariadb)
            do {
                try connection.execute(text)
            } catch {
                throw TestSupportError("\(error)\n\(text)\n\(from.showCreate(flavour: .mariadb))")
            }
        }
        return try show()
    }
}
