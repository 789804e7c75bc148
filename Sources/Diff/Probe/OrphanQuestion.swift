import Schema

/// Rows that a foreign key would refuse, asked of the tables as they are live.
struct OrphanQuestion {
    /// The child after the statement.
    let after: Table
    /// What the child's columns after the statement are in the live table.
    let columns: LiveColumns
    let context: ProbeContext

    func query(_ key: ForeignKey) throws(NotAsked) -> OrphanQuery {
        if let live = liveKey(key) { return try query(key, asLive: live) }
        var pairs: [(child: String, parent: String)] = []
        for (name, referenced) in zip(key.columns, key.referencedColumns) {
            let column = try self.column(name, of: after)
            try columns.requireSame(column, in: after)
            let child = try columns.source(of: column, in: after)
            pairs.append((child.name, try parentColumn(referenced, of: key)))
        }
        let own = isOwn(key) ? columns.live.name : key.referencedTable
        return OrphanQuery(
            table: SQL.identifier(columns.live.name), parent: parent(own, of: key),
            pairs: pairs.map {
                ("child.\(SQL.identifier($0.child))", "parent.\(SQL.identifier($0.parent))")
            })
    }

    private func parent(_ name: String, of key: ForeignKey) -> String {
        let name = SQL.identifier(name)
        return key.referencedSchema.map { "\(SQL.identifier($0)).\(name)" } ?? name
    }

    private func column(_ name: String, of table: Table) throws(NotAsked) -> Column {
        guard let column = table.columns.first(where: { $0.name.sameName(as: name) }) else {
            throw NotAsked("column `\(name)` is not known")
        }
        return column
    }

    private func isOwn(_ key: ForeignKey) -> Bool {
        key.referencedSchema == nil && key.referencedTable == after.name
    }

    /// The live name of a column of the parent, which must be there as git wants it.
    private func parentColumn(_ name: String, of key: ForeignKey) throws(NotAsked) -> String {
        if isOwn(key) {
            let column = try self.column(name, of: after)
            try columns.requireSame(column, in: after)
            return try columns.source(of: column, in: after).name
        }
        // Another database is no part of the plan: it is asked as it is.
        guard key.referencedSchema == nil else { return name }
        guard let live = context.live[key.referencedTable] else {
            throw NotAsked("its parent `\(key.referencedTable)` is not live, or not known")
        }
        let desired = context.desired[key.referencedTable] ?? live
        let isSame = live.columns.contains { old in
            desired.columns.contains { new in
                old.name.sameName(as: name) && new.name.sameName(as: name)
                    && ColumnFamily(old.type) == ColumnFamily(new.type)
                    && live.effectiveCharacterSet(of: old) == desired.effectiveCharacterSet(of: new)
                    && old.generated?.expression == new.generated?.expression
            }
        }
        guard isSame else {
            throw NotAsked(
                "its parent `\(key.referencedTable)` gets another column `\(name)` in this plan")
        }
        return name
    }

    // MARK: A key that is live, goes and comes back

    /// The live key that comes back as `key`: between the same columns of the same two tables,
    /// whatever their names and types become.
    private func liveKey(_ key: ForeignKey) -> ForeignKey? {
        columns.live.foreignKeys.first { live in
            guard live.name == key.name, live.referencedSchema == nil,
                key.referencedSchema == nil, live.columns.count == key.columns.count,
                liveName(of: key.referencedTable) == live.referencedTable
            else { return false }
            let isSameChild = zip(live.columns, key.columns).allSatisfy { old, new in
                columns.origin(of: new)?.name.sameName(as: old) ?? false
            }
            return isSameChild
                && zip(live.referencedColumns, key.referencedColumns).allSatisfy { old, new in
                    liveName(of: new, in: key.referencedTable).sameName(as: old)
                }
        }
    }

    private func liveName(of table: String) -> String {
        if table == after.name { return columns.live.name }
        return context.renames.tables.first { $0.to == table && context.live[$0.from] != nil }?.from
            ?? table
    }

