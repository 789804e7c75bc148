import Service

/// `plumb show`.
enum ShowCommand {
    static let command = Command(
        "show", asking: ShowEndpoint.show, arguments: "digest",
        details: """
            Looks among plans, approvals, rollouts and the catalog of tables; a shard is named
            like commerce/0. Says on standard error where in the ledger it is kept.
            """, options: Option.fleet)
}
