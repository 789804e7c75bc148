import Service

/// `plumb retry`.
enum RetryCommand {
    static let command = Command(
        "retry", asking: RetryEndpoint.retry, arguments: "[rollout]",
        details: """
            Operations that wait for their next attempt are due at once and have their attempts
            anew; what failed is planned again, also by a daemon that waits before it tries again. A
            finalizer whose run died is not started again by itself, unless it is idempotent: nobody
            knows whether it ran. One that failed runs again with `--finalizer`. The next `plumb
            reconcile`, or the daemon's next pass, does it.
            """)
}
