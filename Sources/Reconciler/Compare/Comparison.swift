import Diff
import Model
import Schema

/// Compares desired, recorded and live tables of all shards.
///
/// Shards that have the same desired schema, the same live tables and the same record form one
/// class: each class is compared once, whatever the fleet's size.
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

    /// The tables of a shard under one digest.
    package struct LiveTables: Sendable {
        package let digest: Digest
        package let tables: [String: Digest]

        package init(digest: Digest, tables: [String: Digest]) {
            self.digest = digest
            self.tables = tables
        }
    }

    /// One desired schema as a server wrote it back.
    package struct Schema: Sendable {
        package var namespace: String
        /// The profile of the servers that write it back so.
        package var profile: ServerProfile
        package var tables: [String: CatalogTable]
        /// Tables that keep their rows under another name.
        package var tableRenames: [TableRename]
        /// The names of tables as git writes them, where a new table keeps those letters.
        package var letters: [String: String] = [:]
        /// Whether tables that differ in nothing but how they keep dates and times are copied.
        package var rebuildsOldTemporals = false

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

    /// Shards that are alike in all three ways.
    package struct Variant: Sendable {
        package let schema: Int
        package let live: LiveTables
        package let recorded: [String: Digest]?
        package var shards: [String]
        /// The status of every table that any of the three knows; one that a hint renames is one
        /// state, under its new name.
        package var objects: [ObjectState]
        /// What the hints for tables mean here.
        package var renames: DueRenames
    }

    /// One table of a class, compared.
    package struct ObjectState: Hashable, Sendable {
        package let table: String
        /// The name under which it is live and recorded, where a hint is due; encoded too.
        package let renamedFrom: String?
        package let standing: TableStanding
        package let desired: Digest?
        package let recorded: Digest?
        package let observed: Digest?
        /// Whether it is as git has it, but for dates and times that it keeps in one of the
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

        /// Records that are alike share one dictionary, which is compared at once and would be
        /// hashed entry by entry.
        func hash(into hasher: inout Hasher) {
            hasher.combine(schema)
            hasher.combine(live)
            hasher.combine(recorded?.count)
        }
    }

    private static func compare(
        _ schema: Schema, _ live: [String: Digest], _ recorded: [String: Digest],
        _ stages: DueRenames, _ equivalence: inout Equivalence
    ) -> [ObjectState] {
        var names = Set(schema.tables.keys)
        names.formUnion(live.keys)
        names.formUnion(recorded.keys)
        names.subtract(stages.due.keys)
        return names.sorted().compactMap { name in
            if let old = stages.oldName(of: name) {
                return renamed(name, from: old, schema, live, recorded, &equivalence)
            }
            let desired = schema.tables[name]?.digest
            let observed = live[name]
            let record = recorded[name]
            // What has no effect is no difference: both others are seen as git writes them.
            let seen = equivalence.as(desired, observed)
            // A record may leave out what git left out then, such as a definer.
            let live = seen == observed ? equivalence.object(record, observed) : seen
            let found = TableStanding.of(
                desired: desired, recorded: equivalence.as(desired, record),
                observed: live.map { .present($0) } ?? .absent)
            guard var standing = found else { return nil }
            let isInOldFormat =
                standing.status == .inSync && equivalence.isInOldFormat(desired, observed)
            // Nobody moved the table: git asks for more than it did.
            if isInOldFormat, schema.rebuildsOldTemporals {
                standing = TableStanding(status: .pending)
            }
            return ObjectState(
                table: name, renamedFrom: nil, standing: standing, desired: desired,
                recorded: record, observed: observed, isInOldFormat: isInOldFormat)
        }
    }

    /// The state of a table that is live under an old name: two names, one table.
    ///
    /// Recorded under its new name already, it was renamed back behind git's back.
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
                table: name, renamedFrom: old, standing: standing, desired: desired,
                recorded: recorded[name] ?? recorded[old], observed: live[old])
        }
    }
}

/// Which digests mean the same schema, asked once for each pair.
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

    /// `other`, or `desired` where both tables are equivalent.
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
    /// ``OldTemporals``, and the other does not; what is alike to the byte is not looked at.
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

    /// `observed`, or `recorded` where it is an object that meets it; tables stay as they are.
    mutating func object(_ recorded: Digest?, _ observed: Digest?) -> Digest? {
        guard let recorded, lookup(recorded)?.object != nil else { return observed }
        return self.as(recorded, observed)
    }
}
