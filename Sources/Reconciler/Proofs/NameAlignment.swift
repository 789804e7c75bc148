import Model
import Observed
import Schema

/// Gives the desired and the recorded objects of a shard the names that they have live, where only
/// upper and lower case differ.
///
/// Tables, views and sequences are matched as their server compares names
/// (`lower_case_table_names`). Routines, events and most triggers keep the letters they were
/// created with and are found in any case, so the live letters count.
struct NameAlignment {
    let folding: NameFolding
    let flavour: ServerProfile.Flavour
    /// The live names, encoded, of objects that keep the letters they were created with.
    private let live: [ObjectName: String]

    init(_ shard: KnownShard) {
        folding = NameFolding(shard.profile)
        flavour = shard.profile.flavour
        var live: [ObjectName: String] = [:]
        for encoded in shard.schema.tables.keys {
            let name = ObjectName(encoded: encoded)
            guard !name.kind.sharesTableNames else { continue }
            live[folding.key(name, on: flavour)] = encoded
        }
        self.live = live
    }

    /// Desired name → live name, where the two differ in letter case only; both encoded.
    func aliases(of desired: some Sequence<String>) -> [String: String] {
        guard !live.isEmpty else { return [:] }
        var result: [String: String] = [:]
        for encoded in desired {
            let name = ObjectName(encoded: encoded)
            guard !name.kind.sharesTableNames, let other = live[folding.key(name, on: flavour)],
                other != encoded
            else { continue }
            result[encoded] = other
        }
        return result
    }

    /// The recorded objects under the names that the shard and git have for them now.
    ///
    /// - Parameters:
    ///   - desired: the encoded names in git, aligned.
    ///   - catalog: has the recorded tables, and is given those whose names change.
    func recorded(
        _ tables: [String: Digest], desired: some Sequence<String>, catalog: ObjectCatalog
    ) -> [String: Digest] {
        let known = live.merging(
            desired.map { ($0, ObjectName(encoded: $0)) }
                .filter { !$0.1.kind.sharesTableNames }
                .map { (folding.key($0.1, on: flavour), $0.0) }
        ) { live, _ in live }
        func name(_ encoded: String) -> String {
            let object = ObjectName(encoded: encoded)
            guard object.kind.sharesTableNames else {
                return known[folding.key(object, on: flavour)] ?? encoded
            }
            return folding.stored(object).encoded
        }
        let names = tables.keys.map { (old: $0, new: name($0)) }.filter { $0.old != $0.new }
        guard !names.isEmpty else { return tables }
        var result = tables
        for (old, _) in names { result[old] = nil }
        for (old, new) in names.sorted(by: { $0.old < $1.old }) where result[new] == nil {
            result[new] = tables[old].map { named($0, ObjectName(encoded: new), in: catalog) }
        }
        // A server that distinguished more names recorded it, so names inside the definition may
        // differ, too.
        return result.mapValues { stored($0, in: catalog) }
    }

    /// The definition of an object other than a table under another name.
    private func named(
        _ digest: Digest, _ name: ObjectName, in catalog: ObjectCatalog
    ) -> Digest {
        guard let object = catalog[digest]?.object else { return digest }
        return catalog.object(
            object.named(name.name).stored(by: folding), flavour: flavour
        ).digest
    }

    /// The digest of the table as this server stores its names.
    private func stored(_ digest: Digest, in catalog: ObjectCatalog) -> Digest {
        guard folding != .bytes, var table = catalog[digest]?.table else { return digest }
        table.name = folding.stored(table.name)
        for place in table.foreignKeys.indices {
            table.foreignKeys[place].referencedTable = folding.stored(
                table.foreignKeys[place].referencedTable)
        }
        let made = CatalogTable(
            canonicalText: table.showCreate(flavour: flavour), flavour: flavour)
        catalog.insert(made)
        return made.digest
    }
}

extension Comparison.Schema {
    /// The schema with some objects renamed to names that differ in letter case only.
    ///
    /// - Parameter aliases: old name → new name, both encoded.
    func renaming(_ aliases: [String: String], in catalog: ObjectCatalog) -> Comparison.Schema {
        func name(_ encoded: String) -> String { aliases[encoded] ?? encoded }
        var result = self
        for (old, entry) in tables {
            guard let object = entry.object else { continue }
            let after = object.predecessors.map {
                ObjectName(encoded: name(ObjectName(.trigger, $0).encoded)).name
            }
            guard aliases[old] != nil || after != object.predecessors else { continue }
            let own = ObjectName(encoded: name(old)).name
            let renamed = own == object.name.name ? object : object.named(own)
            result.tables[old] = nil
            result.tables[name(old)] = catalog.object(
                renamed.running(after: after), flavour: profile.flavour)
        }
        return result
    }
}

extension NormaliseStage.Output {
    /// Copies schemas for shards where objects have other letter case than in git; almost all
    /// shards need none and keep theirs.
    ///
    /// - Returns: the digests of the objects whose names differ from git's.
    mutating func align(
        with observation: [ShardID: ShardObservation], in catalog: ObjectCatalog
    ) -> Set<Digest> {
        struct Key: Hashable {
            let schema: Int
            let live: Digest
        }
        struct Target: Hashable {
            let schema: Int
            let aliases: [String: String]
        }
        var known: [Key: [String: String]] = [:]
        var places: [Target: Int] = [:]
        var made: Set<Digest> = []
        for (shard, place) in assignment {
            guard case .known(let found) = observation[shard] else { continue }
            let key = Key(schema: place, live: found.schema.digest)
            let aliases = known[key] ?? NameAlignment(found).aliases(of: schemas[place].tables.keys)
            known[key] = aliases
            guard !aliases.isEmpty else { continue }
            let target = Target(schema: place, aliases: aliases)
            if let known = places[target] {
                assignment[shard] = known
                continue
            }
            let schema = schemas[place].renaming(aliases, in: catalog)
            made.formUnion(schema.tables.values.map(\.digest))
            places[target] = schemas.count
            assignment[shard] = schemas.count
            schemas.append(schema)
            sources.append(sources[place])
            stored.append(stored[place])
        }
        return made
    }

    /// The records of the shards with aligned names; unreadable shards keep theirs as they are.
    func aligned(
        _ recorded: [ShardID: ShardRecord], with observation: [ShardID: ShardObservation],
        in catalog: ObjectCatalog
    ) -> [ShardID: ShardRecord] {
        struct Key: Hashable {
            let schema: Int
            let live: Digest
        }
        // Shards in the same state usually have the same record, and share one answer.
        var answers: [Key: (from: [String: Digest], to: [String: Digest])] = [:]
        var result = recorded
        for (shard, record) in recorded {
            guard case .known(let found) = observation[shard], let place = assignment[shard] else {
                continue
            }
            let key = Key(schema: place, live: found.schema.digest)
            if answers[key]?.from != record.tables {
                let tables = NameAlignment(found).recorded(
                    record.tables, desired: schemas[place].tables.keys, catalog: catalog)
                answers[key] = (record.tables, tables)
            }
            guard let tables = answers[key]?.to, tables != record.tables else { continue }
            result[shard]?.tables = tables
        }
        return result
    }
}
