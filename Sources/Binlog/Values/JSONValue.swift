/// A value of MySQL's JSON type, which knows more kinds than JSON text has.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case signed(Int64)
    case unsigned(UInt64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    /// The keys in the server's order, by length first.
    case object([Member])
    /// A number with all digits of its fraction, which JSON text would make a double.
    case decimal(String)
    case temporal(TemporalValue)
    /// Bytes with the number of the type that they came from.
    case opaque(type: UInt8, [UInt8])

    package struct Member: Hashable, Sendable {
        package let key: String
        package let value: JSONValue
    }
}

extension JSONValue {
    /// JSON text with a blank after each comma and colon, as the server prints it.
    package var text: String {
        var text = ""
        append(to: &text)
        return text
    }

    private func append(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .signed(let number): text += "\(number)"
        case .unsigned(let number): text += "\(number)"
        case .double(let number): text += "\(number)"
        case .string(let string): Self.append(string, to: &text)
        case .decimal(let digits): text += digits
        case .temporal(let value): text += "\"\(value.text)\""
        case .opaque(let type, let bytes): text += "\"base64:type\(type):\(Base64.text(bytes))\""
        case .array(let elements):
            text += "["
            for (place, element) in elements.enumerated() {
                if place > 0 { text += ", " }
                element.append(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (place, member) in members.enumerated() {
                if place > 0 { text += ", " }
                Self.append(member.key, to: &text)
                text += ": "
                member.value.append(to: &text)
            }
            text += "}"
        }
    }

    private static func append(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{8}": text += "\\b"
            case "\u{c}": text += "\\f"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case ..<" ":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

/// Bytes as text of 64 letters.
private enum Base64 {
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = 0
            for place in 0..<3 {
                bits = bits << 8 | (place < group.count ? Int(bytes[start + place]) : 0)
            }
            for place in 0..<4 {
                let isThere = place <= group.count
                result.append(
                    isThere ? letters[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
