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
            [HazardFinding(rule: "create-table", hazard: .safe, reason: "`\(table)` is made")]
        case .drop:
            [
                HazardFinding(
                    rule: "drop-table", hazard: .irreversible,
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
    /// Each clause has at least one finding; a table that has no rows is not told apart.
    package static func findings(
        of alterations: [Alteration], on table: Table
    ) throws(DiffError) -> [ClauseFinding] {
        try HazardRules.all(of: alterations, on: table, server: nil).flatMap { rules in
            rules.alteration.clauses.flatMap { clause in
                rules.findings(of: clause).map { ClauseFinding(clause: clause, finding: $0) }
            }
        }
    }
}

/// The hazards of the clauses of one statement, by the tables before and after it.
struct HazardRules {
    let before: Table
    let after: Table
    let alteration: Alteration
    /// What the columns after the statement are in the live table.
    let columns: LiveColumns
    /// The table after the last statement of the change.
    let final: Table
    /// Nil where the server is not known.
    let server: ServerTraits?

    /// The rules of each statement of a change of `table`, in order.
    static func all(
        of alterations: [Alteration], on table: Table, server: ServerTraits?
    ) throws(DiffError) -> [HazardRules] {
        let start = table.inCurrentFormat
        var tables = [start]
        for alteration in alterations {
            tables.append(try (tables.last ?? start).applying(alteration))
        }
        var columns = LiveColumns(live: start)
        return zip(alterations, zip(tables, tables.dropFirst())).map { alteration, pair in
            columns.take(alteration)
            return HazardRules(
                before: pair.0, after: pair.1, alteration: alteration, columns: columns,
                final: tables.last ?? start, server: server)
        }
    }

    func findings(of clause: Clause) -> [HazardFinding] {
        switch clause {
        case .renameTable(let name):
            [
                HazardFinding(
                    rule: HazardFinding.renameTable, hazard: .costly,
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
            ColumnRules(
                before: before, after: after, flavour: server?.flavour, addedChecks: addedChecks
            ).findings(from: from, to: to, isMoved: position != nil)
        case .dropColumn(let column): [dropped(column)]
        case .addIndex(let index): [added(index)]
        case .dropIndex(let index): [dropped(index)]
        case .renameIndex(let from, let to):
            from == to
                ? [safe("keep-index", "index `\(from)` stays beside what covers it")]
                : [safe("rename-index", "index `\(from)` becomes `\(to)`")]
        case .setIndexIgnored(let name, let isIgnored):
            [
                safe(
                    "index-visibility",
                    "the optimizer \(isIgnored ? "no longer sees" : "sees") index `\(name)`")
            ]
        case .addForeignKey, .dropForeignKey, .addCheck, .dropCheck, .setCheckEnforced:
            constraint(clause)
        case .setDefaultCharacterSet, .setOption, .dropOption: [option(clause)]
        case .addPeriod, .dropPeriod, .addSystemVersioning, .dropSystemVersioning:
            [versioning(clause)]
        case .partitionBy, .removePartitioning, .addPartitions, .growPartitions,
            .coalescePartitions, .reorganizePartitions, .dropPartitions:
            [partitioning(clause)]
        }
    }

    private var addedChecks: Set<String> {
        Set(
            alteration.clauses.compactMap { clause in
                guard case .addCheck(let check) = clause else { return nil }
                return check.expression
            })
    }

    func safe(_ rule: String, _ reason: String, _ remedy: String = "") -> HazardFinding {
        HazardFinding(rule: rule, hazard: .safe, reason: reason, remedy: remedy)
    }

    // MARK: Columns

    private func dropped(_ column: Column) -> HazardFinding {
        if let generated = column.generated {
            let last = final.columns.first { $0.name.sameName(as: column.name) }
            let next = after.columns.first { $0.name.sameName(as: column.name) }
            if [next, last].contains(where: { $0?.generated?.expression == generated.expression }) {
                return safe(
                    "drop-computed-column",
                    "column `\(column.name)` is made anew, and computed as before")
            }
            if generated.kind == .virtual { return droppedVirtual(column, becoming: last) }
        }
        return HazardFinding(
            rule: "drop-column", hazard: .irreversible,
            reason: "the data in column `\(column.name)` is gone",
            remedy: "approve it, or keep the column until nothing needs it",
            suggestion: renameSuggestion(for: column))
    }

    /// What a virtual column shows is computed again, unless a plain column takes its place.
    private func droppedVirtual(_ column: Column, becoming last: Column?) -> HazardFinding {
        guard let last, last.generated == nil else {
            return safe(
                "drop-virtual-column", "virtual column `\(column.name)` holds no data of its own")
        }
        return HazardFinding(
            rule: "drop-column", hazard: .irreversible,
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

    // MARK: Indexes

    private func added(_ index: Index) -> HazardFinding {
        switch index.kind {
        case .primary:
            if isProvenUnique(index) {
                return HazardFinding(
                    rule: "add-primary-key", hazard: .costly,
                    reason: "the table is rebuilt in the order of the new primary key")
            }
            return HazardFinding(
                rule: "add-primary-key", hazard: .lossy,
                reason: "rows that are equal in \(names(of: index)) are refused",
                remedy: "look for duplicates first")
        case .unique:
            if isProvenUnique(index) {
                return safe("add-index", "unique index `\(index.name)` holds already")
            }
            return HazardFinding(
                rule: "add-unique", hazard: .lossy,
                reason: "rows that are equal in \(names(of: index)) are refused",
                remedy: "look for duplicates first")
        case .plain: return safe("add-index", "index `\(index.name)` is added")
        case .fulltext, .spatial, .vector:
            return HazardFinding(
                rule: "add-special-index", hazard: .costly,
                reason: "writes wait while index `\(index.name)` is built")
        }
    }

    /// True where rows are unique already over some of the index's columns, all compared whole
    /// and by the same collation.
    private func isProvenUnique(_ index: Index) -> Bool {
        let new = Set(index.parts.filter { $0.length == nil }.map(\.key))
        let names = Dictionary(
            alteration.clauses.compactMap { clause -> (String, Column)? in
                guard case .changeColumn(let from, let to, _) = clause else { return nil }
                return (from.name, to)
            }, uniquingKeysWith: { first, _ in first })
        return before.indexes.contains { old in
            guard old.kind == .primary || old.kind == .unique else { return false }
            // Rows that may not overlap may be equal at different times.
            guard old.withoutOverlaps == nil || old.withoutOverlaps == index.withoutOverlaps else {
                return false
            }
            return old.parts.allSatisfy { part in
                guard part.length == nil || index.parts.contains(part),
                    case .column(let name) = part.key
                else { return false }
                // A column that changes its type may map two values to one.
                if let changed = names[name] {
                    guard let column = before.columns.first(where: { $0.name == name }),
                        column.type == changed.type,
                        before.effectiveCharacterSet(of: column)
                            == after.effectiveCharacterSet(of: changed)
                    else { return false }
                }
                let isRequired = before.columns.contains { $0.name == name && $0.isNotNull }
                let newName = names[name]?.name ?? name
                return new.contains(.column(newName)) && (isRequired || index.kind == .unique)
            }
        }
    }

    private func dropped(_ index: Index) -> HazardFinding {
        if index.kind != .primary, after.indexes.contains(where: { $0.isNamesake(of: index) }) {
            return safe("replace-index", "index `\(index.name)` is built again")
        }
        return switch index.kind {
        case .primary where after.primaryKey == nil:
            HazardFinding(
                rule: "drop-primary-key", hazard: .irreversible,
                reason: "nothing tells rows apart any more, and nothing replaces the primary key",
                remedy: "define another primary key in the same change")
        case .primary:
            HazardFinding(
                rule: "replace-primary-key", hazard: .costly,
                reason: "the table is rebuilt in the order of the new primary key")
        case .unique:
            safe(
                "drop-unique", "index `\(index.name)` goes, and rows may repeat from then on",
                "putting it back fails once there are duplicates")
        case .plain, .fulltext, .spatial, .vector:
            safe(
                "drop-index", "index `\(index.name)` goes; queries that use it get slow",
                "make it ignored first and watch")
        }
    }

    private func names(of index: Index) -> String {
        index.parts.map { part in
            switch part.key {
            case .column(let name): "`\(name)`"
            case .expression(let text): "(\(text))"
            }
        }.joined(separator: ", ")
    }

    // MARK: Constraints

    private func constraint(_ clause: Clause) -> [HazardFinding] {
        switch clause {
        case .addForeignKey(let key):
            [
                HazardFinding(
                    rule: "add-foreign-key", hazard: .lossy,
                    reason: "rows without a parent in `\(key.referencedTable)` are refused",
                    remedy: "look for orphans first")
            ]
        case .addCheck(let check) where keeps(check):
            [safe("add-check", "check `\(check.name)` follows its column's new name")]
        case .addCheck(let check):
            [
                HazardFinding(
                    rule: "add-check", hazard: check.isEnforced ? .lossy : .safe,
                    reason: check.isEnforced
                        ? "rows that break CHECK (\(check.expression)) are refused"
                        : "check `\(check.name)` is added, not enforced",
                    remedy: check.isEnforced ? "look for such rows first" : "")
            ]
        case .setCheckEnforced(let name, true):
            [
                HazardFinding(
                    rule: "add-check", hazard: .lossy,
                    reason: "rows that break check `\(name)` are refused",
                    remedy: "look for such rows first")
            ]
        case .setCheckEnforced(let name, false):
            [safe("drop-check", "check `\(name)` is no longer enforced")]
        case .dropCheck(let check): [safe("drop-check", "check `\(check.name)` goes")]
        case .dropForeignKey(let key):
            [safe("drop-foreign-key", "foreign key `\(key.name)` goes")]
        default: []
        }
    }

    /// True where the statement only writes a check of the live table anew, for renamed columns.
    private func keeps(_ check: Check) -> Bool {
        var names: [String: String] = [:]
        for case .changeColumn(let from, let to, _) in alteration.clauses {
            names[from.name] = to.name
        }
        return before.checks.contains { old in
            old.name == check.name && (old.isEnforced || !check.isEnforced)
                && old.expression != check.expression
                && ExpressionText.renaming(columns: names, in: old.expression) == check.expression
        }
    }
}
