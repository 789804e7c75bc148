import Service

/// `plumb cutover`.
enum CutoverCommand {
    static let command = Command(
        "cutover", asking: CutoverEndpoint.cutover, arguments: "[rollout]",
        details: """
            For a rollout whose `policy.rollout.cutover` is `manual`: its operations are made ready
            on all shards, and each waits for this. Without --shard all of them change, wave by
            wave, with the next `plumb reconcile` or the daemon's next pass.
            """)
}
