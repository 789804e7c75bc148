/// Those of several endpoints.
extension Parameter {
    /// Why something is done.
    package static let reason = Parameter(
        "reason", .text, in: .body, isRequired: true,
        lack: UsageError(
            message: "a reason is needed for the audit trail", remedy: "give it with --reason"),
        help: "why; kept in the audit trail")

    /// The rollout that is meant; without it, the one that is open, or the latest.
    package static let rollout = Parameter(
        "rollout", .text, in: .path, argument: "a rollout", word: "id",
        help: "the rollout; without it the only one that can be meant")

    /// The namespace or shard that is meant.
    package static let target = Parameter(
        "target", .text, in: .body, isRequired: true, argument: "a namespace or shard",
        lack: UsageError(
            message: "it names no namespace and no shard",
            remedy: "write `namespace` or `namespace/shard`"),
        help: "the namespace, or the shard as `namespace/shard`")

    /// How many entries of a list are wanted.
    package static let limit = Parameter(
        "limit", .number(most: 1_000), in: .query, help: "how many entries at most (default: 50)")

    /// Where the page before ended.
    package static let after = Parameter(
        "after", .text, in: .query, help: "only what comes after this: `next` of the page before")
}

/// The namespace or shard that something is about.
package struct ChangeTarget: Sendable {
    package let namespace: String
    package let shard: String?

    /// `namespace` or `namespace/shard`.
    package var subject: String {
        [namespace, shard].compactMap(\.self).joined(separator: "/")
    }

    /// Throws where the text names neither.
    package init(_ text: String) throws(UsageError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else {
            throw UsageError(
                message: "`\(text)` names no namespace and no shard",
                remedy: "write `namespace` or `namespace/shard`")
        }
        namespace = parts[0]
        shard = parts.count == 2 ? parts[1] : nil
    }
}
