import Schema

extension NodeReader {
    /// Reads labels, and with them the name of a shard or a pattern.
    func selector(_ node: YAMLNode, _ what: String) -> Selector? {
        guard let entries = mapping(node, what) else { return nil }
        guard !entries.isEmpty else {
            return invalid(
                node, "\(what) is empty", "name labels, or write `{shard: \"*\"}` for all shards")
        }
        var labels: [String: String] = [:]
        var shard: String?
        for entry in entries {
            guard let value = string(entry.value, "`\(entry.key)`") else { continue }
            if entry.key == ShardDecoder.shardLabel {
                shard = value
            } else {
                labels[entry.key] = value
            }
        }
        return Selector(labels: labels, shard: shard, location: node.location)
    }
}
