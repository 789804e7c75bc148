import Schema

/// The order in which foreign keys let tables be changed.
struct ForeignKeyOrder {
    private let changes: [TableChange]
    /// Live tables that stay as they are.
    private let untouched: [Table]
    private let flavour: ServerProfile.Flavour

    init(changes: [TableChange], untouched: [Table] = [], flavour: ServerProfile.Flavour) {
        self.changes = changes
        self.untouched = untouched
        self.flavour = flavour
    }

    /// The changes, each one behind those it needs; members of a cycle stand side by side and
    /// are flagged. Otherwise creates come first, then alters, then drops, each by name.
    ///
    /// Throws `takesParts` where a foreign key has to go before its parent changes, and is still
    /// wanted: that takes two changes of one table, see ``FirstParts``.
    func sorted() throws(DiffError) -> [TableChange] {
        let roots = changes.indices.sorted { left, right in
            (rank(changes[left]), changes[left].table)
                < (rank(changes[right]), changes[right].table)
        }
        let holds = try holds()
        let passings = namePassings
        var walk = ComponentWalk(needs: needs(holds: holds), roots: roots)
        var result: [TableChange] = []
        for component in walk.components() {
            let members = Set(component)
            if let hold = holds.first(where: {
                members.contains($0.parent) && members.contains($0.child)
            }) {
                throw refusal(changes[hold.child].table, hold.key, changes[hold.parent])
            }
            if let passing = passings.first(where: {
                members.contains($0.giver) && members.contains($0.taker)
            }) {
                throw refusal(passing)
            }
            // In a cycle a parent may be missing, but none may be there without its columns.
            let order = { (place: Int) in
                (changes[place].kind == .create ? 1 : 0, changes[place].table)
            }
            for index in component.sorted(by: { order($0) < order($1) }) {
                var change = changes[index]
                if component.count > 1 || isUnchecked(change) {
                    change.withoutForeignKeyChecks = true
                }
                result.append(change)
            }
        }
        return result
    }

    private func rank(_ change: TableChange) -> Int {
        switch change.kind {
        case .create: 0
        case .alter: 1
        case .drop: 2
        }
    }

    // MARK: Holds

    /// A foreign key that goes, and keeps its parent from changing until it is gone.
    private struct Hold {
        let parent: Int
        let child: Int
        let key: ForeignKey
    }

    private func holds() throws(DiffError) -> [Hold] {
        var holds: [Hold] = []
        for (place, parent) in changes.enumerated() where parent.kind == .alter {
            for (other, child) in changes.enumerated() where other != place {
                for key in keys(of: child.from, to: parent) where child.lets(go: key) {
                    if takesAway(parent, from: key) || parent.dropsIndex(under: key)
                        || parent.takesNames(of: key)
                    {
                        holds.append(Hold(parent: place, child: other, key: key))
                    }
                }
                for key in keys(of: child.from, to: parent)
                where !child.lets(go: key) && takesAway(parent, from: key) {
                    throw refusal(child.table, key, parent)
                }
            }
            for child in untouched {
                for key in keys(of: child, to: parent) where takesAway(parent, from: key) {
                    throw refusal(child.name, key, parent)
                }
            }
        }
        return holds
    }

    private func takesAway(_ parent: TableChange, from key: ForeignKey) -> Bool {
        parent.takesAway(from: key) || parent.endsForeignKeys
            || flavour == .mysql && parent.countsOtherwise(under: key)
                && !parent.newForeignKeys.isEmpty
    }

    /// True where MySQL minds a foreign key on a column that begins or ends to count (error 1833),
    /// but not without its checks; new foreign keys of the same change are not left unchecked.
    private func isUnchecked(_ change: TableChange) -> Bool {
        guard flavour == .mysql, change.changesCounting, change.newForeignKeys.isEmpty else {
            return false
        }
        return (changes.compactMap(\.from) + untouched).contains { child in
            keys(of: child, to: change).contains { change.countsOtherwise(under: $0) }
        }
    }

    private func keys(of child: Table?, to parent: TableChange) -> [ForeignKey] {
        (child?.foreignKeys ?? []).filter {
            $0.referencedSchema == nil
                && ($0.referencedTable == parent.table || $0.referencedTable == parent.from?.name)
        }
    }

    private func refusal(_ child: String, _ key: ForeignKey, _ parent: TableChange) -> DiffError {
        DiffError(
            .takesParts, table: child, parent: parent.table, foreignKey: key.name,
            "foreign key `\(key.name)` must go before table `\(parent.table)` changes, and is "
                + "wanted afterwards; drop the foreign key in a change of its own first")
    }

    private func refusal(_ passing: NamePassing) -> DiffError {
        let (giver, taker) = (changes[passing.giver].table, changes[passing.taker].table)
        return DiffError(
            .takesParts, table: giver, parent: taker, foreignKey: passing.name,
            "table `\(taker)` takes over the name of foreign key `\(passing.name)` from table "
                + "`\(giver)`, and each has to change before the other; give the new key another "
                + "name")
    }

    // MARK: Needs

