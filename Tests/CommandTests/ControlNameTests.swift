import Foundation
import TestSupport
import Testing

/// Names with line breaks and other control characters, in files and on servers.
@Suite("attack: names with control characters, in files and live")
struct ControlNameTests {
    @Test(
        "attack: validate refuses the name with its place",
        arguments: [
            ("CREATE TABLE `a\nb` (id int PRIMARY KEY);", "1:14"),
            ("CREATE TABLE t (\n  id int PRIMARY KEY,\n  `a\tb` int\n);", "3:3"),
            ("CREATE TABLE t (id int PRIMARY KEY, n int,\n  KEY `a\u{1B}[31mb` (n)\n);", "2:7"),
        ])
    func files(text: String, place: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(text, to: "schema/app/t.sql")
        try folder.write(ServerlessFleet.yaml(), to: "plumb.yaml")
        let run = try RunningPlumb(
            ["validate", "--working-tree"], folder: folder.path, environment: [:]
        ).wait()
        #expect(run.status == 1, "\(run)")
        #expect(run.says("schema/app/t.sql:\(place)", "unsupported-name"), "\(run)")
        #expect(HostileStrings.faults(in: run.stdout + run.stderr) == [])
    }

    @Test(
        "attack: a name in plumb.yaml is refused with its place",
        arguments: ["retire: [\"a\\nb\"]", "renames: [{table: {from: \"a\\tb\", to: t}}]"])
    func fleetFile(entry: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("CREATE TABLE t (id int PRIMARY KEY);", to: "schema/app/t.sql")
        let text = ServerlessFleet.yaml().replacing(
            "    schema: schema/app\n", with: "    schema: schema/app\n    \(entry)\n")
        try folder.write(text, to: "plumb.yaml")
        let run = try RunningPlumb(
            ["validate", "--working-tree"], folder: folder.path, environment: [:]
        ).wait()
        #expect(run.status == 78, "\(run)")
        #expect(run.says("plumb.yaml:5:", "control character"), "\(run)")
    }

    @Test("attack: such a live table is named, and the others are planned and converged")
    func live() throws {
        let fleet = try FleetFixture(shards: 2)
        try fleet.sql(0, "CREATE TABLE `evil\n::error::x` (id int PRIMARY KEY)")
        try fleet.sql(0, "CREATE TABLE column_names (`a\tb` int PRIMARY KEY)")
        let plan = try fleet.run(["plan"])
        #expect(plan.says("evil\\u{a}", "unsupported-name"), "\(plan)")
        #expect(HostileStrings.faults(in: plan.stdout + plan.stderr) == [], "\(plan)")
        let run = try fleet.run(["reconcile"])
        #expect(HostileStrings.faults(in: run.stdout + run.stderr) == [], "\(run)")
        for shard in 0..<2 { #expect(try fleet.table("orders", on: shard) != nil) }
        let drift = try fleet.run(["drift"])
        #expect(HostileStrings.faults(in: drift.stdout + drift.stderr) == [], "\(drift)")
        #expect(drift.says("evil\\u{a}", "line break", "unsupported-name"), "\(drift)")
        #expect(drift.says("column_names"), "\(drift)")
    }
}
