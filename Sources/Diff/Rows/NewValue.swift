import Schema

/// The value that a column will have in each row, as an expression over the live columns.
struct NewValue {
    let columns: LiveColumns
    /// The table after the statement.
    let table: Table

    /// Throws where no expression gives it for certain.
    func sql(of column: Column) throws(NotAsked) -> String {
        let same: NotAsked
        do throws(NotAsked) {
            try columns.requireSame(column, in: table)
            guard let old = columns.origin(of: column.name) else {
                throw NotAsked("column `\(column.name)` is new")
            }
            return columns.reference(to: old)
        } catch {
            same = error
        }
        if let generated = column.generated {
            let value = try columns.expression(generated.expression, of: table)
            return try fitted("(\(value))", to: column)
        }
        guard let old = columns.origin(of: column.name) else { return try constant(column) }
        guard old.generated == nil, ColumnFamily(old.type) == .text,
            ColumnFamily(column.type) == .text
        else { throw same }
        return try text(columns.reference(to: old), of: column)
    }

    /// A computed value as the column stores it: rounded, or in its character set.
    private func fitted(_ value: String, to column: Column) throws(NotAsked) -> String {
        let type = ColumnType(column.type)
        switch ColumnFamily(column.type) {
        case .integer: return "ROUND(\(value))"
        case .decimal: return "ROUND(\(value), \(Decimals(type)?.scale ?? 0))"
        case .floating where type.name == "double" && type.arguments.isEmpty: return value
        case .text: return try text(value, of: column)
        case .floating, .bit, .bytes, .members, .other:
            throw NotAsked("column `\(column.name)` is computed otherwise than it was")
        }
    }

    private func text(_ value: String, of column: Column) throws(NotAsked) -> String {
        guard let set = table.effectiveCharacterSet(of: column), let collation = set.collation
        else {
            throw NotAsked("no query compares `\(column.name)` as the table will")
        }
        return "(CONVERT(\(value) USING \(set.name)) COLLATE \(collation))"
    }

    /// The value that existing rows get in a new column.
    private func constant(_ column: Column) throws(NotAsked) -> String {
        let unknown = NotAsked("column `\(column.name)` is new")
        guard !column.isAutoIncrement, column.attributes.isEmpty else { throw unknown }
        let family = ColumnFamily(column.type)
        let isNumber = [.integer, .decimal, .floating].contains(family)
        guard let text = column.defaultValue, text.uppercased() != "NULL" else {
            guard column.isNotNull else { return "NULL" }
            if isNumber { return "0" }
            if family == .text { return try self.text("''", of: column) }
            throw unknown
        }
        if isNumber {
            let bare = text.first == "'" ? String(text.dropFirst().dropLast()) : text
            guard bare.allSatisfy({ "-.0123456789".contains($0) }) else { throw unknown }
            return bare.first == "-" ? "(\(bare))" : bare
        }
        guard family == .text, text.first == "'", text.last == "'" else { throw unknown }
        return try self.text(text, of: column)
    }
}
