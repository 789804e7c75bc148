import Views

/// The format of an answer.
package enum Format: String, Sendable, CaseIterable {
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
    package var output: SafeOutput? { document?.output }

    /// What it is called in `Accept` and `Content-Type`, without parameters.
    package var mediaType: String {
        switch self {
        case .text: "text/plain"
        case .json: "application/json"
        case .markdown: "text/markdown"
        case .sarif: "application/sarif+json"
        case .junit: "application/xml"
        case .html: "text/html"
        }
    }
}

/// How an answer is shown.
package struct Presentation: Hashable, Sendable {
    /// The columns of the terminal.
    package var width: Int
    package var isColoured: Bool
    /// The most bytes of Markdown.
    package var maxBytes: Int

    package init(width: Int = 100, isColoured: Bool = false, maxBytes: Int = 60_000) {
        self.width = width
        self.isColoured = isColoured
        self.maxBytes = maxBytes
    }

    package var style: Style { Style(isColoured: isColoured) }
}
