import Schema

extension Index {
    /// The name that `DROP INDEX` knows it by.
    var label: String { kind == .primary ? "PRIMARY" : name }

    func isNamesake(of other: Index) -> Bool {
        if kind == .primary || other.kind == .primary { return kind == other.kind }
        return name.sameName(as: other.name)
    }

    /// True where whole columns of these names come first, in this order.
    func begins(with columns: [String]) -> Bool {
        parts.count >= columns.count
            && zip(parts, columns).allSatisfy { part, name in
                guard case .column(let column) = part.key else { return false }
                return column.sameName(as: name) && part.length == nil
            }
    }

    func uses(_ column: String) -> Bool {
        parts.contains { part in
            switch part.key {
            case .column(let name): name.sameName(as: column)
            case .expression(let text): ExpressionText.mentions(column, in: text)
            }
        }
    }
}
