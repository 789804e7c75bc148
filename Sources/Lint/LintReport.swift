import Desired
import Schema

/// One thing that a rule found.
package struct LintFinding: Hashable, Sendable {
    package let rule: LintRule
    /// Never off.
    package let level: LintLevel
    /// Nil for what `plumb.yaml` itself says.
    package let namespace: String?
    /// A table by its plain name, anything else by its encoded one: `view:open_orders`.
    package let table: String?
    package let column: String?
    /// What is wrong, in one sentence without a full stop.
    package let message: String
    package let remedy: String
    package let location: SourceLocation
    /// Why it does not count, where it was excused.
    package let waiver: Waiver?

    /// `namespace.table`, `namespace.table.column`, `view namespace.name` or the file, for people.
    package var subject: String {
        guard let namespace, let table else { return location.file }
        return ObjectName.label(table, in: namespace) + (column.map { ".\($0)" } ?? "")
    }
}

/// All that the rules found in a schema repository.
package struct LintReport: Hashable, Sendable {
    /// Which state of the repository was read: `main@3f2a91c`.
    package let label: String
    /// `namespace.table` of every table that was checked, in the order checked.
    package let tables: [String]
    /// `namespace.kind:name` of everything else that was checked, in the order checked.
    package let objects: [String]
    /// By file, line, column and rule.
    package let findings: [LintFinding]

    package init(
        label: String, tables: [String], objects: [String] = [], findings: [LintFinding]
    ) {
        self.label = label
        self.tables = tables
        self.objects = objects
        self.findings = findings
    }

    /// The findings that count.
    package var standing: [LintFinding] { findings.filter { $0.waiver == nil } }
    package var errors: [LintFinding] { standing.filter { $0.level == .error } }
    package var warnings: [LintFinding] { standing.filter { $0.level == .warning } }
    package var waived: [LintFinding] { findings.filter { $0.waiver != nil } }
}
