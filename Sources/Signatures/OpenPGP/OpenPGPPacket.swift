import Foundation

/// Checks the form of an OpenPGP signature before `gpg` reads it.
///
/// `gpg` also accepts a message that contains its own text, and would then verify that text
/// instead of the payload.
enum OpenPGPPacket {
    private static let begin = "-----BEGIN PGP SIGNATURE-----"
    private static let end = "-----END PGP SIGNATURE-----"
    private static let signatureTag: UInt8 = 2

    static func isArmoured(_ text: String) -> Bool {
        text.drop(while: \.isWhitespace).hasPrefix(begin)
    }

    /// Throws `malformed` unless the text is one armoured signature packet (RFC 4880, section 4.2).
    static func requireOneSignature(_ text: String) throws(SignatureError) {
        let bytes = try open(text)
        guard let first = bytes.first, first & 0x80 != 0 else { throw malformed }
        let isNew = first & 0x40 != 0
        let tag = isNew ? first & 0x3f : (first >> 2) & 0x0f
        guard tag == signatureTag, let body = bodyStart(bytes, first, isNew: isNew),
            body.start + body.length == bytes.count
        else { throw malformed }
    }

    /// The start of the packet's body, and its length; nil where the header gives none.
    private static func bodyStart(
        _ bytes: [UInt8], _ first: UInt8, isNew: Bool
    ) -> (start: Int, length: Int)? {
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            return bytes[range].reduce(0) { $0 << 8 | Int($1) }
        }
        guard isNew else {
            switch first & 0x03 {
            case 0: return number(1..<2).map { (2, $0) }
            case 1: return number(1..<3).map { (3, $0) }
            case 2: return number(1..<5).map { (5, $0) }
            default: return nil
            }
        }
        guard let octet = number(1..<2) else { return nil }
        switch octet {
        case ..<192: return (2, octet)
        case ..<224: return number(2..<3).map { (3, (octet - 192) << 8 + $0 + 192) }
        case 255: return number(2..<6).map { (6, $0) }
        default: return nil
        }
    }

    private static func open(_ text: String) throws(SignatureError) -> [UInt8] {
        guard text.utf8.count <= Armour.limit else { throw malformed }
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        while lines.last?.isEmpty == true { lines.removeLast() }
        while lines.first?.isEmpty == true { lines.removeFirst() }
        guard lines.first == begin, lines.last == end else { throw malformed }
        // Armour: header lines, an empty line, base64, a checksum.
        guard let blank = lines.firstIndex(of: ""),
            lines[1..<blank].allSatisfy({ $0.contains(": ") })
        else { throw malformed }
        let body = lines[(blank + 1)..<(lines.count - 1)].filter { !$0.hasPrefix("=") }
        return try Base64.decode(body.joined(), "the OpenPGP signature")
    }

    private static let malformed = SignatureError(
        .malformed, "the OpenPGP signature is not exactly one detached signature")
}
