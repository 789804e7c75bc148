/// Reads MySQL's binary form of JSON.
///
/// A value is a byte for its type, and its bytes. Arrays and objects begin with the count of their
/// elements and their size, both of 2 bytes where they are small and 4 where they are large; then
/// come for each key its place and length, for each element its type and its place, or the value
/// itself where it is short, and then keys and values. All places count from where the array or
/// object begins.
///
/// https://dev.mysql.com/doc/dev/mysql-server/latest/json__binary_8h.html
struct JSONDocument {
    private let bytes: [UInt8]
    /// How many bytes may still be read. In what a server writes each byte belongs to one value;
    /// one that many places point at would grow without end.
    private var budget: Int

    private static let deepest = 100

    /// The value of a column; no byte at all is the JSON value null.
    static func value(of bytes: [UInt8]) throws(BinlogError) -> JSONValue {
        guard let type = bytes.first else { return .null }
        var document = JSONDocument(bytes: bytes, budget: bytes.count)
        return try document.value(type, 1..<bytes.count, depth: 0)
    }

    private func damaged(_ what: String) -> BinlogError {
        BinlogError(.damaged, "a JSON column: \(what)")
    }

    private mutating func spend(_ count: Int) throws(BinlogError) {
        budget -= count
        guard budget >= 0 else { throw damaged("several values share their bytes") }
    }

    private mutating func value(
        _ type: UInt8, _ range: Range<Int>, depth: Int
    ) throws(BinlogError) -> JSONValue {
        var cursor = ByteCursor(bytes, range)
        switch type {
        case 0, 1: return try container(range, isObject: true, isLarge: type == 1, depth: depth)
        case 2, 3: return try container(range, isObject: false, isLarge: type == 3, depth: depth)
        case 4: return try literal(UInt64(try cursor.byte()))
        case 5: return .signed(Int64(Int16(truncatingIfNeeded: try cursor.little(2))))
        case 6: return .unsigned(try cursor.little(2))
        case 7: return .signed(Int64(Int32(truncatingIfNeeded: try cursor.little(4))))
        case 8: return .unsigned(try cursor.little(4))
        case 9: return .signed(Int64(bitPattern: try cursor.little(8)))
        case 10: return .unsigned(try cursor.little(8))
        case 11:
            let number = Double(bitPattern: try cursor.little(8))
            guard number.isFinite else { throw damaged("a number is not finite") }
            return .double(number)
        case 12:
            let count = try length(&cursor)
            try spend(count)
            return .string(try cursor.text(count))
        case 15:
            let kind = WireType(rawValue: try cursor.byte())
            let count = try length(&cursor)
            try spend(count)
            return try opaque(kind, try cursor.take(count))
        default: throw damaged("there is no type \(type)")
        }
    }

    private func literal(_ number: UInt64) throws(BinlogError) -> JSONValue {
        switch number {
        case 0: return .null
        case 1: return .bool(true)
        case 2: return .bool(false)
        default: throw damaged("there is no literal \(number)")
        }
    }

    /// A length in groups of seven bits, the lowest first; all bytes but the last have their high
    /// bit set.
    private func length(_ cursor: inout ByteCursor) throws(BinlogError) -> Int {
        var length = 0
        for place in 0..<5 {
            let byte = Int(try cursor.byte())
            length |= (byte & 0x7f) << (7 * place)
            if byte & 0x80 == 0 { return length }
        }
        throw damaged("a length is too long")
    }

    private mutating func container(
        _ range: Range<Int>, isObject: Bool, isLarge: Bool, depth: Int
    ) throws(BinlogError) -> JSONValue {
        guard depth < Self.deepest else { throw damaged("values are nested too deep") }
        let width = isLarge ? 4 : 2
        var cursor = ByteCursor(bytes, range)
        let count = Int(try cursor.little(width))
        let size = Int(try cursor.little(width))
        guard size <= range.count else { throw damaged("a value is longer than the document") }
        let whole = range.lowerBound..<range.lowerBound + size
        // Checked before memory is asked for.
        let entries = count * ((isObject ? width + 2 : 0) + width + 1)
        guard entries <= size - 2 * width else { throw damaged("\(count) elements do not fit") }
        try spend(entries)
        var keys: [String] = []
        if isObject {
            for _ in 0..<count { keys.append(try key(&cursor, width, whole)) }
        }
        var values: [JSONValue] = []
        for _ in 0..<count {
            let type = try cursor.byte()
            let field = try cursor.little(width)
            values.append(try element(type, field, isLarge, whole, depth))
        }
        guard isObject else { return .array(values) }
        return .object(zip(keys, values).map { JSONValue.Member(key: $0, value: $1) })
    }

    private mutating func key(
        _ cursor: inout ByteCursor, _ width: Int, _ whole: Range<Int>
    ) throws(BinlogError) -> String {
        let place = Int(try cursor.little(width))
        let count = Int(try cursor.little(2))
        try spend(count)
        guard place <= whole.count else { throw damaged("a key is outside of its object") }
        var bytes = ByteCursor(bytes, whole.lowerBound + place..<whole.upperBound)
        return try bytes.text(count)
    }

    /// An element whose entry holds the value itself, or its place.
    private mutating func element(
        _ type: UInt8, _ field: UInt64, _ isLarge: Bool, _ whole: Range<Int>, _ depth: Int
    ) throws(BinlogError) -> JSONValue {
        switch type {
        case 4: return try literal(field & 0xff)
        case 5: return .signed(Int64(Int16(truncatingIfNeeded: field)))
        case 6: return .unsigned(field & 0xffff)
        case 7 where isLarge: return .signed(Int64(Int32(truncatingIfNeeded: field)))
        case 8 where isLarge: return .unsigned(field)
        default:
            guard let place = Int(exactly: field), place <= whole.count else {
                throw damaged("a value is outside of what it belongs to")
            }
            return try value(
                type, whole.lowerBound + place..<whole.upperBound, depth: depth + 1)
        }
    }

    private func opaque(
        _ type: WireType, _ bytes: [UInt8]
    ) throws(BinlogError) -> JSONValue {
        var cursor = ByteCursor(bytes)
        switch type {
        case .decimal:
            let precision = Int(try cursor.byte())
            let scale = Int(try cursor.byte())
            return .decimal(
                try DecimalDigits(precision: precision, scale: scale).text(from: &cursor))
        case .date, .oldTime, .oldDatetime, .oldTimestamp:
            let packed = Int(truncatingIfNeeded: try cursor.little(8))
            return .temporal(try Self.temporal(type, packed))
        default: return .opaque(type: type.rawValue, bytes)
        }
    }

    /// A date or time with six digits of fraction in one number: the fraction is its lower three
    /// bytes.
    private static func temporal(
        _ type: WireType, _ packed: Int
    ) throws(BinlogError) -> TemporalValue {
        guard packed != Int.min else { throw BinlogError(.damaged, "a JSON column: no time") }
        let size = abs(packed)
        let (seconds, microsecond) = (size >> 24, size & 0xff_ffff)
        let (hour, minute, second) = (seconds >> 12, seconds >> 6 & 63, seconds & 63)
        if type == .oldTime {
            return try TemporalValue(
                time: hour, minute, second, microsecond: microsecond, digits: 6,
                isNegative: packed < 0)
        }
        let date = seconds >> 17
        let (year, month, day) = ((date >> 5) / 13, (date >> 5) % 13, date & 31)
        if type == .date { return try TemporalValue(date: year, month, day) }
        return try TemporalValue(
            datetime: (year, month, day), hour & 31, minute, second, microsecond: microsecond,
            digits: 6)
    }
}
