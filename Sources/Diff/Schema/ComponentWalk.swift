/// The strongly connected components of a graph, by Tarjan's algorithm: those that others need come
/// first.
struct ComponentWalk {
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
