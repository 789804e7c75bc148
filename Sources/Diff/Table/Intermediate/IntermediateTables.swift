import Schema

/// The tables that a change passes through where one `ALTER TABLE` cannot do it all.
///
/// - A foreign key that gets another definition under its name, or whose columns get another
///   type, is dropped first and added with the rest; one that goes because the table gets
///   partitions or another engine, or with the index of the table that it ends at, is too.
/// - A column that becomes virtual or ceases to be is dropped first, with what depends on it; a
///   default that depends on it is removed for that time. So is a column whose type MariaDB does
///   not cast (error 4078).
/// - System versioning goes before another engine comes (error 4120): see ``VersioningChange``.
/// - Options that another engine does not know go before it comes: see ``EngineChange``.
/// - InnoDB builds one FULLTEXT index at a time.
/// - The index that a table is clustered on changes its place: see ``ClusteredIndexOrder``.
/// - A foreign key from a table to itself comes last where its parent columns change with it.
/// - MySQL refuses a new column whose default each replica would compute otherwise (error 1674):
///   the column comes first, its default later.
/// - A partition clause stands alone.
struct IntermediateTables {
    let from: Table
    let to: Table
    /// Names in `from` to names in `to`.
    let renames: [String: String]
    let flavour: ServerProfile.Flavour

    // MARK: Before

    /// True where partitioning is removed before anything else: where it is not wanted any more, or
    /// where keys or columns that it needs change or are dropped meanwhile.
    var removesPartitioningFirst: Bool {
        guard let old = from.partitioning else { return false }
        guard let new = to.partitioning else { return true }
        if versioning.isMadeAnew, old.isBySystemTime { return true }
        if columnsToDrop().contains(where: { old.uses($0, flavour: flavour) }) { return true }
        guard old.method != new.method else { return false }
        if retypedColumns().contains(where: { old.uses($0, flavour: flavour) }) { return true }
        let unique = { (table: Table) in
            table.indexes.filter { $0.kind == .primary || $0.kind == .unique }.map(\.parts)
        }
        return unique(from) != unique(to) || from.columns.map(\.name) != to.columns.map(\.name)
    }

    /// `from` without what must be gone before the rest can be done.
    var cleared: Table {
        var table = from
        let columns = columnsToDrop()
        table.columns.removeAll { columns.contains($0.name) }
        table.indexes.removeAll { index in
            columns.contains { index.uses($0) }
        }
        table.checks.removeAll { check in
            columns.contains { ExpressionText.mentions($0, in: check.expression) }
        }
        table.takeDefaults(naming: columns)
        let retyped = retypedColumns()
        let renamedFrom = from.renamingColumns(renames)
        let addsKeys = to.foreignKeys.contains { !renamedFrom.foreignKeys.contains($0) }
        let counted = addsKeys ? columnsThatCountOtherwise() : []
        for (key, renamed) in zip(from.foreignKeys, renamedFrom.foreignKeys) {
            // Within one statement the old name is still taken, regardless of letter case (error
            // 121).
            let other = to.foreignKeys.first { $0.name.sameName(as: key.name) }
            let isRedefined = other != nil && other != renamed
            let isLeft =
                other == nil
                && (from.takesForeignKeys && !to.takesForeignKeys || losesOwnIndex(key))
            let isTouched = key.columns.contains { columns.contains($0) || retyped.contains($0) }
            let isOwnParentTouched =
                key.referencedSchema == nil && key.referencedTable == from.name
                && key.referencedColumns.contains { retyped.contains($0) || counted.contains($0) }
            if isRedefined || isLeft || isTouched || isOwnParentTouched {
                table.foreignKeys.removeAll { $0.name == key.name }
            }
        }
        versioning.clear(&table)
        EngineChange(from: from, to: to).clear(&table)
        ClusteredIndexOrder(to: to).clear(&table)
        return table
    }

    private var versioning: VersioningChange { VersioningChange(from: from, to: to) }

    /// True where the index goes that a foreign key to the table itself refers to: servers check
    /// the key against the table as it was (error 1553).
    private func losesOwnIndex(_ key: ForeignKey) -> Bool {
        guard key.referencedSchema == nil, key.referencedTable == from.name else { return false }
        let columns = key.referencedColumns.map { renames[$0] ?? $0 }
        return !to.indexes.contains { $0.begins(with: columns) }
    }

    private func pair(of column: Column) -> Column? {
        let name = renames[column.name] ?? column.name
        return to.columns.first { $0.name.sameName(as: name) }
    }

    /// Columns that a server can only drop and add, and what is computed from them.
    private func columnsToDrop() -> Set<String> {
        var result: Set<String> = []
        var lost: Set<String> = []
        for column in from.columns {
            guard let other = pair(of: column) else { continue }
            let isVirtual = column.generated?.kind == .virtual
            let isCast =
                flavour != .mariadb || ColumnType(column.type).isCast(to: ColumnType(other.type))
            if !isCast { lost.insert(column.name) }
            if isVirtual != (other.generated?.kind == .virtual) || !isCast {
                result.insert(column.name)
            }
        }
        var isGrowing = !result.isEmpty
        while isGrowing {
            let before = result.count
            for column in from.columns where isComputed(column) {
                let expression = column.generated?.expression ?? ""
                let isKept = column.generated?.kind == .stored && pair(of: column) != nil
                let dropped = result.first {
                    ExpressionText.mentions($0, in: expression)
                        && (!isKept || comesBack($0) || lost.contains($0))
                }
                if dropped != nil { result.insert(column.name) }
            }
            isGrowing = result.count > before
        }
        return result
    }

