import Service

/// `plumb approve` and `plumb deny`.
enum DecisionCommands {
    static let approve = Command(
        "approve", asking: DecisionEndpoints.approve, arguments: "[digest…]",
        details: """
            A decision is bound to the digest of exactly that step: the tables before and after, the
            change and the shards. If any of these changes, the step must be approved again.
            """, and: [.sign])

    static let deny = Command(
        "deny", asking: DecisionEndpoints.deny, arguments: "[digest…]", and: [.sign])
}
