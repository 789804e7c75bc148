import Foundation
import TestSupport
import Testing

/// Command lines and fleet files that cannot be followed.
@Suite struct BadConfigurationTests {
    struct Fault: CustomStringConvertible, Sendable {
        let old: String
        let new: String
        let told: [String]

        var description: String { new }
    }

    @Test(arguments: [
        Fault(old: "version: 1", new: "version: 2", told: ["plumb.yaml:1:", "2"]),
        Fault(old: "namespaces:\n", new: "namespace:\n", told: ["plumb.yaml:2:1", "namespaces"]),
        Fault(
            old: "schema: schema/app", new: "schemas: schema/app",
            told: ["plumb.yaml:4:", "`schema`"]),
        Fault(old: "ledger:", new: "ledgr:", told: ["plumb.yaml:", "ledger"]),
        Fault(old: "[app]", new: "[apps]", told: ["plumb.yaml:", "apps"]),
        Fault(old: "version: 1", new: "version: [", told: ["plumb.yaml:"]),
        Fault(
            old: "version: 1", new: "version: 1\nversion: 1", told: ["plumb.yaml:2:", "version"]),
        Fault(
            old: "ledger:", new: "policy: {drift: reprot}\nledger:",
            told: ["plumb.yaml:", "report"]),
        Fault(
            old: "ledger:", new: "policy: {windows: [{allow: \"Someday\", zone: UTC}]}\nledger:",
            told: ["plumb.yaml:", "Someday"]),
        Fault(old: "user: root", new: "user: root, password: hunter2", told: ["plumb.yaml:"]),
        Fault(
            old: "user: root", new: "user: root, password_env: PLUMB_NOT_SET",
            told: ["PLUMB_NOT_SET", "not set"]),
        Fault(
            old: "user: root", new: "user: root, password_file: nowhere.txt",
            told: ["password_file", "nowhere.txt"]),
        Fault(old: "ledger: \"file:", new: "ledger: \"mysql://u@h:1/x", told: ["ledger"]),
    ])
    func faultyFleetFileIsAConfigurationError(_ fault: Fault) throws {
        let fleet = try FleetFixture()
        try fleet.expect(0, "reconcile")
        fleet.file.whole = fleet.file.text.replacingOccurrences(of: fault.old, with: fault.new)
        try fleet.commit()
        try fleet.expectUntouched {
            for command in ["reconcile", "plan"] {
                let run = try fleet.expect(78, command)
                for words in fault.told { #expect(run.says(words), "\(words) in \(run)") }
                #expect(!run.says("hunter2"), "\(run)")
            }
            try fleet.expect(78, "reconcile", "--output", "json")
        }
    }

    @Test func optionFileThatIsMissingIsAConfigurationError() throws {
        let fleet = try FleetFixture()
        fleet.file.connection = "{option_file: nowhere.cnf}"
        try fleet.commit()
        try fleet.expectUntouched {
            let run = try fleet.expect(78, "reconcile")
            #expect(run.says("option_file", "nowhere.cnf"), "\(run)")
        }
    }

    @Test(arguments: [
        ["plan", "--nonsense"], ["nonsense"], ["plan", "--shard"], ["plan", "--output", "xml"],
        ["plan", "extra"], ["daemon", "--interval", "soon"], ["plan", "--heal=yes"],
        ["log", "--limit", "-1"], ["reconcile", "--output", "sarif"],
        // One rollout is meant, and the second name is not passed over.
        ["rollback", "a", "b", "--reason", "x"], ["cutover", "a", "b", "--reason", "x"],
        ["retry", "a", "b", "--reason", "x"], ["stop", "a", "b", "--reason", "x"],
        ["status", "a", "b"],
    ])
    func faultyCommandLineIsAUsageError(_ words: [String]) throws {
        let fleet = try FleetFixture(shards: 1)
        try fleet.expectUntouched {
            let run = try fleet.run(words)
            #expect(run.status == 64, "\(run)")
            #expect(!run.stderr.isEmpty, "\(run)")
        }
    }

    @Test func nearestOptionIsNamed() throws {
        let fleet = try FleetFixture(shards: 1)
        #expect(try fleet.expect(64, "plan", "--shrad", "x").says("--shard"))
        #expect(try fleet.expect(64, "reconcil").says("reconcile"))
    }
}
