/// The order in which to create tables when some are `LIKE` others.
enum LikeOrder {
    /// The tables in their order, except that each follows the one that it is `LIKE`.
    ///
    /// Tables that are `LIKE` each other in a circle come last; the server refuses them.
    static func sorted(_ tables: [TableToNormalise]) -> [TableToNormalise] {
        var sorted = tables.filter { $0.like == nil }
        var waiting = tables.filter { $0.like != nil }
        while !waiting.isEmpty {
            let missing = Set(waiting.map(\.name))
            let ready = { (table: TableToNormalise) in
                table.like.map { !missing.contains($0) } ?? true
            }
            let next = waiting.filter(ready)
            sorted += next.isEmpty ? waiting : next
            waiting = next.isEmpty ? [] : waiting.filter { !ready($0) }
        }
        return sorted
    }
}
