import Schema

/// Looks up definitions as files refer to them: by the exact name, or else regardless of letter
/// case. Whether the latter is the same object depends on the server; see ``LetterCase``.
struct WrittenNames<Definition> {
    private let exact: [String: Definition]
    /// Names by their lower-case form; of several, the first by bytes.
    private let folded: [String: String]

    init(_ exact: [String: Definition]) {
        self.exact = exact
        folded = Dictionary(exact.keys.map { (NameFolding.lowered($0), $0) }) { min($0, $1) }
    }

    subscript(name: String) -> Definition? {
        exact[name] ?? folded[NameFolding.lowered(name)].flatMap { exact[$0] }
    }
}
