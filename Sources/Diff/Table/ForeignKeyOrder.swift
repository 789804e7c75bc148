import Schema

/// The order in which foreign keys let tables be changed.
enum ForeignKeyOrder {
    /// `changes` with each one behind those it needs; members of a cycle stand side by side and
    /// are flagged. Otherwise creates come first, then alters, each by name.
    static func sorted(_ changes: [TableChange]) -> [TableChange] {
        let roots = changes.indices.sorted { left, right in
            (rank(changes[left]), changes[left].table) < (
                rank(changes[right]), changes[right].table
            )
        }
        var walk = ComponentWalk(needs: needs(of: changes), roots: roots)
        return walk.components().flatMap { component in
            component.sorted { changes[$0].table < changes[$1].table }.map { index in
                var change = changes[index]
                if component.count > 1 { change.withoutForeignKeyChecks = true }
                return change
            }
        }
    }

    private static func rank(_ change: TableChange) -> Int {
        switch change.kind {
        case .create: 0
        case .alter: 1
        case .drop: 2
        }
    }

    /// For each change the places of those that must come before it.
    private static func needs(of changes: [TableChange]) -> [[Int]] {
        var places: [String: Int] = [:]
        for (place, change) in changes.enumerated() {
            places[change.table] = place
            if let name = change.from?.name { places[name] = place }
        }
        var needs: [Set<Int>] = Array(repeating: [], count: changes.count)
        for (place, change) in changes.enumerated() {
            let old = parents(in: change.from)
            let new = parents(in: change.to)
            switch change.kind {
            case .create, .alter:
                for parent in new { if let other = places[parent] { needs[place].insert(other) } }
                // A key that goes lets go of its parent first.
                for parent in old.subtracting(new) {
                    if let other = places[parent] { needs[other].insert(place) }
                }
            case .drop:
                for parent in old { if let other = places[parent] { needs[other].insert(place) } }
            }
        }
        return needs.enumerated().map { place, others in others.subtracting([place]).sorted() }
    }

    private static func parents(in table: Table?) -> Set<String> {
        Set(
            (table?.foreignKeys ?? []).filter { $0.referencedSchema == nil }
                .map(\.referencedTable))
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
