/// The types of columns as a table map names them, with how much metadata each has.
///
/// A struct, so that a number that no release has yet is a value, and an error only where it
/// matters.
struct WireType: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt8

    static let tiny = WireType(rawValue: 1)
    static let short = WireType(rawValue: 2)
    static let long = WireType(rawValue: 3)
    static let float = WireType(rawValue: 4)
    static let double = WireType(rawValue: 5)
    static let oldTimestamp = WireType(rawValue: 7)
    static let longLong = WireType(rawValue: 8)
    static let int24 = WireType(rawValue: 9)
    static let date = WireType(rawValue: 10)
    static let oldTime = WireType(rawValue: 11)
    static let oldDatetime = WireType(rawValue: 12)
    static let year = WireType(rawValue: 13)
    static let newDate = WireType(rawValue: 14)
    static let varchar = WireType(rawValue: 15)
    static let bit = WireType(rawValue: 16)
    static let timestamp = WireType(rawValue: 17)
    static let datetime = WireType(rawValue: 18)
    static let time = WireType(rawValue: 19)
    static let compressedBlob = WireType(rawValue: 140)
    static let compressedVarchar = WireType(rawValue: 141)
    static let vector = WireType(rawValue: 242)
    static let json = WireType(rawValue: 245)
    static let decimal = WireType(rawValue: 246)
    static let enumeration = WireType(rawValue: 247)
    static let set = WireType(rawValue: 248)
    static let blob = WireType(rawValue: 252)
    static let varString = WireType(rawValue: 253)
    static let string = WireType(rawValue: 254)
    static let geometry = WireType(rawValue: 255)

    /// How many bytes of metadata stand in a table map; nil for a type that is not known.
    var metadataSize: Int? {
        switch self {
        case .tiny, .short, .long, .longLong, .int24, .year, .date, .newDate, .oldTime,
            .oldDatetime, .oldTimestamp:
            0
        case .float, .double, .timestamp, .datetime, .time, .blob, .compressedBlob, .geometry,
            .json, .vector:
            1
        case .varchar, .compressedVarchar, .varString, .string, .enumeration, .set, .bit, .decimal:
            2
        default: nil
        }
    }

    /// Whether a table map says of such columns whether they have a sign.
    var isNumber: Bool {
        switch self {
        case .tiny, .short, .int24, .long, .longLong, .year, .float, .double, .decimal: true
        default: false
        }
    }

    /// Whether a table map says the character set of such columns.
    var isText: Bool {
        switch self {
        case .varchar, .varString, .string, .blob, .compressedVarchar, .compressedBlob: true
        default: false
        }
    }
}

/// A column's type in a table map, with its metadata.
struct WireColumn: Hashable, Sendable {
    /// The type itself: of ENUM and SET their own, where the map says STRING.
    let type: WireType
    /// The bytes of metadata, the first one lowest; their meaning depends on the type.
    let metadata: Int

    /// The longest value of a STRING column, in bytes.
    ///
    /// Two of its bits are in the byte that says the type, turned over.
    /// The form: `Table_map_event` in https://dev.mysql.com/doc/dev/mysql-server/latest/
    var stringBytes: Int {
        (metadata >> 8) | (((metadata & 0x30) ^ 0x30) << 4)
    }

    init(_ type: WireType, from cursor: inout ByteCursor) throws(BinlogError) {
        guard let size = type.metadataSize else {
            throw BinlogError(.unsupported, "a column has the type number \(type.rawValue)")
        }
        let metadata = Int(try cursor.little(size))
        self.metadata = metadata
        let real = WireType(rawValue: UInt8(metadata & 0xff))
        self.type = type == .string && (real == .enumeration || real == .set) ? real : type
    }
}
