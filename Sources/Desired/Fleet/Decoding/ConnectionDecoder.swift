/// Decodes a `connection`: the accounts and how servers are reached.
struct ConnectionDecoder {
    let reader: NodeReader

    func connection(_ node: YAMLNode, _ what: String) -> ConnectionConfiguration? {
        guard let fields = reader.fields(node, ConnectionKey.self) else { return nil }
        let own = Login(fields)
        let before = reader.diagnostics.errorCount
        let read = fields.read(.read, account)
        let workspace = fields.read(.workspace, account)
        let change = fields.read(.change, account)
        let isNamed = fields[.change] != nil || fields[.read] != nil
        if fields[.change] != nil, !own.isEmpty {
            return reader.invalid(
                node, "a connection has an account of its own beside `change`",
                "write the account under `change`")
        }
        // Other keys beside `read`, without an account of their own, change nothing.
        let credentials = isNamed && own.isEmpty ? change : self.credentials(own, node, what)
        let tls = fields.read(.tls) { node, _ in EnvironmentDecoder(reader: reader).tls(node) }
        let connect = fields.read(.connectTimeout) {
            reader.durationSeconds($0, $1, in: 1...3_600)
        }
        let lockWait = fields.read(.lockWaitTimeout) {
            reader.durationSeconds($0, $1, in: 1...86_400)
        }
        guard reader.diagnostics.errorCount == before else { return nil }
        return ConnectionConfiguration(
            credentials: credentials, read: read, workspace: workspace, tls: tls ?? .standard,
            connectTimeoutSeconds: connect ?? ConnectionConfiguration.defaultConnectTimeoutSeconds,
            lockWaitTimeoutSeconds: lockWait
                ?? ConnectionConfiguration.defaultLockWaitTimeoutSeconds)
    }

    func path(_ node: YAMLNode, _ what: String) -> LocalPath? {
        reader.string(node, what).map(LocalPath.init)
    }

    // MARK: Accounts

    private func account(_ node: YAMLNode, _ what: String) -> ConnectionConfiguration.Credentials? {
        guard let fields = reader.fields(node, AccountKey.self) else { return nil }
        return credentials(Login(fields), node, what)
    }

    /// The keys of an account, wherever they are written.
    struct Login {
        let optionFile: YAMLNode?
        let user: YAMLNode?
        let variable: YAMLNode?
        let file: YAMLNode?

        init(_ fields: Fields<ConnectionKey>) {
            optionFile = fields[.optionFile]
            user = fields[.user]
            variable = fields[.passwordEnvironment]
            file = fields[.passwordFile]
        }

        init(_ fields: Fields<AccountKey>) {
            optionFile = fields[.optionFile]
            user = fields[.user]
            variable = fields[.passwordEnvironment]
            file = fields[.passwordFile]
        }

        /// The user stands in the ledger's location.
        init(_ fields: Fields<LedgerConnectionKey>) {
            optionFile = fields[.optionFile]
            user = nil
            variable = fields[.passwordEnvironment]
            file = fields[.passwordFile]
        }

        var isEmpty: Bool { optionFile == nil && user == nil && variable == nil && file == nil }
    }

    private func credentials(
        _ login: Login, _ node: YAMLNode, _ key: String
    ) -> ConnectionConfiguration.Credentials? {
        let what = key == "`connection`" ? "a connection" : key
        let optionFile = login.optionFile.flatMap { path($0, "`option_file`") }
        let user = login.user.flatMap { self.user($0, "`user`") }
        let variable = login.variable.flatMap { self.variable($0, "`password_env`") }
        let file = login.file.flatMap { path($0, "`password_file`") }
        let hasUser = login.user != nil
        guard hasUser != (login.optionFile != nil) else {
            return reader.invalid(
                node, "\(what) has \(hasUser ? "both" : "none") of `option_file` and `user`",
                "write exactly one of the two")
        }
        if !hasUser, let extra = login.variable ?? login.file {
            return reader.invalid(
                extra, "a password is named beside `option_file`",
                "keep the password in the option file, or write `user` instead of `option_file`")
        }
        if login.variable != nil, let second = login.file {
            return reader.invalid(
                second, "\(what) has both of `password_env` and `password_file`",
                "write one of the two")
        }
        if let optionFile { return .optionFile(optionFile) }
        guard let user else { return nil }
        if let variable { return .user(user, password: .environment(variable)) }
        if let file { return .user(user, password: .file(file)) }
        return .user(user, password: .none)
    }

    /// The account of a user whose name stands elsewhere.
    func credentials(
        _ login: Login, of user: String
    ) -> ConnectionConfiguration.Credentials? {
        let named = [login.optionFile, login.variable, login.file].compactMap(\.self)
        guard named.count < 2 else {
            return reader.invalid(
                named[1],
                "the ledger's connection has several of `option_file`, `password_env` and "
                    + "`password_file`", "write one of them")
        }
        if let node = login.optionFile {
            return path(node, "`option_file`").map { .optionFile($0) }
        }
        if let node = login.variable {
            return variable(node, "`password_env`").map {
                .user(user, password: .environment($0))
            }
        }
        if let node = login.file {
            return path(node, "`password_file`").map { .user(user, password: .file($0)) }
        }
        return .user(user, password: .none)
    }

    /// Servers repeat the name of a refused user, so a password must not be part of it.
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

    private func variable(_ node: YAMLNode, _ what: String) -> String? {
        guard let text = reader.string(node, what) else { return nil }
        // The value is not repeated, as it may be a password written here by mistake.
        guard text.utf8.first.map(Self.isNameStart) ?? false,
            text.utf8.allSatisfy({ Self.isNameStart($0) || (0x30...0x39).contains($0) })
        else {
            return reader.invalid(
                node, "\(what) is not the name of an environment variable",
                "write the name only, without `$` and without a value")
        }
        return text
    }

    private static func isNameStart(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }
}
