import Desired
import Git
import Lint
import Model
import Reports
import TestSupport
import Testing

/// What the rules find in `new` and in the change from `old` to it.
func report(from old: Files, to new: Files, today: String = "2026-11-21") throws -> LintReport {
    let before = try old.written()
    let after = try new.written()
    let tree = WorkingTree(folder: after.path)
    let (fleet, namespaces) = try SchemaRepository.sources(tree)
    let change = RevisionChange(
        revision: "main", label: "main@3f2a91c",
        before: try SchemaRepository.comparable(
            WorkingTree(folder: before.path), revision: "main"),
        after: try SchemaRepository.comparable(tree))
    return Linter(settings: fleet.lint, today: try #require(CalendarDay(today)))
        .report(namespaces, label: "topic@162ecfe", since: change)
}

/// What the change between two files with the same tables may do: `line:column rule`.
func hazards(
    _ old: String, _ new: String, others: [String: String] = [:], namespace: String = "",
    lint: String = ""
) throws -> [String] {
    let old = Files(others.merging(["t.sql": old]) { $1 })
    let new = Files(others.merging(["t.sql": new]) { $1 }, namespace: namespace, lint: lint)
    return try report(from: old, to: new).findings.filter(\.rule.isAboutChanges).map { finding in
        if let hazard = finding.hazard {
            #expect(RuleCatalog.rule(finding.rule).hazards.contains(hazard), "\(finding)")
        }
        let place = finding.location
        let file = place.file == "schema/t.sql" ? "" : "\(place.file):"
        return (finding.revision.map { "\($0):" } ?? "") + file
            + "\(place.line):\(place.column) \(finding.level) \(finding.rule.rawValue)"
    }
}
