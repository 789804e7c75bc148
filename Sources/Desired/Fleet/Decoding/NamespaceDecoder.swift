import Diff
import Schema

/// Decodes one entry of `namespaces`.
struct NamespaceDecoder {
    let reader: NodeReader

    func namespace(_ entry: YAMLEntry) -> Namespace? {
        guard let fields = reader.fields(entry.value, NamespaceKey.self) else { return nil }
        let schema = fields.read(.schema, reader.repositoryPath)
        let shards = fields.read(.shards) { node, what in
            reader.filledList(node, what)?.compactMap(ShardDecoder(reader: reader).entry)
        }
        let overlays = items(fields, .overlays, overlay)
        let pins = items(fields, .pins, pin)
        let renames = items(fields, .renames, RenameDecoder(reader: reader).rename)
        let retire = items(fields, .retire) { reader.located($0, "a table in `retire`") }
        let prune = fields.read(.prune) { reader.choice($0, $1, Prune.self) }
        let manage = fields.read(.manage, self.manage)
        let allowsEmpty = fields.read(.allowEmpty, reader.boolean)
        let sqlMode = fields.read(.sqlMode, self.sqlMode)
        let oldTemporals = fields.read(.oldTemporals) {
            reader.choice($0, $1, OldTemporalColumns.self)
        }
        let finalizer = fields.read(.finalizer, FinalizerDecoder(reader: reader).finalizer)
        guard let schema, let shards else { return nil }
        return Namespace(
            name: entry.key, location: entry.keyLocation, schema: schema, shards: shards,
            overlays: overlays, pins: pins, renames: renames, retire: retire,
            prune: prune ?? .retired, manage: manage ?? [.tables],
            allowsEmpty: allowsEmpty ?? false, sqlMode: sqlMode,
            oldTemporals: oldTemporals ?? .keep, finalizer: finalizer)
    }

    private func items<Value>(
        _ fields: Fields<NamespaceKey>, _ key: NamespaceKey, _ read: (YAMLNode) -> Value?
    ) -> [Value] {
        fields.read(key) { reader.list($0, $1)?.compactMap(read) } ?? []
    }

    private func overlay(_ node: YAMLNode) -> Overlay? {
        guard let fields = reader.fields(node, OverlayKey.self) else { return nil }
        let selector = fields.read(.selector, reader.selector)
        let path = fields.read(.path, reader.repositoryPath)
        guard let selector, let path else { return nil }
        return Overlay(selector: selector, path: path)
    }

    private func pin(_ node: YAMLNode) -> Pin? {
        guard let fields = reader.fields(node, PinKey.self) else { return nil }
        let selector = fields.read(.selector, reader.selector)
        let ref = fields.read(.ref, reader.located)
        guard let selector, let ref else { return nil }
        return Pin(selector: selector, ref: ref)
    }

    private func manage(_ node: YAMLNode, _ what: String) -> Set<ManagedKind>? {
        if case .scalar = node.content {
            return reader.choice(node, what, ManagedKind.self)
                .flatMap { withTables([$0], node, what) }
        }
        let kinds = reader.filledList(node, what)?.compactMap {
            reader.choice($0, "a kind in \(what)", ManagedKind.self)
        }
        return kinds.flatMap { withTables(Set($0), node, what) }
    }

    /// Other objects depend on tables, so a list without tables is a mistake.
    private func withTables(
        _ kinds: Set<ManagedKind>, _ node: YAMLNode, _ what: String
    ) -> Set<ManagedKind>? {
        guard kinds.isEmpty || kinds.contains(.tables) || kinds.contains(.all) else {
            return reader.invalid(
                node, "\(what) is without `tables`", "add `tables`, or write `all`")
        }
        return kinds
    }

    /// Checks the form only: which modes exist, the server knows.
    private func sqlMode(_ node: YAMLNode, _ what: String) -> Located<String>? {
        // An empty text is a valid mode: no modes.
        if case .scalar(let scalar) = node.content, case .string("") = scalar.value {
            return Located("", at: node.location)
        }
        guard let mode = reader.located(node, what) else { return nil }
        let modes = mode.value.uppercased().split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.split(separator: " ").joined(separator: " ") }
        let isList = modes.allSatisfy { name in
            !name.isEmpty && name.utf8.allSatisfy { $0.isModeLetter }
        }
        guard isList else {
            return reader.invalid(
                node, "\(what) is no list of SQL modes",
                "write names with commas between them, such as `ANSI_QUOTES,STRICT_TRANS_TABLES`")
        }
        return Located(modes.joined(separator: ","), at: mode.location)
    }
}

extension UInt8 {
    fileprivate var isModeLetter: Bool {
        self == UInt8(ascii: "_") || (0x41...0x5A).contains(self) || (0x30...0x39).contains(self)
    }
}
