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
    /// By place the members that have keys to it, and those that are to have some.
    private let children: [[Int]]
    private let wantedChildren: [[Int]]
    /// Names of keys that one table gives up and another gets.
    private let taken: Set<String>

    /// What the statements of a group depend on besides its members.
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
        var owners: [String: Int] = [:]
        for (place, table) in start.enumerated() {
            for key in table?.foreignKeys ?? [] { owners[key.name] = place }
        }
        children = Self.children(start, by: places)
        // The table itself may be complete now as well.
        wantedChildren = Self.children(members.map(\.to), by: places).enumerated().map {
            $1.contains($0) ? $1 : $1 + [$0]
        }
        taken = Set(
            members.enumerated().flatMap { place, member in
                (member.to?.foreignKeys ?? []).map(\.name)
                    .filter { owners[$0].map { $0 != place } ?? false }
            })
    }

    /// By the parent's place the places of `tables` that have keys to it.
    private static func children(_ tables: [Table?], by names: [String: Int]) -> [[Int]] {
        var children: [[Int]] = tables.map { _ in [] }
        for (place, table) in tables.enumerated() {
            for key in table?.foreignKeys ?? [] where key.referencedSchema == nil {
                guard let parent = names[key.referencedTable], children[parent].last != place
                else { continue }
                children[parent].append(place)
            }
        }
        return children
    }

    /// Throws `unsupported` where the statements do not lead to the desired tables.
    mutating func make() throws(DiffError) -> TableGroup {
        let start = current
        for place in members.indices {
            try drop(keys(of: place) { taken.contains($0.name) }, place)
        }
        for place in order() {
            try makeWay(for: place)
            try change(place)
            // Keys come back as soon as their parents allow.
            try complete(behind: place)
        }
        for place in members.indices where members[place].kind == .drop {
            try makeWay(for: place)
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

    /// Drops the keys that may not exist while the table changes: those of others to it, and its
    /// own.
    private mutating func makeWay(for place: Int) throws(DiffError) {
        for other in children[place] where other != place {
            try drop(keys(of: other) { parent(of: $0) == place }, other)
        }
        guard members[place].kind != .drop else { return }
        try drop(keys(of: place) { _ in true }, place)
    }

    /// The keys that go, of those for which `isDue` is true.
    private func keys(of place: Int, _ isDue: (ForeignKey) -> Bool) -> [ForeignKey] {
        (current[place]?.foreignKeys ?? []).filter { goes($0, of: place) && isDue($0) }
    }

    private mutating func drop(_ gone: [ForeignKey], _ place: Int) throws(DiffError) {
        guard !gone.isEmpty else { return }
        dropped[place] += gone
        try take(Alteration(clauses: gone.map { .dropForeignKey($0) }), place)
    }

    /// Whether a live key has to be dropped, for good or to be added again.
    private func goes(_ key: ForeignKey, of place: Int) -> Bool {
        guard !dropped[place].contains(where: { $0.name == key.name }) else { return false }
        let member = members[place]
        if member.kind == .drop { return parent(of: key) != place }
        return member.lets(go: key)
            || context.held.contains(HeldKey(child: member.from?.name ?? "", key: key.name))
    }

    private func parent(of key: ForeignKey) -> Int? {
        key.referencedSchema == nil ? byName[key.referencedTable] : nil
    }

    // MARK: Changes

    /// The members that change, in an order in which most parents of keys that come are first.
    private func order() -> [Int] {
        let needs = members.indices.map { place -> [Int] in
            let staying = (current[place]?.foreignKeys ?? []).filter { !goes($0, of: place) }
            let names = Set(staying.map(\.name))
            return (members[place].to?.foreignKeys ?? []).filter { !names.contains($0.name) }
                .compactMap(parent(of:)).filter { $0 != place }
        }
        return PostOrder(needs: needs).nodes.filter { members[$0].kind != .drop }
    }

    /// Completes tables that have changed and waited only for the parents of their new keys.
    private mutating func complete(behind place: Int) throws(DiffError) {
        for other in wantedChildren[place] where isDone[other] {
            let isReady = (members[other].to?.foreignKeys ?? []).allSatisfy { key in
                parent(of: key).map { isDone[$0] } ?? true
            }
            if isReady { try alter(other, to: members[other].to) }
        }
    }

    /// The desired table; keys that follow their parents later have their old names until then.
    private func target(of place: Int) -> Table? {
        guard var target = members[place].to else { return nil }
        let keys = current[place]?.foreignKeys ?? []
        target.foreignKeys = target.foreignKeys.map { key in
            keys.first { following($0, of: place) == key } ?? key
        }
        return target
    }

    private mutating func change(_ place: Int) throws(DiffError) {
        guard var target = target(of: place) else { return }
        let isUnchecked = context.unchecked.contains(members[place].table)
        let keys = Set(current[place]?.foreignKeys ?? [])
        target.foreignKeys = target.foreignKeys.compactMap { key in
            if keys.contains(key) { return key }
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
        // A conflict of hints is reported where the table itself is compared.
        let names = (try? ColumnRename.due(context.renames.columns, from: table, to: wanted))
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
