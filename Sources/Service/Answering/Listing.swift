import Model
import Views

/// An answer that is a list: a table for people, rows for programs.
package struct Listing: Sendable {
    /// The kind of its JSON document.
    package var kind: String
    package var columns: [String]
    /// The cells of a row; nil where each column is a member of it.
    package var cells: (@Sendable ([String: String]) -> [String])?
    package var rows: [[String: String]]
    /// What it comes to, in one line.
    package var summary: String
    package var exit: ExitStatus
    /// Where the next page begins; nil where this is the last one.
    package var next: String?
    /// Whether the table ends with the summary.
    package var saysSummary: Bool

    package init(
        _ kind: String, columns: [String], rows: [[String: String]], summary: String,
        exit: ExitStatus = .done, next: String? = nil, saysSummary: Bool = true,
        cells: (@Sendable ([String: String]) -> [String])? = nil
    ) {
        self.kind = kind
        self.columns = columns
        self.rows = rows
        self.summary = summary
        self.exit = exit
        self.next = next
        self.saysSummary = saysSummary
        self.cells = cells
    }

    package var answer: Answer {
        Answer(exit: exit) { [self] format, presentation in
            if format == .json {
                return JSONView.table(
                    kind: kind, rows: rows, summary: summary, exit: exit, next: next) + "\n"
            }
            let text = text(format == .markdown ? .plain : presentation.style)
            return format == .markdown ? MarkdownView.plain(text) : text
        }
    }

    private func text(_ style: Style) -> String {
        var table = TextTable(columns)
        for row in rows { table.add(cells?(row) ?? columns.map { row[$0] ?? "" }) }
        return table.text(style: style) + (saysSummary ? "\(summary)  exit \(exit.rawValue)\n" : "")
    }
}

extension Answer {
    /// That a request was recorded.
    ///
    /// - Parameter rows: what it is about, for programs.
    package static func acknowledging(
        _ kind: String, _ rows: [[String: String]], _ text: String
    ) -> Answer {
        Answer { format, _ in
            format == .json
                ? JSONView.table(kind: kind, rows: rows, summary: text, exit: .done) + "\n"
                : Visible.line(text) + "\n"
        }
    }
}
