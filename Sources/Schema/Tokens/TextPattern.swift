/// SQL texts whose names and comments are left open: what texts have in common that differ in
/// nothing else.
///
/// Two lists of texts with equal ``digest`` are the same but for one name in place of each name,
/// different ones for different ones, and likewise for comments. All else is equal: every type,
/// default, expression and option, and in which places a name is the same as another.
package struct TextPattern: Sendable {
    /// The digest of the texts with a number in place of each name and comment.
    package let digest: Digest
    /// The names and comments in the order in which they appear, each once, with their quotes.
    private let fillings: [String]
    private let quoting: Dialect.Quoting

    /// - Parameters:
    ///   - texts: as a server or Plumb prints them, with every name in quotes.
    ///   - dialect: of the session in which they are printed and read.
    ///
    /// Nil where nobody knows that the texts mean the same under other names: where a name has
    /// another character than ASCII letters, digits and `_`, which servers may compare as equal to
    /// some other, and where a text has a comment that is no value, or no end.
    package init?(_ texts: [String], dialect: Dialect) {
        quoting = dialect.quoting
        var fillings: [String] = []
        var exact: [String: Int] = [:]
        /// Names that differ in letter case only are one name to a server in most places.
        var folded: [String: Int] = [:]
        var open: [UInt8] = []
        for text in texts {
            guard let pieces = Self.pieces(of: text, quoting) else { return nil }
            for piece in pieces {
                open.append(0)
                guard piece.isOpen else {
                    open += piece.text.utf8
                    continue
                }
                if exact[piece.text] == nil {
                    exact[piece.text] = exact.count
                    fillings.append(piece.text)
                }
                let lower = piece.text.lowercased()
                if folded[lower] == nil { folded[lower] = folded.count }
                open.append(piece.isComment ? 2 : 1)
                open += "\(exact[piece.text] ?? 0) \(folded[lower] ?? 0)".utf8
            }
            open.append(3)
        }
        digest = Digest(of: open)
        self.fillings = fillings
    }

    /// A text made of these names with the names and comments of `other` in their places.
    ///
    /// Nil where it has a name or comment that the texts of this pattern do not have.
    package func refilled(_ text: String, as other: TextPattern) -> String? {
        guard digest == other.digest, fillings.count == other.fillings.count,
            let pieces = Self.pieces(of: text, quoting)
        else { return nil }
        let places = Dictionary(zip(fillings, other.fillings)) { first, _ in first }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var end = 0
        for piece in pieces where piece.isOpen {
            guard let filling = places[piece.text] else { return nil }
            result += bytes[end..<piece.range.lowerBound]
            result += filling.utf8
            end = piece.range.upperBound
        }
        result += bytes[end...]
        return String(decoding: result, as: UTF8.self)
    }

    // MARK: Pieces

    private struct Piece {
        let text: String
        let range: Range<Int>
        /// Whether another name or comment may stand in its place.
        var isOpen: Bool
        var isComment = false
    }

    private static func pieces(of text: String, _ quoting: Dialect.Quoting) -> [Piece]? {
        var text = text
        return text.withUTF8 { bytes in pieces(of: bytes, quoting) }
    }

    private static func pieces(
        of bytes: UnsafeBufferPointer<UInt8>, _ quoting: Dialect.Quoting
    ) -> [Piece]? {
        var lexer = Lexer(bytes, quoting: quoting)
        lexer.comments = []
        var pieces: [Piece] = []
        while let token = try? lexer.next() {
            if token.kind == .end { return lexer.comments == [] ? pieces : nil }
            let range = UnsafeBufferPointer(rebasing: bytes[token.range])
            var piece = Piece(
                text: String(decoding: range, as: UTF8.self), range: token.range, isOpen: false)
            switch token.kind {
            case .quotedName:
                let name = range.dropFirst().dropLast()
                guard name.allSatisfy(isPlain) else { return nil }
                piece.isOpen = !isSpecial(piece.text.dropFirst().dropLast().lowercased())
            case .string where isBehindComment(pieces) && !holdsSetting(range):
                piece.isOpen = true
                piece.isComment = true
            default:
                break
            }
            pieces.append(piece)
        }
        return nil
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte.isDigit || (0x41...0x5A).contains(byte)
            || (0x61...0x7A).contains(byte)
    }

    /// Whether the next piece is the text of a `COMMENT` or `COMMENT=`.
    private static func isBehindComment(_ pieces: [Piece]) -> Bool {
        let word = pieces.last { $0.text != "=" }
        return word?.isOpen == false && word?.text == "COMMENT"
    }

    /// Whether a comment may be more than one: empty, it is taken away, and engines read some
    /// that set something, such as InnoDB's `MERGE_THRESHOLD=40`.
    private static func holdsSetting(_ comment: UnsafeBufferPointer<UInt8>) -> Bool {
        comment.count == 2 || comment.contains(UInt8(ascii: "="))
    }

    /// Whether a server gives a meaning to the name, in small letters.
    private static func isSpecial(_ name: String) -> Bool {
        name.hasPrefix("fts_") || name.hasPrefix("db_") || names.contains(name)
    }

    private static let names: Set = [
        "primary", "gen_clust_index", "my_row_id", "system_time", "row_start", "row_end",
    ]
}
