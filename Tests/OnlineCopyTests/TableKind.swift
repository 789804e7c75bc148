import Schema
import Testing

/// A row of the table of online copies in `docs/schema-support.md`: a table that is changed.
struct TableKind: Sendable, CustomTestStringConvertible {
    enum Outcome: Sendable {
        /// It becomes what the server's own `ALTER` makes of it.
        case copied
        /// It is not begun, or not gone on with, with these words; the table is as it was.
        case refused(String)
        case missing
    }

    let row: String
    /// What stands behind `CREATE TABLE t`.
    let definition: String
    let change: String
    /// The rows, without their parentheses, `#` for a number from 1 on.
    let values: String
    var renames: [String: String] = [:]
    /// Statements beforehand, behind `CREATE TABLE t`.
    var before: [String] = []
    var mariadb = Outcome.copied
    var mysql = Outcome.copied

    var testDescription: String { "\(row): \(change)" }

    func outcome(_ flavour: ServerProfile.Flavour) -> Outcome {
        flavour == .mysql ? mysql : mariadb
    }
}

extension TableKind {
    private static let key = "id int NOT NULL PRIMARY KEY"

    static let all: [TableKind] = generated + partitioned + counted + keyed + checked + refused

    private static let generated = [
        TableKind(
            row: "online-generated", definition: "(\(key), a int, g int AS (a * 2) STORED)",
            change: "MODIFY a bigint", values: "#, #, DEFAULT"),
        TableKind(
            row: "online-generated",
            definition: "(\(key), a int, g int AS (a * 2) VIRTUAL, KEY g (g))",
            change: "MODIFY a bigint, ADD COLUMN h int AS (a + 1) STORED, ADD KEY h (h)",
            values: "#, #, DEFAULT"),
        TableKind(
            row: "online-generated", definition: "(\(key), a int, g int AS (a * 2) STORED)",
            change: "MODIFY g int, MODIFY a bigint", values: "#, #, DEFAULT"),
        TableKind(
            row: "online-generated", definition: "(\(key), a int, g int)",
            change: "DROP COLUMN g, ADD COLUMN g bigint AS (a * 3) STORED", values: "#, #, 0"),
    ]

    private static let partitioned = [
        TableKind(
            row: "online-partitions",
            definition: "(\(key), a int) PARTITION BY HASH (id) PARTITIONS 3",
            change: "MODIFY a bigint", values: "#, #"),
        TableKind(
            row: "online-partitions", definition: "(\(key), a int)",
            change: "PARTITION BY RANGE (id) (PARTITION p VALUES LESS THAN (20), "
                + "PARTITION q VALUES LESS THAN MAXVALUE)", values: "#, #"),
        TableKind(
            row: "online-partitions",
            definition: "(\(key), a int) PARTITION BY HASH (id) PARTITIONS 3",
            change: "REMOVE PARTITIONING", values: "#, #"),
        TableKind(
            row: "online-partition-missing", definition: "(\(key), a int)",
            change: "PARTITION BY RANGE (id) (PARTITION p VALUES LESS THAN (25))", values: "#, #",
            mariadb: .refused("the row with `id` = 25 does not fit into the new definition"),
            mysql: .refused("the row with `id` = 25 does not fit into the new definition")),
    ]

    private static let counted = [
        TableKind(
            row: "online-counter",
            definition: "(id int NOT NULL AUTO_INCREMENT PRIMARY KEY, a int)",
            change: "MODIFY id int NOT NULL, ADD KEY a (a)", values: "#, #"),
        TableKind(
            row: "online-counter", definition: "(\(key), a int)",
            change: "MODIFY id int NOT NULL AUTO_INCREMENT", values: "#, #"),
        TableKind(
            row: "online-counter",
            definition: "(\(key), n int NOT NULL AUTO_INCREMENT, a int, KEY n (n))",
            change: "MODIFY a bigint", values: "#, # + 5, 1"),
    ]

