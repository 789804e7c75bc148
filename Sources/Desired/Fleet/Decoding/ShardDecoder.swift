import Schema

/// Decodes one entry of `shards`.
struct ShardDecoder {
    let reader: NodeReader

    /// The key with which selectors select by a shard's name; no label may be called so.
    static let shardLabel = "shard"

    func entry(_ node: YAMLNode) -> ShardEntry? {
        guard let entries = reader.mapping(node, "an entry of `shards`") else { return nil }
        let forms = [
            ShardPatternKey.pattern.rawValue, NamedShardKey.name.rawValue,
            DiscoveredShardsKey.discover.rawValue,
        ]
        let found = entries.filter { forms.contains($0.key) }
        guard found.count == 1, let form = found.first?.key else {
            let fault = found.isEmpty ? "has none" : "has \(found.count)"
            return reader.invalid(
                node, "an entry of `shards` \(fault) of `pattern`, `name` and `discover`",
                "write exactly one of the three")
        }
        switch form {
        case ShardPatternKey.pattern.rawValue: return pattern(node)
        case NamedShardKey.name.rawValue: return named(node)
        default: return discovered(node)
        }
    }

    private func pattern(_ node: YAMLNode) -> ShardEntry? {
        guard let fields = reader.fields(node, ShardPatternKey.self) else { return nil }
        let names = fields.read(.pattern, expanded)
        let hosts = fields.read(.hosts, self.hosts)
        let template = fields.read(.database, template)
        let labels = fields.read(.labels, labels) ?? [:]
        let readOnly = fields.read(.readOnly, self.readOnly) ?? .refuse
        guard let names, let hosts, let nameNode = fields[.pattern] else { return nil }
        if hosts.count > names.count, let node = fields[.hosts] {
            reader.diagnostics.warning(
                .unusedHost,
                "\(Count.of(hosts.count, "host")) listed for \(Count.of(names.count, "shard"))",
                remedy: "remove hosts or widen the pattern", at: node.location)
        }
        // Contiguous blocks: neighbours stay together when the number of hosts divides their
        // number.
        let listed = names.enumerated().compactMap { index, name in
            shard(
                name, host: hosts[index * hosts.count / names.count], template,
                at: nameNode, fields[.database] ?? nameNode)
        }
        return ShardEntry(
            source: .listed(listed), labels: labels, readOnly: readOnly, location: node.location)
    }

    private func named(_ node: YAMLNode) -> ShardEntry? {
        guard let fields = reader.fields(node, NamedShardKey.self) else { return nil }
        let name = fields.read(.name, reader.string)
        let host = fields.read(.host, reader.server)
        let template = fields.read(.database, template)
        let labels = fields.read(.labels, labels) ?? [:]
        let readOnly = fields.read(.readOnly, self.readOnly) ?? .refuse
        guard let name, let host, let nameNode = fields[.name] else { return nil }
        let listed = shard(name, host: host, template, at: nameNode, fields[.database] ?? nameNode)
        guard let listed else { return nil }
        return ShardEntry(
            source: .listed([listed]), labels: labels, readOnly: readOnly, location: node.location)
    }

    private func discovered(_ node: YAMLNode) -> ShardEntry? {
        guard let fields = reader.fields(node, DiscoveredShardsKey.self) else { return nil }
        let labels = fields.read(.labels, labels) ?? [:]
        let readOnly = fields.read(.readOnly, self.readOnly) ?? .refuse
        let inner = fields.read(.discover) { node, _ in reader.fields(node, DiscoverKey.self) }
        let host = inner?.read(.host, reader.server)
        let like = inner?.read(.like, reader.string)
        guard let host, let like else { return nil }
        return ShardEntry(
            source: .discovered(host: host, like: like), labels: labels, readOnly: readOnly,
            location: node.location)
    }

    private func shard(
        _ name: String, host: ServerAddress, _ template: String?, at nameNode: YAMLNode,
        _ databaseNode: YAMLNode
    ) -> ListedShard? {
        if let fault = ShardName.fault(name) {
            return reader.invalid(
                nameNode, "the shard name `\(name)` \(fault)", "choose another name")
        }
        let database = template.map { Self.fill($0, name) } ?? name
        if let fault = DatabaseName.fault(database) {
            return reader.invalid(
                databaseNode, "the database name `\(database)` \(fault)",
                "set `database` to the name of the shard's schema")
        }
        return ListedShard(name: name, host: host, database: database)
    }

    private static func fill(_ template: String, _ name: String) -> String {
        template.split(separator: "{shard}", omittingEmptySubsequences: false)
            .joined(separator: name)
    }

    private func template(_ node: YAMLNode, _ what: String) -> String? {
        guard let text = reader.string(node, what) else { return nil }
        let rest = Self.fill(text, "")
        guard !rest.contains("{"), !rest.contains("}") else {
            return reader.invalid(
                node, "\(what) is `\(text)`, and `{shard}` is the only placeholder",
                "write `{shard}` where the shard's name goes")
        }
        return text
    }

    private func readOnly(_ node: YAMLNode, _ what: String) -> ReadOnlyServers? {
        reader.choice(node, what, ReadOnlyServers.self)
    }

    private func labels(_ node: YAMLNode, _ what: String) -> [String: String]? {
        guard let entries = reader.mapping(node, what) else { return nil }
        var labels: [String: String] = [:]
        for entry in entries {
            guard entry.key != Self.shardLabel else {
                reader.diagnostics.error(
                    .invalidValue, "a label cannot be named `\(Self.shardLabel)`",
                    remedy: "use another name; selectors use this one for the shard's own name",
                    at: entry.keyLocation)
                continue
            }
            labels[entry.key] = reader.string(entry.value, "the label `\(entry.key)`")
        }
        return labels
    }

    private func hosts(_ node: YAMLNode, _ what: String) -> [ServerAddress]? {
        guard let items = reader.filledList(node, what) else { return nil }
        let hosts = items.compactMap { addresses($0, "a host in \(what)") }
        return hosts.count == items.count ? hosts.flatMap { $0 } : nil
    }

    /// The servers that one address with ranges stands for.
    func addresses(_ node: YAMLNode, _ what: String) -> [ServerAddress]? {
        guard let texts = expanded(node, what) else { return nil }
        let servers = texts.compactMap { ServerAddress($0) }
        guard servers.count == texts.count else {
            return reader.invalid(
                node, "\(what) is not the address of a server",
                "write `name`, `name:port`, `[v6]:port` or `unix:/path`")
        }
        return servers
    }

    private func expanded(_ node: YAMLNode, _ what: String) -> [String]? {
        guard let text = reader.string(node, what) else { return nil }
        do {
            return try ShardPattern(text).expanded()
        } catch {
            return reader.invalid(node, error.message, "write ranges like `{00..ff}` or `{0..3}`")
        }
    }
}
