import Model
import Reconciler

/// What is asked of open rollouts.
package enum RolloutRequestEndpoints {
    package static let stop = request(
        "stop", summary: "let no further operation of a rollout begin"
    ) { requests, id, reason, _ in
        let id = try requests.stop(id, reason: reason)
        return (id, "stopped: nothing of it begins any more")
    }

    package static let start = request(
        "start", summary: "let a rollout go on that was stopped"
    ) { requests, id, reason, _ in
        (try requests.start(id, reason: reason), mayGoOn)
    }

    package static let release = request(
        "release", summary: "let a rollout go on that paused by itself"
    ) { requests, id, reason, _ in
        let (id, pause) = try requests.release(id, reason: reason)
        guard let pause, pause.isOfHealth == true else { return (id, mayGoOn) }
        return (
            id,
            "\(mayGoOn); it was \(pause.reason); that is asked again first, and while the answer "
                + "is bad the rollout pauses again at once"
        )
    }

    package static let throttle = request(
        "throttle", summary: "let fewer shards of a rollout be at work at once",
        parameters: [atOnce, off],
        check: { asked in
            guard (asked.text(atOnce) == nil) == asked.has(off) else {
                throw UsageError(
                    message: "one of \(asked.name(atOnce)) and \(asked.name(off)) is needed",
                    remedy: "write how many shards may be at work at once, such as --at-once 2")
            }
        }
    ) { requests, id, reason, asked in
        let shards = asked.has(off) ? nil : asked.number(atOnce)
        let words = shards.map { "has at most \($0) of its shards at work at once" }
        return (
            try requests.throttle(id, shards: shards, reason: reason),
            words ?? "is throttled no more"
        )
    }

    static let atOnce = Parameter(
        "atOnce", .number(most: 1_000_000), in: .body, help: "how many shards at most")
    static let off = Parameter("off", .flag, in: .body, help: "end it")

    private static let mayGoOn =
        "may go on: `plumb reconcile`, or the daemon's next pass, does"

    /// - Parameter body: the id of the rollout, and what becomes of it.
    private static func request(
        _ name: String, summary: String, parameters: [Parameter] = [],
        check: @escaping @Sendable (Parameters) throws -> Void = { _ in },
        _ body:
            @escaping @Sendable (RolloutRequests, String?, String, Parameters) throws -> (
                id: String, words: String
            )
    ) -> Endpoint {
        Endpoint(
            "rollouts.\(name)", .post, "/rollouts/{rollout}/\(name)", .operate, summary: summary,
            parameters: [.rollout] + parameters + [.reason], check: check
        ) { asked, session in
            let (id, words) = try body(
                RolloutRequests(store: session.ledger.store), asked.text(.rollout),
                try asked.required(.reason), asked)
            return .acknowledging(name, [["rollout": id]], "rollout \(id) \(words)")
        }
    }
}
