import Diff
import Schema

/// Different names of one schema that are one name on some servers.
package struct NameClash: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and where, sorted.
    package let reasons: [String]

    package var description: String { reasons.joined(separator: "; ") }
}

extension DesiredSchema {
    /// The schema with the names under which a server with this folding knows its objects.
    ///
    /// An overlay's definition replaces the one that has its name on such a server. Any other two
    /// with one name are a clash: which of them is meant is unclear, so shards on such a server
    /// follow neither.
    package func stored(
        by folding: NameFolding, on flavour: ServerProfile.Flavour
    ) -> Result<DesiredSchema, NameClash> {
        // No server distinguishes more names than this one, so the files' names are kept.
        if folding == .bytes, flavour == .mariadb { return .success(self) }
        let names = StoredNames(schema: self, folding: folding, flavour: flavour)
        return names.reasons.isEmpty
            ? .success(names.schema) : .failure(NameClash(reasons: names.reasons))
    }
}

/// Gives the definitions of a schema the names under which a server knows them.
private struct StoredNames {
    let folding: NameFolding
    let flavour: ServerProfile.Flavour
    private let original: DesiredSchema
    /// The encoded names, in the files, of definitions that are kept.
    private var kept: Set<String> = []
    private(set) var reasons: [String] = []

    private struct Definition {
        let name: ObjectName
        let location: SourceLocation
    }

    init(schema: DesiredSchema, folding: NameFolding, flavour: ServerProfile.Flavour) {
        self.folding = folding
        self.flavour = flavour
        original = schema
        let definitions =
            schema.tables.map {
                Definition(name: ObjectName(.table, $0.name), location: $0.location)
            }
            + schema.objects.map { Definition(name: $0.name, location: $0.location) }
        let byKey = Dictionary(grouping: definitions) { conflictKey($0.name) }
        for claimants in byKey.values { settle(claimants) }
        refuseRenamesOfPresent(Set(byKey.keys))
        reasons.sort()
    }

    /// Equal for names that are one on the server, also of a table and a view or sequence.
    private func conflictKey(_ name: ObjectName) -> ObjectName {
        let key = folding.key(name, on: flavour)
        return key.kind.sharesTableNames ? ObjectName(.table, key.name) : key
    }

    private mutating func settle(_ claimants: [Definition]) {
        let over = claimants.filter { original.overlaid.contains($0.name.encoded) }
        let first = over.first ?? claimants[0]
        let isClear = claimants.count == 1 || over.count == 1
        if isClear, claimants.allSatisfy({ $0.name.kind == first.name.kind }) {
            kept.insert(first.name.encoded)
            return
        }
        let places = claimants.sorted { "\($0.location)" < "\($1.location)" }
            .map { "the \($0.name) at \($0.location)" }
        reasons.append(
            "\(places.joined(separator: " and ")) have one name there: give them names that differ "
                + "by more than letter case")
    }

    /// Refuses a rename of a table whose old name is still used on such a server.
    private mutating func refuseRenamesOfPresent(_ present: Set<ObjectName>) {
        for hint in original.tableRenames {
            let (from, to) = (ObjectName(.table, hint.from), ObjectName(.table, hint.to))
            guard conflictKey(from) != conflictKey(to), present.contains(conflictKey(from)),
                let other = original.tables.first(where: {
                    conflictKey(ObjectName(.table, $0.name)) == conflictKey(from)
                })
            else { continue }
            reasons.append(
                "the hint renames table `\(hint.from)` to `\(hint.to)`, and the table "
                    + "`\(other.name)` at \(other.location) has the old name there: remove one of "
                    + "the two")
        }
    }

    // MARK: The schema

    var schema: DesiredSchema {
        let tables = original.tables.filter { kept.contains(ObjectName(.table, $0.name).encoded) }
            .map { $0.named(folding.stored($0.name)) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let objects = original.objects.filter { kept.contains($0.name.encoded) }
            .map { $0.named(folding.stored($0.name)) }.sorted { $0.name < $1.name }
        let present = Set(
            tables.map { ObjectName(.table, $0.name).encoded } + objects.map(\.name.encoded))
        return DesiredSchema(
            namespace: original.namespace, digest: DesiredSchema.digest(of: tables, objects),
            tables: tables, objects: objects,
            renames: original.renames.map {
                ColumnRename(table: folding.stored($0.table), from: $0.from, to: $0.to)
            },
            tableRenames: tableRenames,
            indexRenames: original.indexRenames.map {
                IndexRename(table: folding.stored($0.table), from: $0.from, to: $0.to)
            },
            retire: original.retire.map(folding.stored(encoded:)).filter { !present.contains($0) })
    }

    /// Without renames that change only the letter case, which the server ignores.
    private var tableRenames: [TableRename] {
        original.tableRenames.reduce(into: []) { result, hint in
            let stored = TableRename(
                from: folding.stored(hint.from), to: folding.stored(hint.to))
            if stored.from != stored.to, !result.contains(stored) { result.append(stored) }
        }
    }
}

extension DesiredTable {
    fileprivate func named(_ name: String) -> DesiredTable {
        DesiredTable(
            name: name, text: text, textDigest: textDigest, file: file, location: location,
            source: source, hints: hints)
    }
}

extension DesiredObject {
    fileprivate func named(_ name: ObjectName) -> DesiredObject {
        DesiredObject(
            name: name, text: text, textDigest: textDigest, location: location, start: start)
    }
}
