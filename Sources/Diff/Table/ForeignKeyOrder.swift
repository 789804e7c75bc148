import Schema

/// The order in which foreign keys let tables be changed.
enum ForeignKeyOrder {
    /// `changes` with each one behind those it needs; members of a cycle stand side by side and
    /// are flagged. Otherwise creates come first, then alters, each by name.
    ///
    /// Throws `unsupported` where a table has to let go of its parent before, and refer to it
    /// again after the parent changes.
    static func sorted(_ changes: [TableChange]) throws(DiffError) -> [TableChange] {
        let roots = changes.indices.sorted { left, right in
            (rank(changes[left]), changes[left].table)
                < (rank(changes[right]), changes[right].table)
        }
        let holds = holds(in: changes)
        var walk = ComponentWalk(needs: needs(of: changes, holds: holds), roots: roots)
        var result: [TableChange] = []
        for component in walk.components() {
            let members = Set(component)
            if let hold = holds.first(where: {
                members.contains($0.parent) && members.contains($0.child)
            }) {
                throw DiffError(
                    .unsupported, table: changes[hold.child].table,
                    "foreign key `\(hold.key)` must go before table "
                        + "`\(changes[hold.parent].table)` changes, and the table needs that change "
                        + "too; drop the foreign key in a change of its own first")
            }
            for index in component.sorted(by: { changes[$0].table < changes[$1].table }) {
                var change = changes[index]
                if component.count > 1 { change.withoutForeignKeyChecks = true }
                result.append(change)
            }
        }
        return result
    }

    private static func rank(_ change: TableChange) -> Int {
        switch change.kind {
        case .create: 0
        case .alter: 1
        case .drop: 2
        }
    }

    /// A foreign key that goes, and keeps its parent from changing until it is gone.
    private struct Hold {
        let parent: Int
        let child: Int
        let key: String
    }

    private static func holds(in changes: [TableChange]) -> [Hold] {
        var holds: [Hold] = []
        for (place, parent) in changes.enumerated() where parent.kind == .alter {
            let clauses = parent.alterations.flatMap(\.clauses)
            for (other, child) in changes.enumerated() where other != place {
                for key in child.from?.foreignKeys ?? []
                where key.referencedSchema == nil && key.referencedTable == parent.from?.name
                    && child.to?.foreignKeys.contains(key) != true
                    && clauses.contains(where: { $0.takesAway(from: key) })
                {
                    holds.append(Hold(parent: place, child: other, key: key.name))
                }
            }
        }
        return holds
    }

    /// For each change the places of those that must come before it.
    private static func needs(of changes: [TableChange], holds: [Hold]) -> [[Int]] {
        var alive: [String: Int] = [:]
        var dropped: [String: Int] = [:]
        for (place, change) in changes.enumerated() {
            if change.kind == .drop {
                dropped[change.table] = place
            } else {
                alive[change.table] = place
            }
        }
        var needs: [Set<Int>] = Array(repeating: [], count: changes.count)
        for (place, change) in changes.enumerated() {
            let present = Set(change.from?.foreignKeys ?? [])
            let new = (change.to?.foreignKeys ?? []).filter { !present.contains($0) }
            for parent in parents(of: new) {
                if let other = alive[parent] { needs[place].insert(other) }
            }
            for parent in parents(of: change.from?.foreignKeys ?? []) {
                if let other = dropped[parent] { needs[other].insert(place) }
            }
        }
        for hold in holds { needs[hold.parent].insert(hold.child) }
        return needs.enumerated().map { place, others in others.subtracting([place]).sorted() }
    }

    private static func parents(of keys: [ForeignKey]) -> Set<String> {
        Set(keys.filter { $0.referencedSchema == nil }.map(\.referencedTable))
    }
}

extension Clause {
    /// True where the clause removes a column or an index that `key` refers to.
    fileprivate func takesAway(from key: ForeignKey) -> Bool {
        switch self {
        case .dropColumn(let column):
            key.referencedColumns.contains { $0.sameName(as: column.name) }
        case .dropIndex(let index): key.referencedColumns.allSatisfy { index.uses($0) }
        default: false
        }
    }
}

/// Tarjan's walk: the strongly connected components of a graph, what is needed first.
private struct ComponentWalk {
    private let needs: [[Int]]
    private let roots: [Int]
    private var number: [Int?]
    private var low: [Int]
    private var isOnStack: [Bool]
    private var stack: [Int] = []
    private var count = 0
    private var result: [[Int]] = []

    init(needs: [[Int]], roots: [Int]) {
        self.needs = needs
        self.roots = roots
        number = Array(repeating: nil, count: needs.count)
        low = Array(repeating: 0, count: needs.count)
        isOnStack = Array(repeating: false, count: needs.count)
    }

    mutating func components() -> [[Int]] {
        for root in roots where number[root] == nil { visit(root) }
        return result
    }

    /// Without recursion: a chain of foreign keys may be as long as the schema.
    private mutating func visit(_ root: Int) {
        var path: [(node: Int, next: Int)] = [(root, 0)]
        enter(root)
        while let (node, next) = path.last {
            guard next < needs[node].count else {
                path.removeLast()
                if let parent = path.last?.node { low[parent] = min(low[parent], low[node]) }
                if low[node] == number[node] { close(node) }
                continue
            }
            path[path.count - 1].next += 1
            let other = needs[node][next]
            if number[other] == nil {
                enter(other)
                path.append((other, 0))
            } else if isOnStack[other] {
                low[node] = min(low[node], number[other] ?? low[node])
            }
        }
    }

    private mutating func enter(_ node: Int) {
        number[node] = count
        low[node] = count
        count += 1
        stack.append(node)
        isOnStack[node] = true
    }

    private mutating func close(_ node: Int) {
        var component: [Int] = []
        while let member = stack.popLast() {
            isOnStack[member] = false
            component.append(member)
            if member == node { break }
        }
        result.append(component)
    }
}
