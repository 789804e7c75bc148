import Testing

@testable import Schema

@Suite("What is sent to a server is printed from tokens that were understood")
struct StatementTextTests {
    private static let mariadb = Dialect(flavour: .mariadb, versionID: 101_119)
    private static let mysql = Dialect(flavour: .mysql, versionID: 90_704)

    struct Printing: Sendable, CustomTestStringConvertible {
        let text: String
        let mariadb: String
        let mysql: String

        init(_ text: String, _ mariadb: String, mysql: String? = nil) {
            self.text = text
            self.mariadb = mariadb
            self.mysql = mysql ?? mariadb
        }

        var testDescription: String { text }
    }

    @Test(
        "Executable comments are resolved as the server would, and what is left has none",
        arguments: [
            Printing("CREATE TABLE t (a int)", "CREATE TABLE t (a int)"),
            Printing("create\ttable `t`\n(a int -- note\n)", "create table `t` (a int )"),
            Printing("CREATE TABLE/**/t(a int)", "CREATE TABLE t(a int)"),
            Printing(
                "CREATE TABLE t (a int DEFAULT .5, b int DEFAULT -.5, c text DEFAULT _latin1 0x41)",
                "CREATE TABLE t (a int DEFAULT .5, b int DEFAULT -.5, c text DEFAULT _latin1 0x41)"),
            Printing(
                "CREATE TABLE t (a int /*!80023 INVISIBLE */)", "CREATE TABLE t (a int )",
                mysql: "CREATE TABLE t (a int INVISIBLE )"),
            Printing(
                "CREATE TABLE t (a text /*M!100301 COMPRESSED*/)",
                "CREATE TABLE t (a text COMPRESSED )", mysql: "CREATE TABLE t (a text )"),
            Printing(
                "CREATE TABLE t (a int) /*!50100 PARTITION BY HASH (a) PARTITIONS 2 */",
                "CREATE TABLE t (a int) PARTITION BY HASH (a) PARTITIONS 2"),
            Printing(
                "CREATE TABLE t (a int /*! COMMENT 'x' */)", "CREATE TABLE t (a int COMMENT 'x' )"),
            Printing(
                "CREATE TABLE t (a int /*!999999 x /* y */ z */)", "CREATE TABLE t (a int )"),
            Printing(
                "CREATE TABLE t (a int COMMENT '/*!99999 x */')",
                "CREATE TABLE t (a int COMMENT '/*!99999 x */')"),
            Printing(
                "CREATE OR REPLACE VIEW IF NOT EXISTS v AS SELECT 1",
                "CREATE VIEW v AS SELECT 1"),
            Printing(
                "CREATE VIEW v AS SELECT a  + /* why */ b, /*!50000 c */ FROM t -- end\n WHERE 1",
                "CREATE VIEW v AS SELECT a  + /* why */ b,  c  FROM t -- end\n WHERE 1"),
            Printing(
                "CREATE PROCEDURE p()/*!999999 x */BEGIN/*M!100301 END */ END",
                "CREATE PROCEDURE p() BEGIN END  END", mysql: "CREATE PROCEDURE p() BEGIN END"),
        ])
    func printing(_ case: Printing) throws {
        let onMariaDB = try StatementText.read(`case`.text, dialect: Self.mariadb)
        #expect(onMariaDB.sql == `case`.mariadb)
        let onMySQL = try StatementText.read(`case`.text, dialect: Self.mysql)
        #expect(onMySQL.sql == `case`.mysql)
    }

    @Test("What was printed is read again as the same, on every server")
    func stability() throws {
        for text in MariaDBFixtures.all + MySQLFixtures.all {
            for dialect in [Self.mariadb, Self.mysql] {
                guard let first = try? StatementText.read(text, dialect: dialect) else { continue }
                for other in [Self.mariadb, Self.mysql] {
                    #expect(try StatementText.read(first.sql, dialect: other) == first)
                }
            }
        }
    }

