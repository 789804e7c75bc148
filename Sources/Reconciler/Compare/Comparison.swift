import Diff
import Model
import Schema

/// Compares the desired, the recorded and the live tables of all shards.
///
/// Shards with the same desired schema, the same live tables and the same record form one class.
/// Each class is compared once, so the cost grows with the differences and not with the shards.
package struct Comparison: Sendable {
    /// What one shard brings to the comparison.
    package struct Shard: Sendable {
        package let id: ShardID
        /// Which normalised desired schema it follows, as an index into `schemas`.
        package let schema: Int
        /// Its live tables.
        package let live: LiveTables
        /// What Plumb last converged there.
        package let recorded: ShardRecord?

        package init(id: ShardID, schema: Int, live: LiveTables, recorded: ShardRecord?) {
            self.id = id
            self.schema = schema
            self.live = live
            self.recorded = recorded
        }
    }

    /// The live tables of a shard, with one digest for all of them.
    package struct LiveTables: Sendable {
        package let digest: Digest
        /// The digests of its objects by their encoded names.
        package let tables: [String: Digest]

        package init(digest: Digest, tables: [String: Digest]) {
            self.digest = digest
            self.tables = tables
        }
    }

    /// One desired schema as a server printed it with `SHOW CREATE`.
    package struct Schema: Sendable {
        package var namespace: String
        /// The kind of server that prints it so.
        package var profile: ServerProfile
        /// Its objects by their encoded names.
        package var tables: [String: CatalogTable]
        /// Renames of tables: their rows stay, under the new name.
        package var tableRenames: [TableRename]
        /// Name as the server compares it → the spelling in git, which a new table gets on servers
        /// that keep it (`lower_case_table_names=2`).
        package var spelling: [String: String] = [:]
        /// Whether a table whose only difference is an old storage format of dates and times is
        /// copied.
        package var rebuildsOldTemporals = false
        /// The objects that a rollback wants as they were, by the encoded names under which they
        /// are wanted; see ``TakenBack``.
        package var takenBack: [String: TakenBack] = [:]

        package init(
            namespace: String, profile: ServerProfile, tables: [String: CatalogTable],
            tableRenames: [TableRename] = []
        ) {
            self.namespace = namespace
            self.profile = profile
            self.tables = tables
            self.tableRenames = tableRenames
        }
    }

    /// Shards with the same desired schema, live tables and record.
    package struct Variant: Sendable {
        /// The index of its desired schema in `schemas`.
        package let schema: Int
        package let live: LiveTables
        package let recorded: [String: Digest]?
        /// The names of the shards.
        package var shards: [String]
        /// The status of every table that git, the record or the shard has. A table that a hint
        /// renames is one entry, under its new name.
        package var objects: [ObjectState]
        /// The hints for renamed tables, as far as they apply here.
        package var renames: DueRenames
    }

    /// One table of a class, compared.
    package struct ObjectState: Hashable, Sendable {
        package let object: ObjectName
        /// The name under which it is live and recorded, where a hint renames it.
        package let renamedFrom: ObjectName?
        package let standing: TableStanding
        package let desired: Digest?
        package let recorded: Digest?
        package let observed: Digest?
        /// Whether it is in sync but for columns that keep dates and times in one of the
        /// ``OldTemporals``.
        package var isInOldFormat = false

        package var status: TableStatus { standing.status }
    }

    package let schemas: [Schema]
    package private(set) var variants: [Variant]

    package init(
        schemas: [Schema], shards: [Shard], lookup: @escaping (Digest) -> CatalogTable?
    ) {
        self.schemas = schemas
        var equivalence = Equivalence(lookup: lookup)
        var places: [Key: Int] = [:]
        variants = []
        for shard in shards {
            let key = Key(
                schema: shard.schema, live: shard.live.digest, recorded: shard.recorded?.tables)
            if let place = places[key] {
                variants[place].shards.append(shard.id.shard)
                continue
            }
            places[key] = variants.count
            let schema = schemas[shard.schema]
            let renames = DueRenames(
                schema.tableRenames, desired: schema.tables.keys, live: shard.live.tables.keys)
            variants.append(
                Variant(
                    schema: shard.schema, live: shard.live, recorded: shard.recorded?.tables,
                    shards: [shard.id.shard],
                    objects: Self.compare(
                        schema, shard.live.tables, shard.recorded?.tables ?? [:], renames,
                        &equivalence), renames: renames))
        }
    }

    private struct Key: Hashable {
        let schema: Int
        let live: Digest
        let recorded: [String: Digest]?

        /// The record is left out: equal records usually share one dictionary and compare at once,
        /// but hashing would visit every entry.
        func hash(into hasher: inout Hasher) {
            hasher.combine(schema)
            hasher.combine(live)
            hasher.combine(recorded?.count)
        }
    }

    private static func compare(
        _ schema: Schema, _ live: [String: Digest], _ recorded: [String: Digest],
        _ renames: DueRenames, _ equivalence: inout Equivalence
    ) -> [ObjectState] {
        var names = Set(schema.tables.keys)
        names.formUnion(live.keys)
        names.formUnion(recorded.keys)
        names.subtract(renames.due.keys)
        return names.sorted().compactMap { name in
            if let old = renames.oldName(of: name) {
                return renamed(name, from: old, schema, live, recorded, &equivalence)
            }
            let desired = schema.tables[name]?.digest
            let observed = live[name]
            let record = recorded[name]
            // A difference without an effect is none: the live and the recorded table count as
            // git's.
            let seen = equivalence.as(desired, observed)
            // A record may lack what git lacked at that time, such as a definer.
            let live = seen == observed ? equivalence.object(record, observed) : seen
            let found = TableStanding.of(
                desired: desired, recorded: equivalence.as(desired, record),
                observed: live.map { .present($0) } ?? .absent)
            guard var standing = found else { return nil }
            let isInOldFormat =
                standing.status == .inSync && equivalence.isInOldFormat(desired, observed)
            // Nobody changed the table: git now asks for the new format.
            if isInOldFormat, schema.rebuildsOldTemporals {
                standing = TableStanding(status: .pending)
            }
            return ObjectState(
                object: ObjectName(encoded: name), renamedFrom: nil, standing: standing,
                desired: desired,
                recorded: record, observed: observed, isInOldFormat: isInOldFormat)
        }
    }

    /// The state of a table that is still live under its old name.
    ///
    /// Where the ledger has it under its new name already, somebody renamed it back by hand, which
    /// is drift.
    private static func renamed(
        _ name: String, from old: String, _ schema: Schema, _ live: [String: Digest],
        _ recorded: [String: Digest], _ equivalence: inout Equivalence
    ) -> ObjectState? {
        let desired = schema.tables[name]?.digest
        let record = recorded[name].map { equivalence.as(desired, $0) } ?? recorded[old]
        let standing = TableStanding.of(
            desired: desired, recorded: record,
            observed: live[old].map { .present($0) } ?? .absent)
        return standing.map { standing in
            ObjectState(
                object: ObjectName(encoded: name), renamedFrom: ObjectName(encoded: old),
                standing: standing, desired: desired, recorded: recorded[name] ?? recorded[old],
                observed: live[old])
        }
    }
}

