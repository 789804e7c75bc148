import Model
import Schema

extension Operator {
    /// Reads and checks an operator's file; throws all of its faults together.
    package init(_ bytes: [UInt8], file: String) throws(DesiredError) {
        let diagnostics = DiagnosticList()
        let root = YAMLReader.read(bytes, file: file, into: diagnostics)
        let decoded = root.flatMap {
            OperatorDecoder(file: file, reader: NodeReader(diagnostics: diagnostics)).decode($0)
        }
        try diagnostics.check()
        guard let decoded else { throw DesiredError(diagnostics.sorted) }
        self = decoded
    }
}

/// Decodes the operator's file.
private struct OperatorDecoder {
    let file: String
    let reader: NodeReader

    /// The values that could be read; complete where no error was reported.
    func decode(_ root: YAMLNode) -> Operator? {
        guard let fields = reader.fields(root, OperatorKey.self) else { return nil }
        _ = fields.read(.version, version)
        let hosts = fields.read(.hosts, patterns)
        let require = fields.read(.require) { node, _ in requirements(node) } ?? .none
        let environments = fields.read(.environments, self.environments)
        let ledger = fields.read(.ledger, self.ledger)
        let workspace = fields.read(.workspace) { node, _ in self.workspace(node) }
        let lifetime = fields.read(.limits) { node, _ in self.lifetime(node) }
        let approvals = fields.read(.approvals) { node, _ in
            self.approvals(node, lifetime: lifetime ?? ApprovalRules.standardLifetimeSeconds)
        }
        let finalizers = fields.read(.finalizers, programs)
        let health = fields.read(.health, programs)
        let calls = fields.read(.finalizerCalls) { node, what in
            reader.list(node, what)?.compactMap(self.calls)
        }
        let permissions = fields.read(.allow) { node, what in
            reader.list(node, what)?.compactMap {
                reader.choice($0, "a word in \(what)", OperatorPermission.self)
            }
        }
        let follow = fields.read(.follow, branch)
        let ledgerKey = fields.read(.signLedger, absolutePath)
        let notifications = fields.read(.notifications) { node, what in
            NotificationDecoder(reader: reader) { absolute($0[...]) }.targets(node, what)
        }
        guard let hosts, let environments, let approvals else { return nil }
        for (_, accounts) in environments { checkTLS(accounts, require) }
        return Operator(
            file: file, hosts: hosts, environments: environments, follow: follow,
            ledger: ledger?.location, ledgerConnection: ledger?.connection, workspace: workspace,
            require: require, approvals: approvals,
            finalizers: finalizers ?? [], health: health ?? [], calls: calls ?? [],
            allowsDataDirectory: permissions?.contains(.dataDirectory) ?? false,
            ledgerKey: ledgerKey, notifications: notifications ?? [])
    }

    private func version(_ node: YAMLNode, _ what: String) -> Int? {
        guard let version = reader.integer(node, what, in: 0...Int.max) else { return nil }
        guard OperatorFormat.versions.contains(version) else {
            reader.diagnostics.error(
                .unsupportedVersion,
                "this file has version \(version), and this release reads version 1",
                remedy: "write the file in version 1", at: node.location)
            return nil
        }
        return version
    }

    // MARK: Hosts and accounts

    private func patterns(_ node: YAMLNode, _ what: String) -> [HostPattern]? {
        reader.filledList(node, what)?.compactMap { item -> HostPattern? in
            guard let text = reader.string(item, "a host in \(what)") else { return nil }
            do throws(HostPattern.Fault) {
                return try HostPattern(text)
            } catch {
                return reader.invalid(
                    item, "the host `\(text)` \(error.message)",
                    "write `db-*.internal:3306`, `10.1.2.*`, `[v6]:port` or `unix:/run/*.sock`")
            }
        }
    }

    private func environments(_ node: YAMLNode, _ what: String) -> [String: [HostAccounts]]? {
        guard let entries = reader.filledMapping(node, what) else { return nil }
        var result: [String: [HostAccounts]] = [:]
        for entry in entries {
            let items = reader.filledList(entry.value, "the environment `\(entry.key)`")
            result[entry.key] = items?.compactMap(accounts)
        }
        return result
    }

