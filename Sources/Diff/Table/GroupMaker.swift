import Schema

/// Finds the statements of a ``TableGroup``, by making them one after the other on the model.
///
/// Foreign keys that stay follow the names of their parents by themselves, as they do on a
/// server: each statement is made for the tables as the ones before it leave them.
struct GroupMaker {
    /// By name; without the alterations, which are found here.
    private let members: [TableChange]
    private let context: Context
    /// The tables now; nil for one that is not there.
    private var current: [Table?]
    private var isDone: [Bool]
    private var dropped: [[ForeignKey]]
    private var alterations: [[Alteration]]
    private var statements: [TableGroup.Statement] = []
    /// Places of members by their names before and after.
    private let byName: [String: Int]

    /// What surrounds the group.
    struct Context {
        let renames: Renames
        let flavour: ServerProfile.Flavour
        /// By table the columns that keys of other tables refer to.
        let parentColumns: [String: Set<String>]
        /// Keys that cannot stay while their parents change.
        let held: Set<HeldKey>
        /// Tables whose change MySQL makes only without `foreign_key_checks`.
        let unchecked: Set<String>
    }

    /// A foreign key of a member, by the live names of both.
    struct HeldKey: Hashable {
        let child: String
        let key: String
    }

    /// - Parameter start: for each member the table as the first statement finds it.
    init(_ members: [TableChange], start: [Table?], context: Context) {
        self.members = members
        self.context = context
        current = start
        isDone = members.map { $0.kind == .drop }
        dropped = members.map { _ in [] }
        alterations = members.map { _ in [] }
        var places: [String: Int] = [:]
        for (place, member) in members.enumerated() {
            places[member.table] = place
            if let old = member.from?.name { places[old] = place }
        }
        byName = places
    }

    /// Throws `unsupported` where the statements do not lead to the desired tables.
    mutating func make() throws(DiffError) -> TableGroup {
        let start = current
        for place in members.indices { try dropKeys(of: place) }
        for place in order() { try change(place) }
        for place in members.indices where members[place].kind != .drop {
            try alter(place, to: members[place].to)
        }
        for place in members.indices where members[place].kind == .drop {
            add(.drop, place)
            current[place] = nil
        }
        try requireTheEnd()
        let changes = members.indices.map { place in
            var change = members[place]
            change.from = start[place]
            change.alterations = alterations[place]
            change.withoutForeignKeyChecks = false
            return change
        }
        return TableGroup(members: changes, statements: statements)
    }

    private mutating func add(
        _ content: TableGroup.Statement.Content, _ place: Int, checks: Bool = true
    ) {
        statements.append(
            TableGroup.Statement(
                member: place, table: current[place]?.name ?? members[place].table,
                content: content, checksForeignKeys: checks))
    }

    // MARK: Keys that go

    private mutating func dropKeys(of place: Int) throws(DiffError) {
        guard let table = current[place] else { return }
        let gone = table.foreignKeys.filter { goes($0, of: place) }
        guard !gone.isEmpty else { return }
        dropped[place] = gone
        try take(Alteration(clauses: gone.map { .dropForeignKey($0) }), place)
    }

    private func goes(_ key: ForeignKey, of place: Int) -> Bool {
        let member = members[place]
        if member.kind == .drop {
            // A table drops its keys to itself together with it.
            return parent(of: key).map { $0 != place } ?? isTaken(key.name, from: place)
        }
        return member.lets(go: key)
            || context.held.contains(HeldKey(child: member.from?.name ?? "", key: key.name))
    }

    /// Whether another table gets a key of that name.
    private func isTaken(_ name: String, from place: Int) -> Bool {
        members.indices.contains { other in
            other != place
                && (members[other].to?.foreignKeys.contains { $0.name == name } ?? false)
        }
    }

    private func parent(of key: ForeignKey) -> Int? {
        key.referencedSchema == nil ? byName[key.referencedTable] : nil
    }

    // MARK: Changes

    /// The members in an order in which most parents of new keys come first.
    private func order() -> [Int] {
        let needs = members.indices.map { place -> [Int] in
            let there = Set((current[place]?.foreignKeys ?? []).map(\.name))
            return (members[place].to?.foreignKeys ?? []).filter { !there.contains($0.name) }
                .compactMap(parent(of:)).filter { $0 != place }
        }
        return PostOrder(needs: needs).nodes.filter { members[$0].kind != .drop }
    }

