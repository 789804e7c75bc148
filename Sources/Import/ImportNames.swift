import Schema

/// Makes names that are safe as file names on every system, from any names.
package struct ImportNames {
    /// The names given out, in lower case, as some file systems ignore case.
    private var taken: Set<String> = []

    /// A unique name of letters, digits, `-` and `_` for `name`.
    ///
    /// A name that had to change has a part of the digest of the original.
    ///
    /// - Parameter kind: the name to use where no character of `name` can be kept.
    mutating func fileName(for name: String, kind: String = "table") -> String {
        unique(Self.marked(name, limit: 80, kind: kind), of: name)
    }

    /// A shard's name: the database's, where that is allowed.
    mutating func shardName(for database: String) -> String {
        unique(Self.marked(database, limit: 100), of: database)
    }

    /// A namespace's name for a group of databases: the common beginning of their names.
    mutating func namespaceName(for databases: [String]) -> String {
        var common = databases.first ?? ""
        for name in databases.dropFirst() {
            common = String(zip(common, name).prefix { $0 == $1 }.map(\.0))
        }
        if databases.count > 1 {
            let rest = common.reversed().drop { $0.isNumber || $0 == "_" || $0 == "-" }
            common = String(rest.reversed())
        }
        var safe = Self.plain(common, limit: 50)
        let first = safe.unicodeScalars.first
        if first.map({ !Self.isLetter($0) }) ?? true { safe = "schema_" + safe }
        while safe.hasSuffix("_") || safe.hasSuffix("-") { safe.removeLast() }
        return unique(safe, of: databases.joined(separator: "\0"))
    }

    /// Whether `plumb.yaml` allows a namespace of this name.
    package static func isNamespace(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, name.utf8.count <= 64 else { return false }
        return isLetter(first)
            && name.unicodeScalars.allSatisfy {
                isLetter($0) || ("0"..."9").contains($0) || $0 == "-"
            }
    }

    private mutating func unique(_ name: String, of original: String) -> String {
        var candidate = name
        var number = 1
        while !taken.insert(candidate.lowercased()).inserted {
            number += 1
            let digest = Digest(of: original).hex.prefix(8)
            candidate = number == 2 ? "\(name)-\(digest)" : "\(name)-\(digest)-\(number)"
        }
        return candidate
    }

    /// The name with only letters, digits, `-` and `_`. One that had to change gets a part of the
    /// original's digest, so that names that become equal do not depend on their order.
    private static func marked(
        _ name: String, limit: Int, kind: String = "table"
    ) -> String {
        let plain = plain(name, limit: limit)
        guard plain != name || plain.isEmpty else { return plain }
        let stem = plain.contains { $0 != "_" } ? plain : kind
        return "\(stem)-\(Digest(of: name).hex.prefix(8))"
    }

    private static func plain(_ name: String, limit: Int) -> String {
        let scalars = name.unicodeScalars.map { scalar -> Character in
            isLetter(scalar) || ("0"..."9").contains(scalar) || scalar == "-"
                ? Character(scalar) : "_"
        }
        return String(scalars.prefix(limit))
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }
}