    /// For each change the places of those that must come before it.
    private func needs(holds: [Hold]) -> [[Int]] {
        var alive: [String: Int] = [:]
        var dropped: [String: Int] = [:]
        /// By their live names.
        var altered: [String: Int] = [:]
        for (place, change) in changes.enumerated() {
            if change.kind == .alter, let from = change.from { altered[from.name] = place }
            if change.kind == .drop {
                dropped[change.table] = place
            } else {
                alive[change.table] = place
            }
        }
        var needs: [Set<Int>] = Array(repeating: [], count: changes.count)
        for (place, change) in changes.enumerated() {
            // A key follows its parent's new names; the child's change starts from there.
            for key in change.from?.foreignKeys ?? [] {
                guard let other = alive[key.referencedTable], changes[other].givesNames(to: key)
                else { continue }
                needs[place].insert(other)
            }
            for key in change.from?.foreignKeys ?? [] {
                guard let other = altered[key.referencedTable], other != place,
                    changes[other].takesNames(of: key)
                else { continue }
                needs[other].insert(place)
            }
            for parent in parents(of: change.newForeignKeys) {
                if let other = alive[parent] { needs[place].insert(other) }
            }
            for parent in parents(of: change.from?.foreignKeys ?? []) {
                if let other = dropped[parent] { needs[other].insert(place) }
            }
        }
        for hold in holds { needs[hold.parent].insert(hold.child) }
        for passing in namePassings { needs[passing.taker].insert(passing.giver) }
        return needs.enumerated().map { place, others in others.subtracting([place]).sorted() }
    }

    /// A foreign key's name that one change gives up before another may take it: in one database
    /// the names of all foreign keys are distinct.
    private struct NamePassing {
        let giver: Int
        let taker: Int
        let name: String
    }

    private var namePassings: [NamePassing] {
        var givers: [String: Int] = [:]
        for (place, change) in changes.enumerated() {
            let kept = Set((change.to?.foreignKeys ?? []).map(\.name))
            for key in change.from?.foreignKeys ?? [] where !kept.contains(key.name) {
                givers[key.name] = place
            }
        }
        guard !givers.isEmpty else { return [] }
        return changes.enumerated().flatMap { taker, change in
            change.newForeignKeys.compactMap { key in
                guard let giver = givers[key.name], giver != taker else { return nil }
                return NamePassing(giver: giver, taker: taker, name: key.name)
            }
        }
    }

    private func parents(of keys: [ForeignKey]) -> Set<String> {
        Set(keys.filter { $0.referencedSchema == nil }.map(\.referencedTable))
    }
}

extension TableChange {
    fileprivate var clauses: [Clause] { alterations.flatMap(\.clauses) }

    /// True where the live foreign key is dropped, be it to come back.
    fileprivate func lets(go key: ForeignKey) -> Bool {
        kind == .drop
            || clauses.contains { clause in
                guard case .dropForeignKey(let dropped) = clause else { return false }
                return dropped.name == key.name
            }
    }

    /// True where a column that `key` refers to goes or is stored in another way: servers refuse
    /// that as long as the key is there, whatever `foreign_key_checks` is.
    fileprivate func takesAway(from key: ForeignKey) -> Bool {
        let isDropped = clauses.contains { clause in
            guard case .dropColumn(let column) = clause else { return false }
            return key.referencedColumns.contains { $0.sameName(as: column.name) }
        }
        return isDropped
            || columnChanges(under: key).contains { old, new in
                !old.isGrownEnum(to: new) && old.type != new.type
                    || old.generated != new.generated
                    || from?.effectiveCharacterSet(of: old) != to?.effectiveCharacterSet(of: new)
            }
    }

    /// What happens to the columns that `key` refers to, under the names that they get on the way.
    private func columnChanges(under key: ForeignKey) -> [(old: Column, new: Column)] {
        key.referencedColumns.flatMap { name in
            var name = name
            return clauses.compactMap { clause -> (old: Column, new: Column)? in
                guard case .changeColumn(let old, let new, _) = clause, old.name.sameName(as: name)
                else { return nil }
                name = new.name
                return (old, new)
            }
        }
    }

    /// True where the table gets partitions or another engine, and no key may refer to it then.
    fileprivate var endsForeignKeys: Bool {
        guard let from, let to else { return false }
        return from.takesForeignKeys && !to.takesForeignKeys
    }

    /// True where any column gets or loses `AUTO_INCREMENT`.
    fileprivate var changesCounting: Bool {
        clauses.contains { clause in
            guard case .changeColumn(let old, let new, _) = clause else { return false }
            return old.isAutoIncrement != new.isAutoIncrement
        }
    }

    /// True where a column that `key` refers to gets or loses `AUTO_INCREMENT`.
    fileprivate func countsOtherwise(under key: ForeignKey) -> Bool {
        columnChanges(under: key).contains { $0.old.isAutoIncrement != $0.new.isAutoIncrement }
    }

    /// True where an index goes that `key` may need.
    fileprivate func dropsIndex(under key: ForeignKey) -> Bool {
        clauses.contains { clause in
            guard case .dropIndex(let index) = clause else { return false }
            return key.referencedColumns.allSatisfy { index.uses($0) }
        }
    }
}

extension Column {
    /// True where members are added behind those of an ENUM or SET: no server minds a foreign key.
    fileprivate func isGrownEnum(to new: Column) -> Bool {
        (type.hasPrefix("enum(") || type.hasPrefix("set(")) && type.hasSuffix(")")
            && new.type.hasPrefix(type.dropLast() + ",")
    }
}
