/// Eight bytes of a text, looked at in one step: lexers find the end of a word or a string by them.
///
/// The lowest byte is the first one. A mark is the highest bit of a byte, as in
/// https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord.
struct EightBytes {
    private let bytes: UInt64

    /// How many bytes it has.
    static let count = 8

    /// Reads the bytes from `start` on; there must be eight.
    @inline(__always)
    init(_ text: UnsafeBufferPointer<UInt8>, at start: Int) {
        bytes = UInt64(
            littleEndian: UnsafeRawBufferPointer(text).loadUnaligned(
                fromByteOffset: start, as: UInt64.self))
    }

    /// The number of bytes before the first that cannot be in a word; 8 where all can.
    @inline(__always)
    var wordLength: Int {
        let low = bytes & Self.each(0x7F)
        let letters = Self.marks(low | Self.each(0x20), from: 0x61, to: 0x7A)
        let digits = Self.marks(low, from: 0x30, to: 0x39)
        let signs =
            Self.marks(low, from: 0x5F, to: 0x5F) | Self.marks(low, from: 0x24, to: 0x24)
        return Self.length(~(letters | digits | signs | bytes) & Self.each(0x80))
    }

    /// The number of bytes before the first that is one of the two; 8 where none is.
    @inline(__always)
    func length(before first: UInt8, or second: UInt8) -> Int {
        Self.length(marks(of: first) | marks(of: second))
    }

    /// A mark for each byte that is `byte`; behind the first one there may be too many.
    @inline(__always)
    private func marks(of byte: UInt8) -> UInt64 {
        let difference = bytes ^ Self.each(byte)
        return (difference &- Self.each(0x01)) & ~difference & Self.each(0x80)
    }

    /// A mark for each byte of ASCII in the range.
    @inline(__always)
    private static func marks(_ bytes: UInt64, from low: UInt8, to high: UInt8) -> UInt64 {
        (bytes &+ each(0x80 &- low)) & ~(bytes &+ each(0x7F &- high))
    }

    @inline(__always)
    private static func length(_ marks: UInt64) -> Int { marks.trailingZeroBitCount &>> 3 }

    @inline(__always)
    private static func each(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }
}
