import Schema

extension TableChange {
    /// What the change may do to the rows of the live table.
    package func findings() throws(DiffError) -> [ClauseFinding] {
        guard kind == .alter, let from else { return [] }
        return try TableDiff.findings(of: alterations, on: from)
    }

    /// The findings without their clauses; also for tables that are made or dropped.
    package func hazards() throws(DiffError) -> [HazardFinding] {
        switch kind {
        case .create:
            [HazardFinding(rule: .createTable, hazard: .safe, reason: "`\(table)` is made")]
        case .drop:
            [
                HazardFinding(
                    rule: .dropTable, hazard: .irreversible,
                    reason: "all rows of `\(table)` are gone",
                    remedy: "keep a copy of what is needed, then approve")
            ]
        case .alter: try findings().map(\.finding)
        }
    }
}

extension TableDiff {
    /// What the statements may do to the rows of `table`, clause by clause.
    ///
    /// Each clause has at least one finding, whether or not the table has rows.
    package static func findings(
        of alterations: [Alteration], on table: Table
    ) throws(DiffError) -> [ClauseFinding] {
        try StatementHazards.all(of: alterations, on: table, server: nil).flatMap { rules in
            rules.alteration.clauses.flatMap { clause in
                rules.findings(of: clause).map { ClauseFinding(clause: clause, finding: $0) }
            }
        }
    }
}

/// The hazards of the clauses of one statement, by the tables before and after it.
struct StatementHazards {
    let before: Table
    let after: Table
    let alteration: Alteration
    /// What the columns after the statement are in the live table.
    let columns: LiveColumns
    /// The table after the last statement of the change.
    let final: Table
    /// Nil where the server is not known.
    let server: ServerTraits?

    /// One for each statement of a change of `table`, in order.
    static func all(
        of alterations: [Alteration], on table: Table, server: ServerTraits?
    ) throws(DiffError) -> [StatementHazards] {
        let start = table.inCurrentFormat
        var tables = [start]
        for alteration in alterations {
            tables.append(try (tables.last ?? start).applying(alteration))
        }
        var columns = LiveColumns(live: start)
        return zip(alterations, zip(tables, tables.dropFirst())).map { alteration, pair in
            columns.take(alteration)
            return StatementHazards(
                before: pair.0, after: pair.1, alteration: alteration, columns: columns,
                final: tables.last ?? start, server: server)
        }
    }

    func findings(of clause: Clause) -> [HazardFinding] {
        switch clause {
        case .renameTable(let name):
            [
                HazardFinding(
                    rule: .renameTable, hazard: .costly,
                    reason: "code that uses the name `\(before.name)` fails from then on: the "
                        + "table becomes `\(name)`",
                    remedy: "deploy code that knows both names first, or keep a view under the "
                        + "old name")
            ]
        case .addColumn(let column, _): added(column)
        case .changeColumn(let from, let to, _)
        where columns.origin(of: to.name) == nil && from.defaultValue != to.defaultValue:
            [unfilled(to)]
        case .changeColumn(let from, let to, let position):
            ColumnHazards(
                before: before, after: after, flavour: server?.flavour, addedChecks: addedChecks
            ).findings(from: from, to: to, isMoved: position != nil)
        case .dropColumn(let column): [dropped(column)]
        case .addIndex(let index): [added(index)]
        case .dropIndex(let index): [dropped(index)]
        case .renameIndex(let from, let to):
            from == to
                ? [safe(.keepIndex, "index `\(from)` stays beside what covers it")]
                : [safe(.renameIndex, "index `\(from)` becomes `\(to)`")]
        case .setIndexIgnored(let name, let isIgnored):
            [
                safe(
                    .indexVisibility,
                    "the optimizer \(isIgnored ? "no longer sees" : "sees") index `\(name)`")
            ]
        case .addForeignKey(let key): [added(key)]
        case .dropForeignKey(let key): [dropped(key)]
        case .addCheck(let check): [added(check)]
        case .dropCheck(let check): [dropped(check)]
        case .setCheckEnforced(let name, true): [enforced(checkNamed: name)]
        case .setCheckEnforced(let name, false): [notEnforced(checkNamed: name)]
        case .setDefaultCharacterSet(let name, _):
            [
                safe(
                    .defaultCharacterSet,
                    "new columns take character set \(name); what is stored stays as it is")
            ]
        case .setOption(let option), .dropOption(let option): [changed(option)]
        case .addPeriod(let period): [added(period)]
        case .dropPeriod(let period): [safe(.dropPeriod, "period `\(period.name)` goes")]
        case .addSystemVersioning: [versioned]
        case .dropSystemVersioning: [unversioned]
        case .addPartitions: [safe(.addPartition, "empty partitions are added")]
        case .growPartitions where before.partitioning?.kind == .systemTime:
            [safe(.addPartition, "empty partitions are added")]
        case .growPartitions, .coalescePartitions: [redistributed]
        case .reorganizePartitions(let names, let new): [reorganized(names, into: new)]
        case .dropPartitions(let names): [dropped(partitions: names)]
        case .partitionBy, .removePartitioning: [repartitioned]
        }
    }

    private var addedChecks: Set<String> {
        Set(
            alteration.clauses.compactMap { clause in
                guard case .addCheck(let check) = clause else { return nil }
                return check.expression
            })
    }

    func safe(_ rule: HazardRule, _ reason: String, _ remedy: String = "") -> HazardFinding {
        HazardFinding(rule: rule, hazard: .safe, reason: reason, remedy: remedy)
    }

    // MARK: Columns

    private func dropped(_ column: Column) -> HazardFinding {
        if let generated = column.generated {
            let last = final.columns.first { $0.name.sameName(as: column.name) }
            let next = after.columns.first { $0.name.sameName(as: column.name) }
            if [next, last].contains(where: { $0?.generated?.expression == generated.expression }) {
                return safe(
                    .dropComputedColumn,
                    "column `\(column.name)` is made anew, and computed as before")
            }
            if generated.kind == .virtual { return droppedVirtual(column, becoming: last) }
        }
        return HazardFinding(
            rule: .dropColumn, hazard: .irreversible,
            reason: "the data in column `\(column.name)` is gone",
            remedy: "approve it, or keep the column until nothing needs it",
            suggestion: renameSuggestion(for: column))
    }

    /// What a virtual column shows is computed again, unless a plain column takes its place.
    private func droppedVirtual(_ column: Column, becoming last: Column?) -> HazardFinding {
        guard let last, last.generated == nil else {
            return safe(
                .dropVirtualColumn, "virtual column `\(column.name)` holds no data of its own")
        }
        return HazardFinding(
            rule: .dropColumn, hazard: .irreversible,
            reason: "what virtual column `\(column.name)` shows is gone: no server stores what its "
                + "expression gives",
            remedy: "fill another column with it first")
    }

    /// A drop beside exactly one add of the same definition looks like a rename.
    private func renameSuggestion(for column: Column) -> String? {
        var nameless = column
        let alike = alteration.clauses.compactMap { clause -> Column? in
            guard case .addColumn(let new, _) = clause else { return nil }
            nameless.name = new.name
            let isOther = before.hasOtherDefinition(of: nameless, than: new, in: after)
            return isOther ? nil : new
        }
        guard alike.count == 1, let new = alike.first else { return nil }
        return "if `\(column.name)` was renamed to `\(new.name)`, say so beside the column: "
            + "-- plumb: renamed from \(column.name)"
    }

}
