/// What stands before every event.
package struct EventHeader: Hashable, Sendable {
    /// Seconds since 1970 at which the statement began; 0 for an event that the server makes up
    /// for its reader.
    package let timestamp: UInt32
    package let type: EventType
    /// The server on which the change was made first.
    package let serverID: UInt32
    /// The length of the whole event in bytes.
    let length: Int
    /// Where the next event begins in the file; 0 for one that is in no file.
    let nextOffset: UInt32
    private let flags: UInt16

    static let size = 19

    init(from cursor: inout ByteCursor) throws(BinlogError) {
        timestamp = UInt32(truncatingIfNeeded: try cursor.little(4))
        type = EventType(rawValue: try cursor.byte())
        serverID = UInt32(truncatingIfNeeded: try cursor.little(4))
        length = Int(try cursor.little(4))
        nextOffset = UInt32(truncatingIfNeeded: try cursor.little(4))
        flags = UInt16(truncatingIfNeeded: try cursor.little(2))
    }

    /// Whether the server made it up for its reader.
    var isArtificial: Bool { flags & 0x20 != 0 }

    /// Whether who does not know it may leave it out.
    var isIgnorable: Bool { flags & 0x80 != 0 }
}
