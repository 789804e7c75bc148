import Desired
import Schema
import Testing

@Suite("What a wave is asked, and which answers are good") struct HealthCheckTests {
    @Test(arguments: [
        ("= 0", ["0", "0.0", "-0"], ["1", "", "x", nil]),
        ("<= 5", ["5", "-7", "4.99", "1e0"], ["5.1", "6", "five", nil]),
        (">= 2", ["2", "10"], ["1.9", "01x", nil]),
        ("< 10", ["9"], ["10", "9a"]),
        ("> 10", ["11", "100"], ["10", "9", "nan"]),
        ("!= down", ["up", "Down"], ["down", nil]),
        ("=ok", ["ok"], ["OK", "ok ", nil]),
        ("!= 3", ["4"], ["3", "3.0"]),
        // Wider than a double: the last digit counts.
        ("= 18446744073709551615", ["18446744073709551615"], ["18446744073709551614"]),
    ])
    func expectations(_ text: String, good: [String?], bad: [String?]) throws {
        let expected = try #require(HealthCheck.Expectation(text))
        for answer in good { #expect(expected.isMet(by: answer), "\(text): \(answer as Any)") }
        for answer in bad { #expect(!expected.isMet(by: answer), "\(text): \(answer as Any)") }
    }

    @Test(arguments: ["", "0", "=", "< x", "around 5", "<="])
    func noExpectation(_ text: String) {
        #expect(HealthCheck.Expectation(text) == nil)
    }

    @Test(arguments: [
        "SELECT COUNT(*) FROM errors_last_minute", "select 1", " \n SELECT ';', 'INTO' -- INTO",
        "SELECT `into` FROM `update`", "SELECT a FROM (SELECT 1 AS a) t /* FOR UPDATE */",
    ])
    func queriesThatRead(_ sql: String) { #expect(ReadOnlyQuery.fault(sql) == nil) }

    @Test(
        "attack: a query that does more than read is refused",
        arguments: [
            ("", "SELECT"), ("DELETE FROM t", "SELECT"),
            ("WITH a AS (SELECT 1) DELETE FROM t", "SELECT"),
            ("(SELECT 1)", "SELECT"), ("SELECT 1; DROP TABLE t", "more than one"),
            ("SELECT 1;", "more than one"), ("SELECT * INTO OUTFILE '/tmp/x' FROM t", "INTO"),
            ("SELECT 1 INTO @a", "INTO"), ("SELECT 1 /*! INTO OUTFILE '/tmp/x' */", "servers run"),
            ("SELECT 1 /*M! ; DROP TABLE t */", "servers run"),
            ("SELECT * FROM t FOR UPDATE", "locks"), ("SELECT * FROM t FOR SHARE", "locks"),
            ("SELECT * FROM t LOCK IN SHARE MODE", "locks"), ("SELECT SLEEP(100)", "SLEEP"),
            ("SELECT get_lock('x', 9)", "GET_LOCK"),
            ("SELECT LOAD_FILE('/etc/passwd')", "LOAD_FILE"),
            ("SELECT NEXTVAL(s)", "NEXTVAL"), ("SELECT 'a", "cannot be read"),
            ("SELECT * FROM t PROCEDURE ANALYSE()", "procedure"),
        ])
    func queriesThatDoMore(_ sql: String, word: String) {
        let fault = ReadOnlyQuery.fault(sql)
        #expect(fault?.contains(word) == true, "\(sql): \(fault as Any)")
    }
}
