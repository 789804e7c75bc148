import Schema

extension BinlogValue {
    /// The value as SQL that puts exactly it into the column, in a session with
    /// `time_zone = '+00:00'`.
    ///
    /// An ENUM's 0 and dates with zeros need a session without strict mode.
    ///
    /// - Parameter characterSet: the column's; nil for one without, and for binary strings.
    package func literal(characterSet: String?) -> String {
        switch self {
        case .null: return "NULL"
        case .signed(let number): return "\(number)"
        case .unsigned(let number): return "\(number)"
        // Each float is a double, whose digits are read back exactly; a float's own are not always.
        case .float(let number): return Self.literal(of: Double(number))
        case .double(let number): return Self.literal(of: number)
        case .decimal(let text): return text
        case .bits(let bytes): return "x'\(Hexadecimal.text(bytes))'"
        case .temporal(let value): return "'\(value.text)'"
        case .bytes(let bytes):
            return "\(Self.introducer(characterSet))x'\(Hexadecimal.text(bytes))'"
        case .json(let value): return value.literal
        }
    }

    /// What stands before the bytes of a text.
    ///
    /// A name that is no word is one that no server has, and must not become SQL; without any the
    /// server takes the bytes as they are.
    private static func introducer(_ characterSet: String?) -> String {
        guard let characterSet, characterSet != "binary", !characterSet.isEmpty,
            characterSet.utf8.allSatisfy(isOfWord)
        else { return "" }
        return "_\(characterSet) "
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Digits with an exponent, without which they would be a decimal: 0 would lose its sign, and
    /// great numbers have more digits than a decimal takes.
    static func literal(of number: Double) -> String {
        let text = "\(number)"
        return text.contains("e") ? text : text + "e0"
    }
}
