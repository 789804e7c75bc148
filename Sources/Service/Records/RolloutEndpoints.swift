import Model
import Reconciler
import Schema

/// Rollouts, and the operations of one.
package enum RolloutEndpoints {
    package static let list = Endpoint(
        "rollouts.list", .get, "/rollouts", .read,
        summary: "the rollouts, those that are open first, and the newest first",
        parameters: [.limit, .after]
    ) { asked, session in
        let snapshot = try session.ledger.store.snapshot()
        let lines = try session.memory.use { kept in
            try snapshot.map { try kept.rollouts.lines(in: $0) } ?? []
        }
        let page = Page(lines, asked, id: \.id)
        let rows = page.items.map(row)
        return Listing(
            "rollouts", columns: ["rollout", "state", "operations", "started", "ended", "by"],
            rows: rows, summary: Count.of(lines.count, "rollout"), next: page.next
        ).answer
    }

    package static let operations = Endpoint(
        "operations.list", .get, "/rollouts/{rollout}/operations", .read,
        summary: "the operations of a rollout, in the order of its waves",
        parameters: [StatusEndpoints.wanted, .limit, .after]
    ) { asked, session in
        let id = try asked.required(StatusEndpoints.wanted)
        guard let snapshot = try session.ledger.store.snapshot(),
            let rollout = try snapshot.rollout(id)
        else {
            throw ConfigurationError(
                "the ledger has no rollout `\(id)`", remedy: "see `plumb log`", kind: .notFound)
        }
        let keys = rollout.waves.enumerated().flatMap { wave, keys in keys.map { (wave + 1, $0) } }
        let page = Page(keys, asked) { "\($0.1)" }
        let rows = try page.items.map { wave, key in
            row(wave, key, try snapshot.readableOperation(id, key))
        }
        return Listing(
            "operations", columns: ["wave", "operation", "state", "started", "ended", "message"],
            rows: rows, summary: Count.of(keys.count, "operation"), next: page.next
        ).answer
    }

    private static func row(_ line: RolloutMemory.Line) -> [String: String] {
        var row = [
            "rollout": line.id, "state": line.state?.rawValue ?? "unreadable",
            "operations": "\(line.operations)", "started": line.startedAt, "by": line.actor,
        ]
        row["plan"] = line.plan?.hex
        row["ended"] = line.endedAt
        row["revision"] = line.revision
        row["message"] = line.message
        return row
    }

    private static func row(
        _ wave: Int, _ key: OperationKey, _ record: OperationRecord?
    ) -> [String: String] {
        var row = [
            "wave": "\(wave)", "operation": "\(key)", "namespace": key.namespace,
            "shard": key.shard, "table": key.object.encoded,
            "state": record?.state.rawValue ?? "unreadable",
        ]
        guard let record else { return row }
        row["attempts"] = "\(record.attempts)"
        row["started"] = record.startedAt
        row["ended"] = record.endedAt
        row["nextAttempt"] = record.nextAttemptAt
        row["message"] = record.message
        row["approval"] = record.approval?.hex
        return row
    }
}
