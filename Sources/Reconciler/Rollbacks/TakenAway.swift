import Model
import Schema

/// What an object loses when it goes back to what it was: the whole of it, or columns and indexes.
struct TakenAway {
    private let name: String
    private let isWhole: Bool
    /// The columns that go, and those of the indexes that go, in small letters.
    private let columns: Set<String>

    /// Nil where nothing goes.
    init?(_ object: RollbackRecord.Object, lookup: (Digest) -> CatalogTable?) {
        guard let now = object.unwanted.flatMap(lookup) else { return nil }
        name = NameFolding.lowered(object.object.name)
        isWhole = object.wanted == nil || object.renamedFrom != nil
        guard !isWhole, let present = now.table, let wanted = object.wanted.flatMap(lookup)?.table
        else {
            columns = []
            if !isWhole { return nil }
            return
        }
        let kept = Set(wanted.columns.map { NameFolding.lowered($0.name) })
        var gone = Set(present.columns.map { NameFolding.lowered($0.name) }).subtracting(kept)
        for index in present.indexes where !wanted.indexes.contains(index) {
            gone.formUnion(index.parts.compactMap(\.columnName))
        }
        columns = gone
        if gone.isEmpty { return nil }
    }

    /// Whether another object may need it. A program or view that names the table and a column may:
    /// what servers look up when they run it is not known before.
    func isNeeded(by other: CatalogTable) -> Bool {
        if let table = other.table {
            return table.foreignKeys.contains { key in
                guard NameFolding.lowered(key.referencedTable) == name else { return false }
                return isWhole
                    || !columns.isDisjoint(with: key.referencedColumns.map(NameFolding.lowered))
            }
        }
        guard other.object != nil else { return false }
        let words = Set(
            NameFolding.lowered(other.text).split {
                !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "$"
            }.map(String.init))
        return words.contains(name) && (isWhole || !columns.isDisjoint(with: words))
    }
}

extension Index.Part {
    /// The column's name in small letters; nil for an expression.
    fileprivate var columnName: String? {
        guard case .column(let name) = key else { return nil }
        return NameFolding.lowered(name)
    }
}
