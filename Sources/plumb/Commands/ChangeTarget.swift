import Service

/// The namespace or shard that a command is about.
struct ChangeTarget {
    let namespace: String
    let shard: String?

    /// `namespace` or `namespace/shard`.
    var subject: String { [namespace, shard].compactMap(\.self).joined(separator: "/") }

    /// Throws where the arguments name neither, or more than one.
    init(_ invocation: Invocation) throws {
        let word = try invocation.onlyArgument("a namespace or shard") ?? ""
        let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else {
            throw UsageError(
                message: "`\(word)` names no namespace and no shard",
                remedy: "write `namespace` or `namespace/shard`")
        }
        namespace = parts[0]
        shard = parts.count == 2 ? parts[1] : nil
    }
}
