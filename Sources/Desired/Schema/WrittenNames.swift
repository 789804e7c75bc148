import Schema

/// Definitions by their names, as files refer to them: by the name as it is written, and where
/// there is none, letter case aside. What the latter means is up to the server: see ``LetterCase``.
struct WrittenNames<Definition> {
    private let exact: [String: Definition]
    /// By name in lower case; of several, the first by its bytes.
    private let folded: [String: String]

    init(_ exact: [String: Definition]) {
        self.exact = exact
        folded = Dictionary(exact.keys.map { (NameFolding.lowered($0), $0) }) { min($0, $1) }
    }

    subscript(name: String) -> Definition? {
        exact[name] ?? folded[NameFolding.lowered(name)].flatMap { exact[$0] }
    }
}
