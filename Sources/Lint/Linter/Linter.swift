import Desired
import Model
import Reports
import Schema

/// Checks every table and other object of a schema repository against the rules.
package struct Linter {
    private let settings: LintSettings
    /// Waivers are valid until the end of their last day.
    private let today: CalendarDay

    package init(settings: LintSettings, today: CalendarDay) {
        self.settings = settings
        self.today = today
    }

    /// The findings in `namespaces`, and in the change from an earlier revision; `label` names the
    /// checked revision.
    package func report(
        _ namespaces: [NamespaceSources], label: String, since change: RevisionChange? = nil
    ) -> LintReport {
        var tables: [String] = []
        var objects: [String] = []
        var findings: [LintFinding] = []
        for namespace in namespaces {
            let base = Self.byName(namespace.base.tables)
            tables += namespace.base.tables.map { "\(namespace.namespace).\($0.name)" }
            findings += self.findings(namespace.base.tables, among: base, of: namespace)
            for overlay in namespace.overlays {
                let all = base.merging(Self.byName(overlay.tables)) { $1 }
                tables += overlay.tables.map { "\(namespace.namespace).\($0.name)" }
                findings += self.findings(overlay.tables, among: all, of: namespace)
            }
            let others = ([namespace.base] + namespace.overlays).flatMap(\.objects)
            objects += others.map { "\(namespace.namespace).\($0.name.encoded)" }
            findings += self.findings(others, of: namespace)
        }
        if let change { findings += ChangeLinter(settings: settings, change: change).findings() }
        var waivers = Waivers(waivers: settings.waivers, today: today)
        findings = findings.map { waivers.excused($0) }
        findings += waivers.findings(comparesRevisions: change != nil, level: level)
        return LintReport(
            label: label, since: change?.label, tables: tables, objects: objects,
            findings: Self.sorted(findings))
    }

    private func findings(
        _ checked: [DesiredObject], of namespace: NamespaceSources
    ) -> [LintFinding] {
        guard !checked.isEmpty else { return [] }
        let selectable = namespace.selectable
        return checked.flatMap { object in
            let context = ObjectContext(
                object, settings, selectable: selectable, saysMode: namespace.saysMode)
            return RuleCatalog.rules.flatMap { rule -> [LintFinding] in
                let level = level(of: rule.id)
                guard level != .off else { return [] }
                return rule.checkObject(context).map { issue in
                    LintFinding(
                        rule: rule.id, level: level, namespace: namespace.namespace,
                        table: object.name.encoded, column: nil, message: issue.message,
                        remedy: issue.remedy ?? rule.remedy, location: issue.location, waiver: nil)
                }
            }
        }
    }

    private func findings(
        _ checked: [DesiredTable], among tables: [String: DesiredTable],
        of namespace: NamespaceSources
    ) -> [LintFinding] {
        checked.flatMap { table in
            let context = TableContext(
                table: table, settings: settings, tables: tables, saysMode: namespace.saysMode)
            let encoded = ObjectName(.table, table.name).encoded
            return RuleCatalog.rules.flatMap { rule -> [LintFinding] in
                let level = level(of: rule.id)
                guard level != .off else { return [] }
                return rule.check(context).filter(context.isOwn).map { issue in
                    LintFinding(
                        rule: rule.id, level: level, namespace: namespace.namespace, table: encoded,
                        column: issue.column, message: issue.message,
                        remedy: issue.remedy ?? rule.remedy, location: issue.location, waiver: nil)
                }
            }
        }
    }

    private func level(of rule: LintRule) -> LintLevel {
        settings.levels[rule] ?? RuleCatalog.rule(rule).level
    }

    private static func byName(_ tables: [DesiredTable]) -> [String: DesiredTable] {
        let folded = Dictionary(tables.map { ($0.name.lowercased(), $0) }) { first, _ in first }
        // Where two names differ in letter case only, the exact name is preferred.
        return folded.merging(tables.map { ($0.name, $0) }) { _, exact in exact }
    }

    /// Sorted by place and without duplicates, however many shards and overlays share the table. A
    /// file that two namespaces share is reported for each of them.
    private static func sorted(_ findings: [LintFinding]) -> [LintFinding] {
        var seen: Set<LintFinding> = []
        return findings.filter { seen.insert($0).inserted }.enumerated().sorted { left, right in
            key(left.element, left.offset) < key(right.element, right.offset)
        }.map(\.element)
    }

    private static func key(
        _ finding: LintFinding, _ offset: Int
    ) -> (String, Int, Int, Int) {
        let place = finding.location
        return (place.file, place.line, place.column, offset)
    }
}
