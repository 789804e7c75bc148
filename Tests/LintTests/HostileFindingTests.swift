import Desired
import Foundation
import FoundationXML
import Reports
import Schema
import TestSupport
import Testing

@testable import Lint
@testable import Views

@Suite("attack: findings of lint about names that try to act")
struct HostileFindingTests {
    private static func report(_ text: String) -> LintReport {
        LintReport(
            label: text, since: text, tables: ["\(text).\(text)"], objects: [text],
            findings: [nil, text].map { revision in
                var finding = LintFinding(
                    rule: .missingPrimaryKey, level: .error, namespace: text, table: text,
                    column: text, message: text, remedy: text,
                    location: SourceLocation(file: text, line: 3, column: 1))
                finding.revision = revision
                return finding
            })
    }

    @Test("attack: no format of lint lets a name act")
    func nothingActs() throws {
        for text in HostileStrings.all(mixtures: 40, seed: 12) {
            let report = Self.report(text)
            let documents: [(String, SafeOutput, [String])] = [
                (LintText.text(report), .text(isColoured: false), []),
                (JSONView.lint(report), .json, []),
                (SARIFView.lint(report, rules: RuleCatalog.descriptions), .json, []),
                (JUnitView.lint(report), .markup, []),
                (GitHubView.lint(report), .commands, ["::error ", "::notice "]),
            ]
            for (document, output, commands) in documents {
                let faults = HostileStrings.faults(
                    in: output.safe(document), allowing: commands)
                #expect(faults == [], "\(text.debugDescription)")
            }
            #expect(
                throws: Never.self, "\(text.debugDescription)",
                performing: {
                    for json in [
                        JSONView.lint(report),
                        SARIFView.lint(report, rules: RuleCatalog.descriptions),
                    ] {
                        _ = try JSONSerialization.jsonObject(with: Data(json.utf8))
                    }
                })
            #expect(XMLParser(data: Data(JUnitView.lint(report).utf8)).parse())
        }
    }

    @Test("attack: one finding is one command of GitHub, whatever stands in it")
    func oneCommandEach() {
        for text in HostileStrings.all(mixtures: 10, seed: 13) {
            let lines = GitHubView.lint(Self.report(text)).split(separator: "\n")
            #expect(lines.count == 3, "\(text.debugDescription)")
        }
    }
}