    private func accounts(_ node: YAMLNode) -> HostAccounts? {
        guard let fields = reader.fields(node, HostAccountsKey.self) else { return nil }
        let hosts = fields.read(.hosts, patterns)
        let connection = fields.read(.connection) { node, what in
            ConnectionDecoder(reader: reader).connection(node, what)
        }
        guard let connection, let place = fields[.connection]?.location else { return nil }
        checkPaths(connection, at: place)
        var written: SourceLocation?
        if case .mapping(let entries)? = fields[.connection]?.content {
            written = entries.first { $0.key == ConnectionKey.tls.rawValue }?.value.location
        }
        return HostAccounts(
            hosts: hosts, connection: connection, location: place, tlsLocation: written)
    }

    private func checkPaths(_ connection: ConnectionConfiguration, at place: SourceLocation) {
        for (key, path) in connection.paths where !absolute(path.written[...]) {
            reader.diagnostics.error(
                .invalidValue, "`\(key)` is `\(path)`, which is not a whole path",
                remedy: "write it from the root, without `.` and `..`", at: place)
        }
    }

    private func checkTLS(_ accounts: [HostAccounts], _ require: Requirements) {
        guard let least = require.tls else { return }
        for account in accounts {
            guard let written = account.tlsLocation,
                let mode = account.connection.tls.mode,
                mode.strictness < least.value.strictness
            else { continue }
            reader.diagnostics.error(
                .belowRequirement,
                "`tls` is `\(mode.rawValue)`, and `require` asks for "
                    + "`\(least.value.rawValue)` at \(least.location)",
                remedy: "ask for as much, or leave it out", at: written)
        }
    }

    // MARK: Places

    /// The location, or a mapping with the location and its account.
    private func ledger(_ node: YAMLNode, _ what: String) -> LedgerSettings? {
        guard case .mapping = node.content else {
            return ledgerLocation(node, what).map { LedgerSettings(location: $0) }
        }
        guard let fields = reader.fields(node, OperatorLedgerKey.self),
            let location = fields.read(.location, ledgerLocation)
        else { return nil }
        var settings = LedgerSettings(location: location)
        settings.connection = fields.read(.connection) { node, what in
            LedgerDecoder(reader: reader).connection(node, what, of: location)
        }
        if let connection = settings.connection { checkPaths(connection, at: fields.location) }
        return settings
    }

    private func ledgerLocation(_ node: YAMLNode, _ what: String) -> LedgerLocation? {
        guard let location = LedgerDecoder(reader: reader).location(node, what) else {
            return nil
        }
        if case .file(let path) = location, !absolute(path[...]) {
            return reader.invalid(
                node, "\(what) is not `file:` and an absolute path",
                "write `file:/var/lib/plumb/ledger.git`")
        }
        return location
    }

    private func workspace(_ node: YAMLNode) -> OperatorWorkspace? {
        let decoder = FleetDecoder(file: file, diagnostics: reader.diagnostics)
        guard let settings = decoder.workspace(node) else { return nil }
        let fields = reader.fields(node, WorkspaceKey.self)
        return OperatorWorkspace(
            host: settings.host, prefix: fields?[.prefix] == nil ? nil : settings.prefix)
    }

    private func programs(_ node: YAMLNode, _ what: String) -> [String]? {
        reader.list(node, what)?.compactMap { absolutePath($0, "a program in \(what)") }
    }

    private func calls(_ node: YAMLNode) -> CallConsent? {
        guard let fields = reader.fields(node, CallConsentKey.self) else { return nil }
        let hosts = fields.read(.hosts, patterns)
        let procedures = fields.read(.procedures) { node, what -> [String]? in
            reader.filledList(node, what)?.compactMap { item in
                guard let text = reader.string(item, "a procedure in \(what)") else { return nil }
                guard let call = try? ProcedureCall("CALL " + text), call.arguments.isEmpty,
                    call.name == text
                else {
                    return reader.invalid(
                        item, "a procedure in \(what) is `\(text)`",
                        "write its database and its name: `routing.publish`")
                }
                return text
            }
        }
        guard let hosts, let procedures else { return nil }
        return CallConsent(hosts: hosts, procedures: procedures)
    }

    private func branch(_ node: YAMLNode, _ what: String) -> String? {
        guard let text = reader.string(node, what) else { return nil }
        guard BranchName.isPlain(text) else {
            return reader.invalid(
                node, "\(what) is not the name of a branch", "write it as git lists it: `main`")
        }
        return text
    }

    private func absolutePath(_ node: YAMLNode, _ what: String) -> String? {
        guard let text = reader.string(node, what) else { return nil }
        guard absolute(text[...]) else {
            return reader.invalid(
                node, "\(what) is `\(text)`, which is not an absolute path without `.` and `..`",
                "write the whole path")
        }
        return text
    }

