import Desired
import Diff
import Foundation
import Testing

@testable import Lint

@Suite("docs/hazards.md")
struct HazardDocumentTests {
    private func rows() throws -> [String] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        return try String(
            contentsOf: folder.appending(path: "../../docs/hazards.md").standardizedFileURL,
            encoding: .utf8
        ).split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
    }

    @Test("the table has every rule, with all that is decided about it")
    func rules() throws {
        #expect(try rows() == HazardRule.allCases.map(Self.row))
    }

    private static func row(_ rule: HazardRule) -> String {
        let cells = [
            "`\(rule.rawValue)`", rule.hazards.map(\.rawValue).joined(separator: ", "),
            dependencies(rule), rule.question?.asked.rawValue ?? "–",
            rule.question.flatMap { $0.asked == .unknowable ? nil : $0.outcome.rawValue } ?? "–",
            ChangeRules.rule(rule)?.level.rawValue ?? "–",
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    /// `data, size`, or what each class depends on where they differ.
    private static func dependencies(_ rule: HazardRule) -> String {
        let lists = rule.hazards.map { hazard in
            (hazard, rule.dependsOn(hazard).map(\.rawValue).joined(separator: ", "))
        }
        let found = lists.filter { !$0.1.isEmpty }
        if found.isEmpty { return "–" }
        if Set(lists.map(\.1)).count == 1 { return lists[0].1 }
        return found.map { "\($0.0.rawValue): \($0.1)" }.joined(separator: "; ")
    }
}
