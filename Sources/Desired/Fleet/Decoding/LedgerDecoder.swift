/// What `ledger` of a file says.
struct LedgerSettings {
    var location: LedgerLocation
    /// How its servers are reached; nil where nothing is said about it.
    var connection: ConnectionConfiguration?
    var key: LocalPath?
    var retention: Located<Int>?
}

/// Decodes `ledger`: the location alone, or a mapping with the location, its account, the signing
/// key and how long what is over is kept.
struct LedgerDecoder {
    let reader: NodeReader

    func settings(_ node: YAMLNode, _ what: String) -> LedgerSettings? {
        guard case .mapping = node.content else {
            return location(node, what).map { LedgerSettings(location: $0) }
        }
        guard let fields = reader.fields(node, LedgerKey.self) else { return nil }
        let location = fields.read(.location, location)
        let key = fields.read(.sign, reader.string)
        let retention = fields.read(.retention) { node, what in
            reader.durationSeconds(node, what, in: LedgerLocation.retentionSeconds).map {
                Located($0, at: node.location)
            }
        }
        // Whose account it is cannot be said where the location is wrong.
        guard fields[.location] == nil || location != nil else { return nil }
        var settings = LedgerSettings(location: location ?? .standard)
        settings.connection = fields.read(.connection) { node, what in
            connection(node, what, of: settings.location)
        }
        settings.key = key.map { LocalPath($0) }
        settings.retention = retention
        return settings
    }

    func location(_ node: YAMLNode, _ what: String) -> LedgerLocation? {
        guard let text = reader.string(node, what) else { return nil }
        do throws(LedgerLocation.Fault) {
            return try LedgerLocation(text)
        } catch {
            switch error {
            case .password:
                reader.diagnostics.error(
                    .plaintextPassword,
                    "\(what) has a password in it, which would put it into git",
                    remedy: "write `mysql://user@host:port/database`, and name the password under "
                        + "`connection` of `ledger`", at: node.location)
                return nil
            case .other(let message):
                return reader.invalid(node, message, "write \(LedgerLocation.form)")
            }
        }
    }

    /// How the servers of `location` are reached. The user is the location's.
    func connection(
        _ node: YAMLNode, _ what: String, of location: LedgerLocation
    ) -> ConnectionConfiguration? {
        guard case .mysql(let database) = location else {
            return reader.invalid(
                node, "`ledger` has a connection, and its location is a folder",
                "leave it out, or write `mysql://user@host/database`")
        }
        guard let fields = reader.fields(node, LedgerConnectionKey.self) else { return nil }
        let before = reader.diagnostics.errorCount
        let login = ConnectionDecoder.Login(fields)
        let credentials = ConnectionDecoder(reader: reader).credentials(login, of: database.user)
        let tls = fields.read(.tls) { node, _ in EnvironmentDecoder(reader: reader).tls(node) }
        let connect = fields.read(.connectTimeout) {
            reader.durationSeconds($0, $1, in: 1...3_600)
        }
        guard reader.diagnostics.errorCount == before, let credentials else { return nil }
        return ConnectionConfiguration(
            credentials: credentials, tls: tls ?? .standard,
            connectTimeoutSeconds: connect ?? ConnectionConfiguration.defaultConnectTimeoutSeconds,
            lockWaitTimeoutSeconds: ConnectionConfiguration.defaultLockWaitTimeoutSeconds)
    }
}
