import TestSupport
import Testing

@testable import Schema

@Suite("What a server makes of the printed text is what it makes of the original")
struct PrintedTextTests {
    @Test("Every fixture", arguments: TestServer.available)
    func fixtures(kind: TestServer.Kind) throws {
        let server = try PlainServer(kind)
        let texts = MariaDBFixtures.all + MySQLFixtures.all
        var made = 0
        for text in texts {
            guard let printed = try? StatementText.read(text, dialect: server.dialect) else {
                continue
            }
            guard let original = try server.load(text, printed.name) else { continue }
            made += 1
            #expect(try server.load(printed.sql, printed.name) == original, "\(text)")
        }
        #expect(made > texts.count / 3, "\(made) of \(texts.count) made")
    }

    @Test(
        "Comments, versions and blanks of every kind between the tokens",
        arguments: TestServer.available)
    func harmless(kind: TestServer.Kind) throws {
        let server = try PlainServer(kind)
        var (made, exact) = (0, 0)
        for seed in Rounds.seeds(250) {
            var texts = HostileTexts(seed: UInt64(seed))
            let (name, text) = texts.harmless()
            guard let printed = try? StatementText.read(text, dialect: server.dialect),
                let original = try server.load(text, name)
            else { continue }
            made += 1
            #expect(printed.name == name)
            let again = try #require(try server.load(printed.sql, name))
            let note: Comment = "seed \(seed): \(text)\nsent \(printed.sql)"
            // What MariaDB would run, MySQL keeps as a comment: it is not sent.
            if kind.flavour == .mysql {
                #expect(try server.tokens(again) == server.tokens(original), note)
            } else {
                // A blank that a server puts in place of a mark is one more or less.
                #expect(
                    again.filter { !$0.isWhitespace } == original.filter { !$0.isWhitespace }, note)
            }
            exact += again == original ? 1 : 0
        }
        #expect(made > 60, "\(made) made")
        #expect(exact * 5 > made * 4, "\(exact) of \(made) to the last blank")
    }
}

/// A database of one's own, in which a plain client runs texts.
struct PlainServer {
    private let connection: Connection
    private let database: String
    let dialect: Dialect

    init(_ kind: TestServer.Kind) throws {
        let server = try TestServer.shared(kind)
        database = try server.freshDatabase()
        connection = try server.connect(database: database)
        dialect = Dialect(try connection.profile(database: database))
        try connection.execute("SET foreign_key_checks = 0, sql_mode = ''")
        try connection.execute("CREATE TABLE base (a int, b int)")
    }

    /// The words of a text, without blanks and comments, as the server reads them.
    func tokens(_ text: String) throws -> [String] {
        try Array(text.utf8).withUnsafeBufferPointer { bytes in
            try LexedStatement(bytes, dialect: dialect).tokens.map {
                String(decoding: bytes[$0.range], as: UTF8.self)
            }
        }
    }

    /// What the server shows of the object; nil where it does not take the text.
    func load(_ text: String, _ name: ObjectName) throws -> String? {
        do { try connection.execute(text) } catch { return nil }
        let kind = name.kind.rawValue.uppercased()
        let shown = try? connection.query("SHOW CREATE \(kind) \(SQL.identifier(name.name))")
        try connection.execute("DROP \(kind) \(SQL.identifier(name.name))")
        let column =
            switch name.kind {
            case .table, .view, .sequence: 1
            case .trigger, .procedure, .function: 2
            case .event: 3
            }
        // What stands behind the last word of a program, servers keep, and Plumb does not mind.
        return shown?.first?[column].map {
            ObjectDefinition(shown: $0, database: database)?.text ?? $0
        }
    }
}
