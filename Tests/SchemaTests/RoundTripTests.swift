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

    @Test("11.8 prints INVISIBLE behind DEFAULT, and knows vector keys")
    func laterMariaDB() throws {
        try roundTrip(
            #"""
            CREATE TABLE `t` (
              `a` int(11) DEFAULT 1 INVISIBLE COMMENT 'x',
              `b` int(11) NOT NULL AUTO_INCREMENT INVISIBLE,
              `c` int(11) NOT NULL INVISIBLE,
              `n` binary(3) DEFAULT x'610000',
              `v` vector(5) NOT NULL,
              PRIMARY KEY (`b`),
              VECTOR KEY `v` (`v`) `M`=6 `DISTANCE`='cosine'
            ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci
            """#, .mariadb)
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
