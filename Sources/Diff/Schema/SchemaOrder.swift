import Schema

/// Puts the changes of a schema into an order, and those that hold each other into groups.
struct SchemaOrder {
    /// The tables as they are, by their live names.
    let from: [String: Table]
    /// The same once their parents have their new names, by their own new names.
    let live: [String: Table]
    let desired: [String: Table]
    let renames: Renames
    /// By table the columns that keys of other tables refer to.
    let parentColumns: [String: Set<String>]
    let flavour: ServerProfile.Flavour

    /// Changes that cannot be made, all of them for the same reason.
    private struct Refused: Error {
        let error: DiffError
        let tables: Set<String>
    }

    /// The steps in order. Changes that no order allows are refused and left out until the rest has
    /// one.
    func difference(
        _ changes: [TableChange], refusals: [DiffError]
    ) -> SchemaDiff.Difference {
        var changes = changes
        var refusals = refusals
        var refused = Set(refusals.map(\.table))
        while true {
            do throws(Refused) {
                return SchemaDiff.Difference(
                    steps: try steps(changes, refused: refused), refusals: refusals)
            } catch {
                refusals.append(error.error)
                refused.formUnion(error.tables)
                let count = changes.count
                changes.removeAll { error.tables.contains($0.table) }
                // Every refusal names a change: without one there is nothing left to leave out.
                if changes.count == count { return SchemaDiff.Difference(refusals: refusals) }
            }
        }
    }

    private func steps(
        _ changes: [TableChange], refused: Set<String>
    ) throws(Refused) -> [SchemaStep] {
        let changed = Set(changes.compactMap { $0.from?.name })
        let untouched = live.values.filter { !changed.contains($0.name) }
            .sorted { $0.name < $1.name }
        var order = ForeignKeyOrder(changes: changes, untouched: untouched, flavour: flavour)
        let interrupted: [TableChange]
        do throws(DiffError) {
            interrupted = try order.interrupted(desired: desired, refused: refused)
        } catch {
            throw Refused(error: error, tables: Set([error.table, error.parent].compactMap { $0 }))
        }
        if !interrupted.isEmpty {
            let names = Set(interrupted.map(\.table))
            order = ForeignKeyOrder(
                changes: changes + interrupted,
                untouched: untouched.filter { !names.contains($0.name) }, flavour: flavour)
        }
        let sorted = order.sorted()
        var steps: [SchemaStep] = []
        for component in sorted.components {
            if component.isGroup {
                steps.append(.group(try group(component.changes, sorted)))
            } else {
                steps += component.changes.map(SchemaStep.single)
            }
        }
        return steps
    }

    private func group(
        _ members: [TableChange], _ sorted: ForeignKeyOrder.Sorted
    ) throws(Refused) -> TableGroup {
        let names = Set(members.flatMap { [$0.table, $0.from?.name ?? $0.table] })
        var maker = GroupMaker(
            members, start: members.map { start(of: $0, in: names) },
            context: GroupMaker.Context(
                renames: renames, flavour: flavour, parentColumns: parentColumns,
                held: sorted.held, unchecked: sorted.unchecked))
        do throws(DiffError) {
            return try maker.make()
        } catch {
            // None of them changes where one does not.
            throw Refused(error: error, tables: Set(members.map(\.table)))
        }
    }

    /// The table as the first statement of its group finds it: parents outside of the group have
    /// their new names already, those of the group do not.
    private func start(of member: TableChange, in names: Set<String>) -> Table? {
        guard let followed = member.from, var table = from[followed.name] else {
            return member.from
        }
        for (place, key) in table.foreignKeys.enumerated()
        where key.referencedSchema == nil && !names.contains(key.referencedTable) {
            table.foreignKeys[place] = followed.foreignKeys[place]
        }
        return table
    }
}
