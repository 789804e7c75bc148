import Desired
import Model
import Schema

/// The `plumb.yaml` that an import writes.
struct FleetDraft {
    struct Namespace {
        let name: String
        let shards: [ImportReport.Shard]
    }

    private let request: ImportRequest
    /// The `sql_mode` for the files of every namespace; nil where none is needed.
    var sqlMode: String?

    init(_ request: ImportRequest) {
        self.request = request
    }

    /// The connection as the fleet file will have it, with its limits.
    func connection() throws(ImportError) -> (ConnectionConfiguration, Concurrency) {
        let name = request.namespace ?? "imported"
        guard ImportNames.isNamespace(name) else {
            throw ImportError(
                .invalidName,
                "`\(name)` cannot be the name of a namespace",
                remedy: "use at most 64 letters, digits, `_` and `-`, with a letter or `_` in front"
            )
        }
        let text = self.text([
            Namespace(name: name, shards: [.init(name: "imported", database: "imported")])
        ])
        do {
            let fleet = try Fleet(Array(text.utf8), file: Fleet.fileName)
            let environment = try fleet.selectEnvironment(request.environment)
            guard let connection = environment.connection else {
                throw ConfigurationError("the environment has no `connection`")
            }
            return (connection, fleet.policy.rollout.concurrency)
        } catch {
            throw ImportError(
                .invalidName,
                "the environment or the connection cannot be written to "
                    + "\(Fleet.fileName): \(error)", cause: error)
        }
    }

    /// The text of the whole file.
    func text(_ namespaces: [Namespace]) -> String {
        var lines = ["version: 1", "namespaces:"]
        for namespace in namespaces {
            lines.append("  \(namespace.name):")
            lines.append("    schema: schema/\(namespace.name)")
            if let manage { lines.append("    manage: \(manage)") }
            if let sqlMode { lines.append("    sql_mode: \(YAMLText.scalar(sqlMode))") }
            lines.append("    shards:")
            if let pattern = NumberedShards.pattern(of: namespace.shards) {
                let host = YAMLText.scalar(request.server.description)
                lines.append(
                    "      - {pattern: \(YAMLText.scalar(pattern)), hosts: [\(host)]}")
            } else {
                lines += namespace.shards.map(shard)
            }
        }
        let names = namespaces.map(\.name).joined(separator: ", ")
        lines += [
            "environments:",
            "  \(YAMLText.scalar(request.environment)):",
            "    namespaces: [\(names)]",
            "    connection: {\(pairs(connectionPairs))}",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// The value of a namespace's `manage`; nil for tables alone.
    private var manage: String? {
        guard !request.objects.isEmpty else { return nil }
        guard request.objects != ManagedKind.all.objects else { return ManagedKind.all.rawValue }
        let kinds = ManagedKind.allCases.filter(request.manage.union([.tables]).contains).map(
            \.rawValue)
        return "[\(kinds.joined(separator: ", "))]"
    }

    private func shard(_ shard: ImportReport.Shard) -> String {
        var fields = [("name", shard.name), ("host", request.server.description)]
        if shard.database != shard.name { fields.append(("database", shard.database)) }
        return "      - {\(pairs(fields.map { ($0, YAMLText.scalar($1)) }))}"
    }

    private var connectionPairs: [(String, String)] {
        var result: [(String, String)] = []
        switch request.connection.credentials {
        case .optionFile(let path): result.append(("option_file", absolute(path)))
        case .user(let name, let password):
            result.append(("user", YAMLText.scalar(name)))
            switch password {
            case .none: break
            case .environment(let name): result.append(("password_env", YAMLText.scalar(name)))
            case .file(let path): result.append(("password_file", absolute(path)))
            }
        }
        if let mode = request.connection.tls {
            var tls = [("mode", YAMLText.scalar(mode.rawValue))]
            if let path = request.connection.authorityFile { tls.append(("ca", absolute(path))) }
            result.append(("tls", "{\(pairs(tls))}"))
        }
        return result
    }

    /// Paths are relative to the command's folder, not to the repository, so they are made
    /// absolute.
    private func absolute(_ path: String) -> String {
        YAMLText.scalar(LocalPath(path).resolved(in: request.workingFolder))
    }

    private func pairs(_ pairs: [(String, String)]) -> String {
        pairs.map { "\($0): \($1)" }.joined(separator: ", ")
    }
}

/// Writes YAML.
package enum YAMLText {
    /// `text` as a YAML scalar that is read back as `text`, without quotes where that is safe.
    package static func scalar(_ text: String) -> String {
        isPlain(text) ? text : quoted(text)
    }

    private static let words: Set<String> = [
        "true", "false", "null", "yes", "no", "on", "off", "y", "n",
    ]

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) || first == UInt8(ascii: "/") else {
            return false
        }
        return !words.contains(text.lowercased())
            && text.utf8.allSatisfy {
                isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/")
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\0"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{2028}", "\u{2029}", "\u{feff}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
