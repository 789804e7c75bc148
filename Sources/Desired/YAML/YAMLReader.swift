import Schema

/// Reads one strict YAML document: without duplicate keys, merge keys and tags beyond the core
/// schema, and with limits on everything that a hostile file could inflate.
package struct YAMLReader {
    /// Limits for one file.
    package struct Limits: Sendable {
        /// The largest file.
        package var bytes = 1 << 20
        /// The deepest nesting.
        package var depth = 50
        /// The most aliases.
        package var aliases = 100
        /// The most nodes after all aliases are expanded.
        package var nodes = 200_000

        package init() {}
    }

    /// The document in `bytes`; nil where it cannot be read, which `diagnostics` then reports.
    static func read(
        _ bytes: [UInt8], file: String, limits: Limits = Limits(), into diagnostics: DiagnosticList
    ) -> YAMLNode? {
        let start = SourceLocation(file: file, line: 1, column: 1)
        guard bytes.count <= limits.bytes else {
            diagnostics.error(
                .limitExceeded,
                "\(file) has \(Count.of(bytes.count, "byte")), and \(limits.bytes) is the most it may have",
                remedy: "describe shards by pattern or discovery, not one by one", at: start)
            return nil
        }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        guard String(validating: text, as: UTF8.self) != nil else {
            diagnostics.error(
                .invalidYAML, "\(file) is not UTF-8", remedy: "save it as UTF-8", at: start)
            return nil
        }
        guard let events = YAMLEvents(bytes: text, file: file) else {
            diagnostics.error(
                .invalidYAML, "\(file) cannot be read: no memory", remedy: "free memory", at: start)
            return nil
        }
        var composer = Composer(events: events, limits: limits, diagnostics: diagnostics)
        do {
            return try composer.document(start)
        } catch {
            diagnostics.add(error.diagnostic)
            return nil
        }
    }
}

/// A fault after which the rest of the document cannot be interpreted.
private struct Unreadable: Error {
    let diagnostic: Diagnostic
}

/// A finished node, with the number of nodes after its aliases are expanded.
private struct Composed {
    let node: YAMLNode
    let nodes: Int
    let height: Int
}

/// Builds the tree from the events.
private struct Composer {
    private let events: YAMLEvents
    private let limits: YAMLReader.Limits
    private let diagnostics: DiagnosticList
    private var anchors: [String: Composed] = [:]
    private var openAnchors: Set<String> = []
    private var aliasCount = 0
    private var nodeCount = 0

    init(events: YAMLEvents, limits: YAMLReader.Limits, diagnostics: DiagnosticList) {
        self.events = events
        self.limits = limits
        self.diagnostics = diagnostics
    }

    mutating func document(_ start: SourceLocation) throws(Unreadable) -> YAMLNode {
        _ = try next()
        guard case .documentStart = try next().event else {
            throw unreadable(
                .invalidYAML, "the file has no content", "write the document", start)
        }
        let (first, place) = try next()
        let root = try compose(first, place, depth: 1)
        _ = try next()
        let (after, second) = try next()
        if case .documentStart = after {
            throw unreadable(
                .invalidYAML, "the file has a second document",
                "keep one document in the file and remove the line `---`", second)
        }
        return root.node
    }

    private func next() throws(Unreadable) -> (event: YAMLEvent, location: SourceLocation) {
        do {
            return try events.next()
        } catch {
            throw unreadable(
                .invalidYAML, "the file is not YAML: \(error.message)",
                "correct the syntax at this place", error.location)
        }
    }

    private mutating func compose(
        _ event: YAMLEvent, _ place: SourceLocation, depth: Int
    ) throws(Unreadable) -> Composed {
        try count(1, depth: depth, at: place)
        switch event {
        case .scalar(let text, let isQuoted, let tag, let anchor):
            let scalar = try self.scalar(text, isQuoted: isQuoted, tag: tag, at: place)
            return keep(YAMLNode(content: .scalar(scalar), location: place), [], anchor)
        case .sequenceStart(let tag, let anchor):
            try refuse(tag: tag, unless: "seq", at: place)
            return try sequence(place, anchor, depth: depth)
        case .mappingStart(let tag, let anchor):
            try refuse(tag: tag, unless: "map", at: place)
            return try mapping(place, anchor, depth: depth)
        case .alias(let anchor): return try expand(anchor, at: place, depth: depth)
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            throw unreadable(
                .invalidYAML, "the document ends where a value is missing", "write the value",
                place)
        }
    }

    private mutating func sequence(
        _ place: SourceLocation, _ anchor: String?, depth: Int
    ) throws(Unreadable) -> Composed {
        open(anchor)
        var items: [Composed] = []
        while true {
            let (event, itemPlace) = try next()
            if case .sequenceEnd = event { break }
            items.append(try compose(event, itemPlace, depth: depth + 1))
        }
        let node = YAMLNode(content: .sequence(items.map(\.node)), location: place)
        return keep(node, items, anchor)
    }

