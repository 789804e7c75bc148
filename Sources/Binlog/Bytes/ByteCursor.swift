/// Reads bytes from front to back, and never one beyond the end.
///
/// Everything that a server sent is read by it: a damaged log or a program in between can make a
/// length say anything.
struct ByteCursor {
    private let bytes: [UInt8]
    /// The place of the next byte.
    private(set) var offset: Int
    /// The place after the last byte.
    private let end: Int

    init(_ bytes: [UInt8]) {
        self.init(bytes, bytes.indices)
    }

    /// - Parameter range: the part that may be read; what is outside of `bytes` is left out.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        let range = range.clamped(to: bytes.indices)
        self.bytes = bytes
        offset = range.lowerBound
        end = range.upperBound
    }

    var remaining: Int { end - offset }
    var isAtEnd: Bool { offset == end }

    /// Checks that so many bytes follow; to be called before they are read.
    private func require(_ count: Int) throws(BinlogError) {
        guard count >= 0, count <= end - offset else {
            throw BinlogError(
                .damaged, "\(count) bytes are announced and \(end - offset) are there")
        }
    }

    mutating func byte() throws(BinlogError) -> UInt8 {
        try require(1)
        defer { offset += 1 }
        return bytes[offset]
    }

    /// An unsigned number of up to 8 bytes, the lowest first.
    mutating func little(_ count: Int) throws(BinlogError) -> UInt64 {
        try require(count)
        var value: UInt64 = 0
        for place in 0..<min(count, 8) {
            value |= UInt64(bytes[offset + place]) << UInt64(8 * place)
        }
        offset += count
        return value
    }

    /// An unsigned number of up to 8 bytes, the highest first.
    mutating func big(_ count: Int) throws(BinlogError) -> UInt64 {
        try require(count)
        var value: UInt64 = 0
        for place in 0..<count { value = value << 8 | UInt64(bytes[offset + place]) }
        offset += count
        return value
    }

    /// A number in the protocol's packed form: one byte up to 250, or 252, 253, 254 and the number
    /// in 2, 3 or 8 bytes.
    mutating func packed() throws(BinlogError) -> Int {
        let value: UInt64
        switch try byte() {
        case let short where short <= 250: value = UInt64(short)
        case 252: value = try little(2)
        case 253: value = try little(3)
        case 254: value = try little(8)
        case let other: throw BinlogError(.damaged, "no packed number begins with \(other)")
        }
        guard let count = Int(exactly: value) else {
            throw BinlogError(.damaged, "the number \(value) is too great to be a length")
        }
        return count
    }

    mutating func take(_ count: Int) throws(BinlogError) -> [UInt8] {
        try require(count)
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    mutating func skip(_ count: Int) throws(BinlogError) {
        try require(count)
        offset += count
    }

    /// A cursor over the next `count` bytes, which are skipped here.
    mutating func part(_ count: Int) throws(BinlogError) -> ByteCursor {
        try require(count)
        defer { offset += count }
        return ByteCursor(bytes, offset..<offset + count)
    }

    /// The rest of the bytes.
    mutating func takeRest() throws(BinlogError) -> [UInt8] { try take(remaining) }

    /// Text of so many bytes, in UTF-8.
    mutating func text(_ count: Int) throws(BinlogError) -> String {
        let bytes = try take(count)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw BinlogError(.damaged, "a name or statement is not in UTF-8")
        }
        return text
    }
}
