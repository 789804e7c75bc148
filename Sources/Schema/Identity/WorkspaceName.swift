/// The names of Plumb's scratch databases: a prefix, `_`, and sixteen hex digits in lower case.
///
/// The shape alone makes no database Plumb's: it also has to bear the mark that its owner set.
package enum WorkspaceName {
    /// What the names begin with, unless the fleet file says otherwise.
    package static let defaultPrefix = "_plumb_ws"
    /// In bytes: servers take 64, and 17 follow the prefix.
    package static let longestPrefix = 32
    /// The table that marks a scratch database; no schema may have one of that name.
    package static let markTable = "_plumb_owner"

    /// The name with `number` in it.
    package static func make(prefix: String, number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return "\(prefix)_\(String(repeating: "0", count: 16 - digits.count))\(digits)"
    }

    /// Whether `name` has the shape, byte for byte.
    package static func isOne(_ name: String, prefix: String) -> Bool {
        let (name, head) = (Array(name.utf8), Array((prefix + "_").utf8))
        return name.count == head.count + 16 && name.starts(with: head)
            && name.dropFirst(head.count).allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }

    /// Whether a database of this name could be taken for a scratch database, on servers that
    /// fold names, too.
    package static func claims(_ database: String, prefix: String) -> Bool {
        database.utf8.map(lowered).starts(with: prefix.utf8.map(lowered))
    }

    /// Whether the databases that are LIKE `pattern` lie among scratch databases, or around them
    /// by more than a pattern that begins with a wildcard.
    package static func claims(like pattern: String, prefix: String) -> Bool {
        let head = LikePattern.literalHead(of: pattern).text.utf8.map(lowered)
        let own = (prefix + "_").utf8.map(lowered)
        return !head.isEmpty && (head.starts(with: own) || own.starts(with: head))
    }

    /// Whether a table or other object has the name of the mark, as some server compares names.
    package static func isMark(_ name: String) -> Bool {
        name.utf8.map(lowered) == Array(markTable.utf8)
    }

    /// What is wrong with a prefix; nil where names of any server can begin with it.
    ///
    /// Capitals are refused: a server that folds names would show other names than were locked.
    package static func fault(ofPrefix prefix: String) -> String? {
        guard !prefix.isEmpty else { return "is empty" }
        guard prefix.utf8.count <= longestPrefix else {
            return "is longer than \(longestPrefix) characters"
        }
        let isPlain = prefix.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        }
        return isPlain ? nil : "has other characters than a-z, 0-9 and _"
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
    }
}
