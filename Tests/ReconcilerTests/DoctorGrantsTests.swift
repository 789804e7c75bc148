@testable import Doctor
import TestSupport
import Testing

@testable import Reconciler

@Suite("Grants: what SHOW GRANTS says, read as the servers mean it")
struct DoctorGrantsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let lines: [String]
        /// Privilege and database, with what is held.
        let held: [(String, String)]
        var notHeld: [(String, String)] = []
        var foldsCase = false
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(
            name: "all privileges everywhere",
            lines: [
                "GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` IDENTIFIED BY PASSWORD '*6A7' "
                    + "WITH GRANT OPTION",
                "GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION",
            ], held: [("SELECT", "a"), ("ALTER", "mysql"), ("REFERENCES", "x_y")]),
        Case(
            name: "usage is nothing", lines: ["GRANT USAGE ON *.* TO `u`@`%`"], held: [],
            notHeld: [("SELECT", "a"), ("USAGE", "a ")].filter { $0.0 != "USAGE" }),
        Case(
            name: "a list of privileges on one database",
            lines: ["GRANT SELECT, CREATE TEMPORARY TABLES, DROP ON `shop`.* TO `u`@`%`"],
            held: [("SELECT", "shop"), ("DROP", "shop"), ("CREATE TEMPORARY TABLES", "shop")],
            notHeld: [("CREATE", "shop"), ("SELECT", "shop2"), ("SELECT", "Shop")]),
        Case(
            name: "wildcards and escapes",
            lines: [
                "GRANT SELECT ON `shop\\_%`.* TO `u`@`%`", "GRANT DROP ON `a_c`.* TO `u`@`%`",
                "GRANT ALTER ON `100\\%`.* TO `u`@`%`",
            ],
            held: [
                ("SELECT", "shop_"), ("SELECT", "shop_12"), ("DROP", "abc"), ("DROP", "a_c"),
                ("ALTER", "100%"),
            ],
            notHeld: [
                ("SELECT", "shopping"), ("DROP", "ac"), ("ALTER", "1000"), ("SELECT", "abc"),
            ]),
        Case(
            name: "only the most specific pattern counts",
            lines: [
                "GRANT ALL PRIVILEGES ON `shop%`.* TO `u`@`%`",
                "GRANT SELECT ON `shop\\_1`.* TO `u`@`%`",
            ], held: [("SELECT", "shop_1"), ("ALTER", "shop_2")], notHeld: [("ALTER", "shop_1")]),
        Case(
            name: "a role's entry counts beside the account's",
            lines: [
                "GRANT `dba` TO `u`@`%`", "GRANT USAGE ON *.* TO `u`@`%`",
                "GRANT SELECT ON `shop\\_1`.* TO `u`@`%`",
                "GRANT ALL PRIVILEGES ON `shop%`.* TO `dba`", "SET DEFAULT ROLE `dba` FOR `u`@`%`",
            ], held: [("SELECT", "shop_1"), ("ALTER", "shop_1")]),
        Case(
            name: "tables and columns are not the database",
            lines: [
                "GRANT SELECT, INSERT (`a`, `b`) ON `shop`.`orders` TO `u`@`%`",
                "GRANT SELECT (`id`) ON `shop`.`x` TO `u`@`%`",
            ], held: [], notHeld: [("SELECT", "shop"), ("INSERT", "shop")]),
        Case(
            name: "routines are not databases",
            lines: [
                "GRANT EXECUTE ON PROCEDURE `shop`.`p` TO `u`@`%`",
                "GRANT EXECUTE, ALTER ROUTINE ON PACKAGE BODY `shop`.`p` TO `u`@`%`",
            ], held: [], notHeld: [("EXECUTE", "shop")]),
        Case(
            name: "partial revokes make patterns names",
            lines: [
                "GRANT SELECT, CREATE ON *.* TO `u`@`%`",
                "REVOKE SELECT ON `mysql`.* FROM `u`@`%`",
                "GRANT DROP ON `shop_1`.* TO `u`@`%`",
            ],
            held: [("SELECT", "shop"), ("CREATE", "mysql"), ("DROP", "shop_1")],
            notHeld: [("SELECT", "mysql"), ("DROP", "shopx1")]),
        Case(
            name: "names with quotes in them",
            lines: ["GRANT SELECT ON `a``b'c`.* TO `o'b``x`@`%`"], held: [("SELECT", "a`b'c")]),
        Case(
            name: "letter case where the server folds it",
            lines: ["GRANT SELECT ON `Shop`.* TO `u`@`%`"], held: [("SELECT", "SHOP")],
            foldsCase: true),
        Case(
            name: "MySQL's dynamic privileges",
            lines: ["GRANT BACKUP_ADMIN,SYSTEM_USER ON *.* TO `u`@`%`"],
            held: [("BACKUP_ADMIN", "a")], notHeld: [("SELECT", "a")]),
    ]

    @Test(arguments: cases)
    func held(_ sample: Case) {
        let grants = Grants(sample.lines)
        for (privilege, database) in sample.held {
            #expect(
                grants.holds(privilege, on: database, foldsCase: sample.foldsCase),
                "\(privilege) on \(database)")
        }
        for (privilege, database) in sample.notHeld {
            #expect(
                !grants.holds(privilege, on: database, foldsCase: sample.foldsCase),
                "\(privilege) on \(database)")
        }
        #expect(grants.unread.isEmpty)
    }

    @Test func tablesAndColumnsAreKnownForWhatTheyAre() {
        let grants = Grants([
            "GRANT SELECT ON `mysql`.`innodb_table_stats` TO `u`@`%`",
            "GRANT UPDATE (`a`) ON `shop`.`orders` TO `u`@`%`",
        ])
        #expect(grants.holds("SELECT", onTable: "innodb_table_stats", of: "mysql"))
        #expect(!grants.holds("SELECT", onTable: "user", of: "mysql"))
        #expect(grants.holdsPartly("UPDATE", on: "shop"))
        #expect(!grants.holdsPartly("SELECT", on: "shop"))
        #expect(!grants.holds("UPDATE", onTable: "orders", of: "shop"))
    }

    @Test func rolesAreListedAndWhatIsNotUnderstoodIsKept() {
        let grants = Grants([
            "GRANT `a`@`%`,`b`@`%` TO `u`@`%`", "GRANT `c` TO `u`@`%` WITH ADMIN OPTION",
            "nonsense",
        ])
        #expect(grants.roles == ["a", "b", "c"])
        #expect(grants.unread == ["nonsense"])
        #expect(grants.entries.isEmpty)
    }

    @Test func anEscapedNameMatchesItselfOnly() {
        for name in ["a_b%c\\d", "plain", "_", "%"] {
            #expect(LikePattern.matches(name, pattern: DatabasePattern.escaped(name)))
        }
        #expect(!LikePattern.matches("axb", pattern: DatabasePattern.escaped("a_b")))
    }
}
