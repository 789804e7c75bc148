/// How the values of one column stand in the rows of an event.
enum ColumnForm: Hashable, Sendable {
    case integer(bytes: Int, isUnsigned: Bool)
    case float
    case double
    case decimal(DecimalDigits)
    case bits(bytes: Int)
    case year
    case temporal(TemporalForm)
    /// The place of an ENUM's word, or the bits of a SET.
    case ordinal(bytes: Int)
    /// A length in so many bytes, then the bytes; zeros are added up to `padTo` bytes.
    case bytes(lengthBytes: Int, padTo: Int)
    /// The same, compressed by MariaDB.
    case compressed(lengthBytes: Int)
    case json(lengthBytes: Int)

    /// - Parameters:
    ///   - wire: the column by the table map.
    ///   - column: the same column by the table's definition.
    init(_ wire: WireColumn, _ column: BinlogColumn) throws(BinlogError) {
        let metadata = wire.metadata
        switch wire.type {
        case .tiny: self = .integer(bytes: 1, isUnsigned: column.isUnsigned)
        case .short: self = .integer(bytes: 2, isUnsigned: column.isUnsigned)
        case .int24: self = .integer(bytes: 3, isUnsigned: column.isUnsigned)
        case .long: self = .integer(bytes: 4, isUnsigned: column.isUnsigned)
        case .longLong: self = .integer(bytes: 8, isUnsigned: column.isUnsigned)
        case .float: self = .float
        case .double: self = .double
        case .decimal:
            self = .decimal(
                try DecimalDigits(precision: metadata & 0xff, scale: metadata >> 8))
        case .bit:
            let bits = metadata & 0xff
            guard bits < 8, (metadata >> 8) + (bits > 0 ? 1 : 0) <= 8 else {
                throw BinlogError(.damaged, "a BIT column is wider than 64 bits")
            }
            self = .bits(bytes: (metadata >> 8) + (bits > 0 ? 1 : 0))
        case .year: self = .year
        case .date, .newDate: self = .temporal(.date)
        case .time: self = .temporal(.time(digits: try Self.digits(metadata)))
        case .datetime: self = .temporal(.datetime(digits: try Self.digits(metadata)))
        case .timestamp: self = .temporal(.timestamp(digits: try Self.digits(metadata)))
        case .oldTime: self = .temporal(.oldTime(digits: try Self.digits(column.fractionDigits)))
        case .oldDatetime:
            self = .temporal(.oldDatetime(digits: try Self.digits(column.fractionDigits)))
        case .oldTimestamp:
            self = .temporal(.oldTimestamp(digits: try Self.digits(column.fractionDigits)))
        case .enumeration, .set: self = .ordinal(bytes: try Self.size(metadata >> 8))
        case .varchar, .varString: self = .bytes(lengthBytes: metadata > 255 ? 2 : 1, padTo: 0)
        case .compressedVarchar: self = .compressed(lengthBytes: metadata > 255 ? 2 : 1)
        case .string:
            // Zeros at the end are left out of what has no blanks to leave out.
            let isPadded = column.characterSet == nil || column.characterSet == "binary"
            self = .bytes(
                lengthBytes: wire.stringBytes > 255 ? 2 : 1,
                padTo: isPadded ? wire.stringBytes : 0)
        case .blob, .geometry, .vector:
            self = .bytes(lengthBytes: try Self.size(metadata), padTo: 0)
        case .compressedBlob: self = .compressed(lengthBytes: try Self.size(metadata))
        case .json: self = .json(lengthBytes: try Self.size(metadata))
        default:
            throw BinlogError(
                .unsupported, "column \(column.name) has the type number \(wire.type.rawValue)")
        }
    }

    private static func digits(_ digits: Int) throws(BinlogError) -> Int {
        guard (0...6).contains(digits) else {
            throw BinlogError(.damaged, "a fraction of a second has \(digits) digits")
        }
        return digits
    }