    private static let keyed = [
        TableKind(
            row: "online-key-longer", definition: "(\(key), a int)",
            change: "MODIFY id bigint unsigned NOT NULL", values: "#, #"),
        TableKind(
            row: "online-key-longer",
            definition: "(id int, a int, x varchar(20) NOT NULL, y varbinary(9) NOT NULL, "
                + "UNIQUE KEY x (x, y))",
            change: "MODIFY x varchar(300) NOT NULL, MODIFY y varbinary(90) NOT NULL",
            values: "#, #, 'x#', 'y#'"),
        TableKind(
            row: "online-key-type", definition: "(\(key), a int)",
            change: "MODIFY id varchar(20) NOT NULL", values: "#, #",
            mariadb: .refused("there is no primary key, and no unique key"),
            mysql: .refused("there is no primary key, and no unique key")),
        TableKind(
            row: "online-unique", definition: "(\(key), a int, UNIQUE KEY a (a))",
            change: "DROP KEY a, ADD UNIQUE KEY a (a, id)", values: "#, # * 2"),
        TableKind(
            row: "online-unique", definition: "(\(key), a int, b varchar(20))",
            change: "ADD UNIQUE KEY b (b), MODIFY a bigint", values: "#, #, 'b#'"),
        TableKind(
            row: "online-unique-duplicate", definition: "(\(key), a int)",
            change: "ADD UNIQUE KEY a (a)", values: "#, # DIV 2",
            mariadb: .refused("Duplicate entry"), mysql: .refused("Duplicate entry")),
        TableKind(
            row: "online-primary-key",
            definition: "(\(key), b int NOT NULL, a int, UNIQUE KEY b (b))",
            change: "DROP PRIMARY KEY, ADD PRIMARY KEY (b), DROP KEY b, ADD UNIQUE KEY i (id)",
            values: "#, #, #"),
        TableKind(
            row: "online-key-lost", definition: "(\(key), b int NOT NULL, a int)",
            change: "DROP PRIMARY KEY, ADD PRIMARY KEY (b)", values: "#, #, #",
            mariadb: .refused("there is no primary key, and no unique key"),
            mysql: .refused("there is no primary key, and no unique key")),
        TableKind(
            row: "online-text-index",
            definition: "(\(key), a int, b varchar(90), p point NOT NULL, FULLTEXT KEY b (b))",
            change: "MODIFY b varchar(300), ADD SPATIAL KEY p (p)",
            values: "#, #, 'a b#', POINT(#, 1)"
        ),
        TableKind(
            row: "online-rename", definition: "(\(key), a int, b int)",
            change: "CHANGE a c bigint, CHANGE b a int", values: "#, #, 7",
            renames: ["a": "c", "b": "a"]),
    ]

    private static let checked = [
        TableKind(
            row: "online-check",
            definition: "(\(key), a int CHECK (a > 0), b int, CHECK (a < 1000))",
            change: "MODIFY b bigint", values: "#, #, 0"),
        TableKind(
            row: "online-check-added", definition: "(\(key), a int)",
            change: "ADD CONSTRAINT few CHECK (a < 25)", values: "#, #",
            mariadb: .refused("the row with `id` = 25 does not fit"),
            mysql: .refused("the row with `id` = 25 does not fit")),
        TableKind(
            row: "online-check-named", definition: "(\(key), a int, CONSTRAINT own CHECK (a > 0))",
            change: "MODIFY a bigint", values: "#, #",
            mysql: .refused("a check that has a name of its own (own)")),
    ]

    private static let refused = [
        TableKind(
            row: "online-foreign-key-of",
            definition: "(\(key), a int, FOREIGN KEY (a) REFERENCES t (id))",
            change: "ADD COLUMN b int", values: "#, NULL",
            mariadb: .refused("tables with foreign keys"),
            mysql: .refused("tables with foreign keys")),
        TableKind(
            row: "online-foreign-key-to", definition: "(\(key), a int)",
            change: "MODIFY a bigint", values: "#, #",
            before: ["CREATE TABLE child (c int, FOREIGN KEY (c) REFERENCES t (id))"],
            mariadb: .refused("foreign keys refer to"), mysql: .refused("foreign keys refer to")),
        TableKind(
            row: "online-trigger", definition: "(\(key), a int)",
            change: "MODIFY a bigint", values: "#, #",
            before: ["CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW SET @a = 1"],
            mariadb: .refused("tables with triggers"), mysql: .refused("tables with triggers")),
        TableKind(
            row: "online-versioning", definition: "(\(key), a int) WITH SYSTEM VERSIONING",
            change: "ADD COLUMN b int", values: "#, #",
            mariadb: .refused("tables with periods"), mysql: .missing),
        TableKind(
            row: "online-period",
            definition: "(\(key), a date NOT NULL, b date NOT NULL, PERIOD FOR p (a, b))",
            change: "ADD COLUMN c int", values: "#, '2026-01-01', '2026-02-02'",
            mariadb: .refused("tables with periods"), mysql: .missing),
        TableKind(
            row: "online-engine", definition: "(\(key), a int) ENGINE=MyISAM",
            change: "MODIFY a bigint", values: "#, #",
            mariadb: .refused("only tables of InnoDB"), mysql: .refused("only tables of InnoDB")),
    ]
}
