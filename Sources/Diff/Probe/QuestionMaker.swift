import Schema

/// Finds the question that tells whether rows stand in the way of one finding.
struct QuestionMaker {
    let rules: HazardRules
    let context: ProbeContext

    /// The table after the statement.
    var after: Table { rules.after }
    /// What the columns after the statement are in the live table.
    var columns: LiveColumns { rules.columns }

    /// A probe with its question or the reason for none; nil where the data decides nothing.
    func probe(for finding: HazardFinding, of clause: Clause) -> DataProbe? {
        do throws(NotAsked) {
            guard !columns.live.isSystemVersioned, !after.isSystemVersioned else {
                throw NotAsked("the table keeps the history of its rows, which is not asked")
            }
            return try question(for: finding, of: clause).map(DataProbe.init)
        } catch {
            return DataProbe(notAsked: error.reason)
        }
    }

    private func question(
        for finding: HazardFinding, of clause: Clause
    ) throws(NotAsked) -> DataQuestion? {
        switch clause {
        case .changeColumn where finding.rule == "add-unfilled-column":
            // They get an empty value, and are not refused.
            return question("rows", where: "TRUE").changing
        case .changeColumn(let from, let to, _): return try changed(from, to, finding.rule)
        case .addColumn(let column, _): return try added(column, finding.rule)
        case .addIndex(let index) where finding.rule == HazardRules.computedValues:
            let found = rules.computed(in: index)
            return try ComputedQuestion(after: after, columns: columns).question(
                found.columns, found.expressions, for: "index \(SQL.identifier(index.label))")
        case .addIndex(let index):
            let unique = UniqueQuestion(index: index, after: after, columns: columns)
            return try unique.groups().map { groups in
                UniqueQuestion.question("rows that are equal in \(index.words)", groups, in: table)
            }
        case .addForeignKey(let key): return try orphans(key)
        case .addCheck(let check): return try breaks([check.expression])
        case .setCheckEnforced(let name, _):
            guard let check = after.checks.first(where: { $0.name == name }) else { return nil }
            return try breaks([check.expression])
        case .addPeriod(let period): return try periods(period)
        case .partitionBy(let partitioning):
            return try PartitionQuestion(
                partitioning: partitioning, after: after, columns: columns
            ).question()
        case .renameTable, .dropColumn, .dropIndex, .renameIndex, .setIndexIgnored,
            .dropForeignKey, .dropCheck, .setDefaultCharacterSet, .setOption, .dropOption,
            .dropPeriod, .addSystemVersioning, .dropSystemVersioning, .removePartitioning,
            .addPartitions, .growPartitions, .coalescePartitions, .reorganizePartitions,
            .dropPartitions:
            return nil
        }
    }

    private var table: String { SQL.identifier(columns.live.name) }

    private func question(_ sought: String, where condition: String) -> DataQuestion {
        DataQuestion(sought: sought, rowsOf: table, where: condition)
    }

    // MARK: Columns

    private func changed(
        _ from: Column, _ column: Column, _ rule: String
    ) throws(NotAsked) -> DataQuestion? {
        if rule == HazardRules.computedValues { return try computed(column) }
        if rule == "add-check" {
            return try breaks(rules.before.checksToRead(from, as: column, in: after))
        }
        if rule == "change-expression" {
            throw NotAsked("what is computed from `\(column.name)` is not known before")
        }
        let old = try columns.source(of: column, in: after)
        let name = SQL.identifier(old.name)
        switch rule {
        case "forbid-null":
            let nulls = question("NULL in \(name)", where: "\(name) IS NULL")
            return context.flavour == .mariadb && column.isTimestamp ? nulls.changing : nulls
        case "add-auto-increment":
            return context.flavour == .mariadb
                ? question("NULL or 0 in \(name)", where: "\(name) IS NULL OR \(name) = 0").changing
                : question("NULL in \(name)", where: "\(name) IS NULL").changing
        case "narrow-type", "convert-type", "remove-members":
            try requireUnused(column, was: old)
            let found = try ValueTest(
                column: name, name: old.name, from: ColumnType(old.type),
                to: ColumnType(column.type), characterSet: after.effectiveCharacterSet(of: column),
                flavour: context.flavour
            ).found()
            let values = question(found.sought, where: found.condition)
            return found.isNeverRefused ? values.changing : values
        case "convert-character-set", "change-collation":
            return try TextQuestion(name: column.name, after: after, columns: columns).question()
        default: return nil
        }
    }

    private func added(_ column: Column, _ rule: String) throws(NotAsked) -> DataQuestion? {
        switch rule {
        case "add-required-column": return question("rows", where: "TRUE")
        case "add-check": return try breaks(column.check.map { [$0] } ?? [])
        case HazardRules.computedValues: return try computed(column)
        default: throw NotAsked("column `\(column.name)` is new")
        }
    }

    private func computed(_ column: Column) throws(NotAsked) -> DataQuestion? {
        try ComputedQuestion(after: after, columns: columns).question(
            [column], [], for: "column \(SQL.identifier(column.name))")
    }

    /// Where values become values of another kind, two of them may become equal, and expressions
    /// over them come out otherwise.
    private func requireUnused(_ column: Column, was old: Column) throws(NotAsked) {
        guard ColumnFamily(old.type) != ColumnFamily(column.type) else { return }
        let isKey = after.indexes.contains {
            ($0.kind == .unique || $0.kind == .primary) && $0.uses(column.name)
        }
        let expressions =
            after.checks.filter(\.isEnforced).map(\.expression)
            + after.columns.compactMap { $0.check ?? $0.generated?.expression }
        let isNamed = expressions.contains { ExpressionText.mentions(column.name, in: $0) }
        guard !isKey, !isNamed else {
            throw NotAsked(
                "`\(column.name)` becomes another kind of value and is part of a key or expression")
        }
    }

    // MARK: Constraints

    private func breaks(_ checks: [String]) throws(NotAsked) -> DataQuestion? {
        var conditions: [String] = []
        for check in checks {
            conditions.append("NOT (\(try columns.expression(check, of: after)))")
        }
        guard !conditions.isEmpty else { return nil }
        let texts = checks.map { "CHECK (\($0))" }.joined(separator: " or ")
        return question("rows that break \(texts)", where: conditions.joined(separator: " OR "))
    }

    private func periods(_ period: Period) throws(NotAsked) -> DataQuestion {
        var names: [String] = []
        for name in [period.start, period.end] {
            guard let column = after.columns.first(where: { $0.name.sameName(as: name) }) else {
                throw NotAsked("column `\(name)` is not known")
            }
            try columns.requireSame(column, in: after)
            names.append(SQL.identifier(try columns.source(of: column, in: after).name))
        }
        return question(
            "periods that end before they start",
            where: "\(names.joined(separator: " >= "))")
    }

    private func orphans(_ key: ForeignKey) throws(NotAsked) -> DataQuestion {
        guard context.checksForeignKeys else {
            throw NotAsked("foreign keys are not checked while tables of a cycle change")
        }
        let query = try OrphanQuestion(after: after, columns: columns, context: context).query(key)
        return DataQuestion(
            sought: "rows without a parent in `\(key.referencedTable)`", sql: query.sql,
            look: query.look)
    }
}

extension Index {
    /// Its columns, for people.
    fileprivate var words: String {
        parts.map { part in
            switch part.key {
            case .column(let name): SQL.identifier(name)
            case .expression(let text): "(\(text))"
            }
        }.joined(separator: ", ")
    }
}