    /// The live name of a column of the parent, by the hints.
    private func liveName(of column: String, in table: String) -> String {
        let live = context.live[liveName(of: table)]
        return context.renames.columns.first { hint in
            hint.table == table && hint.to.sameName(as: column)
                && live?.columns.contains { $0.name.sameName(as: hint.from) } == true
        }?.from ?? column
    }

    /// Equal values stay equal where both columns of a pair become the same: text is compared as
    /// it will be.
    private func query(
        _ key: ForeignKey, asLive live: ForeignKey
    ) throws(NotAsked) -> OrphanQuery {
        guard let parent = context.live[live.referencedTable],
            let wanted = context.desired[key.referencedTable]
        else { throw NotAsked("its parent `\(key.referencedTable)` is not known") }
        var pairs: [(child: String, parent: String)] = []
        for place in key.columns.indices {
            let child = try column(key.columns[place], of: after)
            let above = try column(live.referencedColumns[place], of: parent)
            let next = try column(key.referencedColumns[place], of: wanted)
            let other = NotAsked("`\(child.name)` and its parent become different kinds")
            if child.type != next.type,
                let own = memberNumber(
                    "child", try columns.source(of: child, in: after), as: child),
                let its = memberNumber("parent", above, as: next)
            {
                pairs.append((own, its))
                continue
            }
            guard ColumnFamily(child.type) == ColumnFamily(next.type) else { throw other }
            if child.generated != nil || next.generated != nil {
                pairs.append(
                    (try childValue(child), try parentValue(next, was: above, of: parent, wanted)))
                continue
            }
            let old = try columns.source(of: child, in: after)
            guard ColumnFamily(old.type) == ColumnFamily(above.type) else { throw other }
            pairs.append(
                (
                    compared("child", old, of: columns.live, as: child, of: after),
                    compared("parent", above, of: parent, as: next, of: wanted)
                ))
        }
        return OrphanQuery(
            table: SQL.identifier(columns.live.name),
            parent: SQL.identifier(live.referencedTable), pairs: pairs)
    }

    /// What a column of the child will hold, over its live columns.
    private func childValue(_ column: Column) throws(NotAsked) -> String {
        var columns = columns
        columns.alias = "child"
        return try NewValue(columns: columns, table: after).sql(of: column)
    }

    /// The same for the column of the parent that was `old`.
    private func parentValue(
        _ column: Column, was old: Column, of live: Table, _ wanted: Table
    ) throws(NotAsked) -> String {
        guard old.name.sameName(as: column.name),
            !context.renames.columns.contains(where: { $0.table == wanted.name })
        else { throw NotAsked("columns of its parent `\(wanted.name)` get other names") }
        var columns = LiveColumns(live: live)
        columns.alias = "parent"
        return try NewValue(columns: columns, table: wanted).sql(of: column)
    }

    /// The number that a live ENUM value has among the members of `new`, by which InnoDB compares
    /// keys; nil where one of the two is no ENUM.
    private func memberNumber(_ alias: String, _ old: Column, as new: Column) -> String? {
        let type = ColumnType(new.type)
        guard type.name == "enum", ColumnType(old.type).name == "enum" else { return nil }
        let members = type.arguments.joined(separator: ", ")
        return "NULLIF(FIELD(\(alias).\(SQL.identifier(old.name)), \(members)), 0)"
    }

    /// A live column as it compares once it is `new`.
    private func compared(
        _ alias: String, _ old: Column, of live: Table, as new: Column, of table: Table
    ) -> String {
        let name = "\(alias).\(SQL.identifier(old.name))"
        guard ColumnFamily(old.type) == .text, ColumnFamily(new.type) == .text,
            let set = table.effectiveCharacterSet(of: new),
            set != live.effectiveCharacterSet(of: old)
        else { return name }
        let converted = "CONVERT(\(name) USING \(set.name))"
        return set.collation.map { "\(converted) COLLATE \($0)" } ?? converted
    }
}
