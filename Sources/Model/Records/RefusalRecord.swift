import Diff
import Schema

/// Statements that the table of one shard refused.
///
/// Earlier instant changes leave traces in a table that `SHOW CREATE TABLE` does not print, so it
/// may refuse an algorithm that an empty copy of it accepts. The next plan uses another algorithm
/// on this shard. The record is removed when an operation on the table completes.
package struct RefusalRecord: Codable, Hashable, Sendable {
    /// One refused statement.
    package struct Refused: Codable, Hashable, Sendable {
        /// The table's digest at that time; the refusal no longer applies once it has changed.
        package var from: Digest?
        /// The text of the refused statement.
        package var statement: String
        /// Such as `error 1118`.
        package var reason: String

        package init(from: Digest?, statement: String, reason: String) {
            self.from = from
            self.statement = statement
            self.reason = reason
        }
    }

    /// The version of the record's format.
    package var version: Int
    package var key: OperationKey
    package var refused: [Refused]

    package init(key: OperationKey) {
        version = 1
        self.key = key
        refused = []
    }

    /// Adds a refused statement, and removes those of other digests of the table.
    package mutating func add(_ statement: Refused) {
        refused.removeAll { $0.from != statement.from || $0.statement == statement.statement }
        refused.append(statement)
    }
}

/// The refusals in the ledger, for the planner.
package struct Refusals: Sendable {
    private let records: [OperationKey: RefusalRecord]

    package init(_ records: [RefusalRecord] = []) {
        self.records = Dictionary(records.map { ($0.key, $0) }) { first, _ in first }
    }

    /// Shards that refused the same statements.
    package struct Group: Hashable, Sendable {
        package var shards: [String]
        package var refused: [RefusalRecord.Refused]
    }

    /// Groups `shards`, which have the same table, by the statements that they refused; those that
    /// refused none come first.
    package func groups(
        _ shards: [String], namespace: String, object: ObjectName, from: Digest?
    ) -> [Group] {
        guard !records.isEmpty else { return [Group(shards: shards, refused: [])] }
        var groups = [Group(shards: [], refused: [])]
        for shard in shards {
            let key = OperationKey(
                shard: ShardID(namespace: namespace, shard: shard), object: object)
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
