/// Texts that try to act on what shows them: terminals, logs, runners, Markdown, HTML and XML.
package enum HostileStrings {
    /// Each by itself tries one thing.
    package static let pieces = [
        "\u{1B}[31m", "\u{1B}]0;title\u{7}", "\u{1B}]8;;https://evil.example\u{1B}\\", "\u{9B}2J",
        "\r", "\n", "\r\n", "\u{0}", "\u{8}\u{8}", "\u{7F}", "\u{85}", "\u{0B}\u{0C}", "\t",
        "\u{202E}", "\u{202A}", "\u{2066}", "\u{2069}", "\u{200B}", "\u{200F}", "\u{FEFF}",
        "\u{2028}", "\u{2029}", "\u{AD}", "\u{3164}", "\u{34F}", "\u{FFFE}", "\u{E0041}",
        "\u{E000}",
        "\n::error file=a.sql,line=1::x", "\n  ::add-mask::x", "::set-output name=a::b",
        "\u{A0}::stop-commands::x", "##[error]x", "##vso[task.setvariable variable=a]b",
        "\n##teamcity[buildStop]", "\nsection_start:1:a\r\u{1B}[0K", "section_end:1:a",
        "\ntravis_fold:start:a", "\n--- group", "\n+++ group", "\n~~~ group", "\n^^^ +++",
        "`", "```", "\n```\n", "````", "`\u{301}", "`` ` ``", "|", "|\u{301}", "\\", "\\|", "\\`",
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\" onload=\"x", "' x='",
        "<!--", "-->", "--\u{301}>", ">\u{301}", "]]>", "<![CDATA[", "&amp;", "&#0;", "&lt;", "&x;",
        "[a](javascript:alert(1))", "![a](https://evil.example/a.png)", "[a]: https://evil.example",
        "<https://evil.example>", "https://evil.example", "www.evil.example", "a@evil.example",
        "@all", "@org/team", "#1", "GH-1", "!1", "%1", "~\"label\"", "$1", "&1", "org/repo#1",
        "*a*", "_a_", "~~a~~", "\n# head", "\n- item", "\n1. item", "\n> quote", "\n***\n",
        "\n===\n",
        "</details>", "</td></tr></table>", "</code>", "</pre>", "</title>", "%0A::error::x",
        "%25", "$(id)", "`id`", "\u{FFFD}", "{{x}}", "${{ secrets.A }}",
    ]

    /// Every piece alone, between letters, and `count` random mixtures of several.
    package static func all(mixtures count: Int, seed: Int) -> [String] {
        var generator = SeededGenerator(seed: UInt64(seed))
        let mixed = (0..<count).map { _ in
            let length = Int.random(in: 2...7, using: &generator)
            return (0..<length).map { _ in
                Bool.random(using: &generator)
                    ? pieces[Int.random(in: pieces.indices, using: &generator)]
                    : ["a", "x y", ":", "#", "`", "<", "-", "["].randomElement(using: &generator)
                        ?? ""
            }.joined()
        }
        return pieces + pieces.map { "a\($0)b" } + mixed
    }

    /// What in `text` would act on a terminal, a log or a runner; empty where nothing does.
    ///
    /// Written apart from the product, from what terminals and runners document.
    package static func faults(in text: String, allowing commands: [String] = []) -> [String] {
        var faults: [String] = []
        for line in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
            for scalar in line where isForbidden(scalar) {
                faults.append("U+\(String(scalar.value, radix: 16)) in \(line)")
            }
            let line = String(line)
            // Most lines can be none of them, and the patterns are slow.
            let isSuspect =
                ["::", "##", "section_", "travis_"].contains(where: line.contains)
                || ["---", "+++", "~~~", "^^^"].contains(where: line.hasPrefix)
            guard isSuspect else { continue }
            if commands.contains(where: line.hasPrefix) { continue }
            if line.contains(#/^\s*::/#.matchingSemantics(.unicodeScalar)) { faults.append(line) }
            if line.contains(#/##[A-Za-z]*\[/#) { faults.append(line) }
            if line.contains(#/(section_(start|end)|travis_(fold|time)):/#) { faults.append(line) }
            if line.contains(#/^(---|\+\+\+|~~~|\^\^\^)\s/#) { faults.append(line) }
        }
        return faults
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0xAD, 0x34F, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E,
            0x2060...0x206F, 0x3164, 0xE000...0xF8FF, 0xFEFF, 0xFFF0...0xFFFB, 0xFFFE...0xFFFF,
            0xE0000...0x10FFFF:
            true
        default: false
        }
    }
}
