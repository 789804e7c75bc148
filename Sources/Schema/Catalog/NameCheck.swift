/// Names with a line break, a tab or another control character, which would break lines of output,
/// logs and files. Servers allow them between backticks; Plumb refuses them.
package enum NameCheck {
    /// Whether `name` has a control character or a Unicode line separator.
    package static func isUnfit(_ name: String) -> Bool {
        name.unicodeScalars.contains(where: isUnfit)
    }

    /// A refused name, escaped, and its offset in bytes from the start of the text.
    package struct Finding: Hashable, Sendable {
        package let name: String
        package let offset: Int
    }

    /// The first refused name among the words and quoted names of a statement; nil where there is
    /// none, and where the text cannot be cut into tokens, which its parser reports.
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

    /// The first refused name of a text.
    package static func first(in text: String) -> Finding? {
        var copy = text
        return copy.withUTF8 { first(in: $0) }
    }

    /// `name` with each control character written as `\u{a}`.
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

    /// A quick test: whether the bytes have any that is not printable ASCII.
    private static func isSuspect(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        bytes.contains { $0 < 0x20 || $0 >= 0x7F }
    }
}
