import Service

/// `plumb workers`.
enum WorkersCommand {
    static let command = Command(
        "workers", asking: WorkersEndpoint.list,
        details: """
            From the ledger alone: the process that reconciles the environment, the daemons and
            workers that are there, and the servers that each has taken.
            """)
}
