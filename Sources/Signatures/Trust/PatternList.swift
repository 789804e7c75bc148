/// A list of patterns in the format of ssh_config(5): `*@example.com,!eve@example.com`.
package struct PatternList: Hashable, Sendable {
    /// One pattern of the list.
    private struct Pattern: Hashable, Sendable {
        let text: [UInt8]
        let isNegated: Bool
    }

    private let patterns: [Pattern]

    /// Throws `invalidFile` for an empty list and for an empty pattern in it.
    package init(_ text: String) throws(SignatureError) {
        var patterns: [Pattern] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let isNegated = part.hasPrefix("!")
            let rest = isNegated ? part.dropFirst() : part
            guard !rest.isEmpty else {
                throw SignatureError(
                    .invalidFile, "an empty pattern in \(text.debugDescription)",
                    remedy: "write the patterns with one comma between two")
            }
            patterns.append(Pattern(text: Array(rest.utf8), isNegated: isNegated))
        }
        self.patterns = patterns
    }

    /// Whether a pattern matches and no negated one does.
    package func matches(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        let fitting = patterns.filter { Self.matches(bytes, $0.text) }
        return !fitting.isEmpty && !fitting.contains(where: \.isNegated)
    }

    /// The entries without wildcards that the list as a whole matches, in their order.
    package var names: [String] {
        patterns.filter { pattern in
            !pattern.isNegated
                && !pattern.text.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
        }
        .map { String(decoding: $0.text, as: UTF8.self) }.filter(matches)
    }

    /// Compares bytes; goes back to the last `*` only, which bounds the time.
    private static func matches(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
        var place = 0
        var next = 0
        var star: (place: Int, next: Int)?
        while place < name.count {
            if next < pattern.count, pattern[next] == UInt8(ascii: "*") {
                star = (place, next)
                next += 1
            } else if next < pattern.count,
                pattern[next] == name[place] || pattern[next] == UInt8(ascii: "?")
            {
                place += 1
                next += 1
            } else if let last = star {
                place = last.place + 1
                next = last.next + 1
                star = (place, last.next)
            } else {
                return false
            }
        }
        return pattern[next...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
