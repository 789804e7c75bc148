import Schema

/// The order in which foreign keys let tables change, and the groups of changes that need each
/// other.
struct ForeignKeyOrder {
    private let changes: [TableChange]
    /// Live tables that stay as they are.
    private let untouched: [Table]
    private let flavour: ServerProfile.Flavour
    /// The live keys that refer to a table, by its names before and after.
    private let references: [String: [Reference]]

    /// One live key of a table.
    private struct Reference {
        let child: Child
        let key: ForeignKey
    }

    private enum Child {
        /// A place in `changes`.
        case change(Int)
        /// A place in `untouched`.
        case untouched(Int)
    }

    /// One change, or those that need each other.
    struct Component {
        var changes: [TableChange]
        /// True where one cannot be made before the others are.
        var isGroup: Bool
    }

    /// What comes out: the components, each behind those it needs.
    struct Sorted {
        var components: [Component]
        /// Keys that cannot stay while their parents change.
        var held: Set<GroupMaker.HeldKey>
        /// Tables whose change MySQL makes only without `foreign_key_checks`.
        var unchecked: Set<String>
    }

    init(changes: [TableChange], untouched: [Table] = [], flavour: ServerProfile.Flavour) {
        self.changes = changes
        self.untouched = untouched
        self.flavour = flavour
        var references: [String: [Reference]] = [:]
        func add(_ table: Table?, _ child: Child) {
            for key in table?.foreignKeys ?? [] where key.referencedSchema == nil {
                references[key.referencedTable, default: []].append(
                    Reference(child: child, key: key))
            }
        }
        for (place, change) in changes.enumerated() { add(change.from, .change(place)) }
        for (place, table) in untouched.enumerated() { add(table, .untouched(place)) }
        self.references = references
    }

    /// The live keys that refer to the table of a change.
    private func references(to change: TableChange) -> [Reference] {
        let own = references[change.table] ?? []
        guard let old = change.from?.name, old != change.table else { return own }
        return own + (references[old] ?? [])
    }

    /// The tables that stay as they are but for a key, which has to be away while its parent
    /// changes; throws where it is the key of one that is not in `desired`, or is refused.
    func interrupted(
        desired: [String: Table], refused: Set<String>
    ) throws(DiffError) -> [TableChange] {
        var found: Set<Int> = []
        var result: [TableChange] = []
        for parent in changes where parent.kind == .alter {
            for reference in references(to: parent) {
                guard case .untouched(let place) = reference.child,
                    takesAway(parent, from: reference.key), found.insert(place).inserted
                else { continue }
                let child = untouched[place]
                guard let wanted = desired[child.name], !refused.contains(child.name) else {
                    let isRefused = refused.contains(child.name)
                    throw refusal(child.name, reference.key, parent, isRefused: isRefused)
                }
                result.append(
                    TableChange(kind: .alter, table: child.name, from: child, to: wanted))
            }
        }
        return result
    }

    /// The changes, each one behind those it needs; those that need each other stand together.
    /// Otherwise creates come first, then alters, then drops, each by name.
    func sorted() -> Sorted {
        let roots = changes.indices.sorted { left, right in
            (rank(changes[left]), changes[left].table)
                < (rank(changes[right]), changes[right].table)
        }
        let holds = holds()
        var walk = ComponentWalk(needs: needs(holds: holds), roots: roots)
        let unchecked = Set(changes.filter(isUnchecked).map(\.table))
        var components: [Component] = []
        for component in walk.components() {
            var members = component.map { changes[$0] }.sorted { $0.table < $1.table }
            let isGroup = members.count > 1 && !Self.isOfOneKind(members)
            for place in members.indices where !isGroup {
                // All of them are created or all are dropped: no row stays that a key could refuse.
                let isCycle = members.count > 1
                members[place].withoutForeignKeyChecks =
                    isCycle || unchecked.contains(members[place].table)
            }
            components.append(Component(changes: members, isGroup: isGroup))
        }
        let held = holds.map {
            GroupMaker.HeldKey(child: changes[$0.child].from?.name ?? "", key: $0.key.name)
        }
        return Sorted(components: components, held: Set(held), unchecked: unchecked)
    }

    /// True for a circle of tables that are all made, or all dropped.
    private static func isOfOneKind(_ members: [TableChange]) -> Bool {
        members.allSatisfy { $0.kind == .create } || members.allSatisfy { $0.kind == .drop }
    }

    private func rank(_ change: TableChange) -> Int {
        switch change.kind {
        case .create: 0
        case .alter: 1
        case .drop: 2
        }
    }

    // MARK: Holds

    /// A foreign key that keeps its parent from changing until it is gone.
    private struct Hold {
        let parent: Int
        let child: Int
        let key: ForeignKey
        /// Whether it is wanted again afterwards.
        let returns: Bool
    }

    private func holds() -> [Hold] {
        var holds: [Hold] = []
        for (place, parent) in changes.enumerated() where parent.kind == .alter {
            for reference in references(to: parent) {
                guard case .change(let child) = reference.child, child != place else { continue }
                let key = reference.key
                let isTaken = takesAway(parent, from: key)
                if changes[child].lets(go: key) {
                    guard isTaken || parent.dropsIndex(under: key) || parent.takesNames(of: key)
                    else { continue }
                    holds.append(Hold(parent: place, child: child, key: key, returns: false))
                } else if isTaken {
                    holds.append(Hold(parent: place, child: child, key: key, returns: true))
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

    /// True where the change has to run without `foreign_key_checks`: with them MySQL refuses to
    /// give `AUTO_INCREMENT` to a column that a foreign key refers to, or to take it away (error
    /// 1833). A change that adds foreign keys keeps its checks.
    private func isUnchecked(_ change: TableChange) -> Bool {
        guard flavour == .mysql, change.kind == .alter, change.changesCounting,
            change.newForeignKeys.isEmpty
        else { return false }
        return references(to: change).contains { change.countsOtherwise(under: $0.key) }
    }

    private func refusal(
        _ child: String, _ key: ForeignKey, _ parent: TableChange, isRefused: Bool
    ) -> DiffError {
        let reason =
            isRefused
            ? "the table that it belongs to is refused itself; set that right first"
            : "git does not have the table that it belongs to; drop the foreign key by hand, or "
                + "take the table into git"
        return DiffError(
            .unsupported, table: isRefused ? parent.table : child,
            parent: isRefused ? child : parent.table,
            "foreign key `\(key.name)` of `\(child)` must be away while table "
                + "`\(parent.table)` changes, and \(reason)")
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
        for hold in holds {
            needs[hold.parent].insert(hold.child)
            if hold.returns { needs[hold.child].insert(hold.parent) }
        }
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

    /// True where the change drops the live foreign key, for good or to add it again.
    func lets(go key: ForeignKey) -> Bool {
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

    /// The changes of the columns that `key` refers to, followed through their new names.
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
    /// True where members are appended to an ENUM or SET, which servers allow under a foreign key.
    fileprivate func isGrownEnum(to new: Column) -> Bool {
        (type.hasPrefix("enum(") || type.hasPrefix("set(")) && type.hasSuffix(")")
            && new.type.hasPrefix(type.dropLast() + ",")
    }
}
