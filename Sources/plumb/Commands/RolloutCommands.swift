import Service

/// `plumb stop`, `start`, `release` and `throttle`.
enum RolloutCommands {
    static let stop = Command(
        "stop", asking: RolloutRequestEndpoints.stop, arguments: "[rollout]",
        details: """
            What runs ends and is recorded, also in another process. The rollout stays open until
            `plumb start` lets it go on. Without a name the rollout that is open is meant.
            """)

    static let start = Command(
        "start", asking: RolloutRequestEndpoints.start, arguments: "[rollout]",
        details: """
            The next `plumb reconcile` goes on with it, or the daemon at once with its next pass.
            """)

    static let release = Command(
        "release", asking: RolloutRequestEndpoints.release, arguments: "[rollout]",
        details: """
            A rollout pauses after a failure under `on_failure: pause`, and where the health query
            has a bad answer. What failed is tried again with the next plan.
            """)

    static let throttle = Command(
        "throttle", asking: RolloutRequestEndpoints.throttle, arguments: "[rollout]",
        details: """
            Takes effect with the next shard, also in another process; --off ends it.
            `policy.rollout.concurrency` bounds operations besides.
            """)
}
