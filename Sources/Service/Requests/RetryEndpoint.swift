import Reconciler
import Schema

/// What failed, or waits after a failure, is tried again.
package enum RetryEndpoint {
    package static let retry = Endpoint(
        "rollouts.retry", .post, "/rollouts/{rollout}/retry", .operate,
        summary: "have what failed, or waits after a failure, tried again now",
        parameters: [.rollout, finalizer, .reason]
    ) { asked, session in
        let requests = RetryRequests(store: session.ledger.store)
        let reason = try asked.required(.reason)
        let found =
            if let namespace = asked.text(finalizer) {
                try requests.retry(
                    finalizerOf: namespace, in: asked.text(.rollout), reason: reason)
            } else {
                try requests.retry(asked.text(.rollout), reason: reason)
            }
        let rollout = found.rollout.map { "rollout \($0): " } ?? ""
        let rows =
            found.operations.map { ["operation": "\($0)"] }
            + found.finalizers.map { ["namespace": $0] }
        return .acknowledging(
            "retry", rows,
            "\(rollout)\(words(found)), with `plumb reconcile` or the daemon's next pass")
    }

    static let finalizer = Parameter(
        "finalizer", .text, in: .body, word: "namespace",
        help: "the finalizer of this namespace, also one that failed")

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
