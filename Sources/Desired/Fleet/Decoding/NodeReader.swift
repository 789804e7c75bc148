import Schema

/// Reads typed values from nodes; a value that does not fit becomes a diagnostic and nil.
struct NodeReader {
    let diagnostics: DiagnosticList

    /// The values of a mapping by key; reports unknown and missing keys.
    func fields<Key: FleetKey>(_ node: YAMLNode, _ type: Key.Type = Key.self) -> Fields<Key>? {
        guard let entries = mapping(node, Key.what) else { return nil }
        var values: [Key: YAMLNode] = [:]
        for entry in entries {
            guard let key = Key(rawValue: entry.key) else {
                unknown(entry, Key.names, in: Key.what)
                continue
            }
            values[key] = entry.value
        }
        let missing = Key.allCases.filter { Key.required.contains($0) && values[$0] == nil }
        for key in missing {
            diagnostics.error(
                .missingKey, "\(Key.what) has no `\(key.rawValue)`",
                remedy: "add the key `\(key.rawValue)`", at: node.location)
        }
        return Fields(values: values, location: node.location)
    }

    func unknown(_ entry: YAMLEntry, _ known: [String], in what: String) {
        if Self.namesSecret(entry.key) {
            diagnostics.error(
                .plaintextPassword, "`\(entry.key)` would put a password into git",
                remedy: "name an environment variable with `password_env`, or a file with "
                    + "`password_file` or `option_file`", at: entry.keyLocation)
            return
        }
        guard Self.isRepeatable(entry.key, in: what) else {
            diagnostics.error(
                .unknownKey,
                "a key of \(what) is none of its keys, and may be a secret: it is not "
                    + "repeated here",
                remedy: "the keys are \(known.sorted().joined(separator: ", "))",
                at: entry.keyLocation)
            return
        }
        diagnostics.error(
            .unknownKey, "`\(entry.key)` is not a key of \(what)",
            remedy: Nearest.remedy(entry.key, in: known, what: "keys"), at: entry.keyLocation)
    }

