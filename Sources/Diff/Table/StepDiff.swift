import Schema

/// The clauses that lead from one table to another in a single `ALTER TABLE`.
///
/// Both tables have the same name. Partitioning is not part of it.
struct StepDiff {
    private let from: Table
    /// `from` with the columns that are renamed already under their new names.
    private let renamed: Table
    private let to: Table

    /// Foreign keys that the table had before the first statement, dropped since or not.
    private let formerKeys: [ForeignKey]
    private let rewritten: RewrittenExpressions
    private let indexRenames: [String: String]

    /// `renames` and `indexRenames` map names in `from` to names in `to`.
    init(
        from: Table, to: Table, renames: [String: String], indexRenames: [String: String] = [:],
        formerKeys: [ForeignKey], flavour: ServerProfile.Flavour
    ) {
        self.indexRenames = indexRenames
        self.from = from
        self.to = to
        self.formerKeys = formerKeys
        renamed = from.renamingColumns(
            ColumnRename.pairedNames(from: from, to: to, renames: renames))
        rewritten = RewrittenExpressions(
            of: from, renaming: renames, dropping: Self.dropped(from, as: renamed, to: to),
            flavour: flavour)
    }

    /// The columns of `from` that `to` does not have, neither under another name.
    private static func dropped(_ from: Table, as renamed: Table, to: Table) -> [Column] {
        let wanted = Set(to.columns.map(\.name))
        return zip(from.columns, renamed.columns).filter { !wanted.contains($0.1.name) }.map(\.0)
    }

    var alteration: Alteration {
        let columns = columnClauses()
        let indexes = indexClauses()
        let keys = foreignKeyClauses()
        let checks = checkClauses()
        let versioning = versioningClauses()
        return Alteration(
            clauses: keys.drops + checks.drops + indexes.drops + versioning.drops + columns
                + versioning.adds + indexes.adds + checks.adds + keys.adds + optionClauses())
    }

    // MARK: Columns