    @Test(
        "A string ends where the session's SQL mode says",
        arguments: [
            ("ANSI_QUOTES", #"CREATE PROCEDURE p() SELECT "a\"" FROM t"#),
            ("NO_BACKSLASH_ESCAPES", #"CREATE PROCEDURE p() SELECT 'a\' FROM t"#),
            ("ORACLE", #"CREATE PROCEDURE p() SELECT "a\" FROM t"#),
        ])
    func modes(mode: String, text: String) throws {
        let dialect = Dialect(flavour: .mariadb, versionID: 101_119, sqlMode: mode)
        if mode == "ANSI_QUOTES" {
            #expect(throws: SchemaError.self) { try StatementText.read(text, dialect: dialect) }
            #expect(try StatementText.read(text, dialect: Self.mariadb).sql == text)
        } else {
            #expect(try StatementText.read(text, dialect: dialect).sql == text)
            #expect(throws: SchemaError.self) {
                try StatementText.read(text, dialect: Self.mariadb)
            }
        }
    }
}

@Suite("attack: a statement that is not of a known form is refused at its place")
struct StatementRefusalTests {
    @Test(
        "Each clause that reaches further is refused by name",
        arguments: [
            ("CREATE OR REPLACE TABLE t (a int)", 19, "before TABLE"),
            ("CREATE TEMPORARY TABLE t (a int)", 8, "does not create a table"),
            ("CREATE TABLE d.t (a int)", 14, "with a database"),
            ("CREATE TABLE t (a int) ((SELECT 1))", 24, "filled by a query"),
            ("CREATE TABLE t (a int) AS SELECT 1", 24, "filled by a query"),
            ("CREATE TABLE t (a int) SELECT 1", 24, "filled by a query"),
            ("CREATE TABLE t (a int) VALUES (1)", 24, "filled by a query"),
            ("CREATE TABLE t (a int) TABLE u", 24, "filled by a query"),
            ("CREATE TABLE t (a int) WITH x AS (SELECT 1) SELECT 1", 24, "filled by a query"),
            ("CREATE TABLE t SELECT 1", 16, "no columns of its own"),
            ("CREATE TABLE t (SELECT 1)", 16, "defined by a query"),
            ("CREATE TABLE t ((SELECT 1))", 16, "defined by a query"),
            ("CREATE TABLE t LIKE mysql.user", 21, "another database"),
            ("CREATE TABLE t (LIKE mysql.user)", 22, "another database"),
            ("CREATE TABLE t (a int DEFAULT (SELECT 1))", 32, "a query"),
            ("CREATE TABLE t (a int DEFAULT ((SELECT 1)))", 33, "a query"),
            ("CREATE TABLE t (a int, CHECK (a IN (TABLE u)))", 37, "a query"),
            ("CREATE TABLE t (a int AS (1 + (VALUES ROW(1))))", 32, "a query"),
            ("CREATE TABLE t (a int DEFAULT (@@port))", 32, "a variable"),
            ("CREATE TABLE t (a int DEFAULT (load_file('/etc/passwd')))", 32, "LOAD_FILE"),
            ("CREATE TABLE t (a int DEFAULT load_file('/etc/passwd'))", 31, "LOAD_FILE"),
            ("CREATE TABLE t (a int DEFAULT (`load_file`('/x')))", 32, "LOAD_FILE"),
            ("CREATE TABLE t (a int DEFAULT (load_file ('/x')))", 32, "LOAD_FILE"),
            ("CREATE TABLE t (a int CHECK (sleep(9) = 0))", 30, "SLEEP"),
            ("CREATE TABLE t (a int DEFAULT (d.f(1)))", 32, "another database"),
            ("CREATE TABLE t (a int DEFAULT nextval(d.s))", 31, "another database"),
            ("CREATE TABLE t (a int DEFAULT nextval(t.s))", 31, "another database"),
            ("CREATE TABLE t (a int DEFAULT (NEXT VALUE FOR d.s))", 47, "another database"),
            ("CREATE TABLE t (a int DEFAULT NEXT VALUE FOR t.s)", 46, "another database"),
            ("CREATE TABLE t (a int DEFAULT (NEXT VALUE FOR t.s))", 47, "another database"),
            ("CREATE TABLE t (a int DEFAULT (1 + PREVIOUS VALUE FOR t.s))", 55, "another database"),
            ("CREATE TABLE t (a int CHECK (kdf('a', 'b', 99999999) = 0))", 30, "KDF"),
            ("CREATE VIEW v AS SELECT extractvalue('<a/>', load_file('/x'))", 46, "LOAD_FILE"),
            ("CREATE VIEW v AS SELECT 'a' REGEXP `Load_File` ('/x')", 36, "LOAD_FILE"),
            ("CREATE VIEW v AS SELECT mariadb_schema.sleep(9)", 40, "SLEEP"),
            ("CREATE VIEW v AS SELECT extractvalue('<a/>', d.f())", 48, "with a database"),
            ("CREATE TABLE t (a int CHECK (sys_exec('x') = 0))", 30, "SYS_EXEC"),
            ("CREATE TABLE t (a int AS (my_function(1)))", 27, "MY_FUNCTION"),
            ("CREATE TABLE t (a int, KEY ((load_file('/x'))))", 30, "LOAD_FILE"),
            ("CREATE TABLE t (d.t.a int)", 17, "a database or another table"),
            ("CREATE TABLE t (a int, FOREIGN KEY (a) REFERENCES d.p (a))", 51, "another database"),
            ("CREATE TABLE t (a int REFERENCES d.p (a))", 34, "another database"),
            ("CREATE TABLE t (a int) DATA DIRECTORY='/tmp'", 24, "elsewhere on the server"),
            ("CREATE TABLE t (a int) INDEX DIRECTORY='/tmp'", 24, "elsewhere on the server"),
            ("CREATE TABLE t (a int) ENGINE=FEDERATED", 31, "reaches beyond"),
            ("CREATE TABLE t (a int) ENGINE 'CONNECT'", 31, "reaches beyond"),
            ("CREATE TABLE t (a int) ENGINE=`spider`", 31, "reaches beyond"),
            ("CREATE TABLE t (a int) TYPE=MERGE", 29, "reaches beyond"),
            ("CREATE TABLE t (a int) ENGINE=mrg_myisam", 31, "reaches beyond"),
            ("CREATE TABLE t (a int) ENGINE=new_one", 31, "not known here"),
            ("CREATE TABLE t (a int) CONNECTION='mysql://x'", 24, "CONNECTION"),
            ("CREATE TABLE t (a int) `connection`='mysql://x'", 24, "CONNECTION"),
            ("CREATE TABLE t (a int) UNION=(d.u)", 24, "UNION"),
            ("CREATE TABLE t (a int) SEQUENCE=1", 24, "sequence"),
            ("CREATE TABLE t (a int) START TRANSACTION", 24, "START TRANSACTION"),
            ("CREATE TABLE t (a int) future=1", 24, "`future`"),
            ("CREATE TABLE t (a int FUTURE)", 23, "`FUTURE`"),
            ("CREATE TABLE t (a int); DROP TABLE u", 23, "`;`"),
            ("CREATE TABLE t (a int) DROP TABLE u", 24, "`DROP`"),
            (
                "CREATE TABLE t (a int) PARTITION BY HASH (a) (PARTITION p DATA DIRECTORY='/x')",
                59, "elsewhere on the server"
            ),
            (
                "CREATE TABLE t (a int) PARTITION BY RANGE (a) (PARTITION p VALUES LESS THAN "
                    + "(ascii(load_file('/x'))))", 84, "LOAD_FILE"
            ),
            (
                "CREATE TABLE t (a int) PARTITION BY LIST (a) (PARTITION p VALUES IN (sleep(9)))",
                70, "SLEEP"
            ),
            (
                "CREATE TABLE t (a int) PARTITION BY LIST (a) (PARTITION p VALUES IN (@@port))", 70,
                "a variable"
            ),
            (
                "CREATE TABLE t (a int) PARTITION BY HASH (a) (PARTITION p ENGINE=FEDERATED)", 66,
                "reaches beyond"
            ),
            ("CREATE FUNCTION f RETURNS INTEGER SONAME 'x.so'", 19, "SONAME"),
            ("CREATE AGGREGATE FUNCTION f RETURNS INTEGER SONAME 'x.so'", 29, "SONAME"),
            ("CREATE FUNCTION f() RETURNS INTEGER SONAME 'x.so'", 37, "a library"),
            (
                "CREATE FUNCTION f() RETURNS int LANGUAGE JAVASCRIPT AS 'x'", 33,
                "not written in SQL"
            ),
            ("CREATE FUNCTION d.f() RETURNS int RETURN 1", 17, "with a database"),
            (
                "CREATE TRIGGER g BEFORE INSERT ON d.t FOR EACH ROW SET @a = 1", 35,
                "another database"
            ),
            ("CREATE VIEW v AS SELECT 1 INTO OUTFILE '/x'", 27, "writes nothing"),
            ("CREATE VIEW v AS SELECT 1; DROP TABLE t", 26, "another statement"),
            ("CREATE VIEW d.v AS SELECT 1", 13, "with a database"),
            ("CREATE EVENT e ON SCHEDULE EVERY (SELECT 1) DAY DO SELECT 1", 35, "a query"),
            ("CREATE EVENT e ON SCHEDULE AT sleep(9) DO SELECT 1", 31, "SLEEP"),
            ("CREATE EVENT e ON SCHEDULE AT now() + @a DO SELECT 1", 39, "a variable"),
            ("CREATE EVENT e ON SCHEDULE EVERY 1 DAY GRANT DO SELECT 1", 40, "`GRANT`"),
            ("CREATE SEQUENCE s START WITH (SELECT 1)", 30, "a number"),
            ("CREATE SEQUENCE s ENGINE=FEDERATED", 26, "reaches beyond"),
            ("CREATE DATABASE d", 8, "does not create a table"),
            ("CREATE USER u", 8, "does not create a table"),
            ("CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'x')", 8, "does not create"),
            ("DROP TABLE t", 1, "CREATE"),
            ("CREATE TABLE t (a int) \u{7F}", 24, "means nothing"),
            ("CREATE TABLE t (a int \\N)", 23, "means nothing"),
            ("CREATE TABLE t (a int) $$ x $$", 24, "dollar signs"),
            ("CREATE TABLE t (a int)\0 x", 23, "NUL"),
            ("CREATE TABLE `t\0` (a int)", 16, "NUL"),
            ("CREATE TABLE t (a int /*!5010 x */)", 23, "five or six digits"),
            ("CREATE TABLE t (a int /*!1001000 x */)", 23, "five or six digits"),
            ("CREATE TABLE t (a int /*! /*!50000 */ */ )", 39, "`*`"),
            ("CREATE TABLE t (a int) /*!50000 COMMENT='x'", 24, "never ends"),
        ])
    func refused(text: String, column: Int, words: String) {
        let error = #expect(throws: SchemaError.self) {
            try StatementText.read(
                text, dialect: Dialect(flavour: .mariadb, versionID: 101_119))
        }
        #expect(error?.column == column, "\(error?.message ?? "")")
        #expect(
            error?.message.contains(words) == true || error?.remedy?.contains(words) == true,
            "\(error?.message ?? "") \(error?.remedy ?? "")")
    }

