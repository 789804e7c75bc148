import Crypto

/// A SHA-256 digest: the identity of a schema text, a plan, a step or an approval.
package struct Digest: Hashable, Sendable {
    /// The 32 bytes as four big-endian words, so that comparing costs four compares.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// The digest of `bytes`.
    package init(of bytes: some ContiguousBytesSource) {
        self.init(bytes: bytes.withContiguousBytes { HashAlgorithm.sha256.digest(of: $0) })
    }

    /// Reads 64 hexadecimal digits in lower case; nil for anything else.
    package init?(hex: some StringProtocol) {
        var text = String(hex)
        guard let digest = text.withUTF8({ Digest(hexadecimal: $0) }) else { return nil }
        self = digest
    }

    /// Reads 64 hexadecimal digits in lower case, as ASCII; nil for anything else.
    package init?(hexadecimal digits: UnsafeBufferPointer<UInt8>) {
        guard digits.count == 64 else { return nil }
        var isGood = true
        func word(_ start: Int) -> UInt64 {
            var word: UInt64 = 0
            for place in start..<start + 16 {
                guard let nibble = Self.nibble(digits[place]) else {
                    isGood = false
                    return 0
                }
                word = word << 4 | UInt64(nibble)
            }
            return word
        }
        words = (word(0), word(16), word(32), word(48))
        guard isGood else { return nil }
    }

    private init(bytes: [UInt8]) {
        func word(_ start: Int) -> UInt64 {
            bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        words = (word(0), word(8), word(16), word(24))
    }

    /// All 64 hexadecimal digits, in lower case.
    package var hex: String {
        String(unsafeUninitializedCapacity: 64) { digits in
            Self.write(words.0, to: digits, at: 0)
            Self.write(words.1, to: digits, at: 16)
            Self.write(words.2, to: digits, at: 32)
            Self.write(words.3, to: digits, at: 48)
            return 64
        }
    }

    /// The first seven digits, for people.
    package var short: String { String(hex.prefix(7)) }

    /// The first sixteen digits (64 bits), with which a user selects something: unlike the seven of
    /// ``short``, for which a second digest is found within minutes, nobody can construct another.
    package var distinct: String { String(hex.prefix(Self.distinctDigits)) }

    /// How many digits ``distinct`` has.
    package static let distinctDigits = 16

    private static func write(
        _ word: UInt64, to digits: UnsafeMutableBufferPointer<UInt8>, at start: Int
    ) {
        for place in 0..<16 {
            let nibble = UInt8(truncatingIfNeeded: word >> (60 - 4 * UInt64(place))) & 15
            digits[start + place] =
                nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
        }
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    package static func == (left: Digest, right: Digest) -> Bool {
        left.words == right.words
    }

    package func hash(into hasher: inout Hasher) {
        // The words are uniform already: one is enough to spread a table.
        hasher.combine(words.0)
    }
}

extension Digest: Comparable {
    package static func < (left: Digest, right: Digest) -> Bool { left.words < right.words }
}

extension Digest: CustomStringConvertible {
    package var description: String { hex }
}

extension Digest: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let digest = Digest(hex: text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not a SHA-256 digest: \(text)")
        }
        self = digest
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}

/// A collection of bytes that can be read as one buffer, without Foundation.
package protocol ContiguousBytesSource {
    /// Calls `body` with all bytes as one buffer, which is valid during the call only.
    func withContiguousBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result
}

extension Array: ContiguousBytesSource where Element == UInt8 {
    package func withContiguousBytes<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        withUnsafeBufferPointer(body)
    }
}

extension UnsafeBufferPointer: ContiguousBytesSource where Element == UInt8 {
    package func withContiguousBytes<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        body(self)
    }
}

extension String: ContiguousBytesSource {
    package func withContiguousBytes<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        var copy = self
        return copy.withUTF8(body)
    }
}
