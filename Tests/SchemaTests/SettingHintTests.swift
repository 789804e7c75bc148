import Schema
import Testing

@Suite("Hints name the settings under which a trigger, routine or event is made")
struct SettingHintTests {
    @Test(arguments: [
        ("-- plumb: sql_mode 'ANSI_QUOTES,PIPES_AS_CONCAT'\n", "ANSI_QUOTES,PIPES_AS_CONCAT"),
        ("-- plumb: sql_mode ''\n", ""), ("# Plumb: SQL_MODE traditional\n", "traditional"),
        ("DELIMITER //\n/* plumb: sql_mode 'A, B' */\n", "A,B"), ("-- about sql_mode 'A'\n", nil),
    ])
    func modes(above: String, mode: String?) throws {
        let end = above.hasPrefix("DELIMITER") ? "//" : ";"
        let statements = try SQLScript.statements(
            in: Array("\(above)CREATE PROCEDURE p() SELECT 1\(end)".utf8), file: "p.sql")
        #expect(statements.map(\.settings) == [CreationSettings(sqlMode: mode)])
    }

    @Test(arguments: [
        ("-- plumb: time_zone 'Europe/Berlin'\n", nil, "Europe/Berlin"),
        ("# plumb: Time_Zone +05:30\n", nil, "+05:30"),
        ("-- plumb: sql_mode ''\n-- plumb: time_zone 'SYSTEM'\n", "", "SYSTEM"),
        ("-- plumb: time_zone '-00:30'\n/* plumb: sql_mode A */\n", "A", "-00:30"),
    ])
    func zones(above: String, mode: String?, zone: String) throws {
        let file = "\(above)CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1;"
        let statements = try SQLScript.statements(in: Array(file.utf8), file: "e.sql")
        #expect(
            statements.map(\.settings) == [CreationSettings(sqlMode: mode, timeZone: zone)])
    }

    @Test(arguments: [
        (
            "-- plumb: time_zone 'SYSTEM'\nCREATE PROCEDURE p() SELECT 1;", 1,
            "this time zone belongs to no event"
        ),
        (
            "-- plumb: time_zone 'A'\n-- plumb: time_zone 'A'\n"
                + "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1;", 2,
            "this time zone belongs to no event"
        ),
        (
            "-- plumb: time_zone ''\nCREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1;", 1,
            "this time zone is not understood"
        ),
        (
            "-- plumb: time_zone 'A;B'\nCREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1;", 1,
            "this time zone is not understood"
        ),
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
