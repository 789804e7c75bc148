import Testing

@testable import Observed

@Suite("Which running statements surely change no schema")
struct RunningStatementTests {
    @Test(
        "what only reads or writes rows, and what belongs to a session",
        arguments: [
            "SELECT 1", "select*from t", " \n\tSELECT 1", "(SELECT 1) UNION (SELECT 2)",
            "/* orders#list */ SELECT 1", "/* a *//* b */\nINSERT INTO t VALUES (1)",
            "UPDATE t SET a = 1", "DELETE FROM t", "REPLACE INTO t VALUES (1)",
            "WITH x AS (SELECT 1) SELECT * FROM x", "COMMIT", "commit and chain", "ROLLBACK",
            "BEGIN", "begin;", "BEGIN WORK", "START TRANSACTION READ ONLY", "SET @a = 1",
            "SET autocommit=1", "SET SESSION sql_mode = ''", "SHOW TABLES", "LOAD DATA INFILE 'x'",
            "ANALYZE TABLE t", "XA COMMIT 'x'", "USE shop",
        ])
    func harmless(text: String) { #expect(RunningStatement.isWithoutEffect(text), "\(text)") }

    @Test(
        "everything else may change one",
        arguments: [
            "", " ", "ALTER TABLE t ADD a INT", "create table t (a int)", "DROP TABLE t",
            "RENAME TABLE a TO b", "TRUNCATE t", "OPTIMIZE TABLE t", "REPAIR TABLE t",
            "CALL p()", "EXECUTE s", "EXECUTE IMMEDIATE 'DROP TABLE t'",
            "/*!50000 ALTER */ TABLE t",
            "/*M!100000 ALTER */ TABLE t", "/* SELECT", "/* a */ ALTER TABLE t ADD b INT",
            "/*a*//*! DROP TABLE t */", "-- SELECT\nDROP TABLE t", "# SELECT\nDROP TABLE t",
            "BEGIN NOT ATOMIC DROP TABLE t; END", "BEGIN/**/NOT ATOMIC DROP TABLE t; END",
            "START SLAVE", "START GROUP_REPLICATION", "START",
            "SET STATEMENT max_statement_time=1 FOR DROP TABLE t",
            "set\tstatement max_statement_time=1 for drop table t",
            "SET/**/STATEMENT max_statement_time=1 FOR DROP TABLE t",
            "SET /**/ STATEMENT max_statement_time=1 FOR DROP TABLE t", "SET",
            "selects", "SELECT_x", "SELECTé", "GRANT SELECT ON *.* TO a", "FLUSH TABLES",
        ])
    func other(text: String) { #expect(!RunningStatement.isWithoutEffect(text), "\(text)") }
}
