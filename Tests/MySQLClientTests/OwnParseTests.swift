import Testing
import TestSupport

@testable import MySQLClient

@Suite("A change of a sequence's type reads nothing of what the session ran before")
struct OwnParseTests {
    @Test(arguments: TestServer.available)
    func afterKeys(kind: TestServer.Kind) throws {
        let server = try TestServer.shared(kind)
        let connection = try server.connect(database: server.freshDatabase())
        let rest = (try? connection.execute("CREATE SEQUENCE `a``s ``` AS int MAXVALUE 90")) != nil
        guard rest else {
            // This server has no types of sequences.
            #expect(kind != .mariadb118)
            return
        }
        for type in ["bigint", "int", "smallint unsigned"] {
            try connection.execute("CREATE OR REPLACE TABLE t (a int PRIMARY KEY, KEY (a))")
            try connection.execute("ALTER SEQUENCE `a``s ``` as \(type)")
            try connection.execute("ALTER TABLE t ADD UNIQUE (a)")
            try connection.execute("ALTER SEQUENCE `a``s ``` AS tinyint", then: "DO 1")
        }
        try connection.execute("ALTER SEQUENCE `a``s ``` MAXVALUE 100")
        let text = try connection.query("SHOW CREATE SEQUENCE `a``s ```").first?[1] ?? ""
        #expect(text.contains(" as tinyint ") && text.contains("maxvalue 100"))
    }

    @Test(
        "only what needs it is sent in other words",
        arguments: [
            ("ALTER SEQUENCE `a` as bigint", true), ("ALTER SEQUENCE ` as ` MAXVALUE 1", false),
            ("ALTER SEQUENCE `a`` as b` CACHE 3", false), ("ALTER SEQUENCE `a``` AS int", true),
            ("ALTER TABLE `a` COMMENT ' as b'", false), ("ALTER SEQUENCE `a", false),
        ])
    func words(sql: String, changes: Bool) {
        let sent = Connection.parsedByItself(sql)
        #expect(sent.hasPrefix("EXECUTE IMMEDIATE '") == changes)
        #expect(changes || sent == sql)
    }
}