/// Which digests stand for equivalent definitions; each pair is compared once.
private struct Equivalence {
    let lookup: (Digest) -> CatalogTable?
    private var known: [Pair: Bool] = [:]
    private var formats: [Pair: Bool] = [:]

    init(lookup: @escaping (Digest) -> CatalogTable?) {
        self.lookup = lookup
    }

    private struct Pair: Hashable {
        let left: Digest
        let right: Digest
    }

    /// `desired` where both are equivalent, else `other`.
    mutating func `as`(_ desired: Digest?, _ other: Digest?) -> Digest? {
        guard let desired, let other, desired != other else { return other }
        let pair = Pair(left: desired, right: other)
        if let answer = known[pair] { return answer ? desired : other }
        let (left, right) = (lookup(desired), lookup(other))
        let answer =
            if let left = left?.table, let right = right?.table {
                left.isEquivalent(to: right)
            } else if let left = left?.object, let right = right?.object {
                left.isMet(by: right)
            } else {
                false
            }
        known[pair] = answer
        return answer ? desired : other
    }

    /// Whether the live one of two equivalent tables keeps dates and times in one of the
    /// ``OldTemporals`` and the desired one does not. Tables with the same digest are not compared.
    mutating func isInOldFormat(_ desired: Digest?, _ observed: Digest?) -> Bool {
        guard let desired, let observed, desired != observed else { return false }
        let pair = Pair(left: desired, right: observed)
        if let answer = formats[pair] { return answer }
        var answer = false
        if let desired = lookup(desired)?.table, let observed = lookup(observed)?.table {
            answer = !observed.oldTemporals(butThoseOf: desired).isEmpty
        }
        formats[pair] = answer
        return answer
    }

    /// `recorded` where it is a view, trigger, routine, event or sequence that the live one
    /// satisfies, else `observed`; tables are never replaced.
    mutating func object(_ recorded: Digest?, _ observed: Digest?) -> Digest? {
        guard let recorded, lookup(recorded)?.object != nil else { return observed }
        return self.as(recorded, observed)
    }
}
