import Testing

@testable import Schema

@Suite("Attributes, keys and options of tables are read as written")
struct SourceAttributeTests {
    private func read(_ text: String) throws -> SourceTable {
        try #require(try SQLScript.statements(in: Array(text.utf8), file: "f.sql").first?.table)
    }

    private func describe(_ column: SourceTable.Column) -> String {
        var words = [column.type] + column.furtherTypeWords
        if !column.typeArguments.isEmpty {
            words.append("(\(column.typeArguments.joined(separator: "|")))")
        }
        if column.isUnsigned { words.append("unsigned") }
        if column.isNotNull { words.append("notNull") }
        if column.isAutoIncrement { words.append("auto") }
        if column.isGenerated { words.append("generated") }
        if let word = column.characterSet {
            words.append("set=\(word.text)@\(word.location.column)")
        }
        if let word = column.collation { words.append("collation=\(word.text)") }
        if let word = column.defaultValue {
            words.append("default=\(word.text)@\(word.location.column)")
        }
        if let key = column.key { words.append("key=\(key)") }
        if column.hasComment { words.append("comment") }
        if let parent = column.reference { words.append("parent=\(parent.table)") }
        return words.joined(separator: " ")
    }

    @Test(
        "Columns",
        arguments: [
            ("int", "int"), ("INT(10) UNSIGNED ZEROFILL NOT NULL", "INT (10) unsigned notNull"),
            ("int unsigned(10)", "int UNSIGNED (10) unsigned"),
            ("decimal( 12 , 2 )", "decimal (12|2)"), ("enum('a,b', 'c)')", "enum ('a,b'|'c)')"),
            ("char varying(3)", "char VARYING (3)"),
            ("char character set utf8 not null", "char notNull set=utf8@38"),
            ("text CHARSET `x` COLLATE 'x_bin'", "text set=x@32 collation=x_bin"),
            ("char(3) ASCII", "char (3) set=latin1@27"),
            ("national char(3)", "national CHAR (3)"),
            ("serial", "serial unsigned notNull auto key=unique"),
            (
                "bigint SERIAL DEFAULT VALUE",
                "bigint unsigned notNull auto key=unique"
            ),
            ("int AUTO_INCREMENT PRIMARY KEY", "int auto key=primary"),
            ("int KEY", "int key=primary"),
            ("int UNIQUE KEY COMMENT 'x'", "int key=unique comment"),
            ("int UNIQUE PRIMARY KEY", "int key=primary"),
            ("int DEFAULT -1 NOT NULL", "int notNull default=-1@31"),
            ("int DEFAULT (1 + (2))", "int default=(1 + (2))@31"),
            ("datetime DEFAULT now(6) ON UPDATE now(6)", "datetime default=now(6)@36"),
            ("bit DEFAULT b'1' COMMENT 'DEFAULT 2'", "bit default=b'1'@31 comment"),
            ("date DEFAULT DATE '2020-01-01'", "date default=DATE '2020-01-01'@32"),
            ("int AS (a + 1) STORED", "int generated"),
            ("int GENERATED ALWAYS AS (1) VIRTUAL NOT NULL", "int notNull generated"),
            (
                "int REFERENCES p (id) ON DELETE SET DEFAULT ON UPDATE SET NULL",
                "int parent=p"
            ),
            ("int NULL /*!80023 INVISIBLE */ DEFAULT NULL", "int default=NULL@58"),
        ])
    func columns(text: String, expected: String) throws {
        let table = try read("CREATE TABLE t (a \(text), z int)")
        #expect(table.columns.count == 2)
        // The places count from the start of the statement: `int` stands at column 19.
        #expect(table.column("A").map { describe($0) } == expected)
    }

    @Test("Keys, in the order written, those of columns among them")
    func keys() throws {
        let table = try read(
            """
            CREATE TABLE t (a int PRIMARY KEY, b text, c int UNIQUE,
              UNIQUE u USING BTREE (a, `b`(10) DESC), KEY (b(3) ASC), FULLTEXT KEY f (b),
              SPATIAL INDEX (c), VECTOR INDEX v (c) M=8, INDEX e ((a + 1) DESC, (lower(`b`))),
              PRIMARY KEY ignored (c))
            """)
        #expect(
            table.keys.map { key in
                let parts = key.parts.map { part in
                    part.text + (part.length.map { "[\($0)]" } ?? "")
                        + (part.isDescending ? "-" : "") + (part.isExpression ? "!" : "")
                }
                return "\(key.location.line):\(key.location.column) \(key.kind) "
                    + "\(key.name ?? "-") \(parts.joined(separator: " "))"
            } == [
                "1:17 primary - a", "1:44 unique - c", "2:3 unique u a b[10]-", "2:43 plain - b[3]",
                "2:59 fulltext f b", "3:3 spatial - c", "3:22 vector v c",
                "3:46 plain e (a + 1)-! (lower(`b`))!", "4:3 primary - c",
            ])
    }

    @Test("Foreign keys")
    func foreignKeys() throws {
        let table = try read(
            """
            CREATE TABLE t (a int, b int,
              CONSTRAINT k FOREIGN KEY (a, b) REFERENCES d.p (x, `y`) ON DELETE SET NULL,
              FOREIGN KEY i (b) REFERENCES q (z), CONSTRAINT CHECK (a > 0))
            """)
        #expect(
            table.foreignKeys.map { key in
                "\(key.location.line) \(key.name ?? "-") \(key.columns) "
                    + "\(key.parent?.database ?? "-").\(key.parent?.table ?? "-") \(key.parentColumns)"
            } == [
                "2 k [\"a\", \"b\"] d.p [\"x\", \"y\"]", "3 i [\"b\"] -.q [\"z\"]",
            ])
        #expect(table.references.map(\.table) == ["p", "q"])
    }

    @Test(
        "Options",
        arguments: [
            ("", "- - - false"), ("ENGINE InnoDB", "InnoDB@31 - - false"),
            (
                "DEFAULT CHARACTER SET = utf8mb4 COLLATE utf8mb4_bin, TYPE=Aria COMMENT='ENGINE=x'",
                "Aria@82 utf8mb4@48 utf8mb4_bin@64 true"
            ),
            (
                "CHARSET latin1 PARTITION BY HASH (a) (PARTITION p ENGINE = MyISAM)",
                "- latin1@32 - false"
            ),
            ("UNION=(a, b) ENGINE=MERGE", "MERGE@44 - - false"),
        ])
    func options(text: String, expected: String) throws {
        let options = try read("CREATE TABLE t (a int) \(text)").options
        func show(_ word: SourceTable.Word?) -> String {
            word.map { "\($0.text)@\($0.location.column)" } ?? "-"
        }
        #expect(
            "\(show(options.engine)) \(show(options.characterSet)) \(show(options.collation)) "
                + "\(options.hasComment)" == expected)
    }
}
