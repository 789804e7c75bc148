import Schema
import Testing

@testable import Desired

@Suite("Names that a schema file may not use")
struct NameRuleTests {
    @Test("attack: no file defines the mark of Plumb's own databases")
    func mark() throws {
        for text in [
            "CREATE TABLE _plumb_owner (id int PRIMARY KEY);",
            "CREATE TABLE IF NOT EXISTS `_Plumb_Owner` (id int PRIMARY KEY);",
        ] {
            let statement = try #require(
                try SQLScript.statements(in: Array(text.utf8), file: "a.sql").first)
            #expect(NameRules.refusal(of: statement)?.code == .unsupportedName)
        }
    }

    @Test func placesAreThoseOfTheName() throws {
        let text = "-- first\nCREATE TABLE t (\n  id int PRIMARY KEY,\n  `a\tb` int);"
        let statement = try #require(
            try SQLScript.statements(in: Array(text.utf8), file: "a.sql").first)
        let found = NameRules.refusal(of: statement)
        #expect(found?.location == SourceLocation(file: "a.sql", line: 4, column: 3))
        #expect(found?.message.contains("`a\\u{9}b`") == true)
    }

    @Test("attack: a discovered schema with a line break is a shard of its own that stops no other")
    func discovered() throws {
        let fleet = try fleet(fleetText(shards: "[{discover: {host: db-0, like: \"%\"}}]"))
        let shards = try fleet.resolve(try fleet.selectEnvironment(nil)) { _, _ in ["a\nb", "c"] }
        #expect(shards.map(\.id.shard) == ["a%0ab", "c"])
        #expect(shards.map(\.database) == ["a\nb", "c"])
    }
}
