import Schema

/// Splits a statement where that may save a rebuild of the table.
extension Alteration {
    /// The same change with the new indexes in statements of their own; nil where it stays whole.
    ///
    /// It stays whole where an index is dropped, which is not to be missing while another is built
    /// in its place, where a foreign key or a check comes with what it needs, and where the primary
    /// key changes, which rebuilds the table anyway. Indexes that rows may refuse come first, so
    /// that nothing is done yet when the server refuses; where they cannot, the statement stays
    /// whole as well.
    ///
    /// - Parameter table: the table before the statement.
    package func withIndexesApart(from table: Table?) -> [Alteration]? {
        var indexes: [Clause] = []
        var others: [Clause] = []
        for clause in clauses {
            switch clause {
            case .addIndex(let index) where index.kind != .primary: indexes.append(clause)
            // A rename to its own name keeps an index that the server would drop for the new ones.
            case .renameIndex(let old, let new) where old == new: indexes.append(clause)
            case .addColumn, .changeColumn, .dropColumn, .renameIndex, .setIndexIgnored,
                .setDefaultCharacterSet, .setOption, .dropOption:
                others.append(clause)
            case .addIndex, .dropIndex, .renameTable, .addForeignKey, .dropForeignKey, .addCheck,
                .dropCheck, .setCheckEnforced, .addPeriod, .dropPeriod, .addSystemVersioning,
                .dropSystemVersioning, .partitionBy, .removePartitioning, .addPartitions,
                .growPartitions, .coalescePartitions, .reorganizePartitions, .dropPartitions:
                return nil
            }
        }
        guard !indexes.isEmpty, !others.isEmpty, let table else { return nil }
        guard let after = try? table.applying(Alteration(clauses: others)) else { return nil }
        let new = others.newColumns
        let touched = others.touchedColumns
        let isSafe = { (clause: Clause) in clause.passesEveryRow(of: after, new: new) }
        let early = indexes.filter { !isSafe($0) }
        guard early.allSatisfy({ $0.rests(on: table, without: touched) }),
            early.isEmpty || others.allSatisfy(\.passesEveryRow)
        else { return nil }
        let late = indexes.filter(isSafe)
        let keeping = early.isEmpty ? [] : late.filter(\.isRenameToItself)
        return [
            keeping + early, others, late.filter { early.isEmpty || !$0.isRenameToItself },
        ].filter { !$0.isEmpty }.map { Alteration(clauses: $0) }
    }
}

extension [Clause] {
    /// The columns that the clauses add.
    fileprivate var newColumns: [Column] {
        compactMap { clause in
            guard case .addColumn(let column, _) = clause else { return nil }
            return column
        }
    }

    /// The names of columns that the clauses make, change or take away.
    fileprivate var touchedColumns: [String] {
        flatMap { clause -> [String] in
            switch clause {
            case .addColumn(let column, _), .dropColumn(let column): return [column.name]
            case .changeColumn(let old, let new, _): return [old.name, new.name]
            default: return []
            }
        }
    }
}

extension Clause {
    fileprivate var isRenameToItself: Bool {
        guard case .renameIndex(let old, let new) = self else { return false }
        return old == new
    }

    /// Whether no row can be in the way of a new index of `table`.
    ///
    /// A unique index takes every row where one of its columns is NULL in all of them. Which values
    /// an expression has, and which geometries there are, only the rows tell.
    fileprivate func passesEveryRow(of table: Table, new: [Column]) -> Bool {
        guard case .addIndex(let index) = self else { return true }
        let columns = index.parts.compactMap { part -> Column? in
            guard case .column(let name) = part.key else { return nil }
            return table.columns.first { $0.name.sameName(as: name) }
        }
        // A virtual column is computed for each row when it gets its first index.
        let isComputed = columns.contains { $0.generated?.kind == .virtual }
        guard columns.count == index.parts.count, !isComputed else { return false }
        switch index.kind {
        case .plain, .fulltext: return true
        case .unique:
            return columns.contains { column in
                !column.isNotNull && column.isNullByDefault && column.generated == nil
                    && new.contains { $0.name.sameName(as: column.name) }
            }
        default: return false
        }
    }

    /// Whether no row can be in the way of a clause that is no index.
    fileprivate var passesEveryRow: Bool {
        switch self {
        case .addColumn(let column, _):
            // Of the values that rows get, only a constant is known to be accepted.
            return column.generated == nil && column.check == nil && !column.isAutoIncrement
                && (!column.isNotNull && column.isNullByDefault || column.hasPlainDefault)
        case .dropColumn, .renameIndex, .setIndexIgnored: return true
        default: return false
        }
    }

    /// Whether a new index can be made before `touched` columns change.
    fileprivate func rests(on table: Table, without touched: [String]) -> Bool {
        guard case .addIndex(let index) = self else { return true }
        return index.parts.allSatisfy { part in
            switch part.key {
            case .column(let name):
                table.columns.contains { $0.name.sameName(as: name) }
                    && !touched.contains { $0.sameName(as: name) }
            case .expression(let text):
                !touched.contains {
                    ExpressionText.mentions($0, in: text)
                        || ExpressionText.mentionsBare($0, in: text)
                }
            }
        }
    }
}

extension Column {
    fileprivate var isNullByDefault: Bool {
        defaultValue.map { $0.uppercased() == "NULL" } ?? true
    }

    /// A literal: a number, or a text in quotes.
    fileprivate var hasPlainDefault: Bool {
        guard let first = defaultValue?.first else { return false }
        return first == "'" || first == "-" || first.isNumber
    }
}
