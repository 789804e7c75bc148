import Schema
import TestSupport
import Testing

@testable import Diff

/// Two tables of one name on a real server, made and read back.
struct ServerPair {
    let connection: Connection
    let database: String
    let flavour: ServerProfile.Flavour

    init(
        _ kind: TestServer.Kind = .mariadb1011,
        options: String = "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"
    ) throws {
        let server = try TestServer.shared(kind)
        database = try server.freshDatabase(options)
        connection = try server.connect(database: database)
        flavour = kind.flavour
    }

    /// The tables that foreign keys of the cases refer to.
    func createParents() throws {
        try connection.execute(
            "CREATE TABLE p (id int PRIMARY KEY, big bigint UNIQUE, name varchar(20) UNIQUE)")
    }

    func show(_ name: String = "t") throws -> Table {
        let row = try connection.query("SHOW CREATE TABLE \(SQL.identifier(name))").first
        return try TableParser.parse(row?[1] ?? "", flavour: flavour)
    }

    /// Runs a statement of a change, which must be one that can be read back from a record.
    func send(_ sql: String) throws {
        _ = try SentStatement.read(sql)
        try connection.execute(sql)
    }

    /// The table as the server writes it back; it is dropped again.
    func normalised(_ text: String) throws -> Table {
        try connection.execute("CREATE TABLE t \(text)")
        defer { try? connection.execute("DROP TABLE t") }
        return try show()
    }

    /// Makes `from`, runs `alterations` on it and compares what the server shows then.
    func expect(
        _ to: Table, from: Table, by alterations: [Alteration], _ comment: Comment? = nil,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) throws {
        let reached = try altered(from, by: alterations)
        #expect(
            reached.canonical.showCreate(flavour: flavour)
                == to.canonical.showCreate(flavour: flavour), comment,
            sourceLocation: sourceLocation)
    }

    /// Makes `from`, runs `alterations` on it and reads it back.
    func altered(_ from: Table, by alterations: [Alteration]) throws -> Table {
        try connection.execute(from.showCreate(flavour: flavour))
        defer { try? connection.execute("DROP TABLE t") }
        for alteration in alterations {
            let text = alteration.sql(table: "t", flavour: flavour)
            do {
                try send(text)
            } catch {
                throw TestSupportError("\(error)\n\(text)\n\(from.showCreate(flavour: flavour))")
            }
        }
        return try show()
    }
}
