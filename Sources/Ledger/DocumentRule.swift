import Schema

/// What the document at a path must be, in layout 1 and 2.
enum DocumentRule: Equatable {
    case free
    case json
    /// The name is the SHA-256 of the bytes.
    case named(String)
    /// It is JSON of which the name is the SHA-256.
    case namedJSON(String)
    /// The folders around it are not the digits of its name, so nobody finds it there.
    case misplaced

    private static let jsonFolders: Set<String> = [
        "fleet", "shards", "plans", "approvals", "awaiting", "rollouts", "open", "pending",
        "refusals", "failures", "normalised", "proofs", "suspensions", "asked", "seen",
        "told",
    ]
    /// The folders in which documents and folders are named after digests, two digits apart.
    private static let spread: [String: Int] = [
        "catalog": 1, "plans": 1, "approvals": 1, "normalised": 2, "proofs": 2,
    ]

    init(_ path: [String]) {
        guard path.count > 1, let first = path.first, let last = path.last else {
            self = path == ["rollbacks"] ? .json : .free
            return
        }
        // In layout 1 the digest follows the folder, in layout 2 two of its digits are between.
        if let depth = Self.spread[first], path.count > depth + 2 {
            let digits = path[depth] + path[depth + 1]
            guard digits.count == 2, path[depth + 2].hasPrefix(digits) else {
                self = .misplaced
                return
            }
        }
        switch (first, last) {
        case ("catalog", _) where path.count == 2 || path.count == 4: self = .named(last)
        case ("approvals", "binding") where path.count == 5: self = .namedJSON(path[3])
        case ("rollouts", _) where path.count == 8 && path[4] == "steps": self = .namedJSON(last)
        default: self = Self.jsonFolders.contains(first) ? .json : .free
        }
    }

    /// What is wrong with the bytes; nil where nothing is.
    func complaint(about bytes: [UInt8]) -> String? {
        switch self {
        case .free: nil
        case .json: CanonicalJSON.parses(bytes) ? nil : "it is no JSON document"
        case .named(let name):
            Digest(of: bytes).hex == name ? nil : "it does not hash to its name"
        case .namedJSON(let name):
            DocumentRule.json.complaint(about: bytes)
                ?? DocumentRule.named(name).complaint(about: bytes)
        case .misplaced: "it is not below the digits of its name"
        }
    }
}
