import Schema

/// Changes that cannot be made at once, because a foreign key has to go before its parent changes
/// and is wanted again afterwards, or because two tables hold each other.
///
/// The first part of such a change only takes foreign keys away: a schema of its own, proved like
/// any other. What is left is the next comparison's business.
struct FirstParts {
    private(set) var changes: [TableChange]
    /// Tables whose change is left for later, whole or in part.
    private(set) var postponed: Set<String>

    /// Takes apart the change of the child, or that of the parent where the child has none.
    ///
    /// - Parameters:
    ///   - live: the tables as they are, by name: what goes first starts from there, and not from
    ///     what it is once its parents have their new names.
    ///   - quiet: tables that are as they are wanted.
    ///   - refusal: says which foreign key stands in the way.
    init?(
        _ changes: [TableChange], live: [String: Table], quiet: [Table], refusal: DiffError
    ) {
        guard refusal.code == .takesParts, let parent = refusal.parent else { return nil }
        self.changes = changes
        postponed = []
        let keys = Set([refusal.foreignKey].compactMap { $0 })
        if let place = changes.firstIndex(where: { $0.table == refusal.table }),
            let part = changes[place].firstPart(without: keys, live: live)
        {
            self.changes[place] = part
            postponed = [part.table]
        } else if let part = Self.partOfAChild(of: refusal.table, among: changes, live: live) {
            self.changes.removeAll { $0.table == part.table }
            self.changes.append(part)
            postponed = [part.table]
        } else if let table = quiet.first(where: { $0.name == refusal.table }) {
            let whole = TableChange(kind: .alter, table: table.name, from: table, to: table)
            guard let part = whole.firstPart(without: keys, live: live) else { return nil }
            self.changes.append(part)
            postponed = [part.table]
        } else if let place = changes.firstIndex(where: { $0.table == parent }),
            let part = changes[place].firstPart(without: [], live: live)
        {
            self.changes[place] = part
            postponed = [part.table]
        } else {
            return nil
        }
        postponeChildren()
    }

    /// A table that goes has no part of its own: what refers to it, and ceases to, goes first.
    private static func partOfAChild(
        of dropped: String, among changes: [TableChange], live: [String: Table]
    ) -> TableChange? {
        guard changes.contains(where: { $0.table == dropped && $0.kind == .drop }) else {
            return nil
        }
        return changes.lazy.filter { change in
            live[change.table]?.foreignKeys.contains {
                $0.referencedSchema == nil && $0.referencedTable == dropped
            } == true
        }.compactMap { $0.firstPart(without: [], live: live) }.first
    }

    /// New foreign keys to what is not there yet wait with it.
    private mutating func postponeChildren() {
        var isGrowing = true
        while isGrowing {
            let waiting = changes.filter { change in
                !change.isFirstPart
                    && change.newForeignKeys.contains {
                        $0.referencedSchema == nil && $0.referencedTable != change.table
                            && postponed.contains($0.referencedTable)
                    }
            }.map(\.table)
            changes.removeAll { waiting.contains($0.table) && !$0.isFirstPart }
            postponed.formUnion(waiting)
            isGrowing = !waiting.isEmpty
        }
    }
}

extension TableChange {
    /// The foreign keys that need their parents to be as desired.
    var newForeignKeys: [ForeignKey] {
        switch kind {
        case .create: return to?.foreignKeys ?? []
        case .alter:
            return alterations.flatMap(\.clauses).compactMap { clause in
                guard case .addForeignKey(let key) = clause else { return nil }
                return key
            }
        case .drop: return []
        }
    }

    /// The change as far as foreign keys go, `others` among them; nil where none does.
    fileprivate func firstPart(
        without others: Set<String>, live: [String: Table]
    ) -> TableChange? {
        guard kind == .alter, !isFirstPart, renamedFrom == nil, let from = live[table] else {
            return nil
        }
        let dropped = alterations.flatMap(\.clauses).compactMap { clause -> String? in
            guard case .dropForeignKey(let key) = clause else { return nil }
            return key.name
        }
        let gone = others.union(dropped)
        let keys = from.foreignKeys.filter { gone.contains($0.name) }
        guard !keys.isEmpty else { return nil }
        var part = self
        part.from = from
        part.to = from
        part.to?.foreignKeys.removeAll { gone.contains($0.name) }
        part.alterations = [Alteration(clauses: keys.map { .dropForeignKey($0) })]
        part.isFirstPart = true
        return part
    }
}

extension HazardFinding {
    /// The rule of a step that takes foreign keys away until the next run.
    package static let foreignKeyAway = "foreign-key-away"
}
