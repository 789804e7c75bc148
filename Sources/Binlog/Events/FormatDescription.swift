/// How the events that follow are written.
struct FormatDescription: Hashable, Sendable {
    /// The version of the server that wrote the file.
    let serverVersion: String
    /// Whether each event ends with a checksum.
    let hasChecksums: Bool

    /// - Parameter cursor: the event behind its header, with its checksum.
    init(from cursor: inout ByteCursor) throws(BinlogError) {
        let version = try cursor.little(2)
        guard version == 4 else {
            throw BinlogError(.unsupported, "the log has the format \(version): Plumb reads 4")
        }
        let name = try cursor.take(50)
        serverVersion = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        try cursor.skip(4)
        let header = try cursor.byte()
        guard header == EventHeader.size else {
            throw BinlogError(.unsupported, "events have a header of \(header) bytes")
        }
        // The lengths of the fixed parts of all kinds of events; those Plumb reads never change.
        let tail = 5
        guard cursor.remaining > tail else {
            throw BinlogError(.unsupported, "the log is of a server before MySQL 5.6")
        }
        try cursor.skip(cursor.remaining - tail)
        switch try cursor.byte() {
        case 0: hasChecksums = false
        case 1: hasChecksums = true
        case let other: throw BinlogError(.unsupported, "checksums have the form \(other)")
        }
    }
}
