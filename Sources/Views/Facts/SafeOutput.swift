/// The last filter before output: what a view did not escape cannot control a terminal, a log
/// viewer or a CI runner.
///
/// Views escape in the manner of their formats; text that is safe already passes unchanged.
package enum SafeOutput: Sendable {
    /// Text for people, with the colours of ``Style`` where wanted.
    case text(isColoured: Bool)
    /// A JSON document: characters are written as `\u001b`, which does not change any value.
    case json
    /// HTML and XML.
    case markup
    /// Commands for the runner; only ``GitHubView`` prints them.
    case commands

    /// `text` without anything that would act on a terminal or a runner.
    package func safe(_ text: String) -> String {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { line in
            needsNothing(line) ? String(line) : safe(line: Array(line))
        }.joined(separator: "\n")
    }

    /// True for most lines, and cheap to compute.
    private func needsNothing(_ line: Substring.UnicodeScalarView) -> Bool {
        var last: UInt32 = 0
        for scalar in line {
            let value = scalar.value
            guard value >= 0x20, value < 0x7F else { return false }
            // `##`, `::`, and what may open a group.
            if value == last, [0x23, 0x3A, 0x2D, 0x2B, 0x7E, 0x5E].contains(value) { return false }
            if value == 0x3A, last == 0x74 || last == 0x64 || last == 0x65 { return false }
            last = value
        }
        return true
    }

    private func safe(line: [Unicode.Scalar]) -> String {
        let colours = colours(in: line)
        let bare = line.indices.filter { !colours.contains($0) }
        let opensGroups =
            switch self {
            case .text: true
            case .json, .markup, .commands: false
            }
        var marked: Set<Int> = []
        if case .commands = self {
        } else {
            let places = RunnerCommand.places(in: bare.map { line[$0] }, opensLine: opensGroups)
            marked = Set(places.map { bare[$0] })
        }
        var result = ""
        for (index, scalar) in line.enumerated() {
            if marked.contains(index) || (Visible.isHidden(scalar) && !colours.contains(index)) {
                result += escape(scalar)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private func escape(_ scalar: Unicode.Scalar) -> String {
        switch self {
        case .text, .markup, .commands: Visible.escape(scalar)
        case .json: Visible.jsonEscape(scalar)
        }
    }

    /// The positions of the escape sequences of ``Style``.
    private func colours(in line: [Unicode.Scalar]) -> Set<Int> {
        guard case .text(isColoured: true) = self else { return [] }
        var places: Set<Int> = []
        for index in line.indices where line[index] == "\u{1B}" {
            for code in Style.codes where line[(index + 1)...].starts(with: code) {
                places.formUnion(index...(index + code.count))
            }
        }
        return places
    }
}
