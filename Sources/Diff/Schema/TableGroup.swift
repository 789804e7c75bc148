import Schema

/// Changes of several tables that hold each other by foreign keys: made in one step, statement by
/// statement, or not at all.
///
/// Before a table changes, the keys that stand in its way are dropped; each that is wanted comes
/// back with the change of its own table, or as soon as its parents are complete. Tables are
/// dropped last.
package struct TableGroup: Hashable, Sendable {
    /// The whole change of each table, by name: `from` is the table as the first statement finds
    /// it, and the alterations are all of its own, in order. A table whose only change is a key
    /// that is dropped and added again is one of them.
    package var members: [TableChange]
    package var statements: [Statement]

    /// One statement of the group.
    package struct Statement: Hashable, Sendable {
        package enum Content: Hashable, Sendable {
            /// Makes the table as it is here: keys whose parents come later are not in it.
            case create(Table)
            case alter(Alteration)
            case drop
        }

        /// Whose statement it is, as a place in ``TableGroup/members``.
        package var member: Int
        /// The table's name before the statement.
        package var table: String
        package var content: Content
        package var checksForeignKeys: Bool

        package func sql(flavour: ServerProfile.Flavour) -> String {
            switch content {
            case .create(let table): table.createStatement(flavour: flavour)
            case .alter(let alteration): alteration.sql(table: table, flavour: flavour)
            case .drop: "DROP TABLE \(SQL.identifier(table))"
            }
        }

        /// The foreign keys that it adds to a table that has rows.
        package var addedKeys: [ForeignKey] {
            guard case .alter(let alteration) = content else { return [] }
            return alteration.clauses.compactMap { clause in
                guard case .addForeignKey(let key) = clause else { return nil }
                return key
            }
        }
    }

    /// The keys that go and are there again at the end, with the table that has them afterwards.
    package var returningKeys: [(table: String, key: String)] {
        members.flatMap { member in
            let wanted = Set((member.to?.foreignKeys ?? []).map(\.name))
            let dropped = member.alterations.flatMap(\.clauses).compactMap { clause -> String? in
                guard case .dropForeignKey(let key) = clause, wanted.contains(key.name) else {
                    return nil
                }
                return key.name
            }
            return Set(dropped).sorted().map { (member.table, $0) }
        }
    }
}

/// One step of a schema's change: of one table, or of several that hold each other.
package enum SchemaStep: Hashable, Sendable {
    case single(TableChange)
    case group(TableGroup)

    /// The changes that it consists of, one for each table.
    package var changes: [TableChange] {
        switch self {
        case .single(let change): [change]
        case .group(let group): group.members
        }
    }
}
