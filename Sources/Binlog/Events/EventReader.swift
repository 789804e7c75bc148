/// Makes events of the bytes that a server sends, one after the other.
struct EventReader {
    /// Where the log goes on.
    private(set) var position: BinlogPosition
    /// The last place that is between two transactions.
    private(set) var resumption: BinlogPosition
    private var bounds = TransactionBounds()
    /// Nil until the server has said it.
    private var format: FormatDescription?
    private var tables = TableMaps()

    /// - Parameter start: the asked place.
    init(start: BinlogPosition) {
        position = start
        resumption = start
    }

    /// Reads one event.
    mutating func read(_ bytes: [UInt8]) throws(BinlogError) -> BinlogEntry {
        do throws(BinlogError) {
            return try entry(bytes)
        } catch {
            throw error.at(position)
        }
    }

    private mutating func entry(_ bytes: [UInt8]) throws(BinlogError) -> BinlogEntry {
        var cursor = ByteCursor(bytes)
        let header = try EventHeader(from: &cursor)
        guard header.length == bytes.count else {
            throw BinlogError(
                .damaged, "an event of \(header.length) bytes came in \(bytes.count)")
        }
        let checksum = try checksumSize(header, bytes)
        guard bytes.count >= EventHeader.size + checksum else {
            throw BinlogError(.damaged, "an event has no room for its checksum")
        }
        var body = ByteCursor(bytes, EventHeader.size..<bytes.count - checksum)
        let event = try event(header, bytes, &body)
        advance(behind: header, event)
        bounds.see(event)
        if bounds.isOutside { resumption = position }
        return BinlogEntry(header: header, event: event, end: position)
    }

    /// How many bytes at the end are the checksum, which is compared.
    private func checksumSize(
        _ header: EventHeader, _ bytes: [UInt8]
    ) throws(BinlogError) -> Int {
        // Its checksum is there whether or not the other events of the file have one.
        if header.type == .formatDescription { return 0 }
        let isRight = hasRightChecksum(bytes)
        // Those that are made up for the reader follow the format of the file before or behind.
        if header.isArtificial || header.type == .heartbeat || format == nil {
            return isRight ? 4 : 0
        }
        guard format?.hasChecksums == true else { return 0 }
        guard isRight else { throw BinlogError(.damaged, "an event's checksum is wrong") }
        return 4
    }

    private func hasRightChecksum(_ bytes: [UInt8]) -> Bool {
        let end = bytes.count - 4
        guard end >= EventHeader.size else { return false }
        var tail = ByteCursor(bytes, end..<bytes.count)
        guard let announced = try? tail.little(4) else { return false }
        return UInt64(Zlib.checksum(of: bytes[..<end])) == announced
    }

    private mutating func event(
        _ header: EventHeader, _ bytes: [UInt8], _ body: inout ByteCursor
    ) throws(BinlogError) -> BinlogEvent {
        let type = header.type
        switch type {
        case .formatDescription:
            let description = try FormatDescription(from: &body)
            guard !description.hasChecksums || hasRightChecksum(bytes) else {
                throw BinlogError(.damaged, "the checksum of the log's format is wrong")
            }
            format = description
            tables = TableMaps()
            return .other
        case .rotate: return .rotate(try RotateEvent(from: &body))
        case .heartbeat: return .heartbeat
        default: break
        }
        guard format != nil else {
            throw BinlogError(.damaged, "the server sends events before their format")
        }
        switch type {
        case .query, .compressedQuery:
            return .query(try QueryEvent(isCompressed: type == .compressedQuery, from: &body))
        case .xid: return .commit
        case .xaPrepare: return .xaPrepare
        case .gtid, .anonymousGTID, .taggedGTID, .mariadbGTID:
            return .begin(try GTIDEvent(type, serverID: header.serverID, from: &body))
        case .tableMap: return .table(try tables.add(try body.takeRest()))
        case .incident:
            throw BinlogError(
                .damaged, "the server says that changes are missing in its log (incident)")
        case .payload:
            throw BinlogError(
                .unsupported,
                "a transaction is compressed: set binlog_transaction_compression to OFF")
        default: break
        }
        if let form = RowsForm(type) { return try rows(form, &body) }
        if type.isWithoutRows || header.isIgnorable { return .other }
        throw BinlogError(
            .unsupported,
            type.isOfLoadStatement
                ? "a LOAD DATA is logged as a statement: its session needs binlog_format=ROW"
                : "Plumb does not know the event number \(type.rawValue)")
    }

    private mutating func rows(
        _ form: RowsForm, _ body: inout ByteCursor
    ) throws(BinlogError) -> BinlogEvent {
        let id = try body.little(6)
        let flags = UInt16(truncatingIfNeeded: try body.little(2))
        let endsStatement = flags & 1 != 0
        defer { if endsStatement { tables.endStatement() } }
        guard id != RowsEvent.noTable || !endsStatement else { return .other }
        guard let table = tables[id] else {
            throw BinlogError(.damaged, "rows are of table number \(id), which no event named")
        }
        return .rows(try RowsEvent(form, flags: flags, of: table, from: &body))
    }

    private mutating func advance(behind header: EventHeader, _ event: BinlogEvent) {
        if case .rotate(let rotate) = event {
            position = rotate.next
        } else if header.nextOffset > 0, !header.isArtificial, header.type != .heartbeat {
            position = BinlogPosition(file: position.file, offset: offset(header.nextOffset))
        }
    }

    /// The whole of a place of which an event has the lower four bytes: a file grows beyond them
    /// with one great transaction.
    private func offset(_ low: UInt32) -> UInt64 {
        let turn: UInt64 = 1 << 32
        let offset = position.offset / turn * turn + UInt64(low)
        return offset < position.offset ? offset + turn : offset
    }
}

/// The tables of the statement that is being read, by the numbers that its events use.
private struct TableMaps {
    private var current: [UInt64: TableMapEvent] = [:]
    /// Those read before, by their bytes: a table's map is the same until the table changes.
    private var known: [[UInt8]: TableMapEvent] = [:]

    /// The one before: most changes are about the same table again.
    private var last: (bytes: [UInt8], map: TableMapEvent)?

    private static let mostKnown = 1_000
    /// Longer ones are read again each time.
    private static let longestKnown = 1 << 16
    /// More tables than any statement has.
    private static let mostCurrent = 4_096

    subscript(id: UInt64) -> TableMapEvent? { current[id] }

    mutating func add(_ bytes: [UInt8]) throws(BinlogError) -> TableMapEvent {
        if let last, last.bytes == bytes {
            current[last.map.id] = last.map
            return last.map
        }
        let map = try find(bytes)
        last = (bytes, map)
        return map
    }

    private mutating func find(_ bytes: [UInt8]) throws(BinlogError) -> TableMapEvent {
        if let map = known[bytes] {
            current[map.id] = map
            return map
        }
        var cursor = ByteCursor(bytes)
        let map = try TableMapEvent(from: &cursor)
        if known.count >= Self.mostKnown { known = [:] }
        if bytes.count <= Self.longestKnown { known[bytes] = map }
        current[map.id] = map
        guard current.count <= Self.mostCurrent else {
            throw BinlogError(.damaged, "one statement is about too many tables")
        }
        return map
    }

    mutating func endStatement() { current = [:] }
}
