import Schema

/// The differences of two texts, line by line.
package enum LineDiff {
    /// The changed lines after `-` and `+`, each group after its `@@ old line @@`; at most `limit`
    /// lines, and then the number of those left out.
    package static func text(
        _ old: String, _ new: String, limit: Int = 20, style: Style = .plain
    ) -> String {
        let before = lines(old)
        let after = lines(new)
        let difference = after.difference(from: before)
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        let all = render(before, after, removed, inserted, style)
        var shown = all.prefix(limit).map { $0 + "\n" }.joined()
        if all.count > limit {
            shown += "  … \(Count.of(all.count - limit, "more line"))\n"
        }
        return shown
    }

    private static func lines(_ text: String) -> [String] {
        var lines = text.unicodeScalars.split(
            separator: "\n", omittingEmptySubsequences: false
        ).map { String($0) }
        if lines.last == "" {
            lines.removeLast()
        } else {
            lines.append("\\ no line feed at the end")
        }
        return lines
    }

    private static func render(
        _ before: [String], _ after: [String], _ removed: Set<Int>, _ inserted: Set<Int>,
        _ style: Style
    ) -> [String] {
        var result: [String] = []
        var (old, new) = (0, 0)
        var isInRun = false
        while old < before.count || new < after.count {
            let isRemoved = removed.contains(old)
            let isInserted = inserted.contains(new)
            guard isRemoved || isInserted else {
                isInRun = false
                old += 1
                new += 1
                continue
            }
            if !isInRun { result.append(style.paint("  @@ line \(old + 1) @@", .faint)) }
            isInRun = true
            if isRemoved {
                result.append(style.paint("  - \(Visible.line(before[old]))", .bad))
                old += 1
            } else {
                result.append(style.paint("  + \(Visible.line(after[new]))", .good))
                new += 1
            }
        }
        return result
    }
}
