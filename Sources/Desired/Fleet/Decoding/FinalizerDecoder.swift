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
        let command = fields.read(.exec, reader.command)
        let isIdempotent = fields.read(.idempotent, reader.boolean)
        let limit = fields.read(.timeout) {
            reader.durationSeconds($0, $1, in: 1...Finalizer.mostSeconds)
        }
        guard let command else { return nil }
        return Finalizer(
            command: command, isIdempotent: isIdempotent ?? false,
            limitSeconds: limit ?? Finalizer.standardLimitSeconds, location: node.location)
    }
}
