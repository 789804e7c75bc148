import Schema

extension NodeReader {
    /// A program as an absolute path, and its arguments; no shell reads it, so each word is one
    /// argument as it stands.
    func command(_ node: YAMLNode, _ what: String) -> [String]? {
        guard let items = filledList(node, what) else { return nil }
        let words = items.compactMap { string($0, "a word of \(what)") }
        guard words.count == items.count, let program = words.first, let first = items.first
        else { return nil }
        let parts = program.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard program.hasPrefix("/"), parts.allSatisfy({ !["", ".", ".."].contains($0) }) else {
            return invalid(
                first,
                "the program of \(what) is `\(program)`, which is not an absolute path "
                    + "without `.` and `..`", "write the whole path")
        }
        return words
    }
}
