/// Where a document lies in the ledger: components of any text, encoded so that git takes them.
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

    /// The path of `component` in this folder.
    package func appending(_ component: String) -> LedgerPath {
        LedgerPath(components + [component])
    }

    /// The path as git stores it.
    package var encoded: String { components.map(Self.encode).joined(separator: "/") }

    package var description: String { encoded }

    package static func < (left: LedgerPath, right: LedgerPath) -> Bool {
        left.components.lexicographicallyPrecedes(right.components)
    }

    /// A path as git stores it, read back; nil when it was not written by `encoded`.
    package init?(encoded: String) {
        var components: [String] = []
        for part in encoded.split(separator: "/", omittingEmptySubsequences: false) {
            guard let component = Self.decode(String(part)) else { return nil }
            components.append(component)
        }
        self.components = components
    }
}

extension LedgerPath {
    /// One component as git can store it: `/`, `%`, control bytes, a leading `.` and whatever
    /// else would make git or a file system read the name as another become `%XX`.
    package static func encode(_ component: String) -> String {
        // An empty name cannot be stored; a lone '%' is the encoding of no text.
        guard !component.isEmpty else { return "%" }
        let bytes = Array(component.utf8)
        var result: [UInt8] = []
        for (place, byte) in bytes.enumerated() {
            if mustEscape(byte, at: place, in: bytes) {
                result.append(UInt8(ascii: "%"))
                result.append(contentsOf: hexadecimal(byte))
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The component that `encode` made `text` of; nil when it made it of none.
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

    private static func mustEscape(_ byte: UInt8, at place: Int, in bytes: [UInt8]) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "%"), UInt8(ascii: "\\"), 0..<0x20, 0x7f: true
        case UInt8(ascii: "."): place == 0
        // git refuses `git~1` and code points that some file systems ignore inside `.git`.
        case UInt8(ascii: "~"): true
        case UInt8(ascii: ":"): true
        default: isIgnorable(at: place, in: bytes)
        }
    }

    /// Whether the byte starts one of the invisible code points (U+200C–F, U+202A–E, U+206A–F,
    /// U+FEFF) that let a name pass for another.
    private static func isIgnorable(at place: Int, in bytes: [UInt8]) -> Bool {
        guard place + 2 < bytes.count else { return false }
        switch (bytes[place], bytes[place + 1], bytes[place + 2]) {
        case (0xe2, 0x80, 0x8c...0x8f), (0xe2, 0x80, 0xaa...0xae), (0xe2, 0x81, 0xaa...0xaf),
            (0xef, 0xbb, 0xbf):
            return true
        default: return false
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
