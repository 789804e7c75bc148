import Diff
import Schema

/// The order in which tables can be created with their foreign keys checked at once.
struct CreationOrder {
    /// Each table behind those that it refers to or is `LIKE`, except in circles.
    let tables: [TableToNormalise]
    /// The tables that cannot be checked when they are created, by name: those that come before one
    /// of their parents, and those that refer to other databases.
    let unchecked: Set<String>
    /// For each of ``tables`` the places of those that it refers to or is `LIKE`.
    let needs: [[Int]]

    /// - Parameter folding: how the server stores the names that references give.
    init(_ all: [TableToNormalise], folding: NameFolding) {
        let places = Dictionary(all.enumerated().map { ($1.name, $0) }) { first, _ in first }
        let needs = all.enumerated().map { place, table in
            let parents = table.references.filter { $0.database == nil }
                .map { folding.stored($0.table) }
            return (parents + [table.like].compactMap(\.self)).compactMap { places[$0] }
                .filter { $0 != place }
        }
        let order = PostOrder(needs: needs).nodes
        var ranks = Array(repeating: 0, count: all.count)
        for (rank, place) in order.enumerated() { ranks[place] = rank }
        tables = order.map { all[$0] }
        self.needs = order.map { place in Set(needs[place]).map { ranks[$0] } }
        unchecked = Set(
            order.filter { place in
                all[place].references.contains { $0.database != nil }
                    || needs[place].contains { ranks[$0] > ranks[place] }
            }.map { all[$0].name })
    }
}
