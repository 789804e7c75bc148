/// The value of one column of a row, exactly as the server keeps it.
package enum BinlogValue: Hashable, Sendable {
    case null
    case signed(Int64)
    /// An unsigned number; also a YEAR (0 for `0000`), the place of an ENUM's word from 1 on (0 for
    /// the empty word of an invalid value) and the bits of a SET, the lowest for its first word.
    case unsigned(UInt64)
    case float(Float)
    case double(Double)
    /// A DECIMAL with all digits of its fraction: `-0.50`.
    case decimal(String)
    /// A BIT column, the highest byte first.
    case bits([UInt8])
    case temporal(TemporalValue)
    /// A string in the column's own character set, or bytes: also geometries (the SRID and WKB),
    /// vectors, addresses and UUIDs. BINARY has all its zeros, CHAR no blanks at its end.
    case bytes([UInt8])
    case json(JSONValue)
}

extension BinlogValue: CustomStringConvertible {
    /// What `SELECT` shows, of strings and bits what `HEX()` does; `NULL` for none.
    ///
    /// ENUM and SET are numbers, as `column + 0` is; a TIMESTAMP is in UTC.
    package var description: String {
        switch self {
        case .null: "NULL"
        case .signed(let number): "\(number)"
        case .unsigned(let number): "\(number)"
        case .float(let number): "\(number)"
        case .double(let number): "\(number)"
        case .decimal(let text): text
        case .bits(let bytes), .bytes(let bytes): Hexadecimal.text(bytes)
        case .temporal(let value): value.text
        case .json(let value): value.text
        }
    }
}

/// Bytes as digits.
enum Hexadecimal {
    /// Two capital digits for each byte.
    static func text(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            for (place, byte) in bytes.enumerated() {
                buffer[place * 2] = digit(byte >> 4)
                buffer[place * 2 + 1] = digit(byte & 15)
            }
            return bytes.count * 2
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
