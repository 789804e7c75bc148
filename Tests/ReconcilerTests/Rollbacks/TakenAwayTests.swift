import Model
import Schema
import Testing

@testable import Reconciler

@Suite("What a rollback takes away is not taken from under what was made later")
struct TakenAwayTests {
    private static let before = """
        CREATE TABLE `a` (
          `id` int(11) NOT NULL,
          `c` int(11) DEFAULT NULL,
          PRIMARY KEY (`id`)
        ) ENGINE=InnoDB
        """
    private static let after = """
        CREATE TABLE `a` (
          `id` int(11) NOT NULL,
          `c` int(11) DEFAULT NULL,
          `h` int(11) DEFAULT NULL,
          PRIMARY KEY (`id`),
          KEY `k` (`c`)
        ) ENGINE=InnoDB
        """

    private func table(_ text: String) -> CatalogTable {
        CatalogTable(canonicalText: text, flavour: .mariadb)
    }

    private func child(_ column: String, of parent: String = "a") -> CatalogTable {
        table(
            """
            CREATE TABLE `b` (
              `x` int(11) DEFAULT NULL,
              KEY `f` (`x`),
              CONSTRAINT `f` FOREIGN KEY (`x`) REFERENCES `\(parent)` (`\(column)`)
            ) ENGINE=InnoDB
            """)
    }

    private func view(_ column: String) -> CatalogTable {
        table(
            "CREATE ALGORITHM=UNDEFINED SQL SECURITY DEFINER VIEW `v` AS select `a`.`\(column)` AS "
                + "`\(column)` from `a`")
    }

    private func taken(_ wanted: CatalogTable?) -> TakenAway? {
        let now = table(Self.after)
        let object = RollbackRecord.Object(
            object: ObjectName(.table, "a"), renamedFrom: nil, unwanted: now.digest,
            wanted: wanted?.digest, columns: [], lost: [], change: [])
        return TakenAway(object) { digest in
            [now, wanted].compactMap(\.self).first { $0.digest == digest }
        }
    }

    @Test func columnsAndIndexes() throws {
        let away = try #require(taken(table(Self.before)))
        #expect(away.isNeeded(by: view("h")))
        #expect(!away.isNeeded(by: view("id")))
        #expect(away.isNeeded(by: child("c")))
        #expect(!away.isNeeded(by: child("id")))
        #expect(!away.isNeeded(by: child("c", of: "z")))
        #expect(!away.isNeeded(by: table(Self.before)))
    }

    @Test func aWholeTable() throws {
        let away = try #require(taken(nil))
        #expect(away.isNeeded(by: view("id")))
        #expect(away.isNeeded(by: child("id")))
        #expect(!away.isNeeded(by: child("id", of: "z")))
    }

    @Test func nothingGoes() { #expect(taken(table(Self.after)) == nil) }
}
