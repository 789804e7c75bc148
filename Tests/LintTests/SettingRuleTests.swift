import Desired
import Testing

@testable import Lint

@Suite("Rules about what a server's settings decide")
struct SettingRuleTests {
    @Test("Texts that depend on the SQL mode, each with its place")
    func modes() throws {
        let text = #"""
            CREATE TABLE `t` (id int PRIMARY KEY, a varchar(9) DEFAULT 'C:\temp',
              b varchar(9) DEFAULT 'x\y',
              c int AS (id || a), CHECK (NOT id BETWEEN 1 AND 2));
            """#
        #expect(
            try findings(.modeDependent, text) == [
                "1:60 the table `t` has a backslash in a string: a character like any other under "
                    + "NO_BACKSLASH_ESCAPES",
                "3:16 the table `t` has ||: OR, and under PIPES_AS_CONCAT it joins strings",
                "3:30 the table `t` has a NOT that binds more tightly under HIGH_NOT_PRECEDENCE",
            ])
        #expect(
            try findings(.modeDependent, "CREATE TABLE t (id int DEFAULT \"1\" PRIMARY KEY);") == [
                "1:32 the table `t` has \"…\": a string, and a name under ANSI_QUOTES"
            ])
        #expect(try findings(.modeDependent, "CREATE TABLE t (a char(2) DEFAULT '''');").isEmpty)
        // Where the mode is said, nothing depends on the server.
        let said = try report(["t.sql": text], namespace: "sql_mode: ''").findings
        #expect(!said.contains { $0.rule == .modeDependent })
    }

    @Test("Times of TIMESTAMP columns, and no others")
    func zones() throws {
        let text = """
            CREATE TABLE t (id int PRIMARY KEY,
              a timestamp NOT NULL DEFAULT '2030-01-01 00:00:00',
              b timestamp NULL DEFAULT NULL, c datetime DEFAULT '2030-01-01 00:00:00',
              d timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP);
            """
        #expect(
            try findings(.zoneDependent, text) == [
                "2:32 the column `a` of `t` has the default '2030-01-01 00:00:00', which each "
                    + "server reads in its own time zone"
            ])
    }
}