    private func absolute(_ text: Substring) -> Bool { HostText.components(text) != nil }

    // MARK: Policy

    private func requirements(_ node: YAMLNode) -> Requirements? {
        guard let fields = reader.fields(node, RequireKey.self) else { return nil }
        let policy = PolicyDecoder(reader: reader)
        func located<Value>(_ key: RequireKey, _ value: Value?) -> Located<Value>? {
            guard let value, let node = fields[key] else { return nil }
            return Located(value, at: node.location)
        }
        return Requirements(
            tls: located(.tls, fields.read(.tls) { reader.choice($0, $1, TLS.Mode.self) }),
            approve: located(.approve, fields.read(.approve, policy.approve)),
            approvers: located(
                .approvers, fields.read(.approvers) { node, _ in policy.approvers(node) }),
            drift: located(.drift, fields.read(.drift) { reader.choice($0, $1, DriftPolicy.self) }),
            windows: fields.read(.windows) { node, what in
                reader.list(node, what)?.compactMap(policy.window)
            } ?? [],
            limits: located(.limits, fields.read(.limits) { node, _ in policy.limits(node) }))
    }

    private func approvals(_ node: YAMLNode, lifetime: Int) -> ApprovalRules? {
        guard let fields = reader.fields(node, ApprovalRulesKey.self) else { return nil }
        let identity = fields.read(.identity) {
            reader.choice($0, $1, ApprovalRules.Identity.self)
        }
        let signers = fields.read(.allowedSigners, absolutePath)
        let (keys, tokens) = (
            fields.read(.daemons, absolutePath), fields.read(.tokens, absolutePath)
        )
        let authors = fields.read(.authors) { reader.choice($0, $1, ApprovalRules.Authors.self) }
        let openPGP = fields.read(.openPGP) { node, _ in openPGPFiles(node) }
        let tags = fields.read(.folding) { node, _ in
            reader.fields(node, FoldingKey.self)?.read(.tags, reader.boolean)
        }
        guard let identity else { return nil }
        guard identity != .signed || fields[.allowedSigners] != nil else {
            return reader.invalid(
                node,
                "`identity` is `signed`, and no `allowed_signers` says whose signatures count",
                "name a file in the format of `ssh-keygen`, which lies outside the repository")
        }
        guard identity != .server || (fields[.daemons] != nil && fields[.tokens] != nil) else {
            return reader.invalid(
                node,
                "`identity` is `server`, and "
                    + (fields[.daemons] == nil
                        ? "no `daemons` says whose signatures count"
                        : "no `tokens` says who may approve"),
                "name the file with the keys of daemons as `daemons`, and their file of tokens as "
                    + "`tokens`")
        }
        guard authors != .signed || identity == .signed else {
            return reader.invalid(
                node, "`authors` is `signed`, and `identity` is `\(identity.rawValue)`",
                "set `identity` to `signed`, too")
        }
        return ApprovalRules(
            identity: identity, allowedSigners: signers,
            daemons: keys.flatMap { keys in
                tokens.map { ApprovalRules.Daemons(keys: keys, tokens: $0) }
            }, openPGP: openPGP,
            authors: authors ?? .named,
            foldsTags: tags ?? true, lifetimeSeconds: lifetime)
    }

    private func openPGPFiles(_ node: YAMLNode) -> ApprovalRules.OpenPGP? {
        guard let fields = reader.fields(node, OpenPGPKey.self) else { return nil }
        guard let signers = fields.read(.signers, absolutePath),
            let keys = fields.read(.keys, absolutePath)
        else { return nil }
        return ApprovalRules.OpenPGP(signers: signers, keys: keys)
    }

    private func lifetime(_ node: YAMLNode) -> Int? {
        reader.fields(node, OperatorLimitsKey.self)?.read(.approval) {
            reader.durationSeconds($0, $1, in: 60...366 * 86_400)
        }
    }
}

/// Names of branches from outside, such as a pull request's, which must not be expressions.
package enum BranchName {
    /// Whether `text` is a valid short name of a branch by git's rules and cannot be more.
    package static func isPlain(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 255, !text.hasPrefix("-"), !text.hasSuffix("."),
            !text.contains(".."), !text.contains("@{"), text != "@"
        else { return false }
        let banned = Set(" ~^:?*[\\\u{7F}".utf8)
        guard text.utf8.allSatisfy({ $0 > 0x20 && !banned.contains($0) }) else { return false }
        return text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock")
        }
    }
}
