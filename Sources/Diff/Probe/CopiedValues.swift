import Schema

/// Values that a copy of the table refuses, of columns that the change is not about.
///
/// A server that copies a table writes every value once more, in the mode of the session: a zero
/// date that was let in once fails now (error 1292), and so does a virtual column whose value for a
/// row cannot be computed (1264, 1365).
extension TableChange {
    /// The finding with its question; nil where a copy refuses nothing.
    package func copiedValues(_ context: ProbeContext) -> HazardFinding? {
        guard kind == .alter, let from, context.server.isStrict else { return nil }
        let gone = droppedColumns
        let kept = from.columns.filter { !gone.contains($0.name) }
        let dates = kept.filter { !Self.refusedDates($0, on: context.server).isEmpty }
        let computed = kept.filter { $0.generated?.kind == .virtual }
        let names = (dates + computed).map { SQL.identifier($0.name) }
        guard !names.isEmpty else { return nil }
        var finding = HazardFinding(
            rule: .copyValues, hazard: .safe,
            reason:
                "the table is copied: rows with a date that the server does not take any more, or "
                + "a value that cannot be computed, in \(names.joined(separator: ", ")) are refused",
            remedy: "look for such rows first")
        do throws(NotAsked) {
            guard !from.isSystemVersioned else {
                throw NotAsked("the table keeps the history of its rows, which is not asked")
            }
            let conditions = dates.flatMap { Self.refusedDates($0, on: context.server) }
            let columns = LiveColumns(live: from)
            let values = try ComputedQuestion(after: from, columns: columns).conditions(
                of: computed)
            var question = DataQuestion(
                sought: "values that a copy does not take, in \(names.joined(separator: ", "))",
                rowsOf: SQL.identifier(from.name),
                where: (conditions + values).joined(separator: " OR "))
            question.heedsWarnings = values.isEmpty ? nil : true
            finding.probe = DataProbe(question)
        } catch {
            finding.probe = DataProbe(notAsked: error.reason)
        }
        return finding
    }

    /// Live columns that are dropped, or whose change has a finding of its own.
    private var droppedColumns: Set<String> {
        Set(
            alterations.flatMap(\.clauses).compactMap { clause in
                switch clause {
                case .dropColumn(let column): column.name
                case .changeColumn(let old, let new, _)
                where old.type != new.type || old.generated != new.generated:
                    old.name
                default: nil
                }
            })
    }

    private static func refusedDates(_ column: Column, on server: ServerTraits) -> [String] {
        let kind = ColumnType(column.type).name
        guard ["date", "datetime", "timestamp"].contains(kind), column.generated == nil else {
            return []
        }
        let name = SQL.identifier(column.name)
        let day = "DAYOFMONTH(\(name))"
        let month = "MONTH(\(name))"
        let zero = "(\(day) = 0 AND \(month) = 0 AND YEAR(\(name)) = 0)"
        var result = server.refusesZeroDates ? [zero] : []
        guard kind != "timestamp" else { return result }
        if server.refusesPartialDates {
            result.append("((\(day) = 0 OR \(month) = 0) AND NOT \(zero))")
        }
        if server.refusesInvalidDates {
            let first = "CONCAT(YEAR(\(name)), '-', \(month), '-01')"
            result.append(
                "(\(month) > 0 AND \(day) > 28 AND \(day) > DAYOFMONTH(LAST_DAY(\(first))))")
        }
        return result
    }
}