    @Test(
        "attack: an expression so long that a server ends with its stack",
        arguments: ["1 + ", "a AND NOT ", "~", "abs(", "(", "CASE WHEN 1 THEN "])
    func long(part: String) throws {
        let closing = part.hasSuffix("(") ? ")" : part.hasPrefix("CASE") ? " END" : ""
        func text(_ count: Int) -> String {
            "CREATE TABLE t (a int CHECK (" + String(repeating: part, count: count) + "1"
                + String(repeating: closing, count: count) + "))"
        }
        let dialect = Dialect(flavour: .mariadb, versionID: 101_119)
        _ = try StatementText.read(text(200), dialect: dialect)
        let error = #expect(throws: SchemaError.self) {
            try StatementText.read(text(3000), dialect: dialect)
        }
        #expect(error?.message.contains("too long") == true)
    }

    @Test("A list may be long")
    func list() throws {
        let values = (0..<20_000).map { "\($0)" }.joined(separator: ", ")
        _ = try StatementText.checkEverywhere("CREATE TABLE t (a int CHECK (a IN (\(values))))")
    }

    @Test("Directories are taken where the operator allows them")
    func directories() throws {
        let text = "CREATE TABLE t (a int) DATA DIRECTORY='/tmp'"
        let name = try StatementText.checkEverywhere(
            text, allowing: StatementText.Permissions(directories: true))
        #expect(name == ObjectName(.table, "t"))
        #expect(throws: SchemaError.self) { try StatementText.checkEverywhere(text) }
    }
}

