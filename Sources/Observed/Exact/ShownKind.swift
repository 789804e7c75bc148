import MySQLClient
import Schema

/// Tells the kind of an object by the answer to `SHOW CREATE TABLE`.
///
/// `SHOW FULL TABLES` tells it too, but opens every table's file, which takes a quarter of the time
/// of reading a fleet.
enum ShownKind {
    /// The kind of a view or sequence; nil for a table.
    static func otherThanTable(_ row: RawRow) -> CountedObjectKind? {
        // A view's answer has the columns View, Create View, character_set_client,
        // collation_connection.
        if row.count > 2 { return .view }
        guard row.count == 2, let text = row[1], isSequence(text) else { return nil }
        return .sequence
    }

    /// A sequence has a fixed set of columns, and the option `SEQUENCE=1`.
    static func isSequence(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.firstIndex(of: newline),
            text[(first + 1)...].starts(with: firstColumn),
            let last = text.lastIndex(of: newline)
        else { return false }
        let options = text[(last + 1)...].split(separator: UInt8(ascii: " "), maxSplits: 3)
        return options.count > 2 && options[2].elementsEqual(option)
    }

    private static let newline = UInt8(ascii: "\n")
    private static let firstColumn = Array("  `next_not_cached_value` ".utf8)
    private static let option = Array("SEQUENCE=1".utf8)
}
