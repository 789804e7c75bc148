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
        let connection = fields.read(.connection, connection)
        let hosts = fields.read(.hosts, hosts)
        guard let namespaces, let connection else { return nil }
        return Environment(
            name: entry.key, location: entry.keyLocation, namespaces: namespaces,
            connection: connection, after: after ?? [], hosts: hosts)
    }

    // MARK: connection

    private func connection(_ node: YAMLNode, _ what: String) -> Connection? {
        guard let fields = reader.fields(node, ConnectionKey.self) else { return nil }
        let credentials = self.credentials(fields, node)
        let tls = fields.read(.tls) { node, _ in self.tls(node) }
        let connect = fields.read(.connectTimeout) {
            reader.durationSeconds($0, $1, in: 1...3_600)
        }
        let lockWait = fields.read(.lockWaitTimeout) {
            reader.durationSeconds($0, $1, in: 1...86_400)
        }
        guard let credentials else { return nil }
        return Connection(
            credentials: credentials, tls: tls ?? .standard,
            connectTimeoutSeconds: connect ?? Connection.defaultConnectTimeoutSeconds,
            lockWaitTimeoutSeconds: lockWait ?? Connection.defaultLockWaitTimeoutSeconds)
    }

    private func credentials(
        _ fields: Fields<ConnectionKey>, _ node: YAMLNode
    ) -> Connection.Credentials? {
        let optionFile = fields.read(.optionFile, path)
        let user = fields.read(.user, self.user)
        let variable = fields.read(.passwordEnvironment, self.variable)
        let file = fields.read(.passwordFile, path)
        let hasUser = fields[.user] != nil
        guard hasUser != (fields[.optionFile] != nil) else {
            return reader.invalid(
                node, "a connection has \(hasUser ? "both" : "none") of `option_file` and `user`",
                "write exactly one of the two")
        }
        if !hasUser, let extra = fields[.passwordEnvironment] ?? fields[.passwordFile] {
            return reader.invalid(
                extra, "a password is named beside `option_file`",
                "keep the password in the option file, or write `user` instead of `option_file`")
        }
        if fields[.passwordEnvironment] != nil, let second = fields[.passwordFile] {
            return reader.invalid(
                second, "a connection has both of `password_env` and `password_file`",
                "write one of the two")
        }
        if let optionFile { return .optionFile(optionFile) }
        guard let user else { return nil }
        if let variable { return .user(user, password: .environment(variable)) }
        if let file { return .user(user, password: .file(file)) }
        return .user(user, password: .none)
    }

    private func variable(_ node: YAMLNode, _ what: String) -> String? {
        guard let text = reader.string(node, what) else { return nil }
        let isName = text.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF)
        }
        guard isName else {
            return reader.invalid(
                node, "\(what) is not the name of an environment variable",
                "write the name only, without `$` and without a value")
        }
        return text
    }

    /// Servers repeat the name of a user that they refuse: a password must not be part of it.
    private func user(_ node: YAMLNode, _ what: String) -> String? {
        guard let text = reader.string(node, what) else { return nil }
        guard !text.contains(":") else {
            reader.diagnostics.error(
                .plaintextPassword,
                "\(what) has a `:` in it, as if a password stood behind it, which would put it into "
                    + "git",
                remedy: "write the user alone, and name the password with `password_env` or "
                    + "`password_file`", at: node.location)
            return nil
        }
        return text
    }

    private func path(_ node: YAMLNode, _ what: String) -> LocalPath? {
        reader.string(node, what).map(LocalPath.init)
    }

    private func tls(_ node: YAMLNode) -> TLS? {
        guard let fields = reader.fields(node, TLSKey.self) else { return nil }
        let mode = fields.read(.mode) { reader.choice($0, $1, TLS.Mode.self) }
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
