import Schema

/// An error with the line that it is about, for a terminal.
package enum ErrorText {
    /// The line of a text file that an error points to.
    package struct Excerpt: Sendable, Hashable {
        /// The whole line, without its line feed.
        package let line: String
        /// How much is underlined from the error's column on, in bytes; at least 1.
        package let length: Int

        package init(line: String, length: Int = 1) {
            self.line = line
            self.length = length
        }

        /// Line `number`, counted from 1, of a file's `text`; nil where it has none.
        package init?(number: Int, of text: String, length: Int = 1) {
            let lines = text.unicodeScalars.split(
                separator: "\n", omittingEmptySubsequences: false)
            guard lines.indices.contains(number - 1) else { return nil }
            var line = String.UnicodeScalarView(lines[number - 1])
            if line.last == "\r" { line.removeLast() }
            self.init(line: String(line), length: length)
        }
    }

    /// `error: file:line:column: message`, the line with a caret, and the remedy.
    package static func text(
        _ message: String, location: SourceLocation? = nil, excerpt: Excerpt? = nil,
        remedy: String? = nil, style: Style = .plain
    ) -> String {
        let place = location.map { "\(Visible.line($0.description)): " } ?? ""
        var lines = [style.paint("error:", .bad) + " " + place]
        let parts = Visible.lines(message)
        lines[0] += parts[0]
        lines += parts.dropFirst().map { "  " + $0 }
        let number = location.map { String($0.line) } ?? ""
        let margin = String(repeating: " ", count: 8 - min(8, number.count))
        if let location, let excerpt {
            lines += underline(excerpt, location, margin + number, style)
        }
        if let remedy, !remedy.isEmpty {
            lines += Visible.lines(remedy).map { (excerpt == nil ? "  " : "       ") + $0 }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func underline(
        _ excerpt: Excerpt, _ location: SourceLocation, _ margin: String, _ style: Style
    ) -> [String] {
        let bytes = Array(Redacted.line(excerpt.line).utf8)
        let start = min(max(0, location.column - 1), bytes.count)
        let end = min(start + max(1, excerpt.length), bytes.count)
        func shown(_ part: ArraySlice<UInt8>) -> String {
            Visible.lines(String(decoding: part, as: UTF8.self)).joined()
        }
        let before = shown(bytes[..<start])
        let marked = shown(bytes[start..<end])
        let caret = String(repeating: "^", count: max(1, Visible.columns(marked)))
        let gap = String(repeating: " ", count: Visible.columns(before))
        let empty = String(repeating: " ", count: margin.count)
        return [
            "\(margin) | \(before)\(marked)\(shown(bytes[end...]))",
            "\(empty) | \(gap)\(style.paint(caret, .bad))",
        ]
    }
}
