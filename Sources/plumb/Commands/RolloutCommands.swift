import Model
import Reconciler
import Service
import Views

/// `plumb stop`, `start`, `release` and `throttle`.
enum RolloutCommands {
    static let stop = Command(
        name: "stop", summary: "let no further operation of a rollout begin",
        arguments: "[rollout]",
        details: """
            What runs ends and is recorded, also in another process. The rollout stays open until
            `plumb start` lets it go on. Without a name the rollout that is open is meant.
            """,
        options: options,
        run: { invocation in
            try run(invocation, "stop", "stopped: nothing of it begins any more") {
                try $0.stop($1, reason: $2)
            }
        })

    static let start = Command(
        name: "start", summary: "let a rollout go on that was stopped",
        arguments: "[rollout]",
        details: """
            The next `plumb reconcile` goes on with it, or the daemon at once with its next pass.
            """,
        options: options,
        run: { invocation in
            try run(
                invocation, "start", "may go on: `plumb reconcile`, or the daemon's next pass, does"
            ) {
                try $0.start($1, reason: $2)
            }
        })

    static let release = Command(
        name: "release", summary: "let a rollout go on that paused by itself",
        arguments: "[rollout]",
        details: """
            A rollout pauses after a failure under `on_failure: pause`, and where the health query
            has a bad answer. What failed is tried again with the next plan.
            """,
        options: options,
        run: { invocation in
            var asked: String?
            return try run(
                invocation, "release",
                "may go on: `plumb reconcile`, or the daemon's next pass, does", and: { asked }
            ) {
                let (id, pause) = try $0.release($1, reason: $2)
                if let pause, pause.isOfHealth == true {
                    asked =
                        "it was \(pause.reason); that is asked again first, and while the answer is "
                        + "bad the rollout pauses again at once"
                }
                return id
            }
        })

    static let throttle = Command(
        name: "throttle", summary: "let fewer shards of a rollout be at work at once",
        arguments: "[rollout]",
        details: """
            Takes effect with the next shard, also in another process; --off ends it.
            `policy.rollout.concurrency` bounds operations besides.
            """,
        options: options + [.atOnce, .off],
        run: { invocation in
            guard (invocation.value(.atOnce) == nil) == invocation.has(.off) else {
                throw UsageError(
                    message: "one of --at-once and --off is needed",
                    remedy: "write how many shards may be at work at once, such as --at-once 2")
            }
            let shards =
                invocation.has(.off) ? nil : try invocation.number(.atOnce, default: 1)
            let words = shards.map { "has at most \($0) of its shards at work at once" }
            return try run(invocation, "throttle", words ?? "is throttled no more") {
                try $0.throttle($1, shards: shards, reason: $2)
            }
        })

    private static let options: [Option] =
        Option.environmentWide + [.reason, .output, .noColor]

    private static func run(
        _ invocation: Invocation, _ name: String, _ words: String,
        and more: () -> String? = { nil },
        _ body: (RolloutRequests, String?, String) throws -> String
    ) throws -> ExitStatus {
        let reason = try invocation.reason()
        let format = try invocation.format()
        let wanted = try invocation.onlyArgument("a rollout")
        let session = try LedgerSession.open(try invocation.request(), PassHooks())
        let id = try body(RolloutRequests(store: session.store), wanted, reason)
        let text = ["rollout \(id) \(words)", more()].compactMap(\.self).joined(separator: "; ")
        return invocation.acknowledge(name, [["rollout": id]], text, as: format)
    }
}
