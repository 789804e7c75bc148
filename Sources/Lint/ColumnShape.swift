import Schema

/// The type of a column, in the detail that rules need.
enum ColumnShape: Hashable {
    case integer(bytes: Int, isUnsigned: Bool)
    case decimal(digits: Int, scale: Int, isUnsigned: Bool)
    /// `FLOAT` or `DOUBLE`.
    case float(bytes: Int)
    case bit(bits: Int)
    /// `length` is in characters, or in bytes where `isBinary`.
    case string(length: Int, isVariable: Bool, isBinary: Bool)
    /// A `BLOB` or `TEXT`, stored outside the row with a length prefix of this many bytes.
    case large(lengthBytes: Int, isBinary: Bool)
    case date
    /// With this many digits of fractional seconds.
    case time(fraction: Int)
    case dateTime(fraction: Int)
    case timestamp(fraction: Int)
    case year
    case choice(bytes: Int)
    case other

    init(_ column: SourceTable.Column) {
        let type = Self.name(of: column)
        // Larger numbers are refused by every server; with this limit sums cannot overflow.
        let numbers = column.typeArguments.compactMap { Int($0) }.map { min(max(0, $0), 1 << 32) }
        self =
            Self.numeric(type, numbers, column.isUnsigned)
            ?? Self.text(type, numbers)
            ?? Self.temporal(type, numbers.first ?? 0)
            ?? Self.counted(type, column.typeArguments.count)
            ?? .other
    }

    /// The type in lower case under its shortest name: `varchar` for `NATIONAL CHAR VARYING`.
    private static func name(of column: SourceTable.Column) -> String {
        let first = column.type.lowercased()
        let words = Set(column.furtherTypeWords)
        switch first {
        case "char", "character", "nchar", "national":
            return words.isDisjoint(with: ["VARYING", "VARCHAR", "VARCHARACTER"])
                ? "char" : "varchar"
        case "long": return words.contains("VARBINARY") ? "mediumblob" : "mediumtext"
        default: return first
        }
    }

    private static func numeric(
        _ type: String, _ numbers: [Int], _ isUnsigned: Bool
    ) -> ColumnShape? {
        let bytes = [
            "tinyint": 1, "int1": 1, "bool": 1, "boolean": 1, "smallint": 2, "int2": 2,
            "mediumint": 3, "middleint": 3, "int3": 3, "int": 4, "integer": 4, "int4": 4,
            "bigint": 8, "int8": 8, "serial": 8,
        ]
        if let size = bytes[type] { return .integer(bytes: size, isUnsigned: isUnsigned) }
        switch type {
        case "decimal", "dec", "numeric", "fixed", "number":
            return .decimal(
                digits: numbers.first ?? 10, scale: numbers.dropFirst().first ?? 0,
                isUnsigned: isUnsigned)
        // `FLOAT(p)` with more than 24 bits is a DOUBLE.
        case "float": return .float(bytes: numbers.count == 1 && numbers[0] > 24 ? 8 : 4)
        case "float4": return .float(bytes: 4)
        case "double", "real", "float8": return .float(bytes: 8)
        case "bit": return .bit(bits: numbers.first ?? 1)
        default: return nil
        }
    }

    private static func text(_ type: String, _ numbers: [Int]) -> ColumnShape? {
        let length = numbers.first
        switch type {
        case "char":
            return .string(length: length ?? 1, isVariable: false, isBinary: false)
        case "varchar", "varcharacter", "nvarchar", "varchar2":
            return .string(length: length ?? 0, isVariable: true, isBinary: false)
        case "binary": return .string(length: length ?? 1, isVariable: false, isBinary: true)
        case "varbinary", "raw":
            return .string(length: length ?? 0, isVariable: true, isBinary: true)
        case "tinytext": return .large(lengthBytes: 1, isBinary: false)
        case "text": return .large(lengthBytes: 2, isBinary: false)
        case "mediumtext": return .large(lengthBytes: 3, isBinary: false)
        case "longtext", "clob": return .large(lengthBytes: 4, isBinary: false)
        case "tinyblob": return .large(lengthBytes: 1, isBinary: true)
        case "blob": return .large(lengthBytes: 2, isBinary: true)
        case "mediumblob": return .large(lengthBytes: 3, isBinary: true)
        case "longblob", "json": return .large(lengthBytes: 4, isBinary: true)
        default:
            return ColumnShape.places.contains(type) ? .large(lengthBytes: 4, isBinary: true) : nil
        }
    }

    private static let places: Set = [
        "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring",
        "multipolygon", "geometrycollection", "geomcollection",
    ]

    private static func temporal(_ type: String, _ fraction: Int) -> ColumnShape? {
        switch type {
        case "date": .date
        case "time": .time(fraction: fraction)
        case "datetime": .dateTime(fraction: fraction)
        case "timestamp": .timestamp(fraction: fraction)
        case "year": .year
        default: nil
        }
    }

    private static func counted(_ type: String, _ members: Int) -> ColumnShape? {
        switch type {
        case "enum": .choice(bytes: members > 255 ? 2 : 1)
        case "set": .choice(bytes: members > 32 ? 8 : members > 24 ? 4 : (members + 7) / 8)
        case "inet4": .string(length: 4, isVariable: false, isBinary: true)
        case "inet6", "uuid": .string(length: 16, isVariable: false, isBinary: true)
        default: nil
        }
    }

    /// Whether values are text with a character set.
    var isText: Bool {
        switch self {
        case .string(_, _, let isBinary), .large(_, let isBinary): !isBinary
        case .choice: true
        default: false
        }
    }

    /// The most bytes that the column takes in a row, without its NULL bit.
    func rowBytes(charactersOf bytesPerCharacter: Int) -> Int {
        switch self {
        case .integer(let bytes, _): bytes
        case .decimal(let digits, let scale, _):
            Self.decimalBytes(digits - scale) + Self.decimalBytes(scale)
        case .float(let bytes): bytes
        case .bit(let bits): (bits + 7) / 8
        case .string(let length, let isVariable, let isBinary):
            Self.stringBytes(length * (isBinary ? 1 : bytesPerCharacter), isVariable)
        // The length prefix and a pointer of 8 bytes.
        case .large(let lengthBytes, _): lengthBytes + 8
        case .date: 3
        case .time(let fraction): 3 + (fraction + 1) / 2
        case .dateTime(let fraction): 5 + (fraction + 1) / 2
        case .timestamp(let fraction): 4 + (fraction + 1) / 2
        case .year: 1
        case .choice(let bytes): bytes
        case .other: 0
        }
    }

    private static func stringBytes(_ bytes: Int, _ isVariable: Bool) -> Int {
        bytes + (isVariable ? bytes > 255 ? 2 : 1 : 0)
    }

    /// Nine digits take four bytes, and the remaining ones as few as possible.
    private static func decimalBytes(_ digits: Int) -> Int {
        let rest = [0, 1, 1, 2, 2, 3, 3, 4, 4]
        let count = max(0, digits)
        return count / 9 * 4 + rest[count % 9]
    }
}
