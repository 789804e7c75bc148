/// Names that no line of output, log or file can hold as they are: with a line break, a tab or
/// another control character. Servers take them between backticks; Plumb takes none of them.
package enum NameCheck {
    /// Whether `name` has a control character, or ends a line in Unicode's eyes.
    package static func isUnfit(_ name: String) -> Bool {
        name.unicodeScalars.contains(where: isUnfit)
    }

    /// A name that is in the way, escaped, and where it starts, in bytes.
    package struct Finding: Hashable, Sendable {
        package let name: String
        package let offset: Int
    }

    /// The first such name among the words and quoted names of a statement; nil also where the
    /// text has no tokens, which others refuse.
    package static func first(in bytes: UnsafeBufferPointer<UInt8>) -> Finding? {
        guard let tokens = ObjectHeader.tokens(of: bytes) else { return nil }
        for token in tokens where token.kind == .quotedName || token.kind == .word {
            guard isSuspect(bytes[token.range]) else { continue }
            let name =
                token.kind == .quotedName
                ? Unquoted.name(bytes, token.range)
                : String(decoding: bytes[token.range], as: UTF8.self)
            if isUnfit(name) { return Finding(name: escaped(name), offset: token.start) }
        }
        return nil
    }

    /// The same of a text.
    package static func first(in text: String) -> Finding? {
        var copy = text
        return copy.withUTF8 { first(in: $0) }
    }

    /// `name` with `\u{a}` for what cannot stand in a line.
    package static func escaped(_ name: String) -> String {
        var result = ""
        for scalar in name.unicodeScalars {
            if isUnfit(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isUnfit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// Whether bytes of a name are more than plain ones: most are not.
    private static func isSuspect(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        bytes.contains { $0 < 0x20 || $0 >= 0x7F }
    }
}