@Suite("attack: what a comment hides from one server, another one runs")
struct ReadingsTests {
    @Test(
        "A text that servers read as different statements is refused offline",
        arguments: [
            "CREATE /*!999999 TABLE x (id int primary key) */ OR REPLACE TABLE other_db.orders (a int)",
            "CREATE TABLE /*!90000 x (a int) */ /*M!100301 y (a int) */",
            "CREATE /*!80000 VIEW v AS SELECT 1 */ /*M!100301 TABLE v (a int) */",
            "CREATE TABLE t (a int) /*!50800 COMMENT='*/ ENGINE=FEDERATED /*'*/",
            "CREATE TABLE t (a int) /*!80000 */ /*M!101100 AS SELECT 1 */",
            "CREATE TABLE t (a int DEFAULT 1 /*!90900 + (SELECT 1) */)",
            "CREATE TABLE t (a int) /*!120300 CONNECTION='x' */",
            "CREATE VIEW v AS SELECT a + /*M!999999 x */ 1 FROM t",
            "CREATE TABLE t (a int) /*!80000 COMMENT '*/ , CONNECTION='x' -- '*/",
        ])
    func refused(text: String) {
        #expect(throws: SchemaError.self) { try StatementText.checkEverywhere(text) }
    }

    @Test(
        "What servers write down themselves is taken",
        arguments: [
            "CREATE TABLE t (a int /*!80023 INVISIBLE */) /*!50100 PARTITION BY KEY (a) */",
            "CREATE TABLE t (a int, CONSTRAINT c CHECK (a > 1) /*!80016 NOT ENFORCED */)",
            "CREATE TABLE t (a text /*M!100301 COMPRESSED*/, KEY k (a) /*!80000 INVISIBLE */)",
            "CREATE TABLE t (a point NOT NULL /*!80003 SRID 0 */, FULLTEXT KEY (b) "
                + "/*!50100 WITH PARSER `ngram` */, b text)",
        ])
    func taken(text: String) throws {
        #expect(try StatementText.checkEverywhere(text) == ObjectName(.table, "t"))
    }

    @Test("A refusal says whose reading it is, and where")
    func words() {
        let error = #expect(throws: SchemaError.self) {
            try StatementText.checkEverywhere("CREATE TABLE t (a int) /*!80023 CONNECTION='x' */")
        }
        #expect(error?.message == "CONNECTION reaches another server (as MySQL 8.0.23 reads it)")
        #expect(error?.column == 33)
    }

    @Test("Not even many versions make it long")
    func many() {
        let comments = (0..<200).map { "/*!\(60_000 + $0) */" }.joined(separator: " ")
        let error = #expect(throws: SchemaError.self) {
            try StatementText.checkEverywhere("CREATE TABLE t (a int) \(comments)")
        }
        #expect(error?.message.contains("more than 32 versions") == true)
    }
}
