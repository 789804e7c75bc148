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
        let digits = Array(hex.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: 64, by: 2) {
            guard let high = Self.nibble(digits[place]), let low = Self.nibble(digits[place + 1])
            else { return nil }
            bytes.append(high << 4 | low)
        }
        self.init(bytes: bytes)
    }

    private init(bytes: [UInt8]) {
        func word(_ start: Int) -> UInt64 {
            bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        words = (word(0), word(8), word(16), word(24))
    }

    /// All 64 hexadecimal digits, in lower case.
    package var hex: String {
        [words.0, words.1, words.2, words.3].map(Self.hexadecimal).joined()
    }

    /// The first seven digits, for people.
    package var short: String { String(hex.prefix(7)) }

    /// The first sixteen digits (64 bits), with which a user selects something: unlike the seven of
    /// ``short``, for which a second digest is found within minutes, nobody can construct another.
    package var distinct: String { String(hex.prefix(Self.distinctDigits)) }

    /// How many digits ``distinct`` has.
    package static let distinctDigits = 16

    private static func hexadecimal(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
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
