import CGit2

/// The id of a git object: the 20 bytes of a SHA-1.
package struct ObjectID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The bytes as big-endian words of 8, 8 and 4 bytes.
    private let words: (UInt64, UInt64, UInt32)

    /// Reads 40 hexadecimal digits; nil for anything else.
    package init?(hex: some StringProtocol) {
        let digits = Array(hex.utf8)
        guard digits.count == 40 else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: 40, by: 2) {
            guard let high = Self.nibble(digits[place]), let low = Self.nibble(digits[place + 1])
            else { return nil }
            bytes.append(high << 4 | low)
        }
        self.init(bytes: bytes)
    }

    init(_ raw: git_oid) {
        self.init(bytes: withUnsafeBytes(of: raw.id) { Array($0) })
    }

    /// - Parameter bytes: 20 of them.
    init(bytes: [UInt8]) {
        func word(_ range: Range<Int>) -> UInt64 {
            bytes[range].reduce(0) { $0 << 8 | UInt64($1) }
        }
        words = (word(0..<8), word(8..<16), UInt32(truncatingIfNeeded: word(16..<20)))
    }

    /// All 40 digits, in lower case.
    package var hex: String {
        Self.padded(words.0, 16) + Self.padded(words.1, 16) + Self.padded(UInt64(words.2), 8)
    }

    /// The first seven digits, for people.
    package var short: String { String(hex.prefix(7)) }

    package var description: String { hex }

    /// The 20 bytes.
    var bytes: [UInt8] {
        withUnsafeBytes(of: words.0.bigEndian) { Array($0) }
            + withUnsafeBytes(of: words.1.bigEndian) { Array($0) }
            + withUnsafeBytes(of: words.2.bigEndian) { Array($0) }
    }

    /// The first byte.
    var firstByte: UInt8 { UInt8(truncatingIfNeeded: words.0 >> 56) }

    /// Whether it is the null id, which stands for "does not exist".
    var isZero: Bool { words == (0, 0, 0) }

    /// The id as libgit2's type.
    var raw: git_oid {
        var result = git_oid()
        withUnsafeMutableBytes(of: &result.id) { bytes in
            bytes.storeBytes(of: words.0.bigEndian, as: UInt64.self)
            bytes.storeBytes(of: words.1.bigEndian, toByteOffset: 8, as: UInt64.self)
            bytes.storeBytes(of: words.2.bigEndian, toByteOffset: 16, as: UInt32.self)
        }
        return result
    }

    package static func == (left: ObjectID, right: ObjectID) -> Bool { left.words == right.words }
    package static func < (left: ObjectID, right: ObjectID) -> Bool { left.words < right.words }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
    }

    private static func padded(_ word: UInt64, _ count: Int) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: count - digits.count) + digits
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
