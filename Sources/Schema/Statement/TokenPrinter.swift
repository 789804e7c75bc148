/// Prints tokens so that every server reads the same tokens again.
///
/// Between two tokens the source's blanks and comments are kept where every server takes them for
/// just that; anything else is replaced by a blank.
struct TokenPrinter {
    let bytes: UnsafeBufferPointer<UInt8>
    /// In the order of the text.
    let comments: [Range<Int>]
    /// Whether white space and comments are kept; if not, one blank replaces each run of them.
    let keepsComments: Bool

    /// - Parameter unsaid: indices of tokens that are not printed.
    func text(of tokens: [Token], without omitted: Set<Int>) -> String {
        var result: [UInt8] = []
        var nextComment = 0
        for (index, token) in tokens.enumerated() where !omitted.contains(index) {
            let gap = (index > 0 ? tokens[index - 1].end : token.start)..<token.start
            if !gap.isEmpty {
                appendGap(gap, &nextComment, to: &result)
            } else if omitted.contains(index - 1) {
                result.append(UInt8(ascii: " "))
            }
            result += bytes[token.range]
        }
        return String(decoding: result, as: UTF8.self)
    }

    private func appendGap(_ gap: Range<Int>, _ next: inout Int, to result: inout [UInt8]) {
        guard keepsComments else { return result.append(UInt8(ascii: " ")) }
        var kept: [UInt8] = []
        var isWhole = true
        var place = gap.lowerBound
        while next < comments.count, comments[next].lowerBound < place { next += 1 }
        while place < gap.upperBound {
            if next < comments.count, comments[next].lowerBound == place {
                let comment = comments[next]
                if isPlain(comment) { kept += bytes[comment] } else { isWhole = false }
                place = comment.upperBound
                next += 1
            } else {
                switch bytes[place] {
                case UInt8(ascii: " "), 0x09...0x0D: kept.append(bytes[place])
                default:
                    // The mark of an executable comment.
                    isWhole = false
                }
                place += 1
            }
        }
        // The tokens around removed text must not join to a comment or another operator.
        let joins = result.last.map { "-/*#".utf8.contains($0) } ?? false
        if !isWhole, kept.first.map({ $0 > 0x20 && joins }) ?? true {
            result.append(UInt8(ascii: " "))
        }
        result += kept
    }

    private func isPlain(_ comment: Range<Int>) -> Bool { Self.isPlain(comment, in: bytes) }

    /// Whether it is plain, or marked for some servers, so that reading it as each of them does
    /// tells what it means.
    static func isHarmless(_ comment: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        VersionComment(bytes, at: comment.lowerBound) != nil || isPlain(comment, in: bytes)
    }

    /// Whether every server takes it for a comment that ends at the same byte.
    private static func isPlain(
        _ comment: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let text = bytes[comment]
        let isControlled = text.contains { byte in
            byte < 0x20 && !"\t\r\n".utf8.contains(byte) || byte == 0x7F
        }
        guard !isControlled else { return false }
        guard text.first == UInt8(ascii: "/") else { return true }
        let body = text.dropFirst(2).dropLast(2)
        let start = Array(body.prefix(2))
        let isMarked =
            start.first == UInt8(ascii: "!") || start == Array("M!".utf8)
            // Optimizer hints have a lexer of their own, which reads quotes.
            || start.first == UInt8(ascii: "+") && body.contains { "'\"`\\".utf8.contains($0) }
        return !isMarked
            && !zip(body, body.dropFirst()).contains { pair in
                pair == (UInt8(ascii: "/"), UInt8(ascii: "*"))
            }
    }
}
