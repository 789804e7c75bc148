/// Escapes text for HTML and XML.
enum HTML {
    static func text(_ text: String) -> String {
        var result = ""
        for scalar in Visible.line(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    static func code(_ text: String) -> String { "<code>\(self.text(text))</code>" }

    /// Lines in a preformatted block.
    static func block(_ text: String) -> String {
        Visible.lines(text).map(self.text).joined(separator: "\n")
    }
}
