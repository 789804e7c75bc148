import Testing

@testable import Schema

@Suite("A file is split into the statements that the command-line client would send")
struct StatementTests {
    struct Case: Sendable {
        let file: String
        let statements: [String]
        init(_ file: String, _ statements: String...) {
            self.file = file
            self.statements = statements
        }
    }

    @Test(arguments: [
        Case("SELECT 1", "SELECT 1"),
        Case(";; SELECT 1 ;; SELECT 2 ;", "SELECT 1", "SELECT 2"),
        Case("SELECT ';' ; SELECT `;` ; SELECT \";\"", "SELECT ';'", "SELECT `;`", "SELECT \";\""),
        Case(
            "SELECT 1 -- ;\n; SELECT 2 # ;\n; SELECT /* ; */ 3", "SELECT 1", "SELECT 2",
            "SELECT /* ; */ 3"),
        Case("SELECT 'a\\';'; SELECT 'b'';'", "SELECT 'a\\';'", "SELECT 'b'';'"),
        Case("/*!40101 SET NAMES utf8 */;\nSELECT 1", "/*!40101 SET NAMES utf8 */", "SELECT 1"),
        Case("\u{FEFF}SELECT 1;", "SELECT 1"),
        Case("SELECT 1;\r\nSELECT 2;\r\n", "SELECT 1", "SELECT 2"),
        Case(
            "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END//\ndelimiter ;\nSELECT 3;",
            "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END", "SELECT 3"),
        Case(
            "DELIMITER $$\nSELECT 1$$\nSELECT '$$'$$\nSELECT 2", "SELECT 1", "SELECT '$$'",
            "SELECT 2"),
        Case(
            "DELIMITER ;;\nSELECT 1; SELECT 2;;\nDELIMITER ;\nSELECT 3", "SELECT 1; SELECT 2",
            "SELECT 3"),
        Case(
            "CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; END IF; SELECT 2; END; SELECT 3",
            "CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; END IF; SELECT 2; END", "SELECT 3"),
        Case(
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF NEW.x THEN SET NEW.y = 1; END IF; SELECT 1",
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF NEW.x THEN SET NEW.y = 1; END IF",
            "SELECT 1"),
        Case(
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.y = IF(NEW.x, 1, 2); SELECT 1",
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.y = IF(NEW.x, 1, 2)",
            "SELECT 1"),
        Case(
            "CREATE FUNCTION f(a int) RETURNS int RETURN CASE a WHEN 1 THEN IF(a, 1, 2) ELSE REPEAT('x', 3) END; SELECT 1",
            "CREATE FUNCTION f(a int) RETURNS int RETURN CASE a WHEN 1 THEN IF(a, 1, 2) ELSE REPEAT('x', 3) END",
            "SELECT 1"),
        Case(
            "CREATE PROCEDURE p() BEGIN l: LOOP WHILE a DO CASE b WHEN 1 THEN SELECT 1; END CASE; END WHILE; LEAVE l; END LOOP; END; SELECT 1",
            "CREATE PROCEDURE p() BEGIN l: LOOP WHILE a DO CASE b WHEN 1 THEN SELECT 1; END CASE; END WHILE; LEAVE l; END LOOP; END",
            "SELECT 1"),
        Case(
            "CREATE PROCEDURE p() BEGIN FOR i IN 1..3 DO SELECT i; END FOR; DECLARE EXIT HANDLER FOR NOT FOUND BEGIN SELECT 1; END; END; SELECT 1",
            "CREATE PROCEDURE p() BEGIN FOR i IN 1..3 DO SELECT i; END FOR; DECLARE EXIT HANDLER FOR NOT FOUND BEGIN SELECT 1; END; END",
            "SELECT 1"),
        Case(
            "CREATE DEFINER=`a`@`b` EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM t; END; SELECT 1",
            "CREATE DEFINER=`a`@`b` EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM t; END",
            "SELECT 1"),
        Case("BEGIN; SELECT 1; COMMIT", "BEGIN", "SELECT 1", "COMMIT"),
        Case(
            "BEGIN NOT ATOMIC SELECT 1; END; SELECT 2", "BEGIN NOT ATOMIC SELECT 1; END", "SELECT 2"
        ),
        Case(
            "CREATE TABLE event (`begin` int, procedure_id int, event int); SELECT 1",
            "CREATE TABLE event (`begin` int, procedure_id int, event int)", "SELECT 1"),
    ])
    func splits(example: Case) throws {
        #expect(try read(example.file).map(\.text) == example.statements)
    }

