/// Text from outside as GitHub's Markdown shows it, and nothing more.
enum Markdown {
    /// A name or a command as code; also inside a table, where a pipe would end the cell.
    static func code(_ text: String) -> String {
        let shown = Visible.line(text)
        if shown.isEmpty { return "<code></code>" }
        let isPlain =
            !shown.contains { "`|\\".contains($0) } && shown.first != " " && shown.last != " "
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

    /// Words: nothing in them is markup, a link, a mention or the number of an issue.
    static func text(_ text: String) -> String {
        var result = ""
        var isInWord = false
        for scalar in Visible.line(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "@": result += isInWord ? "@" : "@<!-- -->"
            case "#": result += "\\#<!-- -->"
            case "\\", "`", "*", "_", "[", "]", "|", "~", "!":
                result += "\\\(scalar)"
            default: result.unicodeScalars.append(scalar)
            }
            isInWord = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        }
        return result
    }

    /// Lines between fences that are longer than any in them.
    static func block(_ lines: [String], language: String) -> [String] {
        var longest = 0
        for line in lines {
            var run = 0
            for character in line {
                run = character == "`" ? run + 1 : 0
                longest = max(longest, run)
            }
        }
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return [fence + language] + lines + [fence]
    }

    /// A text as the content of a hidden comment, which ends at nothing in it.
    static func comment(_ text: String) -> String {
        let safe = Visible.line(text).map { $0 == "<" || $0 == ">" ? "?" : String($0) }
        return "<!-- \(safe.joined()) -->"
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && scalar.value > 0x20
            && !(scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
    }
}
