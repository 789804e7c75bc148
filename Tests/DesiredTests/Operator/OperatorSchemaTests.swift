import Foundation
import TestSupport
import Testing

@testable import Desired

/// Holds `docs/operator.schema.json` against the decoder, both ways.
@Suite struct OperatorSchemaTests {
    private let schema: [String: Any]
    private let definitions: [String: [String: Any]]
    private let fleetDefinitions: [String: [String: Any]]

    init() throws {
        func read(_ name: String) throws -> [String: Any] {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            let file = folder.appendingPathComponent("../../../docs/\(name)")
            let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
            return try #require(json as? [String: Any])
        }
        schema = try read("operator.schema.json")
        definitions = try #require(schema["$defs"] as? [String: [String: Any]])
        fleetDefinitions = try #require(
            read("plumb.schema.json")["$defs"] as? [String: [String: Any]])
    }

    private func required<Key: FleetKey>(_ type: Key.Type) -> Set<String> {
        Set(Key.required.map(\.rawValue))
    }

    private func words<Choice: FleetChoice>(_ type: Choice.Type) -> [String] { Choice.names }

    @Test func everyMappingHasTheDecodersKeys() throws {
        for type in OperatorFormat.keys {
            let definition = try #require(definitions[type.title], "\(type.title)")
            let properties = try #require(definition["properties"] as? [String: Any])
            #expect(Set(properties.keys) == Set(type.names), "\(type.title)")
            #expect(
                Set(definition["required"] as? [String] ?? []) == required(type), "\(type.title)")
        }
        let closed = definitions.filter { $0.value["additionalProperties"] as? Bool == false }
        #expect(Set(closed.keys) == Set(OperatorFormat.keys.map { $0.title }))
    }

    @Test func everyChoiceHasTheDecodersWords() throws {
        for type in OperatorFormat.choices {
            let definition = try #require(definitions[type.title], "\(type.title)")
            #expect(definition["enum"] as? [String] == words(type), "\(type.title)")
        }
        let choices = definitions.filter { $0.value["enum"] is [String] }
        #expect(Set(choices.keys) == Set(OperatorFormat.choices.map { $0.title }))
    }

    @Test func whatBothFilesHaveIsTheSame() throws {
        let shared = Set(definitions.keys).intersection(fleetDefinitions.keys)
        #expect(shared.isSuperset(of: ["connection", "account", "tls", "workspace", "window"]))
        for name in shared {
            let own = try #require(definitions[name]) as NSDictionary
            #expect(own == (try #require(fleetDefinitions[name]) as NSDictionary), "\(name)")
        }
    }

    @Test func theDefaultsAreTheDecodersDefaults() throws {
        let limits = definitions["operatorLimits"]?["properties"] as? [String: [String: Any]]
        #expect(
            limits?["approval"]?["default"] as? String
                == "\(ApprovalRules.standardLifetimeSeconds / 86_400)d")
        let folding = definitions["folding"]?["properties"] as? [String: [String: Any]]
        #expect(
            folding?["tags"]?["default"] as? Bool
                == ApprovalRules(identity: .declared).foldsTags)
    }
}
