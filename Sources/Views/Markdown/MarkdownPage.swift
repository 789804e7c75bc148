import Model

/// The parts that the Markdown views share.
struct MarkdownPage {
    /// A hidden marker by which a CI job finds its earlier comment in order to edit it.
    static func marker(_ kind: String, _ environment: String) -> String {
        Markdown.comment("plumb:\(kind):\(environment)")
    }

    /// The longest list of shards or sentence that is shown, in bytes.
    private static let sentenceBytes = 600

    private(set) var lines: [String] = []

    var text: String { lines.map { $0 + "\n" }.joined() }

    mutating func add(_ line: String) { lines.append(line) }

    mutating func add(_ more: [String]) { lines += more }

    mutating func blank() {
        if lines.last?.isEmpty == false { lines.append("") }
    }

    mutating func paragraph(_ line: String) {
        blank()
        lines.append(line)
    }

    mutating func title(_ kind: String, environment: String, _ headline: String) {
        add(Self.marker(kind.lowercased(), environment))
        add("### \(kind) \(Markdown.code(environment)): \(Markdown.text(headline))")
    }

    mutating func table(_ headings: [String], _ rows: [[String]]) {
        guard !rows.isEmpty else { return }
        blank()
        add(Self.row(headings))
        add(Self.row(headings.map { _ in "---" }))
        add(rows.map(Self.row))
    }

    private static func row(_ cells: [String]) -> String {
        "| " + cells.joined(separator: " | ") + " |"
    }

    mutating func addStale(_ stale: String?) {
        if let stale { paragraph("⚠ stale: " + Markdown.text(Self.sentence(stale))) }
    }

    /// Adds unknown shards, unsupported tables and notices; returns how many were left out.
    mutating func add(_ open: OpenFacts, limit: Int) -> Int {
        let lines =
            open.items.map { item in
                "- \(Self.names(item.subject)): **\(item.state)** · "
                    + Markdown.text(Self.sentence(item.reason))
            }
            + open.notices.map { notice in
                "- note (\(Markdown.text(notice.code))): "
                    + Markdown.text(Self.sentence(notice.message))
            }
        if limit > 0, !lines.isEmpty { blank() }
        add(Array(lines.prefix(limit)))
        return max(0, lines.count - limit)
    }

    /// Says what was left out, and which command shows it.
    mutating func leftOut(_ parts: [(count: Int, of: Int, what: String)], see command: String) {
        let words = parts.filter { $0.count > 0 }.map { part in
            "\(part.what) of \(part.count) of \(part.of)"
        }
        guard !words.isEmpty else { return }
        paragraph(
            "⚠ Left out to fit: \(words.joined(separator: ", ")). See all with "
                + "\(Markdown.code(command)).")
    }

    mutating func end(_ headline: String, _ status: ExitStatus) {
        paragraph("**\(Markdown.text(headline))** · exit \(status.rawValue)")
    }

    /// A list of shards, or its length where it is too long.
    static func names(_ list: String) -> String {
        list.utf8.count <= sentenceBytes
            ? Markdown.code(list) : "(a list of \(list.utf8.count) bytes, left out)"
    }

    static func action(_ action: FindingFacts.Action) -> String {
        let text = sentence(action.text)
        return action.isCommand ? Markdown.code(text) : Markdown.text(text)
    }

    /// A sentence, or its length where it is too long.
    static func sentence(_ text: String) -> String {
        text.utf8.count <= sentenceBytes * 4
            ? text : "(a message of \(text.utf8.count) bytes, left out)"
    }
}
