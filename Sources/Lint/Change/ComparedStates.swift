import Desired
import Diff
import Schema

/// The tables of two revisions in the form in which they are compared.
struct ComparedStates {
    /// By name.
    private(set) var from: [String: Table] = [:]
    private(set) var to: [String: Table] = [:]
    private var written: [String: WrittenTable] = [:]
    private var checkPlaces: [String: [String: SourceLocation]] = [:]

    init(from old: DesiredSchema, to new: DesiredSchema, characterSet: String) {
        let before = Self.read(old, characterSet)
        written = Self.read(new, characterSet)
        let names = Self.names(from: old, to: new)
        to = written.mapValues(\.table)
        for (name, table) in before {
            let newName = names.tables[name] ?? name
            guard let other = written[newName] else {
                from[name] = table.table
                continue
            }
            guard table.desired.textDigest != other.desired.textDigest else {
                from[name] = to[newName]
                continue
            }
            let alignment = Alignment(from: table, to: other, renames: names)
            from[name] = alignment.from
            to[newName] = alignment.to
            checkPlaces[newName] = alignment.checkPlaces
        }
    }

    private static func read(
        _ schema: DesiredSchema, _ characterSet: String
    ) -> [String: WrittenTable] {
        let others = byName(schema)
        return Dictionary(
            schema.tables.map { table in
                (table.name, WrittenTable(table, characterSet: characterSet, among: others))
            }
        ) { first, _ in first }
    }

    /// By name, and also by name in lower case.
    private static func byName(_ schema: DesiredSchema) -> [String: DesiredTable] {
        Dictionary(schema.tables.map { ($0.name.lowercased(), $0) }) { first, _ in first }
            .merging(schema.tables.map { ($0.name, $0) }) { _, exact in exact }
    }

    /// The rename hints that apply between the two.
    private static func names(from old: DesiredSchema, to new: DesiredSchema) -> Alignment.Names {
        var names = Alignment.Names()
        let present = byName(old)
        let wanted = byName(new)
        var formerNames: [String: String] = [:]
        for hint in new.tableRenames where hint.from != hint.to {
            guard present[hint.from]?.name == hint.from, wanted[hint.to]?.name == hint.to
            else { continue }
            names.tables[hint.from] = hint.to
            formerNames[hint.to] = hint.from
        }
        for hint in new.renames {
            let name = hint.table
            guard let table = present[formerNames[name] ?? name],
                let column = table.source.column(hint.from),
                let renamed = wanted[name]?.source.column(hint.to)
            else { continue }
            names.columns[table.name, default: [:]][column.name] = renamed.name
        }
        return names
    }

    // MARK: Places

    /// The table of the later revision with this name.
    func table(_ name: String) -> DesiredTable? { written[name]?.desired }

    /// The place in the file that `clause` comes from, and the column that it is about.
    func place(
        of clause: Clause, in table: DesiredTable
    ) -> (location: SourceLocation, column: String?) {
        let written = written[table.name]
        func column(_ name: String) -> (SourceLocation, String?) {
            (table.location(ofColumn: name) ?? table.location, name)
        }
        switch clause {
        case .addColumn(let new, _): return column(new.name)
        case .changeColumn(_, let new, _): return column(new.name)
        case .dropColumn(let old): return (table.location, old.name)
        case .addIndex(let index):
            return (written?.keyPlaces[index.name] ?? table.location, index.onlyColumn)
        case .addForeignKey(let key):
            return (
                written?.foreignKeyPlaces[key.name] ?? table.location,
                key.columns.count == 1 ? key.columns.first : nil
            )
        case .addCheck(let check):
            return (checkPlaces[table.name]?[check.name] ?? table.location, nil)
        case .setCheckEnforced(let name, _):
            return (checkPlaces[table.name]?[name] ?? table.location, nil)
        case .renameTable, .dropIndex, .renameIndex, .setIndexIgnored, .dropForeignKey,
            .dropCheck, .setDefaultCharacterSet, .setOption, .dropOption, .addPeriod,
            .dropPeriod, .addSystemVersioning, .dropSystemVersioning, .partitionBy,
            .removePartitioning, .addPartitions, .growPartitions, .coalescePartitions,
            .reorganizePartitions, .dropPartitions:
            return (table.location, nil)
        }
    }
}

extension Index {
    /// The column of an index with one column; nil for any other index.
    fileprivate var onlyColumn: String? {
        guard parts.count == 1, case .column(let name)? = parts.first?.key else { return nil }
        return name
    }
}
