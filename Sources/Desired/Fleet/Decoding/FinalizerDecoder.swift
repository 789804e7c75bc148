import Schema

enum FinalizerKey: String, FleetKey {
    static let title = "finalizer"
    static let what = "a finalizer"
    static let required: Set<FinalizerKey> = [.exec]
    case exec, idempotent, timeout
}

/// Decodes the `finalizer` of a namespace.
struct FinalizerDecoder {
    let reader: NodeReader

    func finalizer(_ node: YAMLNode, _ what: String) -> Finalizer? {
        guard let fields = reader.fields(node, FinalizerKey.self) else { return nil }
        let command = fields.read(.exec, command)
        let isIdempotent = fields.read(.idempotent, reader.boolean)
        let limit = fields.read(.timeout) {
            reader.durationSeconds($0, $1, in: 1...Finalizer.mostSeconds)
        }
        guard let command else { return nil }
        return Finalizer(
            command: command, isIdempotent: isIdempotent ?? false,
            limitSeconds: limit ?? Finalizer.standardLimitSeconds, location: node.location)
    }

    /// No shell reads it, so each word is one argument as it stands.
    private func command(_ node: YAMLNode, _ what: String) -> [String]? {
        guard let items = reader.filledList(node, what) else { return nil }
        let words = items.compactMap { reader.string($0, "a word of \(what)") }
        guard words.count == items.count, let program = words.first, let first = items.first
        else { return nil }
        let parts = program.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard program.hasPrefix("/"), parts.allSatisfy({ !["", ".", ".."].contains($0) }) else {
            return reader.invalid(
                first,
                "the program of \(what) is `\(program)`, which is not an absolute path "
                    + "without `.` and `..`", "write the whole path")
        }
        return words
    }
}