    /// True for a generated column that is generated afterwards as well, or is not wanted any more:
    /// nothing is lost when it is dropped.
    private func isComputed(_ column: Column) -> Bool {
        guard column.generated != nil else { return false }
        return pair(of: column).map { $0.generated != nil } ?? true
    }

    /// True where a dropped column gets its values back, so that a stored column can be computed
    /// from it.
    private func comesBack(_ name: String) -> Bool {
        from.columns.first { $0.name == name }.map(isComputed) ?? false
    }

    /// Columns that get or lose `AUTO_INCREMENT`. With `foreign_key_checks` MySQL refuses that
    /// under a foreign key (error 1833), and a statement that adds a key needs these checks.
    private func columnsThatCountOtherwise() -> Set<String> {
        guard flavour == .mysql else { return [] }
        return Set(
            from.columns.filter { column in
                pair(of: column).map { $0.isAutoIncrement != column.isAutoIncrement } ?? false
            }.map(\.name))
    }

    /// Columns whose storage changes, which servers refuse under a foreign key.
    private func retypedColumns() -> Set<String> {
        var result: Set<String> = []
        for column in from.columns {
            guard let other = pair(of: column) else { continue }
            let isRetyped =
                column.type != other.type || column.generated != other.generated
                || from.effectiveCharacterSet(of: column) != to.effectiveCharacterSet(of: other)
            if isRetyped { result.insert(column.name) }
        }
        return result
    }

    // MARK: After

    /// The tables after each statement that follows ``cleared``; the last one is `to` but for its
    /// partitioning.
    var targets: [Table] {
        var main = to
        main.partitioning = from.renamingColumns(renames).partitioning
        let kept = from.renamingColumns(renames).indexes.filter { $0.kind == .fulltext }
        let new = to.indexes.filter { index in
            index.kind == .fulltext && !kept.contains { $0.parts == index.parts }
        }
        let late = lateForeignKeys()
        var before = main
        before.foreignKeys.removeAll { late.contains($0) }
        var result: [Table] = []
        for count in 1..<max(new.count, 1) {
            var target = before
            target.indexes.removeAll { new[count...].contains($0) }
            result.append(target)
        }
        if !late.isEmpty { result.append(before) }
        if let first = versioning.first(before: main) { result.append(first) }
        if let first = EngineChange(from: from, to: to).first(before: main) { result.append(first) }
        result.append(main)
        return withLateDefaults(result)
    }

    /// `targets`, preceded by the first of them without the defaults that new columns get later.
    private func withLateDefaults(_ targets: [Table]) -> [Table] {
        guard flavour == .mysql, var first = targets.first else { return targets }
        for (place, column) in first.columns.enumerated() where isNew(column) {
            guard let text = column.defaultValue,
                ExpressionText.calls(Self.unsafeFunctions, in: text)
            else { continue }
            first.columns[place].defaultValue = column.isNotNull ? nil : "NULL"
        }
        return first == targets.first ? targets : [first] + targets
    }

    private func isNew(_ column: Column) -> Bool {
        !from.columns.contains { (renames[$0.name] ?? $0.name).sameName(as: column.name) }
    }

    /// Functions in a new column's default that MySQL refuses while it writes a binary log,
    /// whatever its format is (error 1674), as `SHOW CREATE TABLE` writes them.
    private static let unsafeFunctions: Set<String> = [
        "current_user", "rand", "random_bytes", "session_user", "sysdate", "system_user", "user",
        "uuid", "uuid_short",
    ]

    /// New foreign keys to the table itself whose parent columns, or the index on them, come with
    /// the same change: MariaDB looks for both in the table as it was (errno 150). MySQL looks for
    /// the parents of the new rows in the old ones, and finds none in another encoding (error
    /// 1452).
    private func lateForeignKeys() -> [ForeignKey] {
        let rewritten = flavour == .mysql ? rewrittenColumns() : []
        return to.foreignKeys.filter { key in
            guard key.referencedSchema == nil, key.referencedTable == to.name,
                !from.foreignKeys.contains(where: { $0.name == key.name })
            else { return false }
            switch flavour {
            case .mariadb: return !isThere(key.referencedColumns)
            case .mysql:
                return (key.columns + key.referencedColumns).contains { rewritten.contains($0) }
            }
        }
    }

    /// Columns, by their new names, whose values are converted and not only stored in another size.
    private func rewrittenColumns() -> Set<String> {
        Set(
            from.columns.compactMap { column in
                guard let other = pair(of: column) else { return nil }
                let isSame =
                    ColumnFamily(column.type) == ColumnFamily(other.type)
                    && from.effectiveCharacterSet(of: column) == to.effectiveCharacterSet(of: other)
                return isSame ? nil : other.name
            })
    }

    private func isThere(_ columns: [String]) -> Bool {
        guard from.takesForeignKeys else { return false }
        let retyped = retypedColumns()
        return columns.allSatisfy { name in
            from.columns.contains { $0.name.sameName(as: name) } && !retyped.contains(name)
        }
            && from.indexes.contains { $0.begins(with: columns) }
    }
}

extension Partitioning {
    /// True where a column decides in which partition a row lies. MySQL prints its name there
    /// without backticks.
    fileprivate func uses(_ column: String, flavour: ServerProfile.Flavour) -> Bool {
        let text = method + " " + (subpartitioning ?? "")
        if ExpressionText.mentions(column, in: text) { return true }
        return flavour == .mysql && ExpressionText.mentionsBare(column, in: text)
    }
}
