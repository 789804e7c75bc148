/// Fits a document into a number of bytes by leaving out whole parts, the least important first.
struct MarkdownBudget {
    /// How many parts of each kind are shown, from the first one.
    struct Limits: Equatable {
        var sql: Int
        var differences: Int
        var steps: Int
        /// Unknown shards, unsupported tables, notices and the like.
        var others: Int
    }

    let maxBytes: Int

    /// The most complete document of `render` within the budget.
    ///
    /// `render` must return a longer document for each larger limit, and must say what it left out.
    /// Where even the smallest one is too long it is returned anyway.
    func fit(_ full: Limits, _ render: (Limits) -> String) -> String {
        var limits = full
        let whole = render(limits)
        if whole.utf8.count <= maxBytes { return whole }
        let order: [WritableKeyPath<Limits, Int>] = [\.sql, \.differences, \.steps, \.others]
        for part in order {
            let most = limits[keyPath: part]
            limits[keyPath: part] = 0
            guard render(limits).utf8.count <= maxBytes else { continue }
            limits[keyPath: part] = largest(below: most) { count in
                var trial = limits
                trial[keyPath: part] = count
                return render(trial).utf8.count <= maxBytes
            }
            return render(limits)
        }
        return render(limits)
    }

    /// The largest count up to `limit` that fits, given that 0 does.
    private func largest(below limit: Int, fits: (Int) -> Bool) -> Int {
        var low = 0
        var high = limit
        while high - low > 1 {
            let middle = (low + high) / 2
            if fits(middle) { low = middle } else { high = middle }
        }
        return low
    }
}
