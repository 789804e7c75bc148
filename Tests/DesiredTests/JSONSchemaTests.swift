import Foundation
import Model
import Testing

@testable import Desired

/// Holds `docs/plumb.schema.json` against the decoder, both ways.
@Suite struct JSONSchemaTests {
    private let schema: [String: Any]
    private let definitions: [String: [String: Any]]

    init() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let file = folder.appendingPathComponent("../../docs/plumb.schema.json")
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        schema = try #require(json as? [String: Any])
        definitions = try #require(schema["$defs"] as? [String: [String: Any]])
    }

    private func facts<Key: FleetKey>(_ type: Key.Type) -> (
        keys: Set<String>, required: Set<String>
    ) {
        (Set(Key.names), Set(Key.required.map(\.rawValue)))
    }

    @Test func everyMappingHasTheDecodersKeys() throws {
        for type in FleetFormat.keys {
            let definition = try #require(definitions[type.title], "\(type.title)")
            let properties = try #require(definition["properties"] as? [String: Any])
            let (keys, required) = facts(type)
            #expect(Set(properties.keys) == keys, "\(type.title)")
            #expect(Set(definition["required"] as? [String] ?? []) == required, "\(type.title)")
            #expect(definition["additionalProperties"] as? Bool == false, "\(type.title)")
        }
    }

    @Test func everyMappingOfTheSchemaIsDecoded() {
        let closed = definitions.filter { $0.value["additionalProperties"] as? Bool == false }
        #expect(Set(closed.keys) == Set(FleetFormat.keys.map { $0.title }))
    }

    @Test func everyChoiceHasTheDecodersWords() throws {
        for type in FleetFormat.choices {
            let definition = try #require(definitions[type.title], "\(type.title)")
            #expect(definition["enum"] as? [String] == words(type), "\(type.title)")
        }
        let choices = definitions.filter { $0.value["enum"] is [String] }
        #expect(Set(choices.keys) == Set(FleetFormat.choices.map { $0.title }))
    }

    private func words<Choice: FleetChoice>(_ type: Choice.Type) -> [String] { Choice.names }

    @Test func theVersionsAreTheDecodersVersions() throws {
        let fleet = try #require(definitions["fleet"]?["properties"] as? [String: [String: Any]])
        #expect(fleet["version"]?["enum"] as? [Int] == FleetFormat.versions)
    }

    @Test func everyDefinitionIsUsedAndEveryReferenceResolves() throws {
        var used: Set<String> = []
        func walk(_ value: Any) {
            if let object = value as? [String: Any] {
                if let reference = object["$ref"] as? String {
                    used.insert(String(reference.dropFirst("#/$defs/".count)))
                }
                object.values.forEach(walk)
            } else if let list = value as? [Any] {
                list.forEach(walk)
            }
        }
        walk(schema)
        #expect(used == Set(definitions.keys))
    }

    @Test func everyDefaultIsTheDecodersDefault() throws {
        func value(_ definition: String, _ key: String) throws -> Any? {
            let properties = definitions[definition]?["properties"] as? [String: [String: Any]]
            return try #require(properties?[key])["default"]
        }
        #expect(try value("fleet", "ledger") as? String == LedgerLocation.standard.description)
        #expect(try value("workspace", "prefix") as? String == WorkspaceSettings.defaultPrefix)
        #expect(
            try value("connection", "connect_timeout") as? String
                == "\(ConnectionConfiguration.defaultConnectTimeoutSeconds)s")
        #expect(
            try value("connection", "lock_wait_timeout") as? String
                == "\(ConnectionConfiguration.defaultLockWaitTimeoutSeconds)s")
        #expect(try value("policy", "approve") as? [String] == ["lossy", "irreversible"])
        #expect(try value("policy", "drift") as? String == Policy.standard.drift.rawValue)
        #expect(try value("approvers", "minimum") as? Int == Approvers.standard.minimum)
        #expect(try value("approvers", "not_author") as? Bool == Approvers.standard.notAuthor)
        #expect(
            try value("rollout", "on_failure") as? String == Rollout.standard.onFailure.rawValue)
        #expect(try value("rollout", "cutover") as? String == Rollout.standard.cutover.rawValue)
        #expect(try value("retries", "attempts") as? Int == RetryBudget.standard.attempts)
        #expect(try value("retries", "within") as? String == "1d")
        #expect(RetryBudget.standard.withinSeconds == 86_400)
        #expect(try value("concurrency", "total") as? Int == Concurrency.standard.total)
        #expect(try value("concurrency", "per_host") as? Int == Concurrency.standard.perHost)
        #expect(try value("limits", "drops_per_plan") as? Int == Limits.standard.dropsPerPlan)
        let probe = ProbePolicy.standard
        #expect(try value("probe", "enabled") as? Bool == probe.isEnabled)
        #expect(try value("probe", "each") as? String == "\(probe.eachSeconds)s")
        #expect(try value("probe", "total") as? String == "\(probe.totalSeconds)s")
        let online = OnlinePolicy.standard
        #expect(try value("online", "inplace") as? String == online.inPlace.rawValue)
        #expect(try value("online", "small") as? String == "1GB" && online.smallBytes == 1 << 30)
        #expect(try value("online", "below") as? String == "4MB" && online.belowBytes == 4 << 20)
        #expect(try value("online", "keep") as? String == "1d" && online.keepSeconds == 86_400)
        #expect(try value("online", "max_lag") as? String == "\(online.maxLagSeconds)s")
        #expect(
            try value("online", "max_commit") as? String == "\(online.maxCommitMilliseconds)ms")
        #expect(
            try value("online", "max_threads_running") as? Int == online.maxThreadsRunning)
        #expect(
            try value("online", "min_free") as? String == "1GB" && online.minFreeBytes == 1 << 30)
        #expect(try value("namespace", "prune") as? String == Prune.retired.rawValue)
    }
}
