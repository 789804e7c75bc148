import Schema

/// Rows that a unique index or a primary key would take for equal.
struct UniqueQuestion {
    let index: Index
    /// The table after the statement.
    let after: Table
    let columns: LiveColumns

    /// The most bytes of an InnoDB key; for longer values MariaDB keeps a hash.
    private static let longestKey = 3072

    /// What rows are grouped by, and which of them count.
    struct Groups {
        let keys: [String]
        let conditions: [String]
    }

    private enum Part {
        case value(String)
        /// New, and the same in every row.
        case constant
        /// New, and NULL or another number in every row: nothing clashes.
        case distinct
    }

    /// Nil where no two rows can be equal, whatever they hold.
    func groups() throws(NotAsked) -> Groups? {
        guard index.withoutOverlaps == nil else {
            throw NotAsked("no query looks for periods that overlap")
        }
        var keys: [String] = []
        for part in index.parts {
            switch try value(of: part) {
            case .value(let sql): keys.append(sql)
            case .constant: continue
            case .distinct: return nil
            }
        }
        // A unique index lets any number of rows with a NULL pass; a primary key has none.
        let conditions = index.kind == .unique ? keys.map { "\($0) IS NOT NULL" } : []
        return Groups(keys: keys, conditions: conditions)
    }

    private func value(of part: Index.Part) throws(NotAsked) -> Part {
        switch part.key {
        case .expression(let text):
            guard !text.lowercased().contains(" array") else {
                throw NotAsked("no query looks for duplicates in arrays")
            }
            return .value("(\(try columns.expression(text, of: after)))")
        case .column(let name):
            guard let column = after.columns.first(where: { $0.name.sameName(as: name) }) else {
                throw NotAsked("column `\(name)` is not known")
            }
            guard columns.origin(of: name) != nil else { return try new(column) }
            return .value(try value(of: column, prefix: part.length))
        }
    }

    private func new(_ column: Column) throws(NotAsked) -> Part {
        if column.isAutoIncrement { return .distinct }
        guard column.generated == nil, column.attributes.isEmpty else {
            throw NotAsked("column `\(column.name)` is new and computed")
        }
        guard let text = column.defaultValue, text.uppercased() != "NULL" else {
            return column.isNotNull ? .constant : .distinct
        }
        let isLiteral = text.first.map { "'-0123456789bx".contains($0) } ?? false
        let isNow = text.lowercased().hasPrefix("current_timestamp")
        guard isLiteral && !text.contains("(") || text.hasPrefix("'") || isNow else {
            throw NotAsked("column `\(column.name)` is new and computed")
        }
        return .constant
    }

    /// The column's value as the index will compare it.
    private func value(of column: Column, prefix: Int?) throws(NotAsked) -> String {
        let old = try columns.source(of: column, in: after)
        guard ColumnFamily(old.type) == ColumnFamily(column.type) else {
            throw NotAsked("column `\(column.name)` gets another type in the same change")
        }
        var sql = SQL.identifier(old.name)
        let set = after.effectiveCharacterSet(of: column)
        let width = set?.bytesPerCharacter ?? 1
        let capacity = StringCapacity(ColumnType(column.type), bytesPerCharacter: width)
        guard prefix != nil || capacity.map({ $0.bytes <= Self.longestKey }) ?? true else {
            throw NotAsked("no query compares values as long as those of `\(column.name)`")
        }
        let oldSet = columns.live.effectiveCharacterSet(of: old)
        let isText = ColumnFamily(column.type) == .text && set != oldSet
        if isText, let set, set.name != oldSet?.name || set.collation == nil {
            sql = "CONVERT(\(sql) USING \(set.name))"
        }
        if let prefix { sql = "LEFT(\(sql), \(prefix))" }
        if isText, let collation = set?.collation { sql += " COLLATE \(collation)" }
        return sql
    }

    /// Asks for two rows that are equal in `groups`.
    static func question(_ sought: String, _ groups: Groups, in table: String) -> DataQuestion {
        guard !groups.keys.isEmpty else {
            let sql = "SELECT 1 FROM \(table) LIMIT 1 OFFSET 1"
            return DataQuestion(sought: sought, sql: sql, look: "SELECT * FROM \(table) LIMIT 2")
        }
        let keys = groups.keys.joined(separator: ", ")
        return DataQuestion(
            sought: sought, sql: "SELECT 1 \(tail(groups, in: table)) LIMIT 1",
            look: "SELECT \(keys), COUNT(*) \(tail(groups, in: table)) LIMIT 10")
    }

    /// True where two rows are equal in `groups`.
    static func condition(_ groups: Groups, in table: String) -> String {
        groups.keys.isEmpty
            ? "(SELECT COUNT(*) FROM \(table)) > 1"
            : "EXISTS (SELECT 1 \(tail(groups, in: table)))"
    }

    private static func tail(_ groups: Groups, in table: String) -> String {
        let rows =
            groups.conditions.isEmpty
            ? "" : " WHERE \(groups.conditions.joined(separator: " AND "))"
        return "FROM \(table)\(rows) GROUP BY \(groups.keys.joined(separator: ", ")) "
            + "HAVING COUNT(*) > 1"
    }
}
