import Testing

@testable import Schema

@Suite("What a server prints is read and printed again byte for byte")
struct RoundTripTests {
    @Test(arguments: MariaDBFixtures.all)
    func mariadb(text: String) throws {
        try roundTrip(text, .mariadb)
    }

    @Test(arguments: MySQLFixtures.all)
    func mysql(text: String) throws {
        try roundTrip(text, .mysql)
    }

    @Test(
        "10.11 prints INVISIBLE before DEFAULT, 11.8 before COMMENT",
        arguments: [
            ("INVISIBLE DEFAULT 3 COMMENT 'x'", Column.InvisiblePlace.beforeDefault),
            ("DEFAULT 3 INVISIBLE COMMENT 'x'", .beforeComment),
            ("NOT NULL AUTO_INCREMENT INVISIBLE", .beforeComment),
            ("DEFAULT 4 WITHOUT SYSTEM VERSIONING INVISIBLE CHECK (`a` > 1)", .beforeComment),
        ])
    func invisible(attributes: String, place: Column.InvisiblePlace) throws {
        let text = "CREATE TABLE `t` (\n  `a` int(11) \(attributes)\n) ENGINE=InnoDB"
        try roundTrip(text, .mariadb)
        let column = try #require(try TableParser.parse(text, flavour: .mariadb).columns.first)
        #expect(column.isInvisible)
        #expect(column.invisiblePlace == place)
    }

    @Test("The counter goes, and comes back where it stood")
    func counter() throws {
        let text = """
            CREATE TABLE `t` (
              `id` int(11) NOT NULL AUTO_INCREMENT,
              PRIMARY KEY (`id`)
            ) ENGINE=InnoDB AUTO_INCREMENT=18446744073709551615 DEFAULT CHARSET=latin1
            """
        let table = try TableParser.parse(text, flavour: .mariadb)
        #expect(table.autoIncrement == .max)
        #expect(table.showCreate(flavour: .mariadb, includingAutoIncrement: true) == text)
        let canonical = table.showCreate(flavour: .mariadb)
        #expect(canonical.hasSuffix("ENGINE=InnoDB DEFAULT CHARSET=latin1"))
        #expect(Array(canonical.utf8) == strip(text).bytes)
    }

    private func roundTrip(_ text: String, _ flavour: ServerProfile.Flavour) throws {
        let bytes = Array(text.utf8)
        let catalog = bytes.withUnsafeBufferPointer {
            CatalogTable(showCreate: $0, flavour: flavour)
        }
        #expect(catalog.unsupported == nil)
        #expect(catalog.digest == CanonicalText.digest(bytes))
        let table = try TableParser.parse(text, flavour: flavour)
        #expect(table.showCreate(flavour: flavour, includingAutoIncrement: true) == text)
    }
}

/// The canonical bytes and the counter of `text`.
func strip(_ text: String) -> (bytes: [UInt8], counter: UInt64?) {
    Array(text.utf8).withUnsafeBufferPointer { CanonicalText.stripAutoIncrement($0) }
}
