import MySQLClient
import Schema
import TestSupport
import Testing

@testable import Lint

/// What the rules say a server refuses, asked of a real one.
@Suite("A server agrees")
struct ServerTruthTests {
    private func connect() throws -> MySQLClient.Connection {
        let server = try MariaDBServer.shared
        let database = try server.freshDatabase("CHARACTER SET utf8mb4")
        return try server.connect(database: database)
    }

    /// Whether the server takes `statements`; the tables of earlier calls are gone before.
    private func takes(_ statements: [String], _ connection: MySQLClient.Connection) throws -> Bool
    {
        try connection.execute("DROP TABLE IF EXISTS t, p")
        do {
            for statement in statements { try connection.execute(statement) }
            return true
        } catch {
            return false
        }
    }

    /// Words that are reserved in MariaDB since a version after the one that tests run.
    private static let newer: Set = ["VECTOR"]

    @Test("Reserved words are those that it does not take for columns and tables")
    func reservedWords() throws {
        let connection = try connect()
        let known = try connection.query("SELECT WORD FROM information_schema.KEYWORDS")
            .compactMap { $0[0]?.uppercased() }
        let listed = ReservedWords.both.union(ReservedWords.mariadbOnly)
        let words = Set(known).union(listed).union(ReservedWords.mysqlOnly).filter {
            $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        }
        // Preparing reads a statement and runs nothing.
        let refused = words.filter { word in
            let text = "CREATE TABLE t (\(word) int, KEY (\(word)))"
            return (try? connection.execute("PREPARE s FROM '\(text)'")) == nil
        }
        #expect(refused.subtracting(listed).sorted() == [])
        #expect(listed.subtracting(refused).subtracting(Self.newer).sorted() == [])
    }

    @Test("Rows are too long where it says so", arguments: 0..<2)
    func rowLengths(block: Int) throws {
        let connection = try connect()
        var generator = SeededGenerator(seed: UInt64(block))
        var counts = (taken: 0, refused: 0)
        for _ in 0..<40 {
            let text = try Self.wideTable(&generator)
            let isFine = try findings(.rowTooLong, text).isEmpty
            let isTaken = try takes([text], connection)
            #expect(isFine == isTaken, "\(text)")
            if isTaken { counts.taken += 1 } else { counts.refused += 1 }
        }
        #expect(counts.taken > 5 && counts.refused > 5, "\(counts)")
    }

    /// A table whose row is within a few bytes of the limit; MyISAM has no limit of its own.
    private static func wideTable(_ generator: inout SeededGenerator) throws -> String {
        var columns: [String] = []
        for index in 0..<Int.random(in: 1...12, using: &generator) {
            let types = [
                "int", "bigint unsigned", "mediumint", "decimal(20,7)", "decimal(9,9)", "double",
                "bit(16)", "char(40)", "varchar(60)", "varchar(90) CHARACTER SET latin1",
                "binary(9)", "varbinary(300)", "date", "datetime(3)", "timestamp(6) NULL", "time",
                "year", "enum('a','b')", "set('a','b','c','d','e','f','g','h','i')", "longtext",
                "tinyblob", "json", "char(5) CHARACTER SET utf8", "tinyint NOT NULL",
                "float(30)", "boolean", "national varchar(7)",
            ]
            let type = types[Int.random(in: 0..<types.count, using: &generator)]
            columns.append("c\(index) \(type)")
        }
        var used = 0
        for column in columns {
            let text = Array("CREATE TABLE t (\(column))".utf8)
            let tables = try SQLScript.statements(in: text, file: "t").compactMap(\.table)
            for table in tables {
                for source in table.columns {
                    let set = CharacterSets.known(of: source, in: table) ?? "utf8mb4"
                    used += ColumnShape(source).rowBytes(
                        charactersOf: CharacterSets.bytesPerCharacter(set))
                }
            }
        }
        let rest = 65_535 - used - 2 + Int.random(in: -4...4, using: &generator)
        return "CREATE TABLE t (\((columns + ["w varbinary(\(rest))"]).joined(separator: ", "))) "
            + "ENGINE=MyISAM"
    }

