import Schema

extension Table {
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

/// Column names inside expressions, which servers print between backticks.
enum ExpressionText {
    /// `text` with quoted column names replaced; string literals are left alone.
    static func renaming(columns names: [String: String], in text: String) -> String {
        var result = ""
        for piece in pieces(of: text) {
            switch piece {
            case .other(let part): result += part
            case .identifier(let name): result += SQL.identifier(names[name] ?? name)
            }
        }
        return result
    }

    /// True where the expression names the column.
    static func mentions(_ column: String, in text: String) -> Bool {
        pieces(of: text).contains { piece in
            switch piece {
            case .other: false
            case .identifier(let name): name.sameName(as: column)
            }
        }
    }

    private enum Piece {
        case identifier(String)
        case other(String)
    }

    private static func pieces(of text: String) -> [Piece] {
        var result: [Piece] = []
        var other = ""
        var rest = text[...]
        while let character = rest.first {
            switch character {
            case "`":
                if !other.isEmpty { result.append(.other(other)) }
                other = ""
                rest.removeFirst()
                result.append(.identifier(readIdentifier(&rest)))
            case "'", "\"":
                other += readString(&rest, quote: character)
            default:
                other.append(character)
                rest.removeFirst()
            }
        }
        if !other.isEmpty { result.append(.other(other)) }
        return result
    }

    private static func readIdentifier(_ rest: inout Substring) -> String {
        var name = ""
        while let character = rest.popFirst() {
            if character == "`" {
                guard rest.first == "`" else { break }
                rest.removeFirst()
            }
            name.append(character)
        }
        return name
    }

    private static func readString(_ rest: inout Substring, quote: Character) -> String {
        var literal = String(rest.removeFirst())
        while let character = rest.popFirst() {
            literal.append(character)
            if character == "\\", let escaped = rest.popFirst() {
                literal.append(escaped)
            } else if character == quote {
                break
            }
        }
        return literal
    }
}
