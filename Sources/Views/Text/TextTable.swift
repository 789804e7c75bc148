/// Rows as aligned columns.
package struct TextTable: Sendable {
    /// The side to which a column is aligned.
    package enum Alignment: Sendable {
        case left, right
    }

    private let headings: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    /// Columns without an alignment, as `alignments` may be shorter, are aligned left.
    package init(_ headings: [String], alignments: [Alignment] = []) {
        self.headings = headings
        self.alignments = alignments
    }

    /// Adds a row; missing cells are empty, and surplus ones are dropped.
    package mutating func add(_ cells: String...) { add(cells) }

    /// Adds a row; missing cells are empty, and surplus ones are dropped.
    package mutating func add(_ cells: [String]) {
        rows.append(headings.indices.map { $0 < cells.count ? Visible.line(cells[$0]) : "" })
    }

    /// The headings and the rows, each with its end; nothing where there is no row.
    package func text(style: Style = .plain) -> String {
        guard !rows.isEmpty else { return "" }
        let widths = headings.indices.map { column in
            ([headings] + rows).map { Visible.columns($0[column]) }.max() ?? 0
        }
        let head = style.paint(line(headings.map(Visible.line), widths), .strong)
        return ([head] + rows.map { line($0, widths) }).map { $0 + "\n" }.joined()
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var text = ""
        for (column, cell) in cells.enumerated() {
            if column > 0 { text += "  " }
            let gap = String(repeating: " ", count: widths[column] - Visible.columns(cell))
            let alignment = column < alignments.count ? alignments[column] : .left
            switch alignment {
            case .left: text += cell + gap
            case .right: text += gap + cell
            }
        }
        while text.last == " " { text.removeLast() }
        return text
    }
}