    /// Checks how many bytes a number has.
    private static func size(_ bytes: Int) throws(BinlogError) -> Int {
        guard (1...8).contains(bytes) else {
            throw BinlogError(.damaged, "a number has \(bytes) bytes")
        }
        return bytes
    }
}

extension ColumnForm {
    /// The column's next value, which is not NULL.
    func value(from cursor: inout ByteCursor) throws(BinlogError) -> BinlogValue {
        switch self {
        case .integer(let count, let isUnsigned):
            let number = try cursor.little(count)
            guard !isUnsigned else { return .unsigned(number) }
            let shift = UInt64(64 - 8 * count)
            return .signed(Int64(bitPattern: number << shift) >> Int64(shift))
        case .float:
            let number = Float(bitPattern: UInt32(truncatingIfNeeded: try cursor.little(4)))
            try Self.check(number)
            return .float(number)
        case .double:
            let number = Double(bitPattern: try cursor.little(8))
            try Self.check(number)
            return .double(number)
        case .decimal(let digits): return .decimal(try digits.text(from: &cursor))
        case .bits(let count): return .bits(try cursor.take(count))
        case .year:
            let year = UInt64(try cursor.byte())
            return .unsigned(year == 0 ? 0 : year + 1900)
        case .temporal(let form): return .temporal(try form.value(from: &cursor))
        case .ordinal(let count): return .unsigned(try cursor.little(count))
        case .bytes(let lengthBytes, let padTo):
            var bytes = try cursor.take(try Self.length(lengthBytes, &cursor))
            if bytes.count < padTo {
                bytes += [UInt8](repeating: 0, count: padTo - bytes.count)
            }
            return .bytes(bytes)
        case .compressed(let lengthBytes):
            let bytes = try cursor.take(try Self.length(lengthBytes, &cursor))
            return .bytes(try CompressedColumn.bytes(of: bytes))
        case .json(let lengthBytes):
            let bytes = try cursor.take(try Self.length(lengthBytes, &cursor))
            return .json(try JSONDocument.value(of: bytes))
        }
    }

    /// Passes over the column's next value, which is not NULL: nothing is copied, inflated or read.
    func skip(in cursor: inout ByteCursor) throws(BinlogError) {
        switch self {
        case .bytes(let lengthBytes, _), .compressed(let lengthBytes), .json(let lengthBytes):
            try cursor.skip(try Self.length(lengthBytes, &cursor))
        case .integer, .float, .double, .decimal, .bits, .year, .temporal, .ordinal:
            _ = try value(from: &cursor)
        }
    }

    /// No column of a server holds infinity, and no literal says it.
    private static func check(_ number: some BinaryFloatingPoint) throws(BinlogError) {
        guard number.isFinite else {
            throw BinlogError(.damaged, "a column holds a number that is not finite")
        }
    }

    private static func length(
        _ count: Int, _ cursor: inout ByteCursor
    ) throws(BinlogError) -> Int {
        // What does not fit in a signed number is longer than any event.
        Int(truncatingIfNeeded: try cursor.little(count))
    }
}

/// A value of a column that MariaDB has compressed (`COMPRESSED`).
private enum CompressedColumn {
    /// The first byte is 0 before bytes as they are; otherwise it has the method (8, zlib) in its
    /// high half, whether zlib's header is left out, and how many bytes of the length follow.
    static func bytes(of stored: [UInt8]) throws(BinlogError) -> [UInt8] {
        guard let first = stored.first else { return [] }
        guard first != 0 else { return Array(stored.dropFirst()) }
        var cursor = ByteCursor(stored)
        try cursor.skip(1)
        let lengthBytes = Int(first & 7)
        guard first >> 4 == 8, (1...4).contains(lengthBytes) else {
            throw BinlogError(.unsupported, "a column is compressed by a method that is not known")
        }
        let size = Int(try cursor.big(lengthBytes))
        return try Zlib.inflate(
            try cursor.takeRest(), to: size, first & 8 == 0 ? .wrapped : .raw)
    }
}
