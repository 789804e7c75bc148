/// The order in which tables can be made where some are `LIKE` others.
enum LikeOrder {
    /// The tables, each behind the one that it is `LIKE`, and otherwise in their order.
    ///
    /// Those that go round come last: the server refuses them.
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
