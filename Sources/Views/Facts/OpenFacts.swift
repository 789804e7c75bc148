import Diff
import Model
import Reports
import Schema

/// The end of a report: unknown shards, unsupported tables and notices.
struct OpenFacts {
    /// Shards or tables with the same problem.
    struct Item {
        /// `commerce_{00..03}` or `commerce.geo on commerce_{00..03}`.
        let subject: String
        let state: String
        let reason: String
    }

    let items: [Item]
    let notices: [Notice]
    let stale: String?

    init(
        unknown: [UnknownShard], unsupported: [UnsupportedTable], notices: [Notice], stale: String?
    ) {
        items =
            Self.group(unknown)
            + unsupported.map { one in
                let object = one.object.label(in: one.namespace)
                return Item(
                    subject: "\(object) on \(ShardNames.compact(one.shards))",
                    state: "unsupported", reason: one.reason)
            }
        self.notices = notices
        self.stale = stale
    }

    init(_ report: PlanReport) {
        self.init(
            unknown: report.plan.unknown, unsupported: report.plan.unsupported,
            notices: report.notices, stale: report.stale)
    }

    init(_ report: DriftReport) {
        self.init(
            unknown: report.unknown, unsupported: report.unsupported, notices: report.notices,
            stale: report.stale)
    }

    private struct Key: Hashable {
        let namespace: String
        let code: String
        let reason: String
    }

    private static func group(_ shards: [UnknownShard]) -> [Item] {
        var places: [Key: Int] = [:]
        var groups: [(key: Key, shards: [String])] = []
        for shard in shards {
            let key = Key(
                namespace: shard.shard.namespace, code: shard.code, reason: shard.reason)
            if let place = places[key] {
                groups[place].shards.append(shard.shard.shard)
            } else {
                places[key] = groups.count
                groups.append((key, [shard.shard.shard]))
            }
        }
        return groups.map { key, shards in
            Item(
                subject: "\(key.namespace)/\(ShardNames.compact(shards))", state: "unknown",
                reason: "\(key.code): \(key.reason)")
        }
    }
}
