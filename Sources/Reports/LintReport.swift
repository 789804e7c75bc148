import Diff
import Model
import Schema

/// One finding of a rule.
package struct LintFinding: Hashable, Sendable {
    /// The rule that found it.
    package let rule: LintRule
    /// Never `off`.
    package let level: LintLevel
    /// Nil for a finding about `plumb.yaml` itself.
    package let namespace: String?
    /// A table by its name, any other object by its encoded name: `view:open_orders`.
    package let table: String?
    /// Nil where it is not about one column.
    package let column: String?
    /// What is wrong, in one sentence without a full stop.
    package let message: String
    /// What to do about it, as an instruction.
    package let remedy: String
    /// The place of the text that it is about.
    package let location: SourceLocation
    /// The waiver that excuses it; nil where it counts.
    package var waiver: Waiver?
    /// The hazard of the change; nil for findings about the present state.
    package var hazard: Hazard?
    /// The revision of ``location``, where that is not the checked one.
    package var revision: String?

    package init(
        rule: LintRule, level: LintLevel, namespace: String?, table: String?, column: String?,
        message: String, remedy: String, location: SourceLocation, waiver: Waiver? = nil,
        hazard: Hazard? = nil, revision: String? = nil
    ) {
        self.rule = rule
        self.level = level
        self.namespace = namespace
        self.table = table
        self.column = column
        self.message = message
        self.remedy = remedy
        self.location = location
        self.waiver = waiver
        self.hazard = hazard
        self.revision = revision
    }

    /// `file:line:column`, after `REVISION:` where it is in another revision than the checked one.
    package var place: String { (revision.map { "\($0):" } ?? "") + location.description }

    /// The subject as shown to people: `namespace.table`, `namespace.table.column`, `view
    /// namespace.name` or the file.
    package var subject: String {
        guard let namespace, let table else { return location.file }
        return ObjectName.label(table, in: namespace) + (column.map { ".\($0)" } ?? "")
    }
}

/// All findings of the rules in a schema repository.
package struct LintReport: Hashable, Sendable {
    /// The checked revision: `main@3f2a91c`.
    package let label: String
    /// The revision that it was compared with, such as `origin/main@162ecfe`; nil where there was
    /// none.
    package let since: String?
    /// `namespace.table` of every checked table, in the order of checking.
    package let tables: [String]
    /// `namespace.kind:name` of every other checked object, in the order of checking.
    package let objects: [String]
    /// Sorted by file, line, column and rule.
    package let findings: [LintFinding]

    package init(
        label: String, since: String? = nil, tables: [String], objects: [String] = [],
        findings: [LintFinding]
    ) {
        self.label = label
        self.since = since
        self.tables = tables
        self.objects = objects
        self.findings = findings
    }

    /// The findings that no waiver excuses.
    package var standing: [LintFinding] { findings.filter { $0.waiver == nil } }
    /// The errors that no waiver excuses.
    package var errors: [LintFinding] { standing.filter { $0.level == .error } }
    /// The warnings that no waiver excuses.
    package var warnings: [LintFinding] { standing.filter { $0.level == .warning } }
    /// The findings that a waiver excuses.
    package var waived: [LintFinding] { findings.filter { $0.waiver != nil } }
}

/// What a report says about a rule itself, for formats that list all rules.
package struct LintRuleDescription: Hashable, Sendable {
    package let rule: LintRule
    /// The level where `plumb.yaml` sets none.
    package let level: LintLevel
    /// What it finds and why that matters, in one sentence without a full stop.
    package let summary: String
    /// What to do about it, as an instruction.
    package let remedy: String

    package init(rule: LintRule, level: LintLevel, summary: String, remedy: String) {
        self.rule = rule
        self.level = level
        self.summary = summary
        self.remedy = remedy
    }
}
