import Desired
import Model
import Reconciler
import Schema
import Service
import Views

/// `plumb suspend` and `plumb resume`.
enum SuspensionCommands {
    static let suspend = Command(
        name: "suspend", summary: "let nothing begin on a namespace or shard",
        arguments: "<namespace>[/<shard>]",
        details: """
            What runs ends and is recorded, also in another process. Drift is still reported.
            Rollouts stay open and wait; the waves behind the shard wait as well. It ends with
            `plumb resume`, or by itself after the time that --for gives.
            """,
        options: Option.environmentWide + [.forTime, .reason, .output, .noColor],
        run: { invocation in
            let target = try ChangeTarget(invocation)
            let seconds =
                invocation.value(.forTime) == nil
                ? nil : try invocation.seconds(.forTime, default: 0)
            return try target.run(invocation, "suspend") { suspensions, reason in
                let record = try suspensions.suspend(
                    target.namespace, target.shard, reason: reason, seconds: seconds)
                let end = record.until.map { "until \($0)" } ?? "until `plumb resume`"
                return "\(record.subject) is suspended: nothing begins there any more, \(end)"
            }
        })

    static let resume = Command(
        name: "resume", summary: "let changes go on where they were suspended",
        arguments: "<namespace>[/<shard>]",
        options: Option.environmentWide + [.reason, .output, .noColor],
        run: { invocation in
            let target = try ChangeTarget(invocation)
            return try target.run(invocation, "resume") { suspensions, reason in
                try suspensions.resume(target.namespace, target.shard, reason: reason)
                return "\(target.subject) is resumed: `plumb reconcile`, or the daemon's next "
                    + "pass, goes on there"
            }
        })
}

extension ChangeTarget {
    fileprivate func run(
        _ invocation: Invocation, _ kind: String,
        _ body: (Suspensions, String) throws -> String
    ) throws -> ExitStatus {
        let reason = try invocation.reason()
        let format = try invocation.format()
        let session = try LedgerSession.open(try invocation.request(), PassHooks())
        // What left the fleet while it was suspended is resumed all the same.
        if kind == "suspend" {
            try session.requireKnown(namespace: namespace, shard: shard)
        }
        let text = try body(Suspensions(store: session.store), reason)
        return invocation.acknowledge(kind, [["target": subject]], text, as: format)
    }
}
