import Schema

extension Table {
    /// The columns of its own foreign keys, and those that its keys to itself refer to.
    var foreignKeyColumns: Set<String> {
        foreignKeys.reduce(into: []) { result, key in
            result.formUnion(key.columns)
            if key.referencedSchema == nil, key.referencedTable == name {
                result.formUnion(key.referencedColumns)
            }
        }
    }

    /// The table after `CHANGE COLUMN` gave columns other names: indexes, constraints and
    /// expressions follow.
    func renamingColumns(_ names: [String: String]) -> Table {
        guard !names.isEmpty else { return self }
        var result = self
        func renamed(_ name: String) -> String { names[name] ?? name }
        func rewritten(_ text: String?) -> String? {
            text.map { ExpressionText.renaming(columns: names, in: $0) }
        }
        for place in result.columns.indices {
            result.columns[place].name = renamed(result.columns[place].name)
            if let generated = result.columns[place].generated {
                result.columns[place].generated?.expression =
                    ExpressionText.renaming(columns: names, in: generated.expression)
            }
            result.columns[place].defaultValue = rewritten(result.columns[place].defaultValue)
            result.columns[place].check = rewritten(result.columns[place].check)
        }
        for place in result.indexes.indices {
            result.indexes[place].parts = result.indexes[place].parts.map { part in
                var part = part
                switch part.key {
                case .column(let name): part.key = .column(renamed(name))
                case .expression(let text):
                    part.key = .expression(ExpressionText.renaming(columns: names, in: text))
                }
                return part
            }
        }
        for place in result.foreignKeys.indices {
            result.foreignKeys[place].columns = foreignKeys[place].columns.map(renamed)
            if foreignKeys[place].referencedTable == name {
                result.foreignKeys[place].referencedColumns =
                    foreignKeys[place].referencedColumns.map(renamed)
            }
        }
        for place in result.checks.indices {
            result.checks[place].expression =
                ExpressionText.renaming(columns: names, in: checks[place].expression)
        }
        for place in result.periods.indices {
            result.periods[place].start = renamed(periods[place].start)
            result.periods[place].end = renamed(periods[place].end)
        }
        if let method = partitioning?.method {
            result.partitioning?.method = ExpressionText.renaming(columns: names, in: method)
        }
        return result
    }

    /// The table after `RENAME TO`: InnoDB renames its generated constraint names too, and keys
    /// that refer to the table itself follow.
    func renamingTable(to newName: String) -> Table {
        var result = self
        result.name = newName
        for place in result.foreignKeys.indices {
            if foreignKeys[place].referencedSchema == nil,
                foreignKeys[place].referencedTable == name
            {
                result.foreignKeys[place].referencedTable = newName
            }
            result.foreignKeys[place].name =
                foreignKeys[place].name.replacingPrefix("\(name)_ibfk_", by: "\(newName)_ibfk_")
        }
        for place in result.checks.indices {
            result.checks[place].name =
                checks[place].name.replacingPrefix("\(name)_chk_", by: "\(newName)_chk_")
        }
        return result
    }
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String, by other: String) -> String {
        hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
    }
}
