import Ledger
import Model
import Reconciler
import Reports
import Schema

/// What the ledger has of shards, and what is suspended.
package enum FleetRecordEndpoints {
    package static let shards = Endpoint(
        "shards.list", .get, "/shards", .read,
        summary: "each shard: the commit that changed it last, and why nothing is done there",
        parameters: [namespace, .limit, .after]
    ) { asked, session in
        let ledger = session.ledger
        let queries = LedgerQueries(store: ledger.store)
        let lines = try session.memory.use { kept in
            try queries.shardLines(all: true, &kept.shards) { ledger.whereabouts }.all ?? []
        }
        let wanted = asked.text(namespace)
        let chosen = lines.filter { wanted == nil || $0.shard.namespace == wanted }
        let page = Page(chosen, asked) { "\($0.shard)" }
        return Listing(
            "shards", columns: ["shard", "objects", "revision", "since", "reason"],
            rows: page.items.map(row), summary: Count.of(chosen.count, "shard"), next: page.next
        ).answer
    }

    package static let suspensions = Endpoint(
        "suspensions.list", .get, "/suspensions", .read,
        summary: "what somebody suspended and is not over"
    ) { _, session in
        let records = try LedgerQueries(store: session.ledger.store).suspensions()
        return Listing(
            "suspensions", columns: ["target", "by", "at", "until", "reason"],
            rows: records.map(row), summary: Count.of(records.count, "suspension")
        ).answer
    }

    static let namespace = Parameter(
        "namespace", .text, in: .query, word: "name", help: "only this namespace")

    private static func row(_ line: StatusReport.ShardLine) -> [String: String] {
        var row = [
            "shard": "\(line.shard)", "namespace": line.shard.namespace, "name": line.shard.shard,
        ]
        row["objects"] = line.objectCount.map(String.init)
        row["revision"] = line.revision
        row["since"] = line.since
        row["reason"] = line.reason
        return row
    }

    private static func row(_ record: SuspensionRecord) -> [String: String] {
        var row = [
            "target": record.subject, "namespace": record.namespace, "by": record.actor,
            "at": record.at, "reason": record.damage ?? record.reason,
        ]
        row["shard"] = record.shard
        row["until"] = record.until
        return row
    }
}
