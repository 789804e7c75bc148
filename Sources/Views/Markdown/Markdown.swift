/// Escapes text for GitHub's and GitLab's Markdown, so that it is shown as it is.
///
/// It compares scalars and not characters, as a backtick with a combining accent is a backtick,
/// too.
enum Markdown {
    /// A name or a command as code; in a table, too, where a pipe would end the cell.
    static func code(_ text: String) -> String {
        let shown = Visible.line(text)
        if shown.isEmpty { return "<code></code>" }
        let isPlain =
            !shown.unicodeScalars.contains { ["`", "|", "\\"].contains($0) }
            && shown.unicodeScalars.first != " " && shown.unicodeScalars.last != " "
        if isPlain { return "`\(shown)`" }
        var result = ""
        for scalar in shown.unicodeScalars {
            if isPunctuation(scalar) {
                result += "&#\(scalar.value);"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return "<code>\(result)</code>"
    }

    /// Text without markup, links, mentions or issue numbers.
    static func text(_ text: String) -> String {
        var result = ""
        let scalars = Array(Visible.line(text).unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let next = index + 1 < scalars.count ? scalars[index + 1] : " "
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "@": result += "@" + (isAddress(scalars, at: index) ? apart : "")
            case "#": result += "\\#" + apart
            case "&": result += "&amp;" + (isWord(next) ? apart : "")
            case "\\", "`", "*", "_", "[", "]", "|": result += "\\\(scalar)"
            case "~", "!", "$", "^": result += "\\\(scalar)" + (isWord(next) ? apart : "")
            case "%": result += "%" + (isWord(next) ? apart : "")
            // `https://…`, which GitHub turns into a link without any markup.
            case ":": result += ":" + (next == "/" ? apart : "")
            // `www.…`, likewise.
            case ".": result += (endsInWWW(scalars[..<index]) ? apart : "") + "."
            // `GH-1`, an issue.
            case "-": result += (endsInGH(scalars[..<index]) ? apart : "") + "-"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// An empty comment, which separates two characters that would be markup together.
    private static let apart = "<!-- -->"

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "\""
    }

    /// Whether the `@` starts a mention or is part of an address that becomes a link; false for the
    /// `@` of `main@3f2a91c`.
    private static func isAddress(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
        guard index > 0, isWord(scalars[index - 1]), scalars[index - 1] != "\"" else { return true }
        let behind = scalars[(index + 1)...].prefix { !$0.properties.isWhitespace }
        return behind.contains(".")
    }

    private static func endsInWWW(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        ends(scalars, with: "www")
    }

    private static func endsInGH(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        ends(scalars, with: "gh")
    }

    private static func ends(_ scalars: ArraySlice<Unicode.Scalar>, with word: String) -> Bool {
        let tail = scalars.suffix(word.unicodeScalars.count).map { $0.properties.lowercaseMapping }
        return tail.joined() == word
    }

    /// The lines in a code fence that is longer than any fence in them.
    static func block(_ lines: [String], language: String) -> [String] {
        var longest = 0
        for line in lines {
            var run = 0
            for scalar in line.unicodeScalars {
                run = scalar == "`" ? run + 1 : 0
                longest = max(longest, run)
            }
        }
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return [fence + language] + lines + [fence]
    }

    /// The text with nothing in it that would end a hidden comment.
    static func comment(_ text: String) -> String {
        var safe = ""
        for scalar in Visible.line(text).unicodeScalars {
            safe.unicodeScalars.append(scalar == "<" || scalar == ">" ? "?" : scalar)
        }
        return "<!-- \(safe) -->"
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && scalar.value > 0x20
            && !(scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
    }
}
