import Diff
import Schema

/// Statements that a table of one shard refused for what it is:
/// `refusals/<namespace>/<shard>/<table>`.
///
/// A table keeps traces of what was done to it at once, of which its text says nothing: a copy of
/// it takes an algorithm that it does not. The next plan asks for another one, on this shard. The
/// record goes when an operation on the table is completed.
package struct RefusalRecord: Codable, Hashable, Sendable {
    package struct Refused: Codable, Hashable, Sendable {
        /// What the table had then; nothing is known of it once it has changed.
        package var from: Digest?
        package var statement: String
        /// `error 1118`.
        package var reason: String

        package init(from: Digest?, statement: String, reason: String) {
            self.from = from
            self.statement = statement
            self.reason = reason
        }
    }

    package var version: Int
    package var key: OperationKey
    package var refused: [Refused]

    package init(key: OperationKey) {
        version = 1
        self.key = key
        refused = []
    }

    /// Adds a statement; what was refused by an earlier form of the table is forgotten.
    package mutating func add(_ statement: Refused) {
        refused.removeAll { $0.from != statement.from || $0.statement == statement.statement }
        refused.append(statement)
    }
}

/// The refusals that the ledger knows, for the planner.
package struct Refusals: Sendable {
    private let records: [OperationKey: RefusalRecord]

    package init(_ records: [RefusalRecord] = []) {
        self.records = Dictionary(records.map { ($0.key, $0) }) { first, _ in first }
    }

    /// Shards that refused the same, together.
    package struct Group: Hashable, Sendable {
        package var shards: [String]
        package var refused: [RefusalRecord.Refused]
    }

    /// `shards`, which have the same table, by what their own refused of it: first those that
    /// refused nothing.
    package func groups(
        _ shards: [String], namespace: String, table: String, from: Digest?
    ) -> [Group] {
        guard !records.isEmpty else { return [Group(shards: shards, refused: [])] }
        var groups = [Group(shards: [], refused: [])]
        for shard in shards {
            let key = OperationKey(
                shard: ShardID(namespace: namespace, shard: shard), table: table)
            let refused = (records[key]?.refused ?? []).filter { $0.from == from }
                .sorted { $0.statement < $1.statement }
            if let place = groups.firstIndex(where: { $0.refused == refused }) {
                groups[place].shards.append(shard)
            } else {
                groups.append(Group(shards: [shard], refused: refused))
            }
        }
        return groups.filter { !$0.shards.isEmpty }
    }
}
