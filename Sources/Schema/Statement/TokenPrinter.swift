/// Prints tokens so that every server reads the same ones again.
///
/// Between two tokens stands what stood there in the text, as far as no server can take it for
/// anything but blanks and comments; where something else stood, a blank.
struct TokenPrinter {
    let bytes: UnsafeBufferPointer<UInt8>
    /// In the order in which they stand.
    let comments: [Range<Int>]
    /// Whether white space and comments stay as they are; else one blank stands for all of it.
    let keepsComments: Bool

    /// - Parameter unsaid: indices of tokens that are left out.
    func text(of tokens: [Token], without unsaid: Set<Int>) -> String {
        var result: [UInt8] = []
        var nextComment = 0
        for (index, token) in tokens.enumerated() where !unsaid.contains(index) {
            let gap = (index > 0 ? tokens[index - 1].end : token.start)..<token.start
            if !gap.isEmpty {
                appendGap(gap, &nextComment, to: &result)
            } else if unsaid.contains(index - 1) {
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
                    // A mark of an executable comment.
                    isWhole = false
                }
                place += 1
            }
        }
        // What is missing must not bring its neighbours together.
        let joins = result.last.map { "-/*#".utf8.contains($0) } ?? false
        if !isWhole, kept.first.map({ $0 > 0x20 && joins }) ?? true {
            result.append(UInt8(ascii: " "))
        }
        result += kept
    }

    /// Whether every server takes the comment for a comment, up to the same end.
    private func isPlain(_ comment: Range<Int>) -> Bool {
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
            // An optimizer's hint, which a lexer of its own reads.
            || start.first == UInt8(ascii: "+") && body.contains { "'\"`\\".utf8.contains($0) }
        return !isMarked
            && !zip(body, body.dropFirst()).contains { pair in
                pair == (UInt8(ascii: "/"), UInt8(ascii: "*"))
            }
    }
}
