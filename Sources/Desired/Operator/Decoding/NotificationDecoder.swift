/// Decodes `notifications` of the operator's file.
struct NotificationDecoder {
    let reader: NodeReader
    /// Whether a text is an absolute path without `.` and `..`.
    let isAbsolute: (String) -> Bool

    func targets(_ node: YAMLNode, _ what: String) -> [NotificationTarget]? {
        guard let items = reader.list(node, what) else { return nil }
        var targets: [NotificationTarget] = []
        for item in items {
            guard let target = target(item) else { continue }
            guard !targets.contains(where: { $0.name == target.name }) else {
                let _: NotificationTarget? = reader.invalid(
                    item, "two entries of \(what) are called `\(target.name)`",
                    "give each a name of its own")
                continue
            }
            targets.append(target)
        }
        return targets
    }

    private func target(_ node: YAMLNode) -> NotificationTarget? {
        guard let fields = reader.fields(node, NotificationKey.self) else { return nil }
        let name = fields.read(.name, name)
        let events = fields.read(.events) { node, what in
            reader.filledList(node, what)?.compactMap {
                reader.choice($0, "an event in \(what)", NotificationTarget.Event.self)
            }
        }
        let environments = fields.read(.environments) { node, what in
            reader.filledList(node, what)?.compactMap {
                reader.string($0, "an environment in \(what)")
            }
        }
        let template = fields.read(.template) {
            reader.choice($0, $1, NotificationTarget.Template.self)
        }
        let places = [
            fields.read(.url, address), fields.read(.urlEnvironment, variable),
            fields.read(.urlFile, file),
        ].compactMap(\.self)
        let secrets = [
            fields.read(.secretEnvironment, variable), fields.read(.secretFile, file),
        ].compactMap(\.self)
        let authority = fields.read(.authority, path)
        let written = [NotificationKey.url, .urlEnvironment, .urlFile].count { fields[$0] != nil }
        guard written == 1 else {
            return reader.invalid(
                node, "\(NotificationKey.what) has \(written) of `url`, `url_env` and `url_file`",
                "give one of them")
        }
        guard fields[.secretEnvironment] == nil || fields[.secretFile] == nil else {
            return reader.invalid(
                node, "\(NotificationKey.what) has `secret_env` and `secret_file`",
                "give one of them")
        }
        guard let name, let place = places.first else { return nil }
        return NotificationTarget(
            name: name, url: place, secret: secrets.first,
            events: events.map(Set.init) ?? Set(NotificationTarget.Event.allCases),
            environments: environments.map(Set.init), template: template ?? .json,
            authorityFile: authority)
    }

    /// A name that can stand in the ledger and in a metric.
    private func name(_ node: YAMLNode, _ what: String) -> String? {
        guard let text = reader.string(node, what) else { return nil }
        let isPlain = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
        guard isPlain, text.utf8.count <= 40, !text.hasPrefix("-") else {
            return reader.invalid(
                node, "\(what) is not 1 to 40 small letters, digits and hyphens",
                "write a name like `chat`")
        }
        return text
    }

    /// The text is not repeated: a URL may be all that somebody needs to know to write there.
    private func address(_ node: YAMLNode, _ what: String) -> NotificationTarget.Place? {
        guard let text = reader.string(node, what) else { return nil }
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
            return reader.invalid(
                node, "\(what) is no address", "write it like https://hooks.example.com/plumb")
        }
        return .written(text)
    }

    private func variable(_ node: YAMLNode, _ what: String) -> NotificationTarget.Place? {
        guard let text = reader.string(node, what) else { return nil }
        let letters = text.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        }
        guard letters, text.first?.isNumber == false else {
            // It may be the secret itself, in the wrong place.
            return reader.invalid(
                node, "\(what) is no name of an environment variable",
                "write a name like `PLUMB_CHAT_URL`")
        }
        return .environment(text)
    }

    private func file(_ node: YAMLNode, _ what: String) -> NotificationTarget.Place? {
        path(node, what).map { .file($0) }
    }

    private func path(_ node: YAMLNode, _ what: String) -> String? {
        guard let text = reader.string(node, what) else { return nil }
        guard isAbsolute(text) else {
            return reader.invalid(
                node, "\(what) is not an absolute path without `.` and `..`",
                "write the whole path")
        }
        return text
    }
}
