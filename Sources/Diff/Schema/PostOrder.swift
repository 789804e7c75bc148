/// The nodes of a graph, each behind those that it needs, except where these need it in turn.
package struct PostOrder {
    package private(set) var nodes: [Int] = []

    /// - Parameter needs: for each node those that should come before it.
    package init(needs: [[Int]]) {
        var isSeen = Array(repeating: false, count: needs.count)
        for root in needs.indices where !isSeen[root] {
            // Without recursion: a chain may be as long as the schema.
            var path: [(node: Int, next: Int)] = [(root, 0)]
            isSeen[root] = true
            while let (node, next) = path.last {
                guard next < needs[node].count else {
                    path.removeLast()
                    nodes.append(node)
                    continue
                }
                path[path.count - 1].next += 1
                let other = needs[node][next]
                if !isSeen[other] {
                    isSeen[other] = true
                    path.append((other, 0))
                }
            }
        }
    }
}
