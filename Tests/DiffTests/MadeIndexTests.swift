import Schema
import TestSupport
import Testing

@testable import Diff

/// Indexes that servers made for foreign keys: `SHOW CREATE TABLE` shows them like any other, and
/// the server drops them without a word for an index or a foreign key that covers them.
@Suite struct MadeIndexTests {
    struct Pair: CustomTestStringConvertible, Sendable {
        let name: String
        /// Statements that make the live table.
        let live: [String]
        let to: String
        let statements: [String]

        var testDescription: String { name }
    }

    static let pairs = [
        Pair(
            name: "an index that covers it comes",
            live: ["CREATE TABLE t (a int, c int, FOREIGN KEY (a) REFERENCES p (id))"],
            to: """
                (a int, c int, KEY a (a), KEY z (a, c),
                CONSTRAINT t_ibfk_1 FOREIGN KEY (a) REFERENCES p (id))
                """,
            statements: ["ALTER TABLE `t` RENAME INDEX `a` TO `a`, ADD KEY `z` (`a`,`c`)"]),
        Pair(
            name: "the foreign key went before",
            live: [
                "CREATE TABLE t (a int, c int, FOREIGN KEY (a) REFERENCES p (id))",
                "ALTER TABLE t DROP FOREIGN KEY t_ibfk_1",
            ],
            to: """
                (a int, c int, KEY a (a),
                CONSTRAINT t_ibfk_1 FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE)
                """,
            statements: [
                "ALTER TABLE `t` RENAME INDEX `a` TO `a`, ADD CONSTRAINT `t_ibfk_1` FOREIGN KEY "
                    + "(`a`) REFERENCES `p` (`id`) ON DELETE CASCADE"
            ]),
        Pair(
            name: "its successor has its name, and would come behind the others",
            live: [
                "CREATE TABLE t (a int, c int, CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id))",
                "ALTER TABLE t DROP FOREIGN KEY f",
            ],
            to:
                "(a int, c int, KEY f (a), KEY k (c), CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id))",
            statements: [
                "ALTER TABLE `t` RENAME INDEX `f` TO `f`, ADD KEY `k` (`c`), ADD CONSTRAINT `f` "
                    + "FOREIGN KEY (`a`) REFERENCES `p` (`id`)"
            ]),
        Pair(
            name: "nothing that covers it comes",
            live: ["CREATE TABLE t (a int, c int, FOREIGN KEY (a) REFERENCES p (id))"],
            to: """
                (a int, c int, KEY a (a), KEY z (c, a),
                CONSTRAINT t_ibfk_1 FOREIGN KEY (a) REFERENCES p (id))
                """,
            statements: ["ALTER TABLE `t` ADD KEY `z` (`c`,`a`)"]),
    ]

    @Test(arguments: TestServer.available, pairs)
    func staysBesideWhatCoversIt(kind: TestServer.Kind, pair: Pair) throws {
        let server = try ServerPair(kind)
        try server.createParents()
        let to = try server.normalised(pair.to)
        for statement in pair.live { try server.connection.execute(statement) }
        let alterations = try TableDiff.changes(
            from: try server.show(), to: to, flavour: kind.flavour)
        let texts = alterations.map { $0.sql(table: "t", flavour: kind.flavour) }
        #expect(texts == pair.statements)
        for text in texts { try server.connection.execute(text) }
        // Byte for byte: so it is proved, and so it is looked at behind the statement.
        #expect(
            try server.show().showCreate(flavour: kind.flavour)
                == to.showCreate(flavour: kind.flavour))
    }

    /// Both come in one statement: apart, the server had dropped the index by then.
    @Test func staysInOneStatementWithWhatCoversIt() throws {
        let key = Index(kind: .plain, name: "z", parts: [.init(key: .column("a"))])
        let both = Alteration(clauses: [.renameIndex(from: "a", to: "a"), .addIndex(key)])
        let table = try TableParser.parse(
            "CREATE TABLE `t` (\n  `a` int(11) DEFAULT NULL,\n  KEY `a` (`a`)\n) ENGINE=InnoDB",
            flavour: .mariadb)
        #expect(both.withIndexesApart(from: table) == nil)
    }
}
