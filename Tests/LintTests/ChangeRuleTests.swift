import Desired
import Diff
import Foundation
import Model
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

    @Test("Every hazard of a plan that lint lists is a rule of the same id")
    func ids() {
        var known: [LintRule] = [.refusedChange]
        for hazard in HazardRule.allCases {
            guard let rule = ChangeRules.rule(hazard) else {
                #expect(hazard.lintHazards.isEmpty, "\(hazard)")
                continue
            }
            #expect(rule.id.rawValue == hazard.rawValue)
            #expect(rule.hazards == hazard.lintHazards && !rule.hazards.isEmpty, "\(hazard)")
            #expect(rule.level == hazard.lintHazards.first.map(ChangeRules.level), "\(hazard)")
            known.append(rule.id)
        }
        #expect(Set(known) == Set(LintRule.allCases.filter(\.isAboutChanges)))
        #expect(known.count == Set(known).count)
    }
}
