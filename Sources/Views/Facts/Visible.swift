/// Makes text from outside safe to show: names in databases may contain any character.
package enum Visible {
    /// `text` on one line, with an escape such as `\n` or `\u{1b}` for every character that moves a
    /// cursor, hides or reorders text, or would start a command of a CI runner.
    package static func line(_ text: String) -> String { line(text, opensLine: false) }

    private static func line(_ text: String, opensLine: Bool) -> String {
        let scalars = Array(text.unicodeScalars)
        let places = Set(RunnerCommand.places(in: scalars, opensLine: opensLine))
        guard !places.isEmpty || scalars.contains(where: isHidden) else { return text }
        var result = ""
        for (index, scalar) in scalars.enumerated() {
            if isHidden(scalar) || places.contains(index) {
                result += escape(scalar)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The lines of `text`, each as from `line(_:)` but for the beginning of an output line; a tab
    /// becomes four spaces.
    static func lines(_ text: String) -> [String] {
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { part in
            var content = ""
            for scalar in part {
                if scalar == "\t" {
                    content += "    "
                } else {
                    content.unicodeScalars.append(scalar)
                }
            }
            if content.unicodeScalars.last == "\r" { content.unicodeScalars.removeLast() }
            return line(content, opensLine: true)
        }
    }

    /// Whether a scalar is invisible, or changes how others are shown.
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value < 0x20 }
        // U+FE0F selects the emoji form of the character before it, and hides nothing.
        if scalar.properties.isDefaultIgnorableCodePoint, scalar.value != 0xFE0F { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned,
            .privateUse:
            return true
        default:
            return false
        }
    }

    static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{\(String(scalar.value, radix: 16))}"
        }
    }

    /// A scalar as every JSON parser reads it back: `\u001b`.
    static func jsonEscape(_ scalar: Unicode.Scalar) -> String {
        String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }

    /// How many columns `text` takes on a terminal.
    static func columns(_ text: String) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.reduce(0) { $0 + columns($1) }
    }

    private static func columns(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        switch first.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default:
            return 1
        }
    }

    /// `text` filled up with spaces to `width` columns.
    static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - columns(text)))
    }
}
