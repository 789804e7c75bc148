import Service

/// `plumb suspend` and `plumb resume`.
enum SuspensionCommands {
    static let suspend = Command(
        "suspend", asking: SuspensionEndpoints.suspend, arguments: "<namespace>[/<shard>]",
        details: """
            What runs ends and is recorded, also in another process. Drift is still reported.
            Rollouts stay open and wait; the waves behind the shard wait as well. It ends with
            `plumb resume`, or by itself after the time that --for gives.
            """)

    static let resume = Command(
        "resume", asking: SuspensionEndpoints.resume, arguments: "<namespace>[/<shard>]")
}
