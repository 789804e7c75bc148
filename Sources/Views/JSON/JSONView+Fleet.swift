import Model
import Reports

extension JSONView {
    /// Every shard with its server and state.
    package static func fleet(_ report: FleetReport, pretty: Bool = false) -> String {
        let members: [String: JSONValue] = [
            "environment": .string(report.environment), "revision": revision(report.revision),
            "time": .string(report.time),
            "shards": .array(
                report.shards.map { shard in
                    .object([
                        "namespace": .string(shard.namespace), "name": .string(shard.name),
                        "server": .string(shard.server), "state": .string(shard.state.rawValue),
                        "differing": .number(shard.differing), "reason": .text(shard.reason),
                    ])
                }),
        ]
        return document("fleet", FleetFacts.headline(report), .done, members, pretty)
    }
}
