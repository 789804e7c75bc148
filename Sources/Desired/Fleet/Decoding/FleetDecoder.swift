import Schema

extension Fleet {
    /// Reads and checks `plumb.yaml`; nil where `diagnostics` has an error.
    static func decode(_ bytes: [UInt8], file: String, into diagnostics: DiagnosticList) -> Fleet? {
        let own = DiagnosticList()
        let root = YAMLReader.read(bytes, file: file, into: own)
        let fleet = root.flatMap { FleetDecoder(file: file, diagnostics: own).fleet($0) }
        if let fleet, !own.hasErrors { FleetChecks(fleet: fleet, diagnostics: own).run() }
        for diagnostic in own.sorted { diagnostics.add(diagnostic) }
        guard let fleet, !own.hasErrors else { return nil }
        return fleet.with(warnings: own.sorted)
    }

    /// Reads and checks `plumb.yaml`; throws all of its faults together.
    package init(_ bytes: [UInt8], file: String) throws(DesiredError) {
        let diagnostics = DiagnosticList()
        let fleet = Fleet.decode(bytes, file: file, into: diagnostics)
        try diagnostics.check()
        guard let fleet else { throw DesiredError(diagnostics.sorted) }
        self = fleet
    }

    private func with(warnings: [Diagnostic]) -> Fleet {
        Fleet(
            file: file, namespaces: namespaces, environments: environments, workspace: workspace,
            policy: policy, ledger: ledger, ledgerConnection: ledgerConnection,
            ledgerKey: ledgerKey, retention: retention, lint: lint, warnings: warnings)
    }
}

/// Decodes the top level of `plumb.yaml`.
struct FleetDecoder {
    let file: String
    let diagnostics: DiagnosticList

    private var reader: NodeReader { NodeReader(diagnostics: diagnostics) }

    /// The values that could be read; complete where no error was reported.
    func fleet(_ root: YAMLNode) -> Fleet? {
        // Another version may have other keys, so nothing is reported about them.
        guard isReadable(root), let fields = reader.fields(root, RootKey.self) else { return nil }
        let namespaces = fields.read(.namespaces) { node, what in
            named(node, what) { NamespaceDecoder(reader: reader).namespace($0) }
        }
        let environments = fields.read(.environments) { node, what in
            named(node, what) { EnvironmentDecoder(reader: reader).environment($0) }
        }
        let workspace = fields.read(.workspace) { node, _ in self.workspace(node) }
        let policy = fields.read(.policy) { node, _ in PolicyDecoder(reader: reader).policy(node) }
        let ledger = fields.read(.ledger, LedgerDecoder(reader: reader).settings)
        let lint = fields.read(.lint) { node, _ in LintDecoder(reader: reader).lint(node) }
        guard let namespaces, let environments else { return nil }
        return Fleet(
            file: file, namespaces: namespaces, environments: environments,
            workspace: workspace
                ?? WorkspaceSettings(host: nil, prefix: WorkspaceSettings.defaultPrefix),
            policy: policy ?? .standard, ledger: ledger?.location ?? .standard,
            ledgerConnection: ledger?.connection, ledgerKey: ledger?.key,
            retention: ledger?.retention,
            lint: lint ?? .standard, warnings: [])
    }

    private func isReadable(_ root: YAMLNode) -> Bool {
        guard case .mapping(let entries) = root.content,
            let node = entries.first(where: { $0.key == RootKey.version.rawValue })?.value
        else { return true }
        if case .scalar(let scalar) = node.content, case .integer(let version) = scalar.value {
            if FleetFormat.versions.contains(version) { return true }
            let readable = FleetFormat.versions.map(String.init).joined(separator: ", ")
            diagnostics.error(
                .unsupportedVersion,
                "this file has version \(version), and this release reads version \(readable)",
                remedy: "use a release that reads version \(version), or write the file in "
                    + "version \(readable)", at: node.location)
            return false
        }
        let _: Int? = reader.wrongType(node, "`version`", "a whole number")
        return false
    }

    private func named<Value>(
        _ node: YAMLNode, _ what: String, _ decode: (YAMLEntry) -> Value?
    ) -> [Value]? {
        guard let entries = reader.filledMapping(node, what) else { return nil }
        return entries.compactMap { entry in
            guard Self.isName(entry.key) else {
                diagnostics.error(
                    .invalidValue, "`\(entry.key)` is not a name for an entry of \(what)",
                    remedy: "use letters, digits, `_` and `-`, with a letter or `_` in front",
                    at: entry.keyLocation)
                return nil
            }
            return decode(entry)
        }
    }

    /// Names are parts of ledger paths and metrics, so they must match `[A-Za-z_][A-Za-z0-9_-]*`.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 64 else { return false }
        return isLetter(first) && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x2D }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    func workspace(_ node: YAMLNode) -> WorkspaceSettings? {
        guard let fields = reader.fields(node, WorkspaceKey.self) else { return nil }
        let host = fields.read(.host, reader.server)
        let prefix = fields.read(.prefix) { node, what -> String? in
            guard let text = reader.string(node, what) else { return nil }
            if let fault = WorkspaceName.fault(ofPrefix: text) {
                return reader.invalid(
                    node, "\(what) is `\(text)`, which \(fault)",
                    "use at most \(WorkspaceName.longestPrefix) of a-z, 0-9 and `_`")
            }
            return text
        }
        return WorkspaceSettings(host: host, prefix: prefix ?? WorkspaceSettings.defaultPrefix)
    }
}
