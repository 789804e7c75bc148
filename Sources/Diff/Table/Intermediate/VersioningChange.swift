import Schema

/// What the system versioning of MariaDB needs before and after the one `ALTER TABLE`.
///
/// - It is removed before an engine comes that keeps history another way, or none (error 4120).
/// - The columns of its period cannot be added to a versioned table or changed in one (error 4134):
///   it is removed, with its history, and comes back with them.
/// - A column can be excluded from it only once the table is versioned (error 4124).
struct VersioningChange {
    let from: Table
    let to: Table

    /// True where the history is lost on the way to a table that is versioned too.
    var isMadeAnew: Bool {
        guard from.isSystemVersioned, to.isSystemVersioned else { return false }
        if from.isInnoDB != to.isInnoDB { return true }
        guard let period = to.systemPeriod else { return from.isVersionedByTransaction }
        return period != from.systemPeriod
            || [period.start, period.end].contains { from.column($0) != to.column($0) }
    }

    /// Removes versioning from the table where it has to go first.
    func clear(_ table: inout Table) {
        let goes = !to.isSystemVersioned && to.isInnoDB != from.isInnoDB
        guard goes || isMadeAnew else { return }
        table.isSystemVersioned = false
        if let period = table.systemPeriod {
            table.periods.removeAll { $0 == period }
            table.columns.removeAll { [period.start, period.end].contains($0.name) }
        }
        for place in table.columns.indices {
            table.columns[place].attributes.removeAll { $0.isWithoutVersioning }
        }
    }

    /// `table` with all columns versioned, where versioning comes to it.
    func first(before table: Table) -> Table? {
        guard !from.isSystemVersioned || isMadeAnew, table.isSystemVersioned else { return nil }
        var result = table
        for (place, column) in table.columns.enumerated()
        where from.columns.contains(where: { $0.name.sameName(as: column.name) }) {
            result.columns[place].attributes.removeAll { $0.isWithoutVersioning }
        }
        return result == table ? nil : result
    }
}

extension Table {
    fileprivate var systemPeriod: Period? { periods.first { $0.name == Period.systemTime } }

    /// True where the period's columns hold transaction ids, which cannot become timestamps.
    fileprivate var isVersionedByTransaction: Bool {
        systemPeriod.flatMap { column($0.start) }?.type.hasPrefix("bigint") == true
    }

    fileprivate func column(_ name: String) -> Column? { columns.first { $0.name == name } }
}

extension ColumnAttribute {
    fileprivate var isWithoutVersioning: Bool { text.uppercased() == "WITHOUT SYSTEM VERSIONING" }
}
