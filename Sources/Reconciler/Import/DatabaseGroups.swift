import Diff
import Observed
import Schema

/// Databases that are alike are shards of one namespace.
struct DatabaseGroups {
    struct Group {
        /// Sorted.
        let databases: [String]
        /// By name.
        let tables: [String: Digest]
    }

    /// By the name of their first database.
    private(set) var groups: [Group] = []
    /// Databases that a pattern found and that are unlike most of what it found.
    private(set) var differing: [ImportReport.Difference] = []
    /// Databases without tables.
    private(set) var empty: [String] = []

    init(groups: [Group]) {
        self.groups = groups
    }

    init(selection: DatabaseSelection, reading: DatabaseReading, engine: Engine) throws {
        var byDigest: [Digest: [String]] = [:]
        for name in selection.names {
            guard let shard = reading.known[name] else { continue }
            if shard.schema.tables.isEmpty {
                empty.append(name)
            } else {
                byDigest[shard.schema.digest, default: []].append(name)
            }
        }
        let alike = byDigest.values.sorted { ($0.first ?? "") < ($1.first ?? "") }
        var references: [String: String] = [:]
        var wanted: Set<String> = []
        for group in alike where !selection.exact.isDisjoint(with: group) {
            wanted.formUnion(group)
        }
        for pattern in selection.patterns {
            // Of equals the one that comes first: `max` would take the last.
            let parts = alike.map { Set($0).intersection(pattern) }
            guard let most = parts.map(\.count).max(), most > 0,
                let place = parts.firstIndex(where: { $0.count == most })
            else { continue }
            wanted.formUnion(alike[place])
            for name in pattern { references[name] = references[name] ?? alike[place].first }
        }
        for group in alike {
            guard let first = group.first, let shard = reading.known[first] else { continue }
            if wanted.contains(first) {
                groups.append(
                    Group(databases: group, tables: shard.schema.tables))
                continue
            }
            for name in group {
                guard let reference = references[name], let other = reading.known[reference] else {
                    continue
                }
                differing.append(
                    .init(
                        database: name, reference: reference,
                        lines: Self.lines(from: other, to: shard, engine)))
            }
        }
        differing.sort { $0.database < $1.database }
        guard !groups.isEmpty else { throw Self.nothing(selection, reading) }
    }

    private static func lines(
        from reference: KnownShard, to shard: KnownShard, _ engine: Engine
    ) -> [ImportReport.Difference.Line] {
        let (left, right) = (reference.schema.tables, shard.schema.tables)
        return Set(left.keys).union(right.keys).sorted().flatMap { name in
            guard left[name] != right[name] else { return [ImportReport.Difference.Line]() }
            return lines(
                name, left[name].flatMap { engine.catalog[$0] },
                right[name].flatMap { engine.catalog[$0] }, flavour: shard.profile.flavour)
        }
    }

    private static func lines(
        _ name: String, _ left: CatalogTable?, _ right: CatalogTable?,
        flavour: ServerProfile.Flavour
    ) -> [ImportReport.Difference.Line] {
        guard let left else { return [.init(table: name, text: "+ TABLE \(name)")] }
        guard let right else { return [.init(table: name, text: "- TABLE \(name)")] }
        guard let old = left.table, let new = right.table else {
            let reason = left.unsupported ?? right.unsupported ?? "its definition differs"
            return [.init(table: name, text: "cannot be compared: \(reason)")]
        }
        let found = DifferenceLines.lines(from: old, to: new, flavour: flavour)
        guard !found.isEmpty else {
            return [.init(table: name, text: "written differently, with the same meaning")]
        }
        return found.map { .init(table: name, text: $0.description) }
    }

    private static func nothing(
        _ selection: DatabaseSelection, _ reading: DatabaseReading
    ) -> ImportError {
        if let first = reading.unknown.first {
            return ImportError(
                .nothingToImport,
                "none of \(selection.names.count) databases can be read; \(first.database): "
                    + "\(first.code): \(first.reason)")
        }
        let names = selection.names.prefix(5).joined(separator: ", ")
        return ImportError(
            .nothingToImport,
            "\(reading.server): \(names): no tables to import; name databases that have some")
    }
}
