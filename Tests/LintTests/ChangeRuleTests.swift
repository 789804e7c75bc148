import Desired
import Foundation
import Schema
import Testing

@testable import Lint

@Suite("What a change may do")
struct ChangeRuleTests {
    private static let parent = ["p.sql": ChangeCases.parent]

    @Test(
        "Each change has its findings, at the clause that causes them")
    func changes() throws {
        for change in ChangeCases.changes + ChangeCases.milder {
            #expect(
                try hazards(change.old, change.new, others: Self.parent) == change.findings,
                "\(change.old) → \(change.new)")
        }
    }

    @Test("The same table written otherwise is no change")
    func sameness() throws {
        for pair in ChangeCases.same + ChangeCases.unknown {
            #expect(
                try hazards(pair.old, pair.new, others: Self.parent) == [],
                "\(pair.old) → \(pair.new)")
        }
    }

    @Test("Formatting a file is no change")
    func formatting() throws {
        for text in Set(ChangeCases.changes.flatMap { [$0.old, $0.new] }).sorted() {
            let formatted = String(
                decoding: try ScriptFormatter.formatted(Array(text.utf8), file: "t.sql"),
                as: UTF8.self)
            #expect(try hazards(text, formatted, others: Self.parent) == [], "\(text)")
        }
    }

    @Test("Every id of a plan's hazards that may hurt is a rule")
    func ids() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Diff/Hazard").standardizedFileURL
        let known = Set(LintRule.allCases.filter(\.isAboutChanges).map(\.rawValue))
        var ids: Set<String> = []
        let files = [
            "HazardRules.swift", "NewColumnRules.swift", "ColumnRules.swift",
            "PartitionHazards.swift", "TypeChange.swift", "TableRules.swift",
        ]
        for file in files {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            let pattern = /"([a-z]+(?:-[a-z]+)+|repartition)",\s*(?:hazard: )?\.?(\w+)/
            for match in text.matches(of: pattern) where match.output.2 != "safe" {
                ids.insert(String(match.output.1))
            }
        }
        #expect(ids.count > 25)
        // Those about names are constants.
        #expect(
            known.subtracting(ids).sorted() == ["refused-change", "rename-column", "rename-table"])
        // Only a plan knows the server: MySQL takes two statements, a mode refuses zero dates.
        #expect(
            ids.subtracting(known).sorted() == ["add-required-column", "add-unfilled-column"])
    }
}
