/// Colours and weights on a terminal; nothing is said by them alone.
package struct Style: Sendable, Hashable {
    private let isColoured: Bool

    /// Without escape sequences.
    package static let plain = Style(isColoured: false)
    /// With ANSI colours, for a terminal.
    package static let colour = Style(isColoured: true)

    package init(isColoured: Bool) {
        self.isColoured = isColoured
    }

    /// The meaning of a piece of text.
    enum Role: Sendable {
        case plain, strong, faint, good, warning, bad
    }

    /// The sequences after ESC that `paint` writes; no others are let through.
    static let codes = ["0", "1", "2", "31", "32", "33"].map { Array("[\($0)m".unicodeScalars) }

    func paint(_ text: String, _ role: Role) -> String {
        guard isColoured, !text.isEmpty else { return text }
        let code: String
        switch role {
        case .plain: return text
        case .strong: code = "1"
        case .faint: code = "2"
        case .good: code = "32"
        case .warning: code = "33"
        case .bad: code = "31"
        }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}

/// A piece of a line with its role; its characters are made visible when it is printed.
struct Span: Sendable, ExpressibleByStringLiteral {
    let text: String
    let role: Style.Role

    init(_ text: String, _ role: Style.Role = .plain) {
        self.text = Visible.line(text)
        self.role = role
    }

    init(stringLiteral value: String) {
        self.init(value)
    }
}
