import Model

/// An error as a document in the requested format, so that a program that reads the output finds a
/// report, with the reason why it has nothing else.
package enum ErrorDocument {
    /// The formats in which a command can return a document.
    package enum Format: String, Sendable, CaseIterable {
        case json, sarif, junit, markdown, html, github

        /// How a document of the format is made safe for output.
        package var output: SafeOutput {
            switch self {
            case .json, .sarif: .json
            case .junit, .html: .markup
            case .markdown: .text(isColoured: false)
            case .github: .commands
            }
        }
    }

    /// The whole document, with its final line feed.
    package static func text(
        _ problems: [Problem], exit: ExitStatus, format: Format
    ) -> String {
        switch format {
        case .json:
            JSONView.error(
                problems.map(\.description).joined(separator: "\n"), problems, exit: exit)
        case .sarif: SARIFView.error(problems, exit: exit)
        case .junit: JUnitView.error(problems, exit: exit)
        case .markdown: MarkdownView.error(problems, exit: exit)
        case .html: HTMLView.error(problems, exit: exit)
        case .github: GitHubView.error(problems)
        }
    }
}

extension SARIFView {
    static func error(_ problems: [Problem], exit: ExitStatus) -> String {
        let rules = Set(problems.map(rule)).sorted()
        let run: JSONValue = .object([
            "tool": .object([
                "driver": .object([
                    "name": .string("plumb"),
                    "rules": .array(rules.map { .object(["id": .string($0)]) }),
                ])
            ]),
            "results": .array(problems.map { result($0, rules) }),
            "invocations": .array([
                .object([
                    "executionSuccessful": .bool(false), "exitCode": .number(exit.rawValue),
                    "exitCodeDescription": .string(exit.label),
                ])
            ]),
        ])
        let whole: JSONValue = .object([
            "$schema": .string("https://json.schemastore.org/sarif-2.1.0.json"),
            "version": .string("2.1.0"), "runs": .array([run]),
        ])
        return whole.encoded() + "\n"
    }

    private static func rule(_ problem: Problem) -> String {
        "error/\(problem.code ?? "failed")"
    }

    private static func result(_ problem: Problem, _ rules: [String]) -> JSONValue {
        let id = rule(problem)
        let remedy = problem.remedy.map { "; \($0)" } ?? ""
        var members: [String: JSONValue] = [
            "ruleId": .string(id), "ruleIndex": .number(rules.firstIndex(of: id) ?? 0),
            "level": .string("error"),
            "message": .object(["text": .string(message(problem.fault + remedy))]),
        ]
        if let place = problem.location {
            members["locations"] = .array([
                .object([
                    "physicalLocation": .object([
                        "artifactLocation": .object([
                            "uri": .string(uri(place.file)), "uriBaseId": .string("%SRCROOT%"),
                        ]),
                        "region": .object(["startLine": .number(max(1, place.line))]),
                    ])
                ])
            ])
        }
        return .object(members)
    }
}

extension JUnitView {
    static func error(_ problems: [Problem], exit: ExitStatus) -> String {
        let count = "tests=\"\(problems.count)\" failures=\"0\" errors=\"\(problems.count)\""
        let cases = problems.enumerated().flatMap { place, problem in
            let type = HTML.text(problem.code ?? "error")
            return [
                "    <testcase classname=\"plumb\" name=\"error \(place + 1)\">",
                "      <error type=\"\(type)\" message=\"\(HTML.text(problem.fault))\">"
                    + "\(HTML.block(problem.description))</error>",
                "    </testcase>",
            ]
        }
        let lines =
            [
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
                "<testsuites name=\"plumb\" \(count)>",
                "  <testsuite name=\"error\" \(count)>",
                "    <properties>",
                "      <property name=\"exit\" value=\"\(exit.rawValue)\"/>",
                "      <property name=\"outcome\" value=\"\(exit.label)\"/>",
                "    </properties>",
            ] + cases + ["  </testsuite>", "</testsuites>"]
        return lines.map { $0 + "\n" }.joined()
    }
}

extension MarkdownView {
    static func error(_ problems: [Problem], exit: ExitStatus) -> String {
        var page = MarkdownPage()
        page.add(Markdown.comment("plumb:error"))
        page.add("### plumb failed")
        page.blank()
        for problem in problems {
            let place = problem.location.map { Markdown.code("\($0)") + ": " } ?? ""
            let remedy = problem.remedy.map { "; " + $0 } ?? ""
            page.add("- " + place + Markdown.text(problem.text + remedy))
        }
        page.end(exit.label, exit)
        return page.text
    }

    /// A plain text as Markdown, in a code fence, for commands without a Markdown view.
    package static func plain(_ text: String) -> String {
        var lines = Visible.lines(text)
        if lines.last == "" { lines.removeLast() }
        return Markdown.block(lines, language: "text").map { $0 + "\n" }.joined()
    }
}

extension HTMLView {
    static func error(_ problems: [Problem], exit: ExitStatus) -> String {
        let items = problems.map { problem in
            let place = problem.location.map { HTML.code("\($0)") + ": " } ?? ""
            let remedy = problem.remedy.map { "<br>" + HTML.block($0) } ?? ""
            return "\(place)\(HTML.block(problem.text))\(remedy)"
        }
        return page("Error", "plumb", "plumb failed", exit, list(items))
    }
}

extension GitHubView {
    static func error(_ problems: [Problem]) -> String {
        problems.map { problem in
            let place = problem.location.map {
                "file=\(property($0.file)),line=\($0.line),col=\($0.column),"
            }
            let remedy = problem.remedy.map { ": \($0)" } ?? ""
            return "::error \(place ?? "")title=plumb::\(data(problem.text + remedy))\n"
        }.joined()
    }
}
