import Schema

/// That the operations of a wave may be carried out by any worker, and for how long.
///
/// Who holds the environment's lease offers them and takes the offer back; a worker begins nothing
/// that the newest offer of a rollout does not have.
package struct OfferRecord: Codable, Hashable, Sendable {
    /// The version of the record's format.
    package var version: Int
    /// Another one for each offer of a rollout.
    package var id: String
    package var rollout: String
    /// The process that offers it, which does not take it up as a worker.
    package var by: String
    /// From when on nothing of it begins any more, ISO 8601 in UTC.
    package var until: String
    /// How many operations run statements on one server at once.
    package var perServer: Int
    /// The environments that have to be as they were for something to begin; nil for none.
    package var after: [String]?
    /// ISO 8601 in UTC.
    package var at: String

    package init(
        id: String, rollout: String, by: String, until: String, perServer: Int,
        after: [String] = [], at: String
    ) {
        version = 1
        self.id = id
        self.rollout = rollout
        self.by = by
        self.until = until
        self.perServer = perServer
        self.after = after.isEmpty ? nil : after
        self.at = at
    }
}

/// What of an offer is on one server.
package struct OfferedServer: Codable, Hashable, Sendable {
    /// The version of the record's format.
    package var version: Int
    /// The id of the offer.
    package var offer: String
    /// As `db-0:3306`.
    package var server: String
    package var shards: [OfferedShard]

    package init(offer: String, server: ServerAddress, shards: [OfferedShard]) {
        version = 1
        self.offer = offer
        self.server = server.description
        self.shards = shards
    }

    /// Whether each of its shards has these labels.
    package func allHave(_ labels: [String: String]) -> Bool {
        shards.allSatisfy { ($0.labels ?? [:]).haveAll(labels) }
    }
}

/// The operations of one shard that are offered.
package struct OfferedShard: Codable, Hashable, Sendable {
    package var namespace: String
    package var shard: String
    package var database: String
    /// Whether it is changed although its server is read-only; nil where it is not.
    package var changesReadOnly: Bool?
    /// Those that the shard has in the fleet file; nil for none.
    package var labels: [String: String]?
    /// In the order of the plan.
    package var operations: [OfferedOperation]
    /// For each operation the places of those that must have ended before it begins; nil where each
    /// needs all before it.
    package var needs: [[Int]]?

    package init(
        shard: ShardID, database: String, changesReadOnly: Bool, labels: [String: String] = [:],
        operations: [OfferedOperation], needs: [[Int]]?
    ) {
        namespace = shard.namespace
        self.shard = shard.shard
        self.database = database
        self.changesReadOnly = changesReadOnly ? true : nil
        self.labels = labels.isEmpty ? nil : labels
        self.operations = operations
        self.needs = needs
    }

    package var shardID: ShardID { ShardID(namespace: namespace, shard: shard) }
}

/// One operation that is offered.
package struct OfferedOperation: Codable, Hashable, Sendable {
    package var object: ObjectName
    /// The digest of its step, which is kept with the rollout.
    package var step: Digest
    /// The approval that it uses up; nil where it needs none.
    package var approval: Digest?
    /// Until when the approval is valid, ISO 8601 in UTC.
    package var approvedUntil: String?
    /// The commit that the plan was made from.
    package var revision: String?
    /// How many statements of the step had run before; nil for none.
    package var begun: Int?

    package init(
        object: ObjectName, step: Digest, approval: Digest?, approvedUntil: String?,
        revision: String?, begun: Int?
    ) {
        self.object = object
        self.step = step
        self.approval = approval
        self.approvedUntil = approvedUntil
        self.revision = revision
        self.begun = begun
    }
}