    @Test(
        "Keys are too long where it says so",
        arguments: [
            "x varchar(768), KEY (x)", "x varchar(769), KEY (x)", "x varchar(769), KEY (x(768))",
            "x varbinary(3069), y int, UNIQUE (x, y)", "x varbinary(3068), y int, UNIQUE (x, y)",
            "x char(255), y char(255), z char(255), PRIMARY KEY (x, y, z)",
            "x char(255), y char(255), z char(255), a char(4), PRIMARY KEY (x, y, z, a)",
            "x varchar(1025) CHARACTER SET utf8, PRIMARY KEY (x)",
            "x varchar(1024) CHARACTER SET utf8, PRIMARY KEY (x)", "x text, UNIQUE (x(768))",
            "x text, PRIMARY KEY (x(769))",
        ])
    func keyLengths(body: String) throws {
        let text = "CREATE TABLE t (\(body))"
        let connection = try connect()
        var isKept = try takes([text], connection)
        if isKept {
            let shown = try connection.query("SHOW CREATE TABLE t").first?[1] ?? ""
            let hasPrefix = shown.contains("`x`(") && !body.contains("(x(")
            isKept = !hasPrefix && !shown.contains("USING HASH")
        }
        #expect(try findings(.indexTooLong, text).isEmpty == isKept)
    }

    private static let types = [
        "int", "int unsigned", "bigint", "varchar(10)", "char(20)",
        "varchar(30) CHARACTER SET latin1", "varchar(30) COLLATE utf8mb4_bin", "varbinary(10)",
        "date", "datetime", "enum('a','b')", "double",
    ]

    /// Every pair of types that the rule takes is taken; the rule is the stricter of the two,
    /// because MySQL is.
    @Test("Foreign keys are taken where the rule finds nothing", arguments: types)
    func foreignKeys(child: String) throws {
        let connection = try connect()
        for parent in Self.types {
            let other =
                "CREATE TABLE p (k \(parent), KEY (k)) CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci"
            let text =
                "CREATE TABLE t (c \(child), KEY (c), FOREIGN KEY (c) REFERENCES p (k)) "
                + "CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci"
            let found = try findings(.foreignKeyTypeMismatch, text, others: ["p.sql": other])
            let isTaken = try takes([other, text], connection)
            if found.isEmpty { #expect(isTaken, "\(child) → \(parent)") }
            if !isTaken { #expect(!found.isEmpty, "\(child) → \(parent)") }
        }
    }

    @Test("Zero dates are refused in strict mode")
    func zeroDates() throws {
        let connection = try connect()
        try connection.execute(
            "SET sql_mode='STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE'")
        for column in [
            "d date DEFAULT '0000-00-00'", "d datetime DEFAULT 0", "d date DEFAULT '2020-01-10'",
            "d timestamp DEFAULT '2020-00-01 00:00:00'", "d date DEFAULT '2020-01-00'",
            "d datetime DEFAULT CURRENT_TIMESTAMP", "d date DEFAULT NULL",
        ] {
            let text = "CREATE TABLE t (\(column))"
            #expect(try findings(.zeroDate, text).isEmpty == takes([text], connection), "\(text)")
        }
    }

    @Test(
        "A formatted table is the same table",
        arguments: [
            """
            create table t(id bigint(20) unsigned not null auto_increment,`A b` decimal( 12 ,2 )
            default -1.50 comment'it''s',c enum('x','Y') character set latin1 collate latin1_bin,
            v varchar(9)as(concat(c,'-'))virtual,e int default(1+2*3),primary key(id),
            unique key U(id,c desc,`A b`),key(v(3)),constraint `Ch k` check(`A b`<=-1 and 1<>2 or c
            in('x','z'))) engine=innodb comment='x;y' auto_increment=7 partition by hash(id)
            partitions 3
            """,
            """
            create table t (a int, b datetime(6) default current_timestamp(6) on update now(6),
            g point not null, x text, unique(a), spatial index(g), fulltext key W(x),
            h varchar(3) default x'4142', n national char(3) default _latin1'q', key q using btree
            (b)) row_format=dynamic
            """,
        ])
    func formatting(text: String) throws {
        let connection = try connect()
        func shown(_ text: String) throws -> String {
            try connection.execute("DROP TABLE IF EXISTS t")
            try connection.execute(text)
            return try connection.query("SHOW CREATE TABLE t").first?[1] ?? ""
        }
        let formatted = String(
            decoding: try ScriptFormatter.formatted(Array(text.utf8), file: "t.sql"), as: UTF8.self)
        #expect(formatted != text)
        #expect(try shown(formatted) == shown(text))
    }
}
