/// The text of a `plumb.yaml`.
package struct FleetFile {
    package struct Shard {
        package var name: String
        package var host: String
        package var database: String
        package var labels: String?

        package init(name: String, host: String, database: String, labels: String? = nil) {
            self.name = name
            self.host = host
            self.database = database
            self.labels = labels
        }
    }

    package var shards: [Shard]
    /// Lines of the namespace `app`, without indentation.
    package var namespace: [String] = []
    /// Lines of `policy`.
    package var policy: [String] = []
    /// The connection of every environment.
    package var connection = "{user: root, tls: {mode: disabled}}"
    /// The environments with what they add, in order.
    package var environments: [(name: String, adds: String)] = [("production", "")]
    package var ledger: String
    /// The value of `ledger`, where the ledger is in no folder.
    package var ledgerLine: String?
    /// The key that signs the ledger.
    package var ledgerKey: String?
    /// Replaces everything, where a test is about the file itself.
    package var whole: String?
    /// Replaces the list of shards.
    package var shardLines: [String]?

    package var text: String {
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
        if let ledgerLine {
            lines.append("ledger: \(ledgerLine)")
            return lines.joined(separator: "\n") + "\n"
        }
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
