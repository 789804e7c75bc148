/// Text as the mdoc(7) macros of man pages take it.
enum Mdoc {
    /// A text line: no character of it is taken for a request, and what is not ASCII is written as
    /// an escape, so that a page reads the same in every locale.
    static func line(_ text: some StringProtocol) -> String {
        let escaped = characters(text)
        let isRequest = escaped.hasPrefix(".") || escaped.hasPrefix("'")
        return isRequest ? "\\&" + escaped : escaped
    }

    /// One argument of a macro, in quotes, so that no word of it is a macro of its own.
    static func argument(_ text: some StringProtocol) -> String {
        "\"" + characters(text).replacing("\"", with: "\\(dq") + "\""
    }

    /// A paragraph: each sentence begins on a line of its own, as formatters want it.
    static func paragraph(_ text: some StringProtocol) -> [String] {
        let words = String(text).split(whereSeparator: \.isWhitespace)
        var lines: [String] = []
        var current: [Substring] = []
        for word in words {
            current.append(word)
            let isEnd = word.last.map { ".!?".contains($0) } ?? false
            if isEnd || current.reduce(0, { $0 + $1.count + 1 }) > 72 {
                lines.append(line(current.joined(separator: " ")))
                current = []
            }
        }
        if !current.isEmpty { lines.append(line(current.joined(separator: " "))) }
        return lines
    }

    /// Paragraphs with empty lines between them; what is indented is shown as it stands.
    static func text(_ text: String) -> [String] {
        text.split(separator: "\n\n").enumerated().flatMap { number, part in
            let start = number == 0 ? [] : [".Pp"]
            guard part.hasPrefix("  ") else { return start + paragraph(part) }
            let lines = part.split(separator: "\n").map { line($0) }
            return start + [".Bd -literal -compact"] + lines + [".Ed"]
        }
    }

    private static func characters(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "`": result += "\\(ga"
            case "~": result += "\\(ti"
            case "^": result += "\\(ha"
            case _ where scalar.isASCII: result.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result +=
                    "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count))
                    + digits + "]"
            }
        }
        return result
    }
}
