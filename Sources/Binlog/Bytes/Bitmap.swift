/// One bit for each of some columns, the lowest bit of the first byte first.
struct Bitmap: Hashable, Sendable {
    /// How many columns it is about.
    let count: Int
    private let bytes: [UInt8]

    init(_ count: Int, from cursor: inout ByteCursor) throws(BinlogError) {
        self.count = count
        bytes = try cursor.take((count + 7) / 8)
    }

    /// One of as many columns, with every bit set.
    init(full count: Int) {
        self.count = count
        bytes = Array(repeating: 0xff, count: (count + 7) / 8)
    }

    subscript(index: Int) -> Bool { bytes[index >> 3] & (1 << UInt8(index & 7)) != 0 }

    /// How many of the columns have their bit set; those behind the last column count for nothing.
    var setCount: Int {
        var found = 0
        for byte in bytes.dropLast() { found += byte.nonzeroBitCount }
        guard let last = bytes.last else { return 0 }
        let used = count - (bytes.count - 1) * 8
        return found + (last & UInt8(truncatingIfNeeded: (1 << used) - 1)).nonzeroBitCount
    }
}
