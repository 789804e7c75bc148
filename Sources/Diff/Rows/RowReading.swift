import Schema

/// How a statement has to be run so that the server looks at existing rows.
extension Alteration {
    /// Whether the server has to copy the table though it knows a quicker way, which does not look
    /// at every row; `table` is the one before the statement.
    ///
    /// MariaDB adds a column with a check of its own by `INSTANT` and does not check existing rows;
    /// nor does it check them where a column changes under a check that stays. And where the text
    /// of a column compares otherwise from then on, no server checks rows again, and stored columns
    /// and indexes keep what was computed before. A copy does all of it.
    package func mustReadRows(of table: Table, flavour: ServerProfile.Flavour) -> Bool {
        guard let after = try? table.applying(self) else { return flavour == .mariadb }
        return clauses.contains { clause in
            switch clause {
            case .addColumn(let column, _):
                flavour == .mariadb
                    && after.checks(over: column).contains { !column.keepsAsNew($0) }
            case .changeColumn(let from, let to, _):
                flavour == .mariadb && !table.checksToRead(from, as: to, in: after).isEmpty
                    || table.comparesOtherwise(from, as: to, in: after)
                        && after.computesAhead(from: to)
            case .renameTable, .dropColumn, .addIndex, .dropIndex, .renameIndex, .setIndexIgnored,
                .addForeignKey, .dropForeignKey, .addCheck, .dropCheck, .setCheckEnforced,
                .setDefaultCharacterSet, .setOption, .dropOption, .addPeriod, .dropPeriod,
                .addSystemVersioning, .dropSystemVersioning, .partitionBy, .removePartitioning,
                .addPartitions, .growPartitions, .coalescePartitions, .reorganizePartitions,
                .dropPartitions:
                // Servers check existing rows against a new check of the table by themselves.
                false
            }
        }
    }

    /// The checks that make ``mustReadRows(of:flavour:)`` true, where a server can say without any
    /// row that they hold: they are about new columns, which get the same value in every row.
    ///
    /// Nil where rows decide.
    package func constantChecks(of table: Table) -> [String]? {
        guard let after = try? table.applying(self) else { return nil }
        var columns = LiveColumns(live: table)
        columns.take(self)
        var result: [String] = []
        for clause in clauses {
            if case .changeColumn(let from, let to, _) = clause,
                !table.checksToRead(from, as: to, in: after).isEmpty
                    || table.comparesOtherwise(from, as: to, in: after)
            {
                return nil
            }
            guard case .addColumn(let column, _) = clause else { continue }
            for check in after.checks(over: column) where !column.keepsAsNew(check) {
                let isNew = after.columns.allSatisfy { other in
                    !ExpressionText.mentions(other.name, in: check)
                        || columns.origin(of: other.name) == nil && other.generated == nil
                }
                guard isNew, let text = try? columns.expression(check, of: after) else {
                    return nil
                }
                result.append(text)
            }
        }
        return result
    }

    /// Whether the session of the statement has to give rows that hold 0 a number, which it does
    /// unless `NO_AUTO_VALUE_ON_ZERO` is set; nil where it makes no difference.
    ///
    /// A column that gets `AUTO_INCREMENT` keeps its zeros, and NULL becomes a number. MySQL does
    /// so in either mode; MariaDB turns NULL into 0 under that mode, so where the column may hold
    /// NULL zeros get numbers as well.
    package func numbersZeros(flavour: ServerProfile.Flavour) -> Bool? {
        for case .changeColumn(let from, let to, _) in clauses
        where to.isAutoIncrement && !from.isAutoIncrement {
            return flavour == .mariadb && !from.isNotNull
        }
        return nil
    }
}

extension Table {
    /// The checks that rows may break when `old` becomes `new` of the table `after`: one that comes
    /// with the column, and those over it where its values read otherwise.
    func checksToRead(_ old: Column, as new: Column, in after: Table) -> [String] {
        let known = old.check.map { ExpressionText.renaming(columns: [old.name: new.name], in: $0) }
        let own = new.check == known ? nil : new.check
        guard readsOtherwise(old, as: new, in: after) else { return own.map { [$0] } ?? [] }
        let others = after.checks(over: new)
        return (own.map { [$0] } ?? []) + others.filter { $0 != own }
    }

    /// Enforced checks, of the table and of columns, that use `column`, directly or through columns
    /// that are computed from it.
    func checks(over column: Column) -> [String] {
        let names = computed(from: column)
        return (checks.filter(\.isEnforced).map(\.expression) + columns.compactMap(\.check))
            .filter { text in names.contains { ExpressionText.mentions($0, in: text) } }
    }

    /// The stored columns that are computed from `column`, directly or through others.
    func storedColumns(over column: Column) -> [Column] {
        let names = computed(from: column).subtracting([column.name])
        return columns.filter { $0.generated?.kind == .stored && names.contains($0.name) }
    }

    /// Whether `column` is part of a foreign key, or of a unique key that others may refer to.
    func hasKey(over column: Column) -> Bool {
        foreignKeys.contains { key in key.columns.contains { $0.sameName(as: column.name) } }
            || indexes.contains { index in
                (index.kind == .primary || index.kind == .unique) && index.uses(column.name)
            }
    }

    /// `column`, and the columns that are computed from it.
    private func computed(from column: Column) -> Set<String> {
        var names: Set<String> = [column.name]
        var isGrowing = true
        while isGrowing {
            let found = columns.filter { other in
                guard let text = other.generated?.expression else { return false }
                return names.contains { ExpressionText.mentions($0, in: text) }
            }
            let count = names.count
            names.formUnion(found.map(\.name))
            isGrowing = names.count > count
        }
        return names
    }

    /// Whether a check, a stored column or an index is computed from `column`.
    fileprivate func computesAhead(from column: Column) -> Bool {
        if !checks(over: column).isEmpty { return true }
        let names = computed(from: column)
        let others = names.subtracting([column.name])
        let isStored = columns.contains {
            $0.generated?.kind == .stored && others.contains($0.name)
        }
        let isIndexed = indexes.contains { index in
            index.parts.contains { part in
                switch part.key {
                case .column(let name): others.contains { $0.sameName(as: name) }
                case .expression(let text):
                    names.contains { ExpressionText.mentions($0, in: text) }
                }
            }
        }
        return isStored || isIndexed
    }

    /// Whether rows may show another value, or one that compares otherwise.
    private func readsOtherwise(_ old: Column, as new: Column, in after: Table) -> Bool {
        let isOfAnotherKind =
            ColumnType(old.type).name != ColumnType(new.type).name
            && ColumnFamily(old.type) != ColumnFamily(new.type)
        return isOfAnotherKind || old.generated?.expression != new.generated?.expression
            || comparesOtherwise(old, as: new, in: after)
    }

    fileprivate func comparesOtherwise(
        _ old: Column, as new: Column, in after: Table
    ) -> Bool {
        effectiveCharacterSet(of: old) != after.effectiveCharacterSet(of: new)
    }
}

extension Column {
    /// True for a plain TIMESTAMP column: where it becomes NOT NULL a server may put the present
    /// time in place of NULL, which it refuses in other columns.
    var isTimestamp: Bool { ColumnType(type).name == "timestamp" && generated == nil }

    /// Whether `check` holds for the NULL that existing rows get in the new column.
    fileprivate func keepsAsNew(_ check: String) -> Bool {
        generated == nil && !isNotNull && defaultValue == "NULL"
            && check == "json_valid(\(SQL.identifier(name)))"
    }
}
