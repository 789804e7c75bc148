import Schema

/// What MySQL needs before a column of a foreign key gets another name.
///
/// It refuses to copy the table then (error 1846), and would copy it for either of these:
///
/// - an enforced check that names a column whose values depend on the SQL mode, whatever the
///   statement does;
/// - an expression that names the column: MySQL rewrites none by itself, so the check, the index or
///   the generated column is dropped before and added again after. A default can be rewritten with
///   it.
struct KeyColumnRename {
    let table: Table
    /// The columns that get other names.
    let columns: Set<String>

    /// `table` without what would make MySQL copy it.
    var cleared: Table {
        let gone = computedColumns
        let named = columns.union(gone)
        let types: Set = ["enum", "set", "date", "datetime", "time", "timestamp"]
        let copied = table.columns.filter { types.contains(ColumnType($0.type).name) }.map(\.name)
        var result = table
        result.columns.removeAll { gone.contains($0.name) }
        result.indexes.removeAll { index in
            gone.contains { index.uses($0) } || columns.contains { index.computes(from: $0) }
        }
        result.checks.removeAll { check in
            let isCopied = check.isEnforced && Self.names(copied, in: check.expression)
            return isCopied || Self.names(named, in: check.expression)
        }
        result.takeDefaults(naming: gone)
        return result
    }

    /// Generated columns that use the columns, directly or through others.
    private var computedColumns: Set<String> {
        var result: Set<String> = []
        var isGrowing = true
        while isGrowing {
            let found = table.columns.filter { column in
                guard let text = column.generated?.expression else { return false }
                return Self.names(columns.union(result), in: text)
            }
            isGrowing = found.count > result.count
            result = Set(found.map(\.name))
        }
        return result
    }

    private static func names(_ columns: some Sequence<String>, in text: String) -> Bool {
        columns.contains { ExpressionText.mentions($0, in: text) }
    }
}

extension Table {
    /// Removes the defaults that name one of `columns`.
    mutating func takeDefaults(naming columns: Set<String>) {
        for (place, column) in self.columns.enumerated() {
            guard let text = column.defaultValue,
                columns.contains(where: { ExpressionText.mentions($0, in: text) })
            else { continue }
            self.columns[place].defaultValue = column.isNotNull ? nil : "NULL"
        }
    }
}

extension Index {
    /// True where an expression of it names the column.
    fileprivate func computes(from column: String) -> Bool {
        parts.contains { part in
            guard case .expression(let text) = part.key else { return false }
            return ExpressionText.mentions(column, in: text)
        }
    }
}
