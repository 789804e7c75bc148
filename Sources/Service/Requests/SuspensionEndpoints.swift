import Reconciler

/// Namespaces and shards on which nothing begins.
package enum SuspensionEndpoints {
    package static let suspend = Endpoint(
        "suspensions.suspend", .post, "/suspend", .operate,
        summary: "let nothing begin on a namespace or shard",
        parameters: [.target, forTime, .reason], check: check
    ) { asked, session in
        let target = try ChangeTarget(asked.required(.target))
        let reason = try asked.required(.reason)
        try session.ledger.requireKnown(namespace: target.namespace, shard: target.shard)
        let record = try Suspensions(store: session.ledger.store).suspend(
            target.namespace, target.shard, reason: reason, seconds: asked.seconds(forTime))
        let end = record.until.map { "until \($0)" } ?? "until `plumb resume`"
        return .acknowledging(
            "suspend", [["target": target.subject]],
            "\(record.subject) is suspended: nothing begins there any more, \(end)")
    }

    package static let resume = Endpoint(
        "suspensions.resume", .post, "/resume", .operate,
        summary: "let changes go on where they were suspended",
        parameters: [.target, .reason], check: check
    ) { asked, session in
        let target = try ChangeTarget(asked.required(.target))
        // What left the fleet while it was suspended is resumed all the same.
        try Suspensions(store: session.ledger.store).resume(
            target.namespace, target.shard, reason: try asked.required(.reason))
        return .acknowledging(
            "resume", [["target": target.subject]],
            "\(target.subject) is resumed: `plumb reconcile`, or the daemon's next pass, goes on "
                + "there")
    }

    static let forTime = Parameter(
        "for", .duration, in: .body, help: "when it ends by itself: 30m, 4h, 7d")

    private static let check: @Sendable (Parameters) throws -> Void = { asked in
        _ = try ChangeTarget(asked.required(.target))
    }
}
