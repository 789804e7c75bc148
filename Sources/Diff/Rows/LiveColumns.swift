import Schema

/// Which live columns the columns of a table are, while the statements of a change run.
///
/// Questions are asked of the live table: by its names, types and collations. They are right for a
/// statement only where the columns mean the same there; everything else is ``NotAsked``.
struct LiveColumns {
    let live: Table
    /// What a query calls the live table where it asks of another one as well.
    var alias: String?
    /// Live columns by the names that the statements so far gave them; new columns are missing.
    private var origins: [String: Column]

    init(live: Table) {
        self.live = live
        origins = Dictionary(
            live.columns.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Follows the columns through a statement.
    mutating func take(_ alteration: Alteration) {
        var next = origins
        for clause in alteration.clauses {
            switch clause {
            case .dropColumn(let column) where !alteration.makesAnew(column):
                next[column.name] = nil
            case .changeColumn(let from, _, _): next[from.name] = nil
            default: continue
            }
        }
        for case .changeColumn(let from, let to, _) in alteration.clauses {
            next[to.name] = origins[from.name]
        }
        origins = next
    }

    func origin(of name: String) -> Column? {
        origins[name] ?? origins.first { $0.key.sameName(as: name) }?.value
    }

    /// The live column behind `column` of `table`, whatever its type was.
    ///
    /// Throws where it is new or is computed otherwise than it was.
    func source(of column: Column, in table: Table) throws(NotAsked) -> Column {
        guard let old = origin(of: column.name) else {
            throw NotAsked("column `\(column.name)` is new")
        }
        // A column that is no longer generated keeps its values.
        guard let after = column.generated else { return old }
        guard let before = old.generated,
            ExpressionText.renaming(columns: names, in: before.expression) == after.expression
        else { throw NotAsked("column `\(column.name)` is computed otherwise than it was") }
        for part in table.columns
        where part.name != column.name && ExpressionText.mentions(part.name, in: after.expression) {
            try requireSame(part, in: table)
        }
        return old
    }

    /// Throws unless `column` of `table` holds the same values as in the live table, and compares
    /// them alike.
    func requireSame(_ column: Column, in table: Table) throws(NotAsked) {
        let old = try source(of: column, in: table)
        guard ColumnFamily(old.type) == ColumnFamily(column.type),
            live.effectiveCharacterSet(of: old) == table.effectiveCharacterSet(of: column)
        else { throw NotAsked("column `\(column.name)` gets another type in the same change") }
    }

    /// `text`, an expression of `table`, over the live columns: a column that is new or computed
    /// otherwise is replaced by the expression for its new value.
    func expression(_ text: String, of table: Table) throws(NotAsked) -> String {
        var values: [String: String] = [:]
        for column in table.columns where ExpressionText.mentions(column.name, in: text) {
            values[column.name] = try NewValue(columns: self, table: table).sql(of: column)
        }
        return ExpressionText.replacing(columns: values, in: text)
    }

    /// The live column as a query names it.
    func reference(to column: Column) -> String {
        let name = SQL.identifier(column.name)
        return alias.map { "\($0).\(name)" } ?? name
    }

    /// Live names to the present ones.
    private var names: [String: String] {
        Dictionary(
            origins.map { ($0.value.name, $0.key) }, uniquingKeysWith: { first, _ in first })
    }
}

extension Alteration {
    /// Whether the statement drops `column` and adds it again, computed as before.
    fileprivate func makesAnew(_ column: Column) -> Bool {
        clauses.contains { clause in
            guard case .addColumn(let new, _) = clause, let generated = new.generated else {
                return false
            }
            return new.name == column.name && generated.expression == column.generated?.expression
        }
    }
}
