import Schema

/// Which expressions do not follow when columns get other names.
///
/// MariaDB rewrites every expression itself. MySQL refuses to rename a column that a check, a
/// generated column or an index expression names (errors 3959, 3108 and 3837), unless the same
/// statement replaces them.
struct ExpressionRenaming {
    /// Old names to new ones.
    let names: [String: String]
    let flavour: ServerProfile.Flavour

    /// True where the statement has to write the expression of the live table anew.
    func isByHand(_ expression: String?) -> Bool {
        guard flavour == .mysql, let expression else { return false }
        return names.contains { old, new in
            !old.sameName(as: new) && ExpressionText.mentions(old, in: expression)
        }
    }

    func isByHand(_ index: Index) -> Bool {
        index.parts.contains { part in
            switch part.key {
            case .column: false
            case .expression(let text): isByHand(text)
            }
        }
    }
}