    private mutating func mapping(
        _ place: SourceLocation, _ anchor: String?, depth: Int
    ) throws(Unreadable) -> Composed {
        open(anchor)
        var entries: [YAMLEntry] = []
        var values: [Composed] = []
        var seen: [String: SourceLocation] = [:]
        while true {
            let (event, keyPlace) = try next()
            if case .mappingEnd = event { break }
            let key = try self.key(event, at: keyPlace)
            let (valueEvent, valuePlace) = try next()
            let value = try compose(valueEvent, valuePlace, depth: depth + 1)
            values.append(value)
            if let first = seen[key] {
                diagnostics.error(
                    .duplicateKey,
                    "the key `\(key)` is here for the second time; the first is at \(first)",
                    remedy: "keep one of the two", at: keyPlace)
                continue
            }
            seen[key] = keyPlace
            entries.append(YAMLEntry(key: key, keyLocation: keyPlace, value: value.node))
        }
        return keep(YAMLNode(content: .mapping(entries), location: place), values, anchor)
    }

    private func key(_ event: YAMLEvent, at place: SourceLocation) throws(Unreadable) -> String {
        guard case .scalar(let text, let isQuoted, let tag, let anchor) = event, anchor == nil
        else {
            throw unreadable(
                .invalidYAML, "a key must be plain text, not a list, a mapping or an alias",
                "write the key as text", place)
        }
        guard text != "<<" || isQuoted else {
            throw unreadable(
                .invalidYAML, "merge keys (`<<`) are not part of YAML 1.2 and are refused",
                "write the merged keys out", place)
        }
        try refuse(tag: tag, unless: "str", at: place)
        return text
    }

    // MARK: Scalars and tags

    private static let corePrefix = "tag:yaml.org,2002:"

    private func scalar(
        _ text: String, isQuoted: Bool, tag: String?, at place: SourceLocation
    ) throws(Unreadable) -> YAMLScalar {
        let plain = isQuoted ? YAMLValue.string(text) : YAMLValue(plain: text)
        guard let tag else { return YAMLScalar(text: text, isQuoted: isQuoted, value: plain) }
        let untyped = YAMLValue(plain: text)
        let value: YAMLValue? =
            switch (tag, untyped) {
            case ("!", _), (Self.corePrefix + "str", _): .string(text)
            case (Self.corePrefix + "null", .null), (Self.corePrefix + "bool", .boolean),
                (Self.corePrefix + "int", .integer), (Self.corePrefix + "float", .number):
                untyped
            case (Self.corePrefix + "float", .integer(let number)): .number(Double(number))
            default: nil
            }
        guard let value else { throw refused(at: place) }
        return YAMLScalar(text: text, isQuoted: isQuoted, value: value)
    }

    private func refuse(
        tag: String?, unless core: String, at place: SourceLocation
    ) throws(Unreadable) {
        guard let tag, tag != "!", tag != Self.corePrefix + core else { return }
        throw refused(at: place)
    }

    /// The tag is not repeated: it may be a password that begins with `!`.
    private func refused(at place: SourceLocation) -> Unreadable {
        unreadable(
            .invalidYAML, "a tag does not fit here; only the core tags are read",
            "remove the tag, or put quotes around a value that begins with `!`", place)
    }

    // MARK: Anchors, aliases, limits

    private mutating func open(_ anchor: String?) {
        if let anchor { openAnchors.insert(anchor) }
    }

    private mutating func keep(
        _ node: YAMLNode, _ children: [Composed], _ anchor: String?
    ) -> Composed {
        let composed = Composed(
            node: node, nodes: children.reduce(1) { $0 + $1.nodes },
            height: 1 + (children.map(\.height).max() ?? 0))
        if let anchor {
            anchors[anchor] = composed
            openAnchors.remove(anchor)
        }
        return composed
    }

    private mutating func expand(
        _ anchor: String, at place: SourceLocation, depth: Int
    ) throws(Unreadable) -> Composed {
        guard !openAnchors.contains(anchor) else {
            throw unreadable(
                .invalidYAML, "an alias stands inside its own anchor",
                "write the value out", place)
        }
        guard let target = anchors[anchor] else {
            throw unreadable(
                // The alias is not repeated: it may be a password that begins with `*`.
                .invalidYAML, "an alias has no anchor before it",
                "define it with `&`, or put quotes around a value that begins with `*`", place)
        }
        aliasCount += 1
        guard aliasCount <= limits.aliases else {
            throw unreadable(
                .limitExceeded, "the file has more than \(limits.aliases) aliases",
                "write the values out", place)
        }
        try count(target.nodes - 1, depth: depth + target.height - 1, at: place)
        return target
    }

    private mutating func count(
        _ nodes: Int, depth: Int, at place: SourceLocation
    ) throws(Unreadable) {
        nodeCount += nodes
        guard nodeCount <= limits.nodes else {
            throw unreadable(
                .limitExceeded, "the file has more than \(limits.nodes) values",
                "describe shards by pattern or discovery, not one by one", place)
        }
        guard depth <= limits.depth else {
            throw unreadable(
                .limitExceeded, "the file is nested deeper than \(limits.depth) levels",
                "nest less", place)
        }
    }

    private func unreadable(
        _ code: Diagnostic.Code, _ message: String, _ remedy: String, _ place: SourceLocation
    ) -> Unreadable {
        Unreadable(diagnostic: Diagnostic(code, message, remedy: remedy, at: place))
    }
}
