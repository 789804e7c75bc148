import Schema

/// What turns the tables of one shard into the desired ones.
package enum SchemaDiff {
    /// What leads from one schema to the other.
    package struct Difference {
        package var steps: [SchemaStep] = []
        /// One for each table that has to be left alone.
        package var refusals: [DiffError] = []

        /// The changes of all steps, one for each table.
        package var changes: [TableChange] { steps.flatMap(\.changes) }
    }

    /// The changes that can be given, in the order in which they can run, and a refusal for each
    /// table that has to be left alone.
    ///
    /// Tables of `from` that are not in `to` are dropped only where `droppable` names them, and
    /// left alone otherwise. Parents of foreign keys come before children; what is dropped comes
    /// last, children first, unless it holds on to what another change takes away. Tables of a
    /// cycle that are all made, or all dropped, are flagged
    /// ``TableChange/withoutForeignKeyChecks``.
    ///
    /// Throws only for hints of table renames that contradict what is live or desired.
    ///
    /// - Parameter rebuilt: tables that are copied out of the ``OldTemporals`` where nothing else
    ///   changes them, by their new names.
    package static func difference(
        from: [String: Table], to: [String: Table], renames: Renames = Renames(),
        droppable: Set<String> = [], rebuilt: Set<String> = [],
        flavour: ServerProfile.Flavour = .mariadb
    ) throws(DiffError) -> Difference {
        let due = try TableRename.due(renames.tables, from: from, to: to)
        var live: [String: Table] = [:]
        for (name, table) in from { live[due[name] ?? name] = table.following(due) }
        let parentColumns = parentColumns(in: live.values)
        live = followingColumns(renames.columns, live: live, desired: to)
        var changes: [TableChange] = []
        var refusals: [DiffError] = []
        for (name, desired) in to.sorted(by: { $0.key < $1.key }) {
            guard let present = live[name] else {
                changes.append(TableChange(kind: .create, table: name, to: desired))
                continue
            }
            do throws(DiffError) {
                let alterations = try TableDiff.changes(
                    from: present, to: desired, renames: renames.columns,
                    indexRenames: renames.indexes, parentColumns: parentColumns[name] ?? [],
                    flavour: flavour)
                guard !alterations.isEmpty else { continue }
                changes.append(
                    TableChange(
                        kind: .alter, table: name, from: present, to: desired,
                        alterations: alterations))
            } catch {
                refusals.append(error)
            }
        }
        let drops = from.filter { name, _ in
            droppable.contains(name) && to[name] == nil && due[name] == nil
        }
        for name in drops.keys.sorted() {
            changes.append(TableChange(kind: .drop, table: name, from: from[name]))
        }
        let ordering = SchemaOrder(
            from: from, live: live, desired: to, renames: renames, parentColumns: parentColumns,
            flavour: flavour)
        var difference = ordering.difference(changes, refusals: refusals)
        let untouched = rebuilt.subtracting(difference.changes.map(\.table))
            .subtracting(difference.refusals.map(\.table))
        for name in untouched.sorted() {
            guard let present = live[name], let desired = to[name] else { continue }
            do throws(DiffError) {
                let rebuild = try TableChange.rebuild(
                    present, to: desired, parentColumns: parentColumns[name] ?? [])
                if let rebuild { difference.steps.append(.single(rebuild)) }
            } catch {
                difference.refusals.append(error)
            }
        }
        return difference
    }

    /// By table the columns that foreign keys of other tables refer to.
    private static func parentColumns(in tables: some Collection<Table>) -> [String: Set<String>] {
        var result: [String: Set<String>] = [:]
        for table in tables {
            for key in table.foreignKeys
            where key.referencedSchema == nil && key.referencedTable != table.name {
                result[key.referencedTable, default: []].formUnion(key.referencedColumns)
            }
        }
        return result
    }
}
