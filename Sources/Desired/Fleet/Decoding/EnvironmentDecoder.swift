import Schema

/// Decodes one entry of `environments`.
struct EnvironmentDecoder {
    let reader: NodeReader

    func environment(_ entry: YAMLEntry) -> Environment? {
        guard let fields = reader.fields(entry.value, EnvironmentKey.self) else { return nil }
        let namespaces = fields.read(.namespaces) { node, what in
            reader.filledList(node, what)?.compactMap {
                reader.located($0, "a namespace in \(what)")
            }
        }
        let after = fields.read(.after) { node, what in
            reader.list(node, what)?.compactMap { reader.located($0, "an environment in \(what)") }
        }
        let connection = fields.read(.connection, ConnectionDecoder(reader: reader).connection)
        let hosts = fields.read(.hosts, hosts)
        guard let namespaces else { return nil }
        return Environment(
            name: entry.key, location: entry.keyLocation, namespaces: namespaces,
            connection: connection, after: after ?? [], hosts: hosts)
    }

    // MARK: tls

    func tls(_ node: YAMLNode) -> TLS? {
        guard let fields = reader.fields(node, TLSKey.self) else { return nil }
        let mode = fields.read(.mode) { reader.choice($0, $1, TLS.Mode.self) }
        let path = ConnectionDecoder(reader: reader).path
        let ca = fields.read(.ca, path)
        let certificate = fields.read(.cert, path)
        let key = fields.read(.key, path)
        guard (fields[.cert] == nil) == (fields[.key] == nil) else {
            return reader.invalid(
                node, "`tls` has one of `cert` and `key`", "write both or none")
        }
        if mode == .disabled, let unused = fields[.ca] ?? fields[.cert] {
            return reader.invalid(
                unused, "`tls` names files and is `disabled`",
                "remove the files or choose another mode")
        }
        if fields[.mode] != nil, mode == nil { return nil }
        return TLS(mode: mode, ca: ca, certificate: certificate, key: key)
    }

    // MARK: hosts

    private func hosts(_ node: YAMLNode, _ what: String) -> HostMap? {
        guard let entries = reader.filledMapping(node, what) else { return nil }
        var pairs: [ServerAddress: ServerAddress] = [:]
        var places: [ServerAddress: SourceLocation] = [:]
        for entry in entries {
            let key = YAMLNode(
                content: .scalar(
                    YAMLScalar(text: entry.key, isQuoted: true, value: .string(entry.key))),
                location: entry.keyLocation)
            let shards = ShardDecoder(reader: reader)
            guard let from = shards.addresses(key, "a host in \(what)"),
                let to = shards.addresses(entry.value, "the host for `\(entry.key)`")
            else { continue }
            guard to.count == 1 || to.count == from.count else {
                let _: Int? = reader.invalid(
                    entry.value, "\(Count.of(from.count, "host")) mapped to \(to.count)",
                    "map to one host, or to as many as stand on the left")
                continue
            }
            for (index, host) in from.enumerated() {
                if places[host] != nil {
                    let _: Int? = reader.invalid(
                        key, "the host \(host) is mapped for the second time",
                        "keep one of the two")
                }
                places[host] = entry.keyLocation
                pairs[host] = to[to.count == 1 ? 0 : index]
            }
        }
        return HostMap(pairs: pairs, location: node.location, places: places)
    }
}
