import Schema

/// Which columns stay where they are while others move around them.
enum ColumnOrder {
    /// The longest run of `places` (distinct numbers) that rises, as positions in `places`.
    static func longestRisingRun(_ places: [Int]) -> Set<Int> {
        // tails[k]: the position that ends the best rising run of k + 1 numbers found so far.
        var tails: [Int] = []
        var previous: [Int?] = Array(repeating: nil, count: places.count)
        for (position, place) in places.enumerated() {
            var low = 0
            var high = tails.count
            while low < high {
                let middle = (low + high) / 2
                if places[tails[middle]] < place { low = middle + 1 } else { high = middle }
            }
            previous[position] = low > 0 ? tails[low - 1] : nil
            if low == tails.count { tails.append(position) } else { tails[low] = position }
        }
        var run: Set<Int> = []
        var next = tails.last
        while let position = next {
            run.insert(position)
            next = previous[position]
        }
        return run
    }
}
