import CMySQL

/// One row of a result, copied out of the client library's memory.
package struct Row: Sendable {
    private let storage: [UInt8]
    /// Each column's place in `storage`; nil for NULL.
    private let columns: [Range<Int>?]

    /// Copies a row, so that it stays valid.
    package init(_ raw: RawRow) {
        var storage: [UInt8] = []
        var columns: [Range<Int>?] = []
        columns.reserveCapacity(raw.count)
        for index in 0..<raw.count {
            guard let bytes = raw[index] else {
                columns.append(nil)
                continue
            }
            let start = storage.count
            storage.append(contentsOf: bytes)
            columns.append(start..<storage.count)
        }
        self.storage = storage
        self.columns = columns
    }

    /// The number of columns.
    package var count: Int { columns.count }

    /// The column's text; nil for NULL. Bytes that are not UTF-8 become U+FFFD.
    package subscript(index: Int) -> String? {
        columns[index].map { String(decoding: storage[$0], as: UTF8.self) }
    }

    /// The column's bytes as the server sent them; nil for NULL.
    package func bytes(_ index: Int) -> [UInt8]? {
        columns[index].map { Array(storage[$0]) }
    }
}

/// One row in the client library's buffers, valid only during the call that receives it.
package struct RawRow {
    private let values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let lengths: UnsafeMutablePointer<UInt>
    /// The number of columns.
    package let count: Int

    init(
        values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
        lengths: UnsafeMutablePointer<UInt>, count: Int
    ) {
        self.values = values
        self.lengths = lengths
        self.count = count
    }

    /// The column's bytes; nil for NULL.
    package subscript(index: Int) -> UnsafeBufferPointer<UInt8>? {
        precondition(index >= 0 && index < count, "the result has no column \(index)")
        return values[index].map {
            UnsafeBufferPointer(
                UnsafeMutableRawBufferPointer(
                    start: $0, count: Int(lengths[index])
                ).assumingMemoryBound(to: UInt8.self))
        }
    }
}

/// The rows of one result, valid only during the call that receives them.
package struct RawRows {
    private let result: UnsafeMutablePointer<MYSQL_RES>?

    /// - Parameter result: nil for a statement that returns no rows at all.
    init(_ result: UnsafeMutablePointer<MYSQL_RES>?) {
        self.result = result
    }

    /// The number of rows.
    package var count: Int { result.map { Int(mysql_num_rows($0)) } ?? 0 }

    /// The next row; nil after the last.
    package func next() -> RawRow? {
        guard let result, let values = mysql_fetch_row(result),
            let lengths = mysql_fetch_lengths(result)
        else { return nil }
        return RawRow(values: values, lengths: lengths, count: Int(mysql_num_fields(result)))
    }
}