    private func columnClauses() -> [Clause] {
        var places: [String: Int] = [:]
        for (place, column) in renamed.columns.enumerated() { places[column.name] = place }
        let kept = to.columns.filter { places[$0.name] != nil }
        let run = ColumnOrder.longestRisingRun(kept.compactMap { places[$0.name] })
        let fixed = Set(run.map { kept[$0].name })

        var clauses: [Clause] = Self.dropped(from, as: renamed, to: to).map { .dropColumn($0) }
        // The columns that are in place while the server inserts the others, from left to right.
        var order = kept.map(\.name).filter { fixed.contains($0) }
        var previous: String?
        for column in to.columns {
            defer { previous = column.name }
            let place = places[column.name]
            if let place, fixed.contains(column.name) {
                if isChanged(place, to: column) {
                    clauses.append(
                        .changeColumn(from: from.columns[place], to: column, position: nil))
                }
                continue
            }
            let position: ColumnPosition = previous.map { .after($0) } ?? .first
            let isLast = previous == order.last
            let insertion = previous.flatMap { order.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
            order.insert(column.name, at: insertion)
            if let place {
                clauses.append(
                    .changeColumn(from: from.columns[place], to: column, position: position))
            } else {
                clauses.append(.addColumn(column, position: isLast ? nil : position))
            }
        }
        return clauses
    }

    private func isChanged(_ place: Int, to column: Column) -> Bool {
        if from.columns[place].name != column.name { return true }
        if rewritten.contains(from.columns[place]) { return true }
        return renamed.hasOtherDefinition(of: renamed.columns[place], than: column, in: to)
    }

    // MARK: Indexes

    private func indexClauses() -> (drops: [Clause], adds: [Clause]) {
        var drops: [Clause] = []
        var adds: [Clause] = []
        var renames: [Clause] = []
        var visibility: [Clause] = []
        var gone: [Index] = []
        for index in renamed.indexes {
            guard let other = to.indexes.first(where: { $0.isNamesake(of: index) }) else {
                gone.append(index)
                continue
            }
            if isSame(index, other) {
                let isReplaced =
                    rewritten.contains(original(of: index))
                    || index.name == other.name && mayBeReplacedByForeignKey(index)
                if isReplaced {
                    drops.append(.dropIndex(original(of: index)))
                    adds.append(.addIndex(other))
                } else if index.name != other.name || mayGiveWay(index) {
                    renames.append(.renameIndex(from: index.name, to: other.name))
                }
                continue
            }
            var shown = index
            shown.isIgnored = other.isIgnored
            if index.name == other.name, isSame(shown, other) {
                visibility.append(.setIndexIgnored(name: index.name, other.isIgnored))
            } else {
                drops.append(.dropIndex(original(of: index)))
                adds.append(.addIndex(other))
            }
        }
        for index in to.indexes
        where !renamed.indexes.contains(where: { $0.isNamesake(of: index) }) {
            if index.kind != .primary, let place = former(of: index, among: gone) {
                renames.append(.renameIndex(from: gone.remove(at: place).name, to: index.name))
            } else {
                adds.append(.addIndex(index))
            }
        }
        drops += gone.map { .dropIndex(original(of: $0)) }
        return (drops, renames + adds + visibility)
    }

    /// The place of the index that `index` is under another name: the one that a hint names, or
    /// the first without a hint that is alike.
    private func former(of index: Index, among gone: [Index]) -> Int? {
        if let hinted = gone.firstIndex(where: { indexRenames[$0.name] == index.name }),
            isRenamed(gone[hinted], to: index)
        {
            return hinted
        }
        return gone.firstIndex { indexRenames[$0.name] == nil && isRenamed($0, to: index) }
    }

    private func isRenamed(_ old: Index, to new: Index) -> Bool {
        old.kind != .primary && isSame(old, new) && !rewritten.contains(original(of: old))
    }

    /// True for an index that the server may have made for a foreign key that goes: the text does
    /// not tell. It replaces such an index by one named after a new key on the same columns,
    /// unless the statement adds the index itself; dropping and adding it alike rebuilds nothing.
    private func mayBeReplacedByForeignKey(_ index: Index) -> Bool {
        guard index.kind == .plain, index.options.isEmpty else { return false }
        let covers = { (key: ForeignKey) in
            index.parts == key.columns.map { Index.Part(key: .column($0)) }
        }
        return formerKeys.contains(where: covers)
            && to.foreignKeys.contains { key in
                covers(key) && key.name != index.name && !renamed.foreignKeys.contains(key)
            }
    }

    /// True for an index that the server may have made for a foreign key, now or earlier, and drops
    /// unasked once the statement adds an index that begins with its columns, or a foreign key on
    /// them. Renamed to its own name it becomes an index of the table and stays.
    private func mayGiveWay(_ index: Index) -> Bool {
        guard index.kind == .plain, index.options.isEmpty else { return false }
        let covers = { (key: ForeignKey) in
            index.parts == key.columns.map { Index.Part(key: .column($0)) }
        }
        // An index that takes over the name is placed behind the other indexes.
        let isAlone = to.indexes.allSatisfy { $0.kind != .plain || $0.isNamesake(of: index) }
        let isReplaced = to.foreignKeys.contains { key in
            covers(key) && !(isAlone && key.name == index.name)
                && !renamed.foreignKeys.contains(key)
        }
        if isReplaced { return true }
        guard formerKeys.contains(where: covers) || renamed.foreignKeys.contains(where: covers)
        else { return false }
        return to.indexes.contains { other in
            let isAsBefore = renamed.indexes.contains {
                $0.isNamesake(of: other) && isSame($0, other)
            }
            return !isAsBefore && other.parts.starts(with: index.parts)
        }
    }

    /// The index as `from` has it, before columns were renamed.
    private func original(of index: Index) -> Index {
        zip(from.indexes, renamed.indexes).first { $0.1 == index }?.0 ?? index
    }

    /// True where nothing but the name differs, and hints that the wanted engine does not heed.
    private func isSame(_ left: Index, _ right: Index) -> Bool {
        var left = to.canonical(index: left)
        left.name = right.name
        return left == to.canonical(index: right)
    }

    // MARK: Constraints

    private func foreignKeyClauses() -> (drops: [Clause], adds: [Clause]) {
        let old = Set(renamed.foreignKeys)
        let new = Set(to.foreignKeys)
        return (
            zip(from.foreignKeys, renamed.foreignKeys).filter { !new.contains($0.1) }
                .map { .dropForeignKey($0.0) },
            to.foreignKeys.filter { !old.contains($0) }.map { .addForeignKey($0) }
        )
    }

    private func checkClauses() -> (drops: [Clause], adds: [Clause]) {
        var drops: [Clause] = []
        var adds: [Clause] = []
        for (original, check) in zip(from.checks, renamed.checks) {
            guard let other = to.checks.first(where: { $0.name == check.name }) else {
                drops.append(.dropCheck(check))
                continue
            }
            if check.expression != other.expression || rewritten.contains(original) {
                drops.append(.dropCheck(check))
                adds.append(.addCheck(other))
            } else if check.isEnforced != other.isEnforced {
                adds.append(.setCheckEnforced(name: check.name, other.isEnforced))
            }
        }
        for check in to.checks where !renamed.checks.contains(where: { $0.name == check.name }) {
            adds.append(.addCheck(check))
        }
        return (drops, adds)
    }

    private func versioningClauses() -> (drops: [Clause], adds: [Clause]) {
        var drops: [Clause] = []
        var adds: [Clause] = []
        if renamed.isSystemVersioned, !to.isSystemVersioned { drops.append(.dropSystemVersioning) }
        drops += zip(from.periods, renamed.periods).filter { !to.periods.contains($0.1) }
            .map { .dropPeriod($0.0) }
        adds += to.periods.filter { !renamed.periods.contains($0) }.map { .addPeriod($0) }
        if !renamed.isSystemVersioned, to.isSystemVersioned { adds.append(.addSystemVersioning) }
        return (drops, adds)
    }

    // MARK: Options

    /// An option that no statement changes is left out here, and found by the check at the end.
    private func optionClauses() -> [Clause] {
        var clauses: [Clause] = []
        let isTextKey = { (key: String) in key == "DEFAULT CHARSET" || key == "COLLATE" }
        if renamed.defaultCharacterSet != to.defaultCharacterSet {
            let wanted = to.defaultCharacterSet
            clauses.append(.setDefaultCharacterSet(wanted.name, collation: wanted.collation))
        }
        for option in to.options where !isTextKey(option.key) {
            if renamed.option(option.key) != option.value { clauses.append(.setOption(option)) }
        }
        for option in renamed.options where !isTextKey(option.key) {
            if to.option(option.key) == nil { clauses.append(.dropOption(option)) }
        }
        return clauses.filter { !OptionDefault.isFixed($0) }
    }
}
