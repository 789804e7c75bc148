import Desired
import Model
import Reports
import Schema

/// The waivers of `plumb.yaml`, and which of them have excused a finding.
struct Waivers {
    private let waivers: [Waiver]
    private let today: CalendarDay
    private var used: Set<Int> = []

    init(waivers: [Waiver], today: CalendarDay) {
        self.waivers = waivers
        self.today = today
    }

    /// `finding` with the first valid waiver that matches it.
    mutating func excused(_ finding: LintFinding) -> LintFinding {
        let place = waivers.indices.first { index in
            !isExpired(waivers[index]) && Self.fits(waivers[index], finding)
        }
        guard let place else { return finding }
        used.insert(place)
        var excused = finding
        excused.waiver = waivers[place]
        return excused
    }

    /// The findings about the waivers themselves, to be called after `excused` for every finding.
    ///
    /// Where no revisions were compared, a waiver of a change rule cannot match anything, and does
    /// not count as unused.
    func findings(comparesRevisions: Bool, level: (LintRule) -> LintLevel) -> [LintFinding] {
        waivers.enumerated().compactMap { index, waiver in
            let subject = "`\(waiver.rule.rawValue)` at `\(waiver.table)`"
            if isExpired(waiver) {
                return finding(
                    .waiverExpired, level,
                    "the waiver of \(subject) by \(waiver.owner) expired on \(waiver.expires)",
                    waiver)
            }
            guard !used.contains(index), comparesRevisions || !waiver.rule.isAboutChanges else {
                return nil
            }
            return finding(
                .waiverUnused, level, "the waiver of \(subject) excuses nothing", waiver)
        }
    }

    private func finding(
        _ rule: LintRule, _ level: (LintRule) -> LintLevel, _ message: String, _ waiver: Waiver
    ) -> LintFinding? {
        let level = level(rule)
        guard level != .off else { return nil }
        return LintFinding(
            rule: rule, level: level, namespace: nil, table: nil, column: nil, message: message,
            remedy: RuleCatalog.rule(rule).remedy, location: waiver.location, waiver: nil)
    }

    private func isExpired(_ waiver: Waiver) -> Bool { waiver.expires < today }

    private static func fits(_ waiver: Waiver, _ finding: LintFinding) -> Bool {
        guard waiver.rule == finding.rule, let table = finding.table,
            let namespace = finding.namespace
        else { return false }
        let names = [table.lowercased(), "\(namespace).\(table)".lowercased()]
        guard names.contains(waiver.table.lowercased()) else { return false }
        guard let column = waiver.column else { return true }
        return column.lowercased() == finding.column?.lowercased()
    }
}
