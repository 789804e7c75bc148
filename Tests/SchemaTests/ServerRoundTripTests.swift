import TestSupport
import Testing

@testable import Schema

@Suite("What a real server prints is read, printed again byte for byte, and means the same there")
struct ServerRoundTripTests {
    @Test(arguments: TestServer.available)
    func fixtures(kind: TestServer.Kind) throws {
        let server = try Loader(kind)
        let texts = kind.flavour == .mysql ? MySQLFixtures.all : MariaDBFixtures.all
        var loaded = 0
        // Some fixtures are of other versions, or of plugins that are not there.
        for text in texts {
            guard let first = try server.load(text) else { continue }
            loaded += 1
            let table = try TableParser.parse(first, flavour: kind.flavour)
            let printed = table.showCreate(flavour: kind.flavour, includingAutoIncrement: true)
            #expect(printed == first)
            #expect(try server.load(printed) == first)
        }
        #expect(loaded * 2 > texts.count, "\(loaded) of \(texts.count) loaded")
    }

    /// Makes one table at a time in a database of its own.
    private struct Loader {
        let connection: Connection

        init(_ kind: TestServer.Kind) throws {
            let server = try TestServer.shared(kind)
            connection = try server.connect(database: server.freshDatabase())
            try connection.execute("SET foreign_key_checks = 0, sql_mode = ''")
        }

        /// What the server shows of the table; nil where it does not take the text.
        func load(_ text: String) throws -> String? {
            do { try connection.execute(text) } catch { return nil }
            let name = try connection.query("SHOW TABLES").first?[0] ?? ""
            // A MERGE table over nothing is made, and cannot be shown.
            let shown = try? connection.query("SHOW CREATE TABLE \(SQL.identifier(name))")
            try connection.execute("DROP TABLE \(SQL.identifier(name))")
            return shown?.first?[1]
        }
    }
}