    struct Named: Sendable {
        let text: String
        let kind: SourceStatement.Kind
        let column: Int?
        init(_ text: String, _ kind: SourceStatement.Kind, _ column: Int?) {
            self.text = text
            self.kind = kind
            self.column = column
        }
    }

    @Test(
        "What it is, what it names, and the column of the name",
        arguments: [
            Named("CREATE TABLE t (a int)", .createTable(name: "t"), 14),
            Named("create table if not exists `db`.`a``b` (a int)", .createTable(name: "a`b"), 33),
            Named("CREATE OR REPLACE TEMPORARY TABLE t SELECT 1", .createTable(name: "t"), 35),
            Named("CREATE TABLE \"t\" (a int)", .createTable(name: "t"), 14),
            Named("CREATE TABLE 2024_log (a int)", .createTable(name: "2024_log"), 14),
            Named(
                "/*!50001 CREATE ALGORITHM=UNDEFINED */ /*!50013 DEFINER=`r`@`%` SQL SECURITY DEFINER */ /*!50001 VIEW `v` AS SELECT 1 */",
                .createView(name: "v"), 103),
            Named(
                "CREATE DEFINER = view@my-host.example.com VIEW v AS SELECT 1",
                .createView(name: "v"), 48),
            Named(
                "CREATE DEFINER=CURRENT_USER() TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET @a = 1",
                .createTrigger(name: "x"), 39),
            Named("CREATE PROCEDURE p() SELECT 1", .createProcedure(name: "p"), 18),
            Named(
                "CREATE AGGREGATE FUNCTION f RETURNS REAL SONAME 'x.so'",
                .createFunction(name: "f"), 27),
            Named(
                "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1", .createEvent(name: "e"), 14),
            Named("CREATE SEQUENCE s START WITH 1", .createSequence(name: "s"), 17),
            Named("CREATE UNIQUE INDEX i USING BTREE ON db.t (a)", .createIndex(table: "t"), 41),
            Named("ALTER TABLE t ADD COLUMN a int", .alterTable(name: "t"), 13),
            Named("ALTER ONLINE TABLE IF EXISTS t ENGINE=InnoDB", .alterTable(name: "t"), 30),
            Named("CREATE DATABASE d", .other(firstWords: "CREATE DATABASE"), nil),
            Named("insert into t VALUES (1)", .other(firstWords: "INSERT INTO"), nil),
            Named("(SELECT 1)", .other(firstWords: "SELECT"), nil),
            Named("ALTER DATABASE d CHARSET utf8mb4", .other(firstWords: "ALTER DATABASE"), nil),
        ])
    func kinds(example: Named) throws {
        let statement = try #require(try read(example.text).first)
        #expect(statement.kind == example.kind)
        #expect(statement.nameLocation?.column == example.column)
    }

    @Test func attributes() throws {
        let statement = try #require(
            try read(
                "-- about\n/* t */\n  CREATE OR REPLACE TABLE IF NOT EXISTS db.t (a int); -- end"
            )
            .first)
        #expect(statement.isOrReplace && statement.isIfNotExists && !statement.isTemporary)
        #expect(statement.database == "db")
        #expect(statement.leadingComments == ["-- about", "/* t */"])
        #expect(statement.location == SourceLocation(file: "f.sql", line: 3, column: 3))
    }

    private func read(_ text: String) throws -> [SourceStatement] {
        try SQLScript.statements(in: Array(text.utf8), file: "f.sql")
    }
}
