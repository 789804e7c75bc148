import MySQLClient
import Schema

/// Tells from the answer to `SHOW CREATE TABLE` what it is about.
///
/// `SHOW FULL TABLES` says it too, and opens the file of every table for that: over a fleet it
/// costs a quarter of the whole reading.
enum ShownKind {
    /// The kind of what is no table; nil for a table.
    static func otherThanTable(_ row: RawRow) -> ObjectKind? {
        // View, Create View, character_set_client, collation_connection.
        if row.count > 2 { return .view }
        guard row.count == 2, let text = row[1], isSequence(text) else { return nil }
        return .sequence
    }

    /// A sequence has one column set of its own, and an option that nothing else may have.
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
