import Desired
import Diff
import Schema
import Testing

@testable import Reconciler

@Suite("attack: what the fleet file says about a step makes its writer an author")
struct FleetSettingsTests {
    private let text = """
        version: 1
        namespaces:
          commerce:
            schema: schema/app
            shards:
              - {name: s0, host: "db:3306", database: d0, labels: {tier: a}}
              - {name: s1, host: "db:3306", database: e1, labels: {tier: "a"}}
              - {name: s2, host: "db:3306", database: e2, labels: {tier: "b"}}
            overlays: [{selector: {tier: a}, path: overlays/a}]
            retire: [old]
            renames: [{table: orders, column: {from: qty, to: quantity}}]
            prune: retired
            manage: [tables]
        environments:
          production: {namespaces: [commerce], connection: {user: u}}
        """

    private func words(_ text: String, table: String = "orders") throws -> FleetSettings? {
        let fleet = try Fleet(Array(text.utf8), file: "plumb.yaml")
        let step = sampleStep(table: table, shards: ["s0"])
        let desired = DesiredState(
            fleet: fleet, environment: try fleet.selectEnvironment(nil),
            revision: Revision(commit: nil), schemas: [], assignment: [:], shards: [])
        return FleetSettings(
            fleet, about: StepSubject(step, in: samplePlan([step]), desired: desired))
    }

    @Test(
        "what decides the step",
        arguments: [
            ("schema: schema/app", "schema: schema/other"), ("overlays/a", "overlays/b"),
            ("{selector: {tier: a}", "{selector: {tier: b}"), ("prune: retired", "prune: all"),
            ("to: quantity", "to: amount"), ("database: d0", "database: d1"),
            ("db:3306", "db2:3306"), ("labels: {tier: a}", "labels: {tier: b}"),
            ("retire: [old]", "retire: [old, orders]"),
            ("    manage: [tables]", "    manage: [tables]\n    allow_empty: true"),
            ("    manage: [tables]", "    manage: [tables]\n    old_temporals: rebuild"),
            (
                "    manage: [tables]",
                "    manage: [tables]\n    pins: [{selector: {tier: a}, ref: refs/heads/next}]"
            ),
            ("connection: {user: u}", "connection: {user: u}, hosts: {\"db:3306\": \"x:3306\"}"),
        ])
    func decides(_ old: String, _ new: String) throws {
        let changed = text.replacing(old, with: new)
        #expect(changed != text)
        #expect(try words(changed) != words(text))
    }

    @Test(
        "what does not", arguments: [("retire: [old]", "retire: [older]"), ("user: u", "user: v")])
    func doesNot(_ old: String, _ new: String) throws {
        #expect(try words(text.replacing(old, with: new)) == words(text))
    }

    @Test("what is managed decides about objects of its kind alone")
    func manage() throws {
        let all = text.replacing("manage: [tables]", with: "manage: [tables, views]")
        #expect(try words(all) == words(text))
        #expect(try words(all, table: "view:v") != words(text, table: "view:v"))
    }

    @Test("a file without the namespace says nothing")
    func missing() throws {
        #expect(try words(text.replacing("commerce", with: "other")) == nil)
    }
}
