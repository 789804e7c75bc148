import Foundation
import TestSupport
import Testing

/// Schema files that cannot be carried out: the place is named, and nothing changes anywhere.
@Suite struct BadSchemaTests {
    struct Case: CustomStringConvertible, Sendable {
        let name: String
        let files: [String: String]
        let status: Int32
        let told: [String]

        var description: String { name }
    }

    @Test(arguments: [
        Case(
            name: "unparsable",
            files: ["bad.sql": "CREATE TABLE t (\n  id int,\n  qty decimel(1) NOT\n);"],
            status: 1, told: ["schema/app/bad.sql:"]),
        Case(
            name: "no SQL at all", files: ["bad.sql": "\u{0}\u{1}\u{2}"], status: 1,
            told: ["schema/app/bad.sql:1"]),
        Case(
            name: "unclosed quote", files: ["bad.sql": "CREATE TABLE t (a int COMMENT 'x);"],
            status: 1, told: ["schema/app/bad.sql:1:"]),
        Case(
            name: "another statement", files: ["bad.sql": "DROP TABLE orders;"], status: 1,
            told: ["schema/app/bad.sql:1:1"]),
        Case(
            name: "a statement after the table",
            files: ["bad.sql": "CREATE TABLE t (id int);\nDROP DATABASE mysql;"], status: 1,
            told: ["schema/app/bad.sql:2:1"]),
        Case(
            name: "two files, one table", files: ["copy.sql": FleetFixture.orders], status: 1,
            told: ["orders", "schema/app/copy.sql:1", "schema/app/orders.sql"]),
        Case(
            name: "table of another database",
            files: ["bad.sql": "CREATE TABLE mysql.t (id int);"], status: 1,
            told: ["schema/app/bad.sql:1:"]),
        Case(
            name: "a table that the server rejects",
            files: ["bad.sql": "-- x\nCREATE TABLE t (a int, KEY k (missing));"], status: 1,
            told: ["schema/app/bad.sql:2", "missing"]),
        Case(
            name: "a hint that cannot be honoured",
            files: ["bad.sql": "-- plumb: renamed from orders\nCREATE TABLE t (id int);"],
            status: 1, told: ["schema/app/bad.sql:1:1", "`orders` is still defined"]),
        Case(
            name: "unknown type",
            files: ["bad.sql": "CREATE TABLE t (a decimel(12,2));"], status: 1,
            told: ["schema/app/bad.sql:1", "decimel"]),
        Case(
            name: "unknown collation",
            files: ["bad.sql": "CREATE TABLE t (a text) COLLATE nowhere_ci;"], status: 1,
            told: ["schema/app/bad.sql:1", "nowhere_ci"]),
        Case(
            name: "foreign key to nothing",
            files: [
                "bad.sql": "CREATE TABLE t (a int PRIMARY KEY, b int,\n"
                    + "  CONSTRAINT gone FOREIGN KEY (b) REFERENCES nowhere (id));"
            ], status: 1, told: ["schema/app/bad.sql", "nowhere"]),
        Case(
            name: "foreign key to a column that is not there",
            files: [
                "bad.sql": "CREATE TABLE t (a int PRIMARY KEY, b bigint,\n"
                    + "  CONSTRAINT gone FOREIGN KEY (b) REFERENCES orders (nowhere));"
            ], status: 1, told: ["schema/app/bad.sql", "gone"]),
    ])
    func isAnErrorAndChangesNothing(_ sample: Case) throws {
        let fleet = try FleetFixture()
        try fleet.expect(0, "reconcile")
        for (name, text) in sample.files { try fleet.write("schema/app/\(name)", text) }
        try fleet.commit()
        try fleet.expectUntouched {
            for command in ["plan", "reconcile", "drift"] {
                let run = try fleet.expect(sample.status, command)
                for words in sample.told {
                    #expect(run.says(words), "\(sample.name): \(words) in \(run)")
                }
            }
            let json = try fleet.expect(sample.status, "plan", "--output", "json")
            #expect(try json.json["kind"] as? String == "error", "\(json)")
        }
    }

    @Test func emptyFileDefinesNothingAndSaysSo() throws {
        let fleet = try FleetFixture()
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", "")
        let run = try fleet.expect(1, "reconcile")
        #expect(run.says("schema/app"), "\(run)")
        #expect(try fleet.table("orders") != nil)
    }

    @Test func emptyOrMissingSchemaFolderDropsNothing() throws {
        let fleet = try FleetFixture()
        try fleet.expect(0, "reconcile")
        fleet.file.namespace = ["retire: [orders]"]
        try fleet.remove("schema/app/orders.sql")
        try fleet.commit()
        let gone = try fleet.expect(78, "reconcile")
        #expect(gone.says("schema/app"), "\(gone)")
        try fleet.write("schema/app/.keep", "")
        try fleet.commit()
        let empty = try fleet.expect(78, "reconcile")
        #expect(empty.says("schema/app"), "\(empty)")
        #expect(try fleet.table("orders") != nil)
    }
}
