import Foundation
import Schema
import Testing

@testable import Diff

@Suite("What is decided about each rule")
struct HazardRuleTests {
    @Test("the classes stand worst first, and those of lint are some of them")
    func classes() {
        for rule in HazardRule.allCases {
            #expect(!rule.hazards.isEmpty, "\(rule)")
            for list in [rule.hazards, rule.lintHazards] {
                #expect(list == Set(list).sorted(by: >), "\(rule)")
            }
            #expect(Set(rule.lintHazards).isSubset(of: rule.hazards), "\(rule)")
            #expect(!rule.lintHazards.contains(.safe), "\(rule)")
        }
    }

    @Test("exactly the rules that data decide have a question")
    func questions() {
        for rule in HazardRule.allCases {
            let dependencies = rule.hazards.map { rule.dependsOn($0) }
            #expect(
                dependencies.contains { $0.contains(.data) } == (rule.question != nil), "\(rule)")
            for list in dependencies.map({ $0.map(\.rawValue) }) {
                #expect(list == list.sorted(), "\(rule)")
            }
        }
        let asked = Set(HazardRule.allCases.compactMap { $0.question?.asked })
        #expect(asked == Set(RowQuestion.allCases))
        let outcomes = Set(HazardRule.allCases.compactMap { $0.question?.outcome })
        #expect(outcomes == Set(RowOutcome.allCases))
    }

    @Test("a question says whether rows are refused or changed, as its rule does")
    func outcomes() throws {
        let outcomes: [(rule: HazardRule, from: String, to: String, changes: Bool?)] = [
            (.forbidNull, "`a` int(11) DEFAULT NULL", "`a` int(11) NOT NULL", nil),
            (
                .forbidNull, "`a` timestamp NULL DEFAULT NULL",
                "`a` timestamp NOT NULL DEFAULT '2026-01-01 00:00:00'", true
            ),
            (.narrowType, "`a` int(11) NOT NULL", "`a` smallint(6) NOT NULL", nil),
            (.narrowType, "`a` datetime(3) NOT NULL", "`a` datetime NOT NULL", true),
            (
                .addAutoIncrement, "`a` int(11) NOT NULL", "`a` int(11) NOT NULL AUTO_INCREMENT",
                nil
            ),
            (
                .addAutoIncrement, "`a` int(11) DEFAULT NULL",
                "`a` int(11) NOT NULL AUTO_INCREMENT", true
            ),
            (
                .changeCollation, "`a` varchar(9) COLLATE utf8mb4_bin NOT NULL",
                "`a` varchar(9) COLLATE utf8mb4_unicode_ci NOT NULL", nil
            ),
        ]
        for one in outcomes {
            let from = try table(one.from)
            let to = try table(one.to)
            let found = try TableChange(
                kind: .alter, table: "t", from: from, to: to,
                alterations: TableDiff.changes(from: from, to: to)
            ).probedHazards(ProbeContext(flavour: .mariadb))
            let finding = try #require(found.first { $0.knownRule == one.rule }, "\(one)")
            #expect(finding.probe?.question?.changesRows == one.changes, "\(one)")
            switch one.rule.question?.outcome {
            case .refused: #expect(one.changes == nil, "\(one)")
            case .changed: #expect(one.changes == true || finding.probe == nil, "\(one)")
            case .refusedOrChanged, nil: break
            }
        }
    }

    @Test("each kind of object has the rules that carry its name")
    func objects() {
        for kind in ObjectName.Kind.allCases {
            #expect(HazardRule.dropping(kind).rawValue == "drop-\(kind.rawValue)")
            let replaced = kind == .table ? nil : "replace-\(kind.rawValue)"
            #expect(HazardRule.replacing(kind)?.rawValue == replaced)
        }
    }

    @Test("a rule of another release is kept as it was written")
    func unknownRules() throws {
        let text =
            #"{"dependsOn":["data"],"hazard":"lossy","reason":"r","remedy":"","rule":"of-later"}"#
        let finding = try JSONDecoder().decode(HazardFinding.self, from: Data(text.utf8))
        #expect(finding.rule == "of-later" && finding.knownRule == nil)
        #expect(finding.dependsOn == [.data] && !finding.isAboutNames)
        #expect(String(decoding: try CanonicalForm.encode(finding), as: UTF8.self) == text)
    }

    @Test("names cost those who use them")
    func names() {
        let found = HazardRule.allCases.filter { rule in
            HazardFinding(rule: rule, hazard: .costly, reason: "r").isAboutNames
        }
        #expect(found == [.renameTable, .renameColumn])
    }

    private func table(_ column: String) throws -> Table {
        try TableParser.parse(
            "CREATE TABLE `t` (\n  \(column),\n  UNIQUE KEY `k` (`a`)\n) ENGINE=InnoDB "
                + "DEFAULT CHARSET=utf8mb4",
            flavour: .mariadb)
    }
}
