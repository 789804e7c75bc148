import Schema

/// The expressions that stay as they are, and that the statement has to define again all the same.
///
/// A server looks up the columns of an expression in the table as it was. MySQL refuses to rename
/// or to drop a column that a generated column, a default, a check or an index expression names
/// (errors 3108, 3766, 3959 and 3837), MariaDB to drop one that a check uses through a generated
/// column (error 1054), even where the same statement makes the column of something else. In an
/// expression that is defined again they are looked up in the table as it will be.
struct RewrittenExpressions {
    /// The columns that get another name.
    private let renamed: [String]
    private let dropped: [String]
    private let generated: [Column]
    private let flavour: ServerProfile.Flavour

    /// `names` maps those of columns of `table` to new ones.
    init(
        of table: Table, renaming names: [String: String], dropping dropped: [Column],
        flavour: ServerProfile.Flavour
    ) {
        renamed = names.filter { old, new in !old.sameName(as: new) }.map(\.key)
        self.dropped = dropped.map(\.name)
        generated = table.columns.filter { $0.generated != nil }
        self.flavour = flavour
    }

    func contains(_ column: Column) -> Bool {
        flavour == .mysql
            && [column.generated?.expression, column.defaultValue].contains { text in
                text.map { names($0, anyOf: renamed) || passesThrough($0) } ?? false
            }
    }

    func contains(_ index: Index) -> Bool {
        flavour == .mysql
            && index.parts.contains { part in
                switch part.key {
                case .column: false
                case .expression(let text): names(text, anyOf: renamed) || passesThrough(text)
                }
            }
    }

    func contains(_ check: Check) -> Bool {
        switch flavour {
        case .mysql: names(check.expression, anyOf: renamed)
        case .mariadb: passesThrough(check.expression)
        }
    }

    private func names(_ expression: String, anyOf columns: [String]) -> Bool {
        columns.contains { ExpressionText.mentions($0, in: expression) }
    }

    /// True where the expression uses a dropped column through generated ones.
    private func passesThrough(_ expression: String) -> Bool {
        guard !dropped.isEmpty else { return false }
        var seen: Set<String> = []
        var pending = [expression]
        while let text = pending.popLast() {
            for column in generated where ExpressionText.mentions(column.name, in: text) {
                guard let inner = column.generated?.expression,
                    seen.insert(column.name).inserted
                else { continue }
                if names(inner, anyOf: dropped) { return true }
                pending.append(inner)
            }
        }
        return false
    }
}
