/// The path of a document in the ledger: components of any text, encoded as names for git.
package struct LedgerPath: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The components as given, not encoded.
    package let components: [String]

    package init(_ components: String...) {
        self.components = components
    }

    package init(_ components: [String]) {
        self.components = components
    }

    /// The root of the tree.
    package static let root = LedgerPath([])

    /// The path of `component` below this one.
    package func appending(_ component: String) -> LedgerPath {
        LedgerPath(components + [component])
    }

    /// The path as git stores it.
    package var encoded: String { components.map(Self.encode).joined(separator: "/") }

    package var description: String { encoded }

    package static func < (left: LedgerPath, right: LedgerPath) -> Bool {
        left.components.lexicographicallyPrecedes(right.components)
    }
}

extension LedgerPath {
    /// One component as a name for git. `/`, `%`, control bytes, a leading `.` and everything else
    /// that git or a file system could read as another name become `%XX`.
    package static func encode(_ component: String) -> String {
        // Git has no empty name; a single `%` is the encoding of no other text.
        guard !component.isEmpty else { return "%" }
        if component.utf8.first != UInt8(ascii: "."), component.utf8.allSatisfy(isPlain) {
            return component
        }
        var result: [UInt8] = []
        for (place, scalar) in component.unicodeScalars.enumerated() {
            for byte in String(scalar).utf8 {
                if mustEscape(scalar, isFirst: place == 0) {
                    result.append(UInt8(ascii: "%"))
                    result.append(contentsOf: hexadecimal(byte))
                } else {
                    result.append(byte)
                }
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The component whose encoding is `text`; nil where there is none.
    package static func decode(_ text: String) -> String? {
        if text == "%" { return "" }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "%") {
                guard place + 2 < bytes.count, let high = digit(bytes[place + 1]),
                    let low = digit(bytes[place + 2])
                else { return nil }
                result.append(high << 4 | low)
                place += 3
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        guard let decoded = String(validating: result, as: UTF8.self), encode(decoded) == text
        else { return nil }
        return decoded
    }

    /// Whether an ASCII character never needs to be escaped, but for a leading `.`.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte < 0x7f && !mustEscape(Unicode.Scalar(byte), isFirst: false)
    }

    private static func mustEscape(_ scalar: Unicode.Scalar, isFirst: Bool) -> Bool {
        switch scalar {
        case "\0"..."\u{1f}", "\u{7f}", "/", "%", "\\", ":": true
        case ".": isFirst
        // Git refuses `git~1`, and `.git` with code points that some file systems ignore.
        case "~", "\u{200c}"..."\u{200f}", "\u{202a}"..."\u{202e}", "\u{206a}"..."\u{206f}",
            "\u{feff}":
            true
        default: false
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
