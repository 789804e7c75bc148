import Views

/// The format of a command's answer.
enum Format: String {
    case text, json, markdown, sarif, junit, html

    /// How an error is written in it; nil for text.
    private var document: ErrorDocument.Format? {
        switch self {
        case .text: nil
        case .json: .json
        case .markdown: .markdown
        case .sarif: .sarif
        case .junit: .junit
        case .html: .html
        }
    }

    /// How a document of the format is made safe for output; nil for text.
    var output: SafeOutput? { document?.output }
}

extension Invocation {
    /// Prints a plain text; in a code fence where Markdown was requested.
    func answer(_ text: String, as format: Format) {
        terminal.answer(
            format == .markdown ? MarkdownView.plain(text) : text,
            as: format == .markdown ? format.output : nil)
    }
}
