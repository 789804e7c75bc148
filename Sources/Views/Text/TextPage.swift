/// Collects the lines of a text view.
struct TextPage {
    /// The width of the terminal in columns.
    let width: Int
    let style: Style
    private var lines: [String] = []

    init(width: Int, style: Style) {
        self.width = max(40, width)
        self.style = style
    }

    /// All lines, each with its line feed.
    var text: String { lines.map { $0 + "\n" }.joined() }

    mutating func blank() {
        if lines.last?.isEmpty == false { lines.append("") }
    }

    /// One line without wrapping, however long: SQL, commands, names.
    mutating func line(_ spans: Span..., indent: Int = 0) {
        append(spans, indent: indent)
    }

    /// `left`, and `right` at the right edge; on a line of its own where they do not fit on one.
    mutating func pair(_ left: [Span], _ right: [Span], indent: Int = 0) {
        let used = indent + Self.columns(left)
        let needed = Self.columns(right)
        if needed == 0 {
            append(left, indent: indent)
        } else if used + 2 + needed <= width {
            let gap = String(repeating: " ", count: width - used - needed)
            append(left + [Span(gap)] + right, indent: indent)
        } else {
            append(left, indent: indent)
            append(right, indent: max(indent + 4, width - needed))
        }
    }

    /// Text that is wrapped at spaces; further lines are indented by `hanging`.
    mutating func prose(
        _ text: String, _ role: Style.Role = .plain, indent: Int = 0, hanging: Int? = nil
    ) {
        var line = ""
        var start = indent
        for word in Visible.line(text).split(separator: " ", omittingEmptySubsequences: true) {
            let length = Visible.columns(line) + Visible.columns(String(word)) + 1
            if !line.isEmpty, start + length > width {
                append([Span(line, role)], indent: start)
                line = ""
                start = hanging ?? indent
            }
            line += line.isEmpty ? word : " " + word
        }
        if !line.isEmpty { append([Span(line, role)], indent: start) }
    }

    private mutating func append(_ spans: [Span], indent: Int) {
        var text = String(repeating: " ", count: indent)
        for span in spans { text += style.paint(span.text, span.role) }
        while text.last == " " { text.removeLast() }
        lines.append(text)
    }

    static func columns(_ spans: [Span]) -> Int {
        spans.reduce(0) { $0 + Visible.columns($1.text) }
    }
}
