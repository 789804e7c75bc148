import Schema

/// What happens to one table of a shard.
package struct TableChange: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, Codable {
        case create, alter, drop
    }

    package var kind: Kind
    /// The table's name in the desired schema; for a drop, its live name.
    package var table: String
    /// The live table; nil for one that is made.
    package var from: Table?
    /// The desired table; nil for one that is dropped.
    package var to: Table?
    /// The statements of an `alter`; the first one renames the table where a hint is due.
    package var alterations: [Alteration]
    /// The name that the table has before an `alter` that renames it; nil for every other change.
    package var renamedFrom: String? {
        guard kind == .alter, let from, from.name != table else { return nil }
        return from.name
    }

    /// True where no order of the statements satisfies the foreign keys on the way: the session
    /// sets `foreign_key_checks=0` for this change.
    package var withoutForeignKeyChecks: Bool

    package init(
        kind: Kind, table: String, from: Table? = nil, to: Table? = nil,
        alterations: [Alteration] = [], withoutForeignKeyChecks: Bool = false
    ) {
        self.kind = kind
        self.table = table
        self.from = from
        self.to = to
        self.alterations = alterations
        self.withoutForeignKeyChecks = withoutForeignKeyChecks
    }
}

extension TableChange {
    /// True where the live `key` refers to this table by names that it gets only by this change.
    func givesNames(to key: ForeignKey) -> Bool {
        guard kind == .alter, key.referencedSchema == nil, key.referencedTable == table else {
            return false
        }
        let columns = Set(from?.columns.map(\.name) ?? [])
        return renamedFrom != nil || key.referencedColumns.contains { !columns.contains($0) }
    }

    /// True where the live `key` refers to this table by names that this change takes away.
    func takesNames(of key: ForeignKey) -> Bool {
        guard kind == .alter, key.referencedSchema == nil, let from,
            key.referencedTable == from.name
        else { return false }
        let isRenamed = alterations.flatMap(\.clauses).contains { clause in
            guard case .changeColumn(let old, let new, _) = clause else { return false }
            return old.name != new.name && key.referencedColumns.contains(old.name)
        }
        return renamedFrom != nil || isRenamed
    }
}
