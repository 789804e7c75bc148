import Foundation

/// Base64 between a begin and an end line, as in RFC 7468.
struct Armour {
    let begin: String
    let end: String
    /// The name of the content, for errors.
    let subject: String

    static let signature = Armour(
        begin: "-----BEGIN SSH SIGNATURE-----", end: "-----END SSH SIGNATURE-----",
        subject: "the SSH signature")
    static let privateKey = Armour(
        begin: "-----BEGIN OPENSSH PRIVATE KEY-----", end: "-----END OPENSSH PRIVATE KEY-----",
        subject: "the private key")

    /// The longest text that is read, in bytes; real ones are at most a sixth of it.
    static let limit = 65_536

    /// Whether `text` begins with the begin line.
    func isAtStart(of text: String) -> Bool {
        text.drop(while: \.isWhitespace).hasPrefix(begin)
    }

    /// The bytes; throws `malformed` for anything but the two lines with base64 between them.
    func open(_ text: String) throws(SignatureError) -> [UInt8] {
        guard text.utf8.count <= Self.limit else {
            throw SignatureError(.malformed, "\(subject) is longer than \(Self.limit) bytes")
        }
        var lines = text.split(whereSeparator: \.isNewline).map { line in
            line.trimmingCharacters(in: .whitespaces)
        }
        lines.removeAll(where: \.isEmpty)
        guard lines.count > 2, lines.first == begin, lines.last == end else {
            throw SignatureError(
                .malformed, "\(subject) is damaged: it is not one block between its two marks")
        }
        return try Base64.decode(lines[1..<lines.count - 1].joined(), subject)
    }

    /// The armoured form, lines of 70 characters, with a line break at the end.
    func close(_ bytes: [UInt8]) -> String {
        let text = Array(Data(bytes).base64EncodedString())
        let lines = stride(from: 0, to: text.count, by: 70).map { start in
            String(text[start..<min(start + 70, text.count)])
        }
        return ([begin] + lines + [end]).joined(separator: "\n") + "\n"
    }
}

/// Base64 in its canonical form: padded, without bits that decode to nothing.
enum Base64 {
    static func decode(_ text: String, _ subject: String) throws(SignatureError) -> [UInt8] {
        guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else {
            throw SignatureError(.malformed, "\(subject) is damaged: it is not base64")
        }
        return Array(data)
    }
}
