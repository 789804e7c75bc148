import Model
import Reconciler
import Schema
import Service
import Views

/// `plumb retry`.
enum RetryCommand {
    static let command = Command(
        name: "retry", summary: "have what failed, or waits after a failure, tried again now",
        arguments: "[rollout]",
        details: """
            Operations that wait for their next attempt are due at once and have their attempts
            anew; what failed is planned again, also by a daemon that waits before it tries again. A
            finalizer whose run died is not started again by itself, unless it is idempotent: nobody
            knows whether it ran. One that failed runs again with `--finalizer`. The next `plumb
            reconcile`, or the daemon's next pass, does it.
            """,
        options: Option.environmentWide + [.finalizer, .reason, .output, .noColor],
        run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let reason = try invocation.reason()
        let format = try invocation.format()
        let wanted = try invocation.onlyArgument("a rollout")
        let session = try LedgerSession.open(try invocation.request(), PassHooks())
        let requests = RetryRequests(store: session.store)
        let found =
            if let namespace = invocation.value(.finalizer) {
                try requests.retry(finalizerOf: namespace, in: wanted, reason: reason)
            } else {
                try requests.retry(wanted, reason: reason)
            }
        let rollout = found.rollout.map { "rollout \($0): " } ?? ""
        let text =
            "\(rollout)\(words(found)), with `plumb reconcile` or the daemon's next pass"
        let rows =
            found.operations.map { ["operation": "\($0)"] }
            + found.finalizers.map { ["namespace": $0] }
        return invocation.acknowledge("retry", rows, text, as: format)
    }

    private static func words(_ found: RetryRequests.Found) -> String {
        var parts: [String] = []
        let operations = found.operations.count
        if operations > 0 { parts.append("\(Count.of(operations, "operation")) again") }
        if !found.finalizers.isEmpty {
            parts.append("the finalizer of \(found.finalizers.joined(separator: ", ")) again")
        }
        return parts.joined(separator: " and ")
    }
}
