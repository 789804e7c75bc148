/// The names of workspace databases, in which Plumb runs statements to see what a server makes of
/// them: a prefix, `_`, and sixteen hexadecimal digits in lower case.
///
/// A name of this shape is not enough to treat a database as Plumb's own: the database must also
/// hold the table ``markTable`` with its owner's mark.
package enum WorkspaceName {
    /// The prefix where the fleet file names none.
    package static let defaultPrefix = "_plumb_ws"
    /// In bytes: servers allow 64 for the whole name, and 17 follow the prefix.
    package static let longestPrefix = 32
    /// The table that marks a workspace database; no schema may define one of that name.
    package static let markTable = "_plumb_owner"

    /// The name with `number` as its sixteen digits.
    package static func make(prefix: String, number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return "\(prefix)_\(String(repeating: "0", count: 16 - digits.count))\(digits)"
    }

    /// Whether `name` has the shape of a workspace's name, byte for byte.
    package static func matches(_ name: String, prefix: String) -> Bool {
        let (name, head) = (Array(name.utf8), Array((prefix + "_").utf8))
        return name.count == head.count + 16 && name.starts(with: head)
            && name.dropFirst(head.count).allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }

    /// Whether a database of this name could be taken for a workspace, regardless of letter case,
    /// which some servers ignore.
    package static func couldBeWorkspace(_ database: String, prefix: String) -> Bool {
        database.utf8.map(lowered).starts(with: prefix.utf8.map(lowered))
    }

    /// Whether a grant's pattern is aimed at workspaces: it begins with their prefix, or with a
    /// part of that prefix. A pattern that begins with a wildcard is not.
    package static func isAimedAtWorkspaces(like pattern: String, prefix: String) -> Bool {
        let head = LikePattern.literalHead(of: pattern).text.utf8.map(lowered)
        let own = (prefix + "_").utf8.map(lowered)
        return !head.isEmpty && (head.starts(with: own) || own.starts(with: head))
    }

    /// Whether a table or other object is called like the mark, regardless of letter case.
    package static func isMark(_ name: String) -> Bool {
        name.utf8.map(lowered) == Array(markTable.utf8)
    }

    /// What is wrong with a prefix; nil where it is good on every server.
    ///
    /// Capitals are refused: a server with `lower_case_table_names=1` would show another name than
    /// the one under which Plumb took the advisory lock.
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
