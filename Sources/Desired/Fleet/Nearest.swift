/// Suggests the word that a mistyped one was probably meant to be.
enum Nearest {
    /// The candidate with the fewest edits; nil where those are about a third of the word or more.
    static func match(_ word: String, in candidates: some Sequence<String>) -> String? {
        let limit = max(1, word.count / 3)
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(word.lowercased(), candidate.lowercased())
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// The remedy for an unknown word: the suggestion, or the list of all words.
    static func remedy(_ word: String, in candidates: [String], what: String) -> String {
        if let near = match(word, in: candidates) { return "did you mean `\(near)`?" }
        guard !candidates.isEmpty else { return "there are no \(what)" }
        let list = candidates.prefix(12).map { "`\($0)`" }.joined(separator: ", ")
        return "the \(what) are \(list)" + (candidates.count > 12 ? ", …" : "")
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var older: [Int] = []
        var previous = Array(0...right.count)
        for row in 1...left.count {
            var current = [row]
            for column in 1...right.count {
                let same = left[row - 1] == right[column - 1]
                var cost = min(
                    previous[column] + 1, current[column - 1] + 1,
                    previous[column - 1] + (same ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2],
                    left[row - 2] == right[column - 1]
                {
                    cost = min(cost, older[column - 2] + 1)
                }
                current.append(cost)
            }
            (older, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