    /// Whether the value of this key would be a secret; the key itself is a plain word.
    private static func namesSecret(_ key: String) -> Bool {
        let word = key.lowercased()
        return word.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F || $0 == 0x2D }
            && ["password", "passwd", "pwd", "passphrase", "secret", "token"].contains {
                word.contains($0)
            } && !word.hasSuffix("env") && !word.hasSuffix("file")
    }

    /// Whether an unknown key may be shown: near credentials only a plain word is surely no secret.
    private static func isRepeatable(_ key: String, in what: String) -> Bool {
        guard !key.contains(where: { "=:@ ".contains($0) }) else { return false }
        return ![ConnectionKey.what, LedgerConnectionKey.what].contains(what)
            || key.unicodeScalars.allSatisfy { $0 == "_" || $0 == "-" || $0.properties.isLowercase }
    }

    /// The entries of a mapping with arbitrary keys.
    func mapping(_ node: YAMLNode, _ what: String) -> [YAMLEntry]? {
        guard case .mapping(let entries) = node.content else {
            return wrongType(node, what, "a mapping")
        }
        return entries
    }

    /// The entries of a mapping, which must not be empty.
    func filledMapping(_ node: YAMLNode, _ what: String) -> [YAMLEntry]? {
        guard let entries = mapping(node, what) else { return nil }
        guard !entries.isEmpty else { return invalid(node, "\(what) is empty", "add an entry") }
        return entries
    }

    func list(_ node: YAMLNode, _ what: String) -> [YAMLNode]? {
        guard case .sequence(let items) = node.content else {
            return wrongType(node, what, "a list")
        }
        return items
    }

    func filledList(_ node: YAMLNode, _ what: String) -> [YAMLNode]? {
        guard let items = list(node, what) else { return nil }
        guard !items.isEmpty else { return invalid(node, "\(what) is empty", "add an entry") }
        return items
    }

    /// A string with at least one character and no control characters.
    func string(_ node: YAMLNode, _ what: String) -> String? {
        guard case .scalar(let scalar) = node.content else {
            return wrongType(node, what, "a string")
        }
        guard case .string(let text) = scalar.value else {
            if case .null = scalar.value { return wrongType(node, what, "a string") }
            return wrongType(
                node, what, "a string", remedy: "write \(shown(scalar, what)) in quotes")
        }
        guard !text.isEmpty else { return invalid(node, "\(what) is empty", "write a value") }
        guard !NameCheck.isUnfit(text) else {
            return invalid(node, "\(what) has a control character", "remove it")
        }
        return text
    }

    /// The text as written, unless it may be a secret.
    private func shown(_ scalar: YAMLScalar, _ what: String) -> String {
        let credentials: [ConnectionKey] = [
            .user, .passwordEnvironment, .passwordFile, .optionFile,
        ]
        return credentials.contains { what == "`\($0.rawValue)`" } ? "it" : "\"\(scalar.text)\""
    }

    func located(_ node: YAMLNode, _ what: String) -> Located<String>? {
        string(node, what).map { Located($0, at: node.location) }
    }

    func boolean(_ node: YAMLNode, _ what: String) -> Bool? {
        guard case .scalar(let scalar) = node.content, case .boolean(let value) = scalar.value
        else { return wrongType(node, what, "`true` or `false`") }
        return value
    }

    func integer(_ node: YAMLNode, _ what: String, in range: ClosedRange<Int>) -> Int? {
        guard case .scalar(let scalar) = node.content, case .integer(let value) = scalar.value
        else { return wrongType(node, what, "a whole number") }
        guard range.contains(value) else {
            let bounds =
                range.upperBound == .max
                ? "at least \(range.lowerBound)"
                : "from \(range.lowerBound) to \(range.upperBound)"
            return invalid(
                node, "\(what) is \(value) and must be \(bounds)", "write a number \(bounds)")
        }
        return value
    }

    func durationSeconds(
        _ node: YAMLNode, _ what: String, in range: ClosedRange<Int> = 0...Int.max
    ) -> Int? {
        let remedy = "write a number with its unit, like `30s`, `10m` or `1h30m`"
        guard case .scalar(let scalar) = node.content, case .string(let text) = scalar.value
        else { return wrongType(node, what, "a duration", remedy: remedy) }
        let year = DurationText.yearSeconds
        let most = range.upperBound == .max ? year : max(year, range.upperBound)
        guard let seconds = DurationText.seconds(text, most: most) else {
            return invalid(node, "\(what) is `\(text)`, which is not a duration", remedy)
        }
        guard range.contains(seconds) else {
            return invalid(
                node, "\(what) is `\(text)`, which is out of range",
                "write a duration from \(range.lowerBound)s to \(range.upperBound)s")
        }
        return seconds
    }

    func choice<Choice: FleetChoice>(
        _ node: YAMLNode, _ what: String, _ type: Choice.Type = Choice.self
    ) -> Choice? {
        guard let text = string(node, what) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        if Choice.unsupported.contains(text) {
            diagnostics.error(
                .unsupported, "\(what) is `\(text)`, which this release does not carry out",
                remedy: "write " + Choice.names.map { "`\($0)`" }.joined(separator: " or "),
                at: node.location)
            return nil
        }
        return invalid(
            node, "\(what) is `\(text)`",
            Nearest.remedy(text, in: Choice.names, what: "values"))
    }

    func server(_ node: YAMLNode, _ what: String) -> ServerAddress? {
        guard let text = string(node, what) else { return nil }
        guard let server = ServerAddress(text) else {
            let said = text.contains("@") ? "" : " `\(text)`, which is"
            return invalid(
                node, "\(what) is\(said) not the address of a server",
                "write `name`, `name:port`, `[v6]:port` or `unix:/path`")
        }
        return server
    }

    /// A path in the schema repository, without `.`, `..` or a slash at the end.
    func repositoryPath(_ node: YAMLNode, _ what: String) -> Located<String>? {
        guard var text = string(node, what) else { return nil }
        while text.hasPrefix("./") { text.removeFirst(2) }
        while text.hasSuffix("/"), text.count > 1 { text.removeLast() }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard !text.hasPrefix("/"), !text.contains("\\"),
            parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && $0 != ".git" })
        else {
            return invalid(
                node, "\(what) is `\(text)`, which is not a path inside the schema repository",
                "write a relative path without `..`")
        }
        return Located(text, at: node.location)
    }

    // MARK: Faults

    func wrongType<Value>(
        _ node: YAMLNode, _ what: String, _ wanted: String, remedy: String? = nil
    ) -> Value? {
        diagnostics.error(
            .wrongType, "\(what) is \(node.kind) and must be \(wanted)",
            remedy: remedy ?? "write \(wanted)", at: node.location)
        return nil
    }

    func invalid<Value>(_ node: YAMLNode, _ message: String, _ remedy: String) -> Value? {
        diagnostics.error(.invalidValue, message, remedy: remedy, at: node.location)
        return nil
    }
}

/// The values of a mapping, by its keys.
struct Fields<Key: FleetKey> {
    fileprivate let values: [Key: YAMLNode]
    let location: SourceLocation

    subscript(_ key: Key) -> YAMLNode? { values[key] }

    /// Reads the value of `key`, if there is one; `body` gets the key's name for error messages.
    func read<Value>(_ key: Key, _ body: (YAMLNode, String) -> Value?) -> Value? {
        values[key].flatMap { body($0, "`\(key.rawValue)`") }
    }
}
