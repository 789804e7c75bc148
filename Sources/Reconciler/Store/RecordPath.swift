import Ledger
import Schema

/// The layout of the ledger's tree: where each record is kept.
///
/// Folders that may get wide are spread over folders named after single hexadecimal digits: of a
/// digest its own first ones, of any other name those of the SHA-256 of the name. So no folder has
/// more than 16 entries, but for the last ones, and a change rewrites a few short trees, however
/// many shards there are.
package enum RecordPath {
    /// The layout of the environment's tree; missing in one of layout 1.
    package static let layout = LedgerPath("layout")
    /// The record of the environment.
    package static let environment = LedgerPath("environment")
    /// The folder of pending records, one for each operation under way.
    package static let pendingFolder = LedgerPath("pending")
    /// The folder of marks of the rollouts that have not ended.
    package static let openFolder = LedgerPath("open")
    /// The folder of rollouts.
    package static let rollouts = LedgerPath("rollouts")
    /// The folder of plans.
    package static let plans = LedgerPath("plans")
    /// The folder of texts of tables and other objects.
    package static let catalogFolder = LedgerPath("catalog")
    /// The folder of decisions.
    package static let approvals = LedgerPath("approvals")
    /// The folder of marks of the decisions that still mean something.
    package static let awaiting = LedgerPath("awaiting")
    /// The folder of shard records; not `fleet`, where layout 1 had documents of the names that
    /// folders have here.
    package static let shards = LedgerPath("shards")
    /// The rollbacks that hold.
    package static let rollbacks = LedgerPath("rollbacks")
    /// The folder of refusals.
    package static let refusals = LedgerPath("refusals")
    /// The folder of operations that failed for good.
    package static let failures = LedgerPath("failures")
    /// That somebody wants what failed to be tried again.
    package static let retry = LedgerPath("retry")
    /// The folder of suspensions.
    package static let suspensions = LedgerPath("suspensions")

    /// The folder of what any worker may carry out.
    package static let offers = LedgerPath("offers")

    /// The folder of what workers are to read.
    package static let asked = LedgerPath("asked")

    /// What somebody was told last.
    package static func told(_ target: String) -> LedgerPath {
        LedgerPath("told").appending(target)
    }

    // MARK: Servers that others reach

    /// How many folders lie between ``asked`` and a record in it.
    static let sightDepth = 2

    /// What workers are to read on a server.
    package static func asked(_ server: String) -> LedgerPath {
        asked.spread(server, depth: sightDepth)
    }

    /// What a worker saw on a server.
    package static func seen(_ server: String) -> LedgerPath {
        LedgerPath("seen").spread(server, depth: sightDepth)
    }

    // MARK: Shards

    /// How many folders lie between the folder of a namespace and a shard.
    static let shardDepth = 3

    /// The folder of what was last recorded of a shard.
    package static func shard(_ id: ShardID) -> LedgerPath {
        shards.appending(id.namespace).spread(id.shard, depth: shardDepth)
    }

    /// What was recorded of a shard, apart from its tables.
    package static func shardHeader(_ id: ShardID) -> LedgerPath { header(in: shard(id)) }

    /// The header in the folder of a shard.
    static func header(in shard: LedgerPath) -> LedgerPath { shard.appending("shard") }

    /// The digests of a shard's tables, below its folder.
    static func tables(in shard: LedgerPath) -> LedgerPath { shard.appending("tables") }

    /// The digests of a shard's tables where they are not many.
    static func allTables(_ id: ShardID) -> LedgerPath {
        tables(in: shard(id)).appending("all")
    }

    /// Where they are many: those of the tables whose names have the same digits as `object`.
    static func tables(_ id: ShardID, like object: String) -> LedgerPath {
        tables(in: shard(id)).appending(digits: Digest(of: object).hex, depth: 2)
    }

    // MARK: Plans and what servers said

    /// The text of a table or other object.
    package static func catalog(_ digest: Digest) -> LedgerPath {
        catalogFolder.spread(digest)
    }

    /// A plan, by its digest.
    package static func plan(_ digest: Digest) -> LedgerPath { plans.spread(digest) }

    /// How servers of one profile print a whole desired schema.
    package static func normalised(profile: Digest, schema: Digest) -> LedgerPath {
        LedgerPath("normalised", profile.hex).spread(schema)
    }

    /// The proof of one change on servers of one profile.
    package static func proof(profile: Digest, change: Digest) -> LedgerPath {
        LedgerPath("proofs", profile.hex).spread(change)
    }

    // MARK: Decisions

    /// The folder of the decisions about one step, and of their uses.
    package static func approval(_ digest: Digest) -> LedgerPath { approvals.spread(digest) }

    /// What was decided about: the bytes of which the step's digest is made.
    package static func binding(_ digest: Digest) -> LedgerPath {
        approval(digest).appending("binding")
    }

    /// The decisions about one step.
    package static func decision(_ digest: Digest) -> LedgerPath {
        approval(digest).appending("decision")
    }

    /// The folder of the uses of the decisions about one step.
    static func uses(_ digest: Digest) -> LedgerPath { approval(digest).appending("uses") }

    /// The uses of the decisions about one step on one shard.
    static func uses(_ digest: Digest, on shard: String) -> LedgerPath {
        uses(digest).spread(shard, depth: 3)
    }

    /// The folder of marks of decisions about one object.
    static func awaiting(_ namespace: String, _ object: ObjectName) -> LedgerPath {
        awaiting.spread(joined([namespace, object.encoded]), depth: 2)
    }

    // MARK: Rollouts

    /// The folder of a rollout with its operations.
    package static func rolloutFolder(_ id: String) -> LedgerPath {
        rollouts.spread(id, depth: 2)
    }

    /// One rollout.
    package static func rollout(_ id: String) -> LedgerPath {
        rolloutFolder(id).appending("rollout")
    }

    /// The mark of a rollout that has not ended.
    package static func open(_ rollout: String) -> LedgerPath { openFolder.appending(rollout) }

    /// The folder of a rollout's operations.
    static func operations(_ rollout: String) -> LedgerPath {
        rolloutFolder(rollout).appending("operations")
    }

    /// One operation of a rollout.
    package static func operation(_ rollout: String, _ key: OperationKey) -> LedgerPath {
        operations(rollout).spread(name(key), depth: 3)
    }

    /// A step that operations of a rollout carry out, by the digest of its JSON.
    static func step(_ rollout: String, _ digest: Digest) -> LedgerPath {
        rolloutFolder(rollout).appending("steps").spread(digest)
    }

    /// The folder of a rollout's finalizers.
    static func finalizers(_ rollout: String) -> LedgerPath {
        rolloutFolder(rollout).appending("finalizers")
    }

    /// The finalizer of a namespace in a rollout.
    static func finalizer(_ rollout: String, _ namespace: String) -> LedgerPath {
        finalizers(rollout).appending(namespace)
    }

    /// That operations of a rollout may be carried out by any worker.
    package static func offer(_ rollout: String) -> LedgerPath {
        offers.appending(rollout).appending("offer")
    }

    /// The folder of what of an offer is on which server.
    static func offeredServers(_ rollout: String) -> LedgerPath {
        offers.appending(rollout).appending("servers")
    }

    /// What of an offer is on one server.
    static func offeredServer(_ rollout: String, _ server: String) -> LedgerPath {
        offeredServers(rollout).spread(server, depth: offeredDepth)
    }

    /// How many folders lie between ``offeredServers(_:)`` and a record in it.
    static let offeredDepth = 2

    /// The pending record of an operation.
    package static func pending(_ key: OperationKey) -> LedgerPath {
        pendingFolder.appending(name(key))
    }

    /// The statements that a table refused.
    package static func refusal(_ key: OperationKey) -> LedgerPath {
        refusals.spread(name(key), depth: 2)
    }

    /// That operations on a table failed for good.
    package static func failure(_ key: OperationKey) -> LedgerPath {
        failures.spread(name(key), depth: failureDepth)
    }

    /// How many folders lie between ``failures`` and a record in it.
    static let failureDepth = 2

    /// The suspension of a namespace, or of one shard of it.
    package static func suspension(_ namespace: String, _ shard: String?) -> LedgerPath {
        suspensions.appending(joined([namespace, shard].compactMap(\.self)))
    }

    /// Namespace, shard and object as one component.
    private static func name(_ key: OperationKey) -> String {
        joined([key.namespace, key.shard, key.object.encoded])
    }

    /// The operation whose pending record has this name; nil where it is no such name.
    static func operationKey(named name: String) -> OperationKey? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            .compactMap { LedgerPath.decode(String($0)) }
        guard parts.count == 3 else { return nil }
        return OperationKey(
            shard: ShardID(namespace: parts[0], shard: parts[1]),
            object: ObjectName(encoded: parts[2]))
    }

    /// The namespace, and the shard of it where one is meant, whose suspension has this name; nil
    /// where it is no such name.
    static func suspended(named name: String) -> (namespace: String, shard: String?)? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            .compactMap { LedgerPath.decode(String($0)) }
        guard let namespace = parts.first, parts.count <= 2 else { return nil }
        return (namespace, parts.count == 2 ? parts[1] : nil)
    }

    /// Several names as one: each encoded by itself, so that no two lists have the same.
    private static func joined(_ names: [String]) -> String {
        names.map(LedgerPath.encode).joined(separator: "/")
    }
}

extension LedgerPath {
    /// The path of `name` below this one, in folders named after the digits of its SHA-256.
    func spread(_ name: String, depth: Int) -> LedgerPath {
        appending(digits: Digest(of: name).hex, depth: depth).appending(name)
    }

    /// The path of `digest` below this one, in two folders named after its first digits.
    func spread(_ digest: Digest) -> LedgerPath {
        appending(digits: digest.hex, depth: 2).appending(digest.hex)
    }

    /// The path below this one of the folder that the first digits of `hex` name.
    func appending(digits hex: String, depth: Int) -> LedgerPath {
        LedgerPath(components + hex.prefix(depth).map { String($0) })
    }
}
