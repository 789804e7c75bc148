import Schema
import Testing

@Suite("A hint names the SQL mode under which a trigger, routine or event is made")
struct ModeHintTests {
    @Test(arguments: [
        ("-- plumb: sql_mode 'ANSI_QUOTES,PIPES_AS_CONCAT'\n", "ANSI_QUOTES,PIPES_AS_CONCAT"),
        ("-- plumb: sql_mode ''\n", ""), ("# Plumb: SQL_MODE traditional\n", "traditional"),
        ("DELIMITER //\n/* plumb: sql_mode 'A, B' */\n", "A,B"), ("-- about sql_mode 'A'\n", nil),
    ])
    func modes(above: String, mode: String?) throws {
        let end = above.hasPrefix("DELIMITER") ? "//" : ";"
        let statements = try SQLScript.statements(
            in: Array("\(above)CREATE PROCEDURE p() SELECT 1\(end)".utf8), file: "p.sql")
        #expect(statements.map(\.sqlMode) == [mode])
    }

    @Test(arguments: [
        ("-- plumb: sql_mode 'A'\nCREATE TABLE t (id int);", 1, "this SQL mode belongs to no"),
        ("-- plumb: sql_mode 'A'\nCREATE VIEW v AS SELECT 1;", 1, "this SQL mode belongs to no"),
        (
            "CREATE VIEW v AS SELECT 1; -- plumb: sql_mode 'A'\nCREATE PROCEDURE p() SELECT 1;",
            1, "this SQL mode belongs to no"
        ),
        (
            "-- plumb: sql_mode 'A'\n-- plumb: sql_mode 'B'\nCREATE PROCEDURE p() SELECT 1;", 2,
            "this SQL mode belongs to no"
        ),
        ("\n-- plumb: sql_mode\nCREATE PROCEDURE p() DO 1;", 2, "this SQL mode is not understood"),
        ("-- plumb: sql_mode 'A;'\nCREATE PROCEDURE p() DO 1;", 1, "this SQL mode is not under"),
        ("CREATE PROCEDURE p()\n-- plumb: sql_mode 'A'\nDO 1;", 2, "this hint is not understood"),
        ("CREATE PROCEDURE p() DO 1;\n-- plumb: sql_mode 'A'\n", 2, "this hint is not understood"),
    ])
    func faults(file: String, line: Int, message: String) throws {
        let error = try #require(throws: SchemaError.self) {
            try SQLScript.statements(in: Array(file.utf8), file: "f.sql")
        }
        #expect(error.line == line)
        #expect(error.message.hasPrefix(message), "\(error)")
    }
}
