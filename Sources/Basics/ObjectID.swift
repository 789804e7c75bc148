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

    /// - Parameter bytes: 20 of them.
    package init(bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { Self(raw: $0) }
    }

    /// - Parameter raw: 20 bytes at least; those behind them are left.
    package init(raw: UnsafeRawBufferPointer) {
        words = (
            UInt64(bigEndian: raw.loadUnaligned(as: UInt64.self)),
            UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
        )
    }

    /// All 40 digits, in lower case.
    package var hex: String {
        Self.padded(words.0, 16) + Self.padded(words.1, 16) + Self.padded(UInt64(words.2), 8)
    }

    /// The first seven digits, for people.
    package var short: String { String(hex.prefix(7)) }

    package var description: String { hex }

    /// The 20 bytes.
    package var bytes: [UInt8] {
        withUnsafeBytes(of: words.0.bigEndian) { Array($0) }
            + withUnsafeBytes(of: words.1.bigEndian) { Array($0) }
            + withUnsafeBytes(of: words.2.bigEndian) { Array($0) }
    }

    /// The first byte.
    package var firstByte: UInt8 { UInt8(truncatingIfNeeded: words.0 >> 56) }

    /// Whether it is the null id, which stands for "does not exist".
    package var isZero: Bool { words == (0, 0, 0) }

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
