/// Reads Markdown roughly as GitHub and GitLab do, and names what a text from outside made of it.
enum MarkdownFaults {
    static func all(in document: String) -> [String] {
        var faults: [String] = []
        var fence: Int?
        let lines = document.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        for line in lines.map(Array.init) {
            let ticks = line.prefix { $0 == "`" }.count
            if let open = fence {
                if ticks >= open, line[ticks...].allSatisfy({ $0 == " " || $0 == "\t" }) {
                    if line.count != open { faults.append("a fence is closed by a text") }
                    fence = nil
                }
                continue
            }
            if ticks >= 3 {
                fence = ticks
                continue
            }
            // HTML up to the next empty line: no Markdown in it.
            if line.starts(with: "<details>".unicodeScalars) { continue }
            faults += inLine(line)
        }
        if fence != nil { faults.append("a fence stays open") }
        return faults
    }

    private static let tags = [
        "<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>", "<br>",
    ].map { Array($0.unicodeScalars) }

    /// Walks over code spans, comments, Plumb's own tags and escapes; what is left is text.
    private static func inLine(_ line: [Unicode.Scalar]) -> [String] {
        var text: [Unicode.Scalar] = []
        var faults: [String] = []
        var index = 0
        while index < line.count {
            let rest = line[index...]
            if line[index] == "\\", index + 1 < line.count {
                text.append("\u{1}")
                index += 2
            } else if line[index] == "`" {
                let run = rest.prefix { $0 == "`" }.count
                guard let end = closing(rest.dropFirst(run), run) else {
                    return faults + ["a code span stays open"]
                }
                if line[index..<end].contains("|"), line.first == "|" {
                    faults.append("a pipe in the code of a cell")
                }
                index = end
                text.append("\u{1}")
            } else if rest.starts(with: "<!-- ".unicodeScalars) {
                guard let end = ending(of: rest) else { return faults + ["a comment stays open"] }
                index = end
                text.append("\u{1}")
            } else if let length = entity(rest) {
                text.append("\u{1}")
                index += length
            } else if let tag = tags.first(where: { rest.starts(with: $0) }) {
                index += tag.count
            } else {
                text.append(line[index])
                index += 1
            }
        }
        return faults + markup(in: String(String.UnicodeScalarView(text)))
    }

    /// How long the entity is that `rest` begins with.
    private static func entity(_ rest: ArraySlice<Unicode.Scalar>) -> Int? {
        guard let end = rest.prefix(8).firstIndex(of: ";") else { return nil }
        let word = String(String.UnicodeScalarView(rest[...end]))
        return word.contains(#/^&(amp|lt|gt|quot|#[0-9]+);$/#) ? word.unicodeScalars.count : nil
    }

    private static func closing(_ rest: ArraySlice<Unicode.Scalar>, _ run: Int) -> Int? {
        var index = rest.startIndex
        while index < rest.endIndex {
            let length = rest[index...].prefix { $0 == "`" }.count
            if length == run { return index + run }
            index += max(1, length)
        }
        return nil
    }

    private static func ending(of rest: ArraySlice<Unicode.Scalar>) -> Int? {
        var index = rest.startIndex
        while index + 2 < rest.endIndex {
            if rest[index] == "-", rest[index + 1] == "-", rest[index + 2] == ">" {
                return index + 3
            }
            index += 1
        }
        return nil
    }

    private static func markup(in text: String) -> [String] {
        let patterns: [(String, Regex<Substring>)] = [
            ("a bracket", #/[<>]/#), ("a link", #/[\[\]]/#), ("an address", #/[A-Za-z]:\/\//#),
            ("www", #/(?i)www\./#), ("a mention", #/(?:^|[^A-Za-z0-9])@[A-Za-z0-9]/#),
            ("an address", #/@[A-Za-z0-9\-]+\./#), ("an issue", #/#[0-9]/#),
            ("an issue", #/(?i)gh-[0-9]/#), ("a reference", #/[!%$~^][A-Za-z0-9"]/#),
            ("an entity", #/&/#), ("a strike", #/~~/#),
        ]
        return patterns.compactMap { name, pattern in
            text.contains(pattern.matchingSemantics(.unicodeScalar)) ? "\(name) in \(text)" : nil
        }
    }
}
