/// Texts in paths and queries of URLs (RFC 3986).
package enum PercentEncoding {
    /// The text with everything encoded but letters, digits and `-._~`.
    package static func encode(_ text: String) -> String {
        text.utf8.map { byte in
            let letter = Character(Unicode.Scalar(byte))
            let isPlain = letter.isASCII && (letter.isLetter || letter.isNumber)
            guard !isPlain, !"-._~".utf8.contains(byte) else { return String(letter) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    /// The text that was encoded; nil where an escape is cut off, or the bytes are no UTF-8.
    ///
    /// - Parameter plusIsSpace: as in what forms send, behind the question mark.
    package static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit),
                    let low = rest.popFirst().flatMap(digit)
                else { return nil }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The parts of a path between its slashes, each decoded; nil where one cannot be.
    package static func path(_ coded: String) -> [String]? {
        var parts: [String] = []
        for part in coded.split(separator: "/") {
            guard let text = decode(part) else { return nil }
            parts.append(text)
        }
        return parts
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
