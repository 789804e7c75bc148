/// The log goes on in another file.
package struct RotateEvent: Hashable, Sendable {
    package let next: BinlogPosition

    init(from cursor: inout ByteCursor) throws(BinlogError) {
        let offset = try cursor.little(8)
        let file = try cursor.text(cursor.remaining)
        guard !file.isEmpty, !file.contains("/") else {
            throw BinlogError(.damaged, "the next file of the log has no name")
        }
        next = BinlogPosition(file: file, offset: offset)
    }
}

/// The start of a transaction, or of a statement that is one by itself.
package struct GTIDEvent: Hashable, Sendable {
    /// The number's parts; the text is made when it is asked for, as most readers never do.
    private enum Number: Hashable {
        case mariadb(domain: UInt64, server: UInt32, sequence: UInt64)
        case mysql(uuid: [UInt8], number: UInt64)
        /// The server numbers none, or in a form that is not read.
        case unknown
    }

    private let number: Number
    /// Whether it is one statement that no COMMIT follows, as DDL; nil where the event does not
    /// say.
    package let isStandalone: Bool?

    /// - Parameter serverID: the event's server, the middle part of MariaDB's numbers.
    init(
        _ type: EventType, serverID: UInt32, from cursor: inout ByteCursor
    ) throws(BinlogError) {
        switch type {
        case .mariadbGTID:
            let sequence = try cursor.little(8)
            let domain = try cursor.little(4)
            number = .mariadb(domain: domain, server: serverID, sequence: sequence)
            isStandalone = try cursor.byte() & 1 != 0
        case .gtid:
            try cursor.skip(1)
            number = .mysql(uuid: try cursor.take(16), number: try cursor.little(8))
            isStandalone = nil
        default:
            number = .unknown
            isStandalone = nil
        }
    }

    /// The transaction's number: `0-1-42` of MariaDB, `uuid:42` of MySQL; nil where there is none.
    package var id: String? {
        switch number {
        case .mariadb(let domain, let server, let sequence):
            return "\(domain)-\(server)-\(sequence)"
        case .mysql(let uuid, let number):
            var text = ""
            for (place, digit) in Hexadecimal.text(uuid).lowercased().enumerated() {
                if [8, 12, 16, 20].contains(place) { text += "-" }
                text.append(digit)
            }
            return "\(text):\(number)"
        case .unknown: return nil
        }
    }
}

/// A statement in the log: DDL, the words around a transaction, or a change that the server logged
/// as a statement.
package struct QueryEvent: Hashable, Sendable {
    /// The database that was selected.
    package let database: String
    /// The statement's bytes, in the character set of its session.
    private let bytes: [UInt8]

    init(isCompressed: Bool, from cursor: inout ByteCursor) throws(BinlogError) {
        // The session's number and the seconds it took.
        try cursor.skip(8)
        let name = Int(try cursor.byte())
        // The error's number.
        try cursor.skip(2)
        let status = Int(try cursor.little(2))
        try cursor.skip(status)
        database = try cursor.text(name)
        try cursor.skip(1)
        bytes = isCompressed ? try CompressedPart.bytes(from: &cursor) : try cursor.takeRest()
    }

    /// The statement; bytes that are not UTF-8 become U+FFFD.
    package var statement: String { String(decoding: bytes, as: UTF8.self) }

    /// What a statement means for a transaction.
    package enum Meaning: Hashable, Sendable {
        case begin, commit, rollback
        /// SAVEPOINT and ROLLBACK TO, which takes back what the log has since that point.
        case savepoint
        /// XA START and XA END, around the rows of a transaction in two phases.
        case xa
        /// XA COMMIT and XA ROLLBACK: what becomes of one that was prepared.
        case xaEnd
        /// DDL, or a change that is logged as a statement.
        case other
    }

    package var meaning: Meaning {
        let words = statement.prefix(64).uppercased().split { $0 == " " || $0 == "\n" }
        switch (words.first, words.count) {
        case ("BEGIN", 1): return .begin
        case ("COMMIT", 1): return .commit
        case ("ROLLBACK", 1): return .rollback
        case ("ROLLBACK", _), ("SAVEPOINT", _): return .savepoint
        case ("XA", _):
            let isEnd = words.dropFirst().first.map { $0 == "COMMIT" || $0 == "ROLLBACK" }
            return isEnd == true ? .xaEnd : .xa
        default: return .other
        }
    }
}