    private mutating func change(_ place: Int) throws(DiffError) {
        guard var target = members[place].to else { return }
        let isUnchecked = context.unchecked.contains(members[place].table)
        let keys = current[place]?.foreignKeys ?? []
        target.foreignKeys = target.foreignKeys.compactMap { key in
            // What follows its parent later has its old names until then.
            if let stays = keys.first(where: { following($0, of: place) == key }) { return stays }
            guard let parent = parent(of: key), parent != place else {
                return isUnchecked ? nil : key
            }
            return isDone[parent] && !isUnchecked ? key : nil
        }
        if members[place].kind == .create {
            add(.create(target), place)
            current[place] = target
        } else {
            try alter(place, to: target, checks: !isUnchecked)
        }
        isDone[place] = true
    }

    /// The key once its parent has its new names.
    private func following(_ key: ForeignKey, of place: Int) -> ForeignKey {
        guard let other = parent(of: key), other != place, !isDone[other],
            let table = current[other], let wanted = members[other].to
        else { return key }
        var key = key
        let names = (try? TableDiff.dueRenames(context.renames.columns, from: table, to: wanted))
        key.referencedTable = wanted.name
        key.referencedColumns = key.referencedColumns.map { names?[$0] ?? $0 }
        return key
    }

    private mutating func alter(
        _ place: Int, to target: Table?, checks: Bool = true
    ) throws(DiffError) {
        guard let from = current[place], let target else { return }
        let found = try TableDiff.changes(
            from: from, to: target, renames: context.renames.columns,
            indexRenames: context.renames.indexes,
            parentColumns: context.parentColumns[members[place].table] ?? [],
            formerKeys: dropped[place], flavour: context.flavour)
        for alteration in found { try take(alteration, place, checks: checks) }
    }

    private mutating func take(
        _ alteration: Alteration, _ place: Int, checks: Bool = true
    ) throws(DiffError) {
        guard let before = current[place] else { return }
        let after = try before.applying(alteration)
        add(.alter(alteration), place, checks: checks)
        current[place] = after
        alterations[place].append(alteration)
        guard let names = alteration.newNames(of: before) else { return }
        for other in members.indices where other != place {
            current[other]?.follow(before.name, to: after.name, columns: names)
        }
    }

    private func requireTheEnd() throws(DiffError) {
        for (place, member) in members.enumerated() {
            guard let wanted = member.to, let reached = current[place] else { continue }
            guard reached.name == wanted.name, reached.isEquivalent(to: wanted) else {
                let left = DifferenceLines.lines(from: reached, to: wanted)
                    .map(\.description).joined(separator: ", ")
                throw DiffError(
                    .unsupported, table: member.table,
                    "it changes together with \(Self.names(members, but: place)), as foreign keys "
                        + "hold them, and no statements for this difference are known: \(left); "
                        + "take it in two changes of the schema")
            }
        }
    }

    private static func names(_ members: [TableChange], but place: Int) -> String {
        members.enumerated().filter { $0.offset != place }.map { "`\($0.element.table)`" }
            .joined(separator: ", ")
    }
}

extension Alteration {
    /// The columns that get other names; nil where nothing that a foreign key knows does.
    fileprivate func newNames(of table: Table) -> [String: String]? {
        var names: [String: String] = [:]
        var isRenamed = false
        for clause in clauses {
            if case .renameTable = clause { isRenamed = true }
            guard case .changeColumn(let from, let to, _) = clause, from.name != to.name else {
                continue
            }
            names[from.name] = to.name
        }
        return names.isEmpty && !isRenamed ? nil : names
    }
}

extension Table {
    /// Its foreign keys after the table `old` was renamed, or columns of it were.
    fileprivate mutating func follow(
        _ old: String, to new: String, columns: [String: String]
    ) {
        for (place, key) in foreignKeys.enumerated()
        where key.referencedSchema == nil && key.referencedTable == old {
            foreignKeys[place].referencedTable = new
            foreignKeys[place].referencedColumns = key.referencedColumns.map { columns[$0] ?? $0 }
        }
    }
}
