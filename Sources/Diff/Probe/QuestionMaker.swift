import Schema

/// Finds the question that tells whether rows stand in the way of one finding.
struct QuestionMaker {
    let rules: StatementHazards
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
        guard let (asked, outcome) = finding.knownRule?.question,
            let question = try question(asked, of: clause)
        else { return nil }
        switch outcome {
        case .changed: return question.changing
        case .refused, .refusedOrChanged: return question
        }
    }

    private func question(
        _ asked: RowQuestion, of clause: Clause
    ) throws(NotAsked) -> DataQuestion? {
        switch asked {
        case .anyRow: return question("rows", where: "TRUE")
        case .nulls: return try nulls(try changed(clause))
        case .uncounted: return try uncounted(try changed(clause))
        case .unfitValues: return try unfitValues(try changed(clause))
        case .unfitText:
            return try TextQuestion(
                name: try changed(clause).name, after: after, columns: columns
            ).question()
        case .equalRows: return try equalRows(clause)
        case .brokenChecks: return try breaks(try checks(of: clause))
        case .orphans: return try orphans(clause)
        case .reversedPeriods: return try reversedPeriods(clause)
        case .unplacedRows:
            guard case .partitionBy(let partitioning) = clause else { return nil }
            return try PartitionQuestion(
                partitioning: partitioning, after: after, columns: columns
            ).question()
        case .failingValues: return try failingValues(clause)
        case .failingCopies: throw Self.unfit
        case .unknowable:
            throw NotAsked(
                "what is computed from `\(try changed(clause).name)` is not known before")
        }
    }

    private var table: String { SQL.identifier(columns.live.name) }

    private func question(_ sought: String, where condition: String) -> DataQuestion {
        DataQuestion(sought: sought, rowsOf: table, where: condition)
    }

    /// For a rule that no finding of such a clause has: nothing is known to ask.
    private static let unfit = NotAsked("no question is known for this clause")

    // MARK: Columns

    /// The new definition of the column that the clause changes.
    private func changed(_ clause: Clause) throws(NotAsked) -> Column {
        guard case .changeColumn(_, let column, _) = clause else { throw Self.unfit }
        return column
    }

    private func nulls(_ column: Column) throws(NotAsked) -> DataQuestion {
        let name = SQL.identifier(try columns.source(of: column, in: after).name)
        let nulls = question("NULL in \(name)", where: "\(name) IS NULL")
        return context.flavour == .mariadb && column.isTimestamp ? nulls.changing : nulls
    }

    private func uncounted(_ column: Column) throws(NotAsked) -> DataQuestion {
        let name = SQL.identifier(try columns.source(of: column, in: after).name)
        return context.flavour == .mariadb
            ? question("NULL or 0 in \(name)", where: "\(name) IS NULL OR \(name) = 0")
            : question("NULL in \(name)", where: "\(name) IS NULL")
    }

    private func unfitValues(_ column: Column) throws(NotAsked) -> DataQuestion {
        let old = try columns.source(of: column, in: after)
        try requireUnused(column, was: old)
        let found = try ValueTest(
            column: SQL.identifier(old.name), name: old.name, from: ColumnType(old.type),
            to: ColumnType(column.type), characterSet: after.effectiveCharacterSet(of: column),
            flavour: context.flavour
        ).found()
        let values = question(found.sought, where: found.condition)
        return found.isNeverRefused ? values.changing : values
    }

    private func failingValues(_ clause: Clause) throws(NotAsked) -> DataQuestion? {
        let question = ComputedQuestion(after: after, columns: columns)
        switch clause {
        case .addColumn(let column, _), .changeColumn(_, let column, _):
            return try question.question(
                [column], [], for: "column \(SQL.identifier(column.name))")
        case .addIndex(let index):
            let found = rules.computed(in: index)
            return try question.question(
                found.columns, found.expressions, for: "index \(SQL.identifier(index.label))")
        default: throw Self.unfit
        }
    }

    /// Throws where a column that gets another kind of type is part of a unique key or of an
    /// expression: two values may become equal, and results of the expression may change.
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

    /// The checks that rows may break, of the table after the statement.
    private func checks(of clause: Clause) throws(NotAsked) -> [String] {
        switch clause {
        case .addColumn(let column, _): return column.check.map { [$0] } ?? []
        case .changeColumn(let old, let new, _):
            return rules.before.checksToRead(old, as: new, in: after)
        case .addCheck(let check): return [check.expression]
        case .setCheckEnforced(let name, _):
            return after.checks.filter { $0.name == name }.map(\.expression)
        default: throw Self.unfit
        }
    }

    private func equalRows(_ clause: Clause) throws(NotAsked) -> DataQuestion? {
        guard case .addIndex(let index) = clause else { throw Self.unfit }
        let unique = UniqueQuestion(index: index, after: after, columns: columns)
        return try unique.groups().map { groups in
            UniqueQuestion.question("rows that are equal in \(index.words)", groups, in: table)
        }
    }

    private func reversedPeriods(_ clause: Clause) throws(NotAsked) -> DataQuestion {
        guard case .addPeriod(let period) = clause else { throw Self.unfit }
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

    private func orphans(_ clause: Clause) throws(NotAsked) -> DataQuestion {
        guard case .addForeignKey(let key) = clause else { throw Self.unfit }
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
