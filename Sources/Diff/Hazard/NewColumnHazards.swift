import Schema

/// The hazards of a column that is new.
extension StatementHazards {
    func added(_ column: Column) -> [HazardFinding] {
        var findings: [HazardFinding] = []
        if column.generated?.kind == .stored || column.isAutoIncrement
            || isComputed(column.defaultValue)
        {
            findings.append(
                HazardFinding(
                    rule: .addComputedColumn, hazard: .costly,
                    reason: "column `\(column.name)` is computed for every row; the table is copied"
                ))
        }
        if let check = column.check, column.isNotNull || column.defaultValue != "NULL" {
            findings.append(
                HazardFinding(
                    rule: .addCheck, hazard: .lossy,
                    reason: "rows whose new `\(column.name)` breaks CHECK (\(check)) are refused",
                    remedy: "give the column a default that keeps its check"))
        }
        if column.isNotNull, column.defaultValue == nil, column.generated == nil,
            !column.isAutoIncrement, !isRowTime(column)
        {
            findings.append(required(column))
        }
        return findings.isEmpty
            ? [safe(.addColumn, "column `\(column.name)` is added")] : findings
    }

    /// A NOT NULL column without a default: existing rows have no value for it.
    private func required(_ column: Column) -> HazardFinding {
        let remedy = "give it a default, or deploy code that sets it first"
        let hasNone = server.map { Self.hasNoEmptyValue(column, on: $0) } ?? false
        guard hasNone || isIndexedByPlace(column) else {
            return safe(
                .addRequiredColumn,
                "rows get an empty `\(column.name)`, and inserts that leave it out fail", remedy)
        }
        return HazardFinding(
            rule: .addRequiredColumn, hazard: .lossy,
            reason: "there is no empty `\(column.name)` for rows that are there: the change is "
                + "refused while there are any",
            remedy: "give it a default, or add it nullable and fill it first")
    }

    /// True where the server has no implicit default for existing rows: a zero date is refused
    /// under `NO_ZERO_DATE`, and MySQL has none for geometry.
    private static func hasNoEmptyValue(_ column: Column, on server: ServerTraits) -> Bool {
        let type = ColumnType(column.type)
        return switch type.name {
        case "date", "datetime": server.refusesZeroDates
        default: server.flavour == .mysql && type.isGeometry
        }
    }

    /// Whether a spatial index on it comes with the column: that refuses the empty geometry which
    /// MariaDB gives existing rows.
    private func isIndexedByPlace(_ column: Column) -> Bool {
        after.indexes.contains { index in
            index.kind == .spatial && index.parts.contains { $0.key == .column(column.name) }
        }
    }

    /// A column that an earlier statement of the change added, without this default.
    func unfilled(_ column: Column) -> HazardFinding {
        HazardFinding(
            rule: .addUnfilledColumn, hazard: .lossy,
            reason: "rows that are there get \(column.isNotNull ? "an empty" : "NULL in") "
                + "`\(column.name)`: the server computes DEFAULT \(column.defaultValue ?? "NULL") "
                + "only for rows to come",
            remedy: "fill `\(column.name)` with an UPDATE")
    }

    private func isRowTime(_ column: Column) -> Bool {
        column.attributes.contains { $0.text.uppercased().contains("AS ROW ") }
    }

    private func isComputed(_ defaultValue: String?) -> Bool {
        guard let text = defaultValue, text.contains("(") else { return false }
        return !text.hasPrefix("'") && !text.lowercased().hasPrefix("current_timestamp")
    }
}
