/// The text of a `plumb.yaml`.
struct FleetFile {
    struct Shard {
        var name: String
        var host: String
        var database: String
        var labels: String?
    }

    var shards: [Shard]
    /// Lines of the namespace `app`, without indentation.
    var namespace: [String] = []
    /// Lines of `policy`.
    var policy: [String] = []
    /// The connection of every environment.
    var connection = "{user: root, tls: {mode: disabled}}"
    /// The environments with what they add, in order.
    var environments: [(name: String, adds: String)] = [("production", "")]
    var ledger: String
    /// The key that signs the ledger.
    var ledgerKey: String?
    /// Replaces everything, where a test is about the file itself.
    var whole: String?
    /// Replaces the list of shards.
    var shardLines: [String]?

    var text: String {
        if let whole { return whole }
        var lines = [
            "version: 1", "namespaces:", "  app:", "    schema: schema/app", "    shards:",
        ]
        lines += (shardLines ?? shards.map(Self.line)).map { "      " + $0 }
        lines += namespace.map { "    " + $0 }
        lines.append("environments:")
        lines += environments.map { environment in
            "  \(environment.name): {namespaces: [app], connection: \(connection)"
                + (environment.adds.isEmpty ? "" : ", \(environment.adds)") + "}"
        }
        if !policy.isEmpty { lines += ["policy:"] + policy.map { "  " + $0 } }
        let key = ledgerKey.map { ", sign: \(Self.quoted($0))" }
        lines.append(
            key.map { "ledger: {location: \"file:\(ledger)\"\($0)}" }
                ?? "ledger: \"file:\(ledger)\"")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func line(_ shard: Shard) -> String {
        let labels = shard.labels.map { ", labels: \($0)" } ?? ""
        return "- {name: \(quoted(shard.name)), host: \(quoted(shard.host)), "
            + "database: \(quoted(shard.database))\(labels)}"
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacingOccurrences(of: "\\", with: "\\\\")
            .replacingOccurrences(of: "\"", with: "\\\"")
        return "\"\(escaped)\""
    }
}
