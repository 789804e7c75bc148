import Foundation
import TestSupport
import Testing

/// Names with everything in them that a server allows.
@Suite struct HostileNamesTests {
    static let names = [
        "a`b", "it's", "say \"hi\"", "two words", "größe", "表", "semi;colon", "back\\slash",
        "--dash", "/*x*/", "%s%n", "a/b", "a.b", "CON", "select", "@x",
        String(repeating: "n", count: 64), String(repeating: "é", count: 64),
    ]

    @Test func tablesColumnsAndKeysConvergeAndStayInSync() throws {
        let fleet = try FleetFixture(shards: 2, schema: [:])
        for (number, name) in Self.names.enumerated() {
            let quoted = SQL.identifier(name)
            try fleet.write(
                "schema/app/\(number).sql",
                """
                CREATE TABLE \(quoted) (
                  id int PRIMARY KEY,
                  \(quoted) varchar(20) DEFAULT \(SQL.literal(name.prefix(12) + "'\\`;")) COMMENT \(SQL.literal(name)),
                  KEY \(quoted) (\(quoted))
                );
                """)
        }
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "drift")
        for (number, name) in Self.names.enumerated() {
            let quoted = SQL.identifier(name)
            try fleet.write(
                "schema/app/\(number).sql",
                "CREATE TABLE \(quoted) (id int PRIMARY KEY, \(quoted) varchar(30), "
                    + "\(SQL.identifier(name.prefix(60) + "2")) int, KEY \(quoted) (\(quoted)));")
        }
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "drift")
        try fleet.expect(0, "store", "verify")
        for format in ["json", "markdown", "sarif", "junit", "html"] {
            try fleet.expect(0, "drift", "--output", format)
        }
    }

    @Test(arguments: [
        "a`b", "it's", "say \"hi\"", "two words", "größe", "a.b", "a/b", "back\\slash", "50%",
        String(repeating: "d", count: 64 - 8),
    ])
    func databasesMayBearThem(_ name: String) throws {
        let fleet = try FleetFixture(shards: 1)
        let database = "\(name)\(fleet.database(0).suffix(8).filter(\.isNumber))"
        try fleet.sql(0, "CREATE DATABASE \(SQL.identifier(database))")
        defer { _ = try? fleet.sql(0, "DROP DATABASE \(SQL.identifier(database))") }
        fleet.file.shards[0].database = database
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("orders") != nil)
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "drift")
        try fleet.expect(0, "store", "verify")
        #expect(try fleet.table("orders")?.contains("status") == true)
    }

    @Test func shardNamesAreCheckedWhereverTheyComeFrom() throws {
        let fleet = try FleetFixture(shards: 1)
        let host = fleet.file.shards[0].host
        let database = "odd name \(fleet.database(0))"
        try fleet.sql(0, "CREATE DATABASE \(SQL.identifier(database))")
        defer { _ = try? fleet.sql(0, "DROP DATABASE \(SQL.identifier(database))") }
        fleet.file.shards[0].name = "two words"
        try fleet.commit()
        try fleet.expectUntouched {
            let run = try fleet.expect(78, "reconcile")
            #expect(run.says("plumb.yaml:6:", "two words"), "\(run)")
        }
        fleet.file.shardLines = ["- discover: {host: \"\(host)\", like: \"\(database)\"}"]
        try fleet.commit()
        try fleet.expectUntouched {
            let run = try fleet.expect(78, "reconcile")
            #expect(run.says("plumb.yaml:6:", database), "\(run)")
        }
    }
}
