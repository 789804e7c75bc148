import Schema
import Testing

@testable import Desired

@Suite("attack: a host that only looks like one that may be reached")
struct HostPatternTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let pattern: String
        let matches: [String]
        let others: [String]
        var testDescription: String { pattern }
    }

    static let cases = [
        Case(
            pattern: "db-*.internal:3306",
            matches: ["db-0.internal", "DB-1.Internal:3306", "db-0.internal.", "db-.internal"],
            others: [
                "db-0.internal:3307", "db-0.internal.evil.com", "xdb-0.internal", "db-0.internal..",
                "db-a.b.internal", "db-evil.com,db-0.internal", "db-0.internale", "db-0",
                "unix:/db-0.internal",
            ]),
        Case(
            pattern: "db.internal", matches: ["db.internal", "db.internal:3306"],
            others: ["db.internal:1", "dbxinternal", "a.db.internal", "db.internal.example"]),
        Case(
            pattern: "db.internal:*", matches: ["db.internal:1", "db.internal:65535"],
            others: ["db2.internal:1"]),
        Case(
            pattern: "10.1.2.*", matches: ["10.1.2.0", "10.1.2.255"],
            others: [
                "10.1.2.evil", "10.1.3.1", "10.1.2.256", "10.1.2.010", "10.1.2.0x1", "10.1.2",
                "10.1.2.3.evil.com", "10.1.2.3:3307", "167838211", "010.1.2.3", "[::ffff:10.1.2.3]",
                "10.1.2.3.", "10.1.2.",
            ]),
        Case(
            pattern: "*", matches: ["localhost", "db"],
            others: ["db.internal", "167838211", "0x0a010203", "10.1.2.3", "unix:/a", "[::1]"]),
        Case(
            pattern: "*.internal", matches: ["db.internal"],
            others: ["10.1.2.3", ".internal", "a.b.internal", "internal"]),
        Case(
            pattern: "[fd00::1]:3306", matches: ["[fd00::1]", "[FD00:0:0:0:0:0:0:1]:3306"],
            others: ["[fd00::2]", "[fd00::1]:1", "[fd00::1%eth0]", "[::ffff:fd00:1]"]),
        Case(
            pattern: "unix:/run/mysqld/*.sock", matches: ["unix:/run/mysqld/a.sock"],
            others: [
                "unix:/run/mysqld/x/a.sock", "unix:/run/mysqld/../evil.sock",
                "unix:/run//mysqld/a.sock", "unix:/run/mysqld/./a.sock", "unix:/run/mysqld/a.sock/",
                "unix:/run/mysqld/A.SOCK", "unix:/tmp/a.sock", "run",
            ]),
    ]

    @Test(arguments: cases)
    func matchesExactlyWhatItSays(_ test: Case) throws {
        let pattern = try HostPattern(test.pattern)
        for text in test.matches {
            let server = try #require(ServerAddress(text), "\(text)")
            #expect(pattern.matches(server), "\(text)")
        }
        for text in test.others {
            // What is no address at all cannot be reached either.
            guard let server = ServerAddress(text) else { continue }
            #expect(!pattern.matches(server), "\(text)")
        }
    }

    @Test(arguments: [
        "", "unix:relative", "unix:/a/../b", "unix:/a//b", "unix:/", "10.1.*", "10.1.2.300",
        "10.1.2.07", "a..b", "a.b.", "db:0", "db:65536", "db:+1", "db:", "[fd00::*]", "[fd00::1",
        "[fd00::1]x", "fd00::1", "db/x", "db x", "db,evil", "db?", "unix:/a?", "bücher.internal",
        "db;user=x",
    ])
    func refusesWhatMeansNothingExactly(_ text: String) {
        #expect(throws: HostPattern.Fault.self) { try HostPattern(text) }
    }
}
