import Diff
import Schema

/// A rollout that somebody took back: its objects are wanted as they were before it, for as long as
/// git wants exactly what the rollout made of them.
package struct RollbackRecord: Codable, Hashable, Sendable {
    /// The version of the record's format.
    package var version: Int
    package var id: String
    /// The id of the rollout that is taken back.
    package var rollout: String
    package var actor: String
    package var reason: String
    /// ISO 8601 in UTC.
    package var at: String
    /// Shards on which the same objects are taken back are one group.
    package var groups: [Group]
    /// The approvals that were given before and do not count any more on these shards; nil for
    /// none.
    package var withdrawn: [Digest]?

    package init(
        id: String, rollout: String, actor: String, reason: String, at: String, groups: [Group]
    ) {
        version = Self.currentVersion
        self.id = id
        self.rollout = rollout
        self.actor = actor
        self.reason = reason
        self.at = at
        self.groups = groups
    }

    package static let currentVersion = 1

    /// Objects that are taken back on the same shards of a namespace.
    package struct Group: Codable, Hashable, Sendable {
        package var namespace: String
        /// The names of the shards, sorted.
        package var shards: [String]
        package var objects: [Object]

        package init(namespace: String, shards: [String], objects: [Object]) {
            self.namespace = namespace
            self.shards = shards
            self.objects = objects
        }
    }

    /// One object, with the two ends of what the rollout did to it.
    package struct Object: Codable, Hashable, Sendable {
        /// Its name after the rollout.
        package var object: ObjectName
        /// Its name before, where the rollout gave it another; nil otherwise.
        package var renamedFrom: ObjectName?
        /// The digest that the rollout led to; nil for an absent object.
        package var unwanted: Digest?
        /// The digest before it; nil for an absent object.
        package var wanted: Digest?
        /// Columns that the rollout renamed; nil for none.
        package var columns: [Column]?
        /// What does not come back with the definition, one phrase each.
        package var lost: [String]
        /// What git wants instead, as lines of a difference.
        package var change: [String]
        /// True once git has gone back to what was before, too: what is left to do there is done,
        /// and git decides from then on, also where it wants the change again; else nil.
        package var reverted: Bool?

        private enum CodingKeys: String, CodingKey {
            case object = "table"
            case renamedFrom, unwanted, wanted, columns, lost, change, reverted
        }

        package init(
            object: ObjectName, renamedFrom: ObjectName? = nil, unwanted: Digest?,
            wanted: Digest?, columns: [Column] = [], lost: [String] = [], change: [String] = []
        ) {
            self.object = object
            self.renamedFrom = renamedFrom
            self.unwanted = unwanted
            self.wanted = wanted
            self.columns = columns.isEmpty ? nil : columns
            self.lost = lost
            self.change = change
        }

        /// The name under which it is wanted again.
        package var former: ObjectName { renamedFrom ?? object }

        package var isReverted: Bool { reverted == true }
    }

    /// A column's names before and after the rollout.
    package struct Column: Codable, Hashable, Sendable {
        package var from: String
        package var to: String

        package init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }
}

/// The rollbacks of an environment that hold, the older ones first: one document, so that what a
/// pass has read can be compared with what there is when it writes.
package struct RollbackBook: Codable, Hashable, Sendable {
    /// The version of the document's format.
    package var version: Int
    package var rollbacks: [RollbackRecord]

    package init(rollbacks: [RollbackRecord]) {
        version = RollbackRecord.currentVersion
        self.rollbacks = rollbacks
    }
}

extension RollbackRecord {
    /// On which shards it holds which objects.
    package typealias Places = [ShardID: Set<ObjectName>]

    package var shardCount: Int {
        Set(groups.flatMap { group in group.shards.map { group.id(of: $0) } }).count
    }

    /// The record without some objects; nil where nothing is left of it.
    package func removing(_ gone: Places) -> RollbackRecord? {
        guard !gone.isEmpty else { return self }
        let left = mapping { gone[$0]?.contains($1.object) == true ? nil : $1 }
        return left.groups.isEmpty ? nil : left
    }

    /// The record with what git has gone back from, too, marked as such.
    package func reverting(_ places: Places) -> RollbackRecord {
        guard !places.isEmpty else { return self }
        return mapping { shard, object in
            guard places[shard]?.contains(object.object) == true else { return object }
            var object = object
            object.reverted = true
            return object
        }
    }

    /// The record with each object of a shard as `body` makes it; nil leaves it out.
    private func mapping(_ body: (ShardID, Object) -> Object?) -> RollbackRecord {
        var objects: [ShardID: [Object]] = [:]
        for group in groups {
            for shard in group.shards {
                let id = group.id(of: shard)
                let made = group.objects.compactMap { body(id, $0) }
                if !made.isEmpty { objects[id, default: []] += made }
            }
        }
        var record = self
        record.groups = Self.groups(of: objects)
        return record
    }

    /// The record with objects on shards that it did not have before.
    package func adding(_ joined: [ShardID: [Object]]) -> RollbackRecord {
        guard !joined.isEmpty else { return self }
        var objects = joined
        for group in groups {
            for shard in group.shards { objects[group.id(of: shard), default: []] += group.objects }
        }
        var record = self
        record.groups = Self.groups(of: objects)
        return record
    }

    /// The groups of shards with the same objects, sorted.
    package static func groups(of objects: [ShardID: [Object]]) -> [Group] {
        struct Key: Hashable {
            let namespace: String
            let objects: [Object]
        }
        var groups: [Key: [String]] = [:]
        for (id, objects) in objects {
            groups[Key(namespace: id.namespace, objects: objects), default: []].append(id.shard)
        }
        return groups.map {
            Group(namespace: $0.namespace, shards: $1.sorted(), objects: $0.objects)
        }.sorted {
            ($0.namespace, $0.shards.first ?? "") < ($1.namespace, $1.shards.first ?? "")
        }
    }

    /// Who asked for it and why, for people: `by ada at … (too slow)`.
    package var origin: String { "by \(actor) at \(at) (\(reason))" }
}

extension RollbackRecord.Group {
    package func id(of shard: String) -> ShardID {
        ShardID(namespace: namespace, shard: shard)
    }
}
