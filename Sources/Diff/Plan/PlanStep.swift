import Schema

/// One distinct change of one table, or of several that hold each other by foreign keys, and the
/// shards that need exactly it.
///
/// Shards share a step when they have the same table going from the same digest to the same
/// digest: the change is computed, proved, shown and approved once.
package struct PlanStep: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Sendable {
        case create, alter, drop
    }

    package var kind: Kind
    package var namespace: String
    package var object: ObjectName
    /// The name that the table has before, where the step gives it another; nil otherwise.
    package var renamedFrom: ObjectName?
    /// The tables of a step that changes several, sorted by name, `object` among them; nil where it
    /// is about one. Then `from` and `to` are digests of all of them: see ``digest(of:)``.
    package var members: [PlanMember]?
    /// Sorted shard names.
    package var shards: [String]
    /// The digest that the table must have before, under its old name; nil where it must be absent.
    package var from: Digest?
    /// The digest that it has afterwards; nil where it is then absent.
    package var to: Digest?
    /// Run in this order; the server commits each by itself.
    package var statements: [PlanStatement]
    package var hazard: Hazard
    package var findings: [HazardFinding]
    package var cause: PlanCause
    /// What a person reads: `+ refund_total decimal(12,2)`, each with its place in git.
    package var differences: [PlanDifference]
    /// A hint for the reader, such as a likely rename.
    package var suggestion: String?
    /// The size of the largest table among the shards, as the servers estimate it.
    package var size: TableSize?
    /// Steps of one shard run in this order: creates parents first, drops last.
    package var order: Int
    /// The engine that brings it about; nil for ``EngineName/direct``.
    package var engine: EngineName?
    /// Why by that one, where another came into question: a sentence without its end.
    package var engineReason: String?

    private enum CodingKeys: String, CodingKey {
        case kind, namespace
        case object = "table"
        case renamedFrom, members, shards, from, to, statements, hazard, findings, cause
        case differences, suggestion, size, order, engine, engineReason
    }

    package init(
        kind: Kind, namespace: String, object: ObjectName, renamedFrom: ObjectName? = nil,
        members: [PlanMember]? = nil, shards: [String], from: Digest?, to: Digest?,
        statements: [PlanStatement], hazard: Hazard, findings: [HazardFinding], cause: PlanCause,
        differences: [PlanDifference], suggestion: String? = nil, size: TableSize? = nil,
        order: Int
    ) {
        self.kind = kind
        self.namespace = namespace
        self.object = object
        self.renamedFrom = renamedFrom
        self.members = members?.sorted { $0.object < $1.object }
        self.shards = shards.sorted()
        self.from = from
        self.to = to
        self.statements = statements
        self.hazard = hazard
        self.findings = findings
        self.cause = cause
        self.differences = differences
        self.suggestion = suggestion
        self.size = size
        self.order = order
    }

    /// The slowest algorithm among the statements; nil for creates and drops.
    package var algorithm: Algorithm? { statements.compactMap(\.algorithm).max() }

    /// The strongest lock among the statements.
    package var lock: LockMode? { statements.compactMap(\.lock).max() }

    package var rebuildsTable: Bool { statements.contains { $0.rebuildsTable } }

    /// Whether other sessions' writes wait while one of the statements runs.
    package var blocksWrites: Bool { statements.contains { $0.blocksWrites } }

    package var shardIDs: [ShardID] {
        shards.map { ShardID(namespace: namespace, shard: $0) }
    }

    /// Every digest through which the table goes, from the first to the last.
    package var digests: [Digest?] { [from] + statements.map(\.after) }
}

extension PlanStep: Comparable {
    package static func < (left: PlanStep, right: PlanStep) -> Bool {
        if left.namespace != right.namespace { return left.namespace < right.namespace }
        if left.order != right.order { return left.order < right.order }
        if left.object != right.object { return left.object < right.object }
        return (left.from?.hex ?? "", left.to?.hex ?? "", left.shards.first ?? "")
            < (right.from?.hex ?? "", right.to?.hex ?? "", right.shards.first ?? "")
    }
}

/// One statement, and the digest that the table has once it has run.
package struct PlanStatement: Codable, Hashable, Sendable {
    package var sql: String
    /// False where tables of a foreign-key cycle are created.
    package var checksForeignKeys: Bool
    /// Nil where the table is then absent; in a step with members the digest of all of them.
    package var after: Digest?
    /// The members that are not what they were before it; nil in a step about one table.
    package var tables: [TableDigest]?
    /// A query for rows that refuse it: those without a parent, where it adds foreign keys.
    package var rowsInTheWay: String?
    package var algorithm: Algorithm?
    package var lock: LockMode?
    package var rebuildsTable: Bool
    /// Whether rows that hold 0 in a column that counts get a number (the session then lacks
    /// `NO_AUTO_VALUE_ON_ZERO`) or keep it (it has that mode); nil where the server's mode does.
    package var numbersZeros: Bool?

    package init(
        sql: String, checksForeignKeys: Bool = true, after: Digest?,
        tables: [TableDigest]? = nil, rowsInTheWay: String? = nil, algorithm: Algorithm? = nil,
        lock: LockMode? = nil, rebuildsTable: Bool = false, numbersZeros: Bool? = nil
    ) {
        self.sql = sql
        self.checksForeignKeys = checksForeignKeys
        self.after = after
        self.tables = tables
        self.rowsInTheWay = rowsInTheWay
        self.algorithm = algorithm
        self.lock = lock
        self.rebuildsTable = rebuildsTable
        self.numbersZeros = numbersZeros
    }

    /// True where the server was only found to run it under a lock that keeps writers out.
    package var blocksWrites: Bool { lock.map { $0 != .none } ?? false }
}

/// Why a step is in the plan.
package struct PlanCause: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Sendable {
        /// Git moved, or the shard has not followed yet.
        case git
        /// Someone changed the live table.
        case liveChanged
        /// Both moved.
        case conflict
        /// The table left git and may be dropped.
        case retired
        /// A table that git never owned, and `prune: all`.
        case pruned
    }
    package var kind: Kind
    /// The commit that last touched the file, in hexadecimal.
    package var commit: String?
    /// That commit's author, by e-mail address.
    package var author: String?
    /// Everybody who touched what makes the step since the recorded state, as `Name <address>`;
    /// nil where that was not asked, or is not known.
    package var authors: [String]?
    /// Why they are not known, and what to do about it.
    package var authorsUnknown: String?
    package var location: SourceLocation?
    /// Set where the object goes back to what it was before a rollout.
    package var rollback: PlanRollback?

    package init(
        kind: Kind, commit: String? = nil, author: String? = nil, authors: [String]? = nil,
        location: SourceLocation? = nil
    ) {
        self.kind = kind
        self.commit = commit
        self.author = author
        self.authors = authors
        self.location = location
    }
}

/// One line of a difference.
package struct PlanDifference: Codable, Hashable, Sendable {
    package var text: String
    package var location: SourceLocation?

    package init(text: String, location: SourceLocation? = nil) {
        self.text = text
        self.location = location
    }
}

/// A table's size as the server estimates it.
package struct TableSize: Codable, Hashable, Sendable {
    package var rows: UInt64
    package var bytes: UInt64
    /// The shard on which it is that large.
    package var shard: String

    package init(rows: UInt64, bytes: UInt64, shard: String) {
        self.rows = rows
        self.bytes = bytes
        self.shard = shard
    }
}
