import Diff
import Schema

/// Names of one schema that mean one thing on some servers, or would have to.
package struct NameClash: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and where; sorted.
    package let reasons: [String]

    package var description: String { reasons.joined(separator: "; ") }
}

extension DesiredSchema {
    /// The schema as servers know its names that compare them so.
    ///
    /// An overlay's definition takes the place of the one that has its name on such a server. Two
    /// others of one name are a clash: which of them is meant, nobody can tell, and no shard of
    /// such a server may follow either.
    package func stored(
        by folding: NameFolding, on flavour: ServerProfile.Flavour
    ) -> Result<DesiredSchema, NameClash> {
        // Files cannot tell more names apart than this server can.
        if folding == .bytes, flavour == .mariadb { return .success(self) }
        let names = StoredNames(schema: self, folding: folding, flavour: flavour)
        return names.reasons.isEmpty
            ? .success(names.schema) : .failure(NameClash(reasons: names.reasons))
    }
}

/// Gives the definitions of a schema the names that a server knows them by.
private struct StoredNames {
    let folding: NameFolding
    let flavour: ServerProfile.Flavour
    private let original: DesiredSchema
    /// The definitions that stay, by their encoded names in the files.
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
        let slots = Dictionary(grouping: definitions) { slot($0.name) }
        for claimants in slots.values { settle(claimants) }
        refuseRenamesOfPresent(Set(slots.keys))
        reasons.sort()
    }

    /// Equal for what has one name on the server: tables, views and sequences have theirs together.
    private func slot(_ name: ObjectName) -> ObjectName {
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

    /// A table cannot get another name where it has to stay under the old one.
    private mutating func refuseRenamesOfPresent(_ present: Set<ObjectName>) {
        for hint in original.tableRenames {
            let (from, to) = (ObjectName(.table, hint.from), ObjectName(.table, hint.to))
            guard slot(from) != slot(to), present.contains(slot(from)),
                let other = original.tables.first(where: {
                    slot(ObjectName(.table, $0.name)) == slot(from)
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

    /// A hint that changes the letters alone says nothing to the server.
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
