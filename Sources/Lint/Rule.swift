import Desired
import Diff
import Model
import Schema

/// One rule of `plumb lint`.
package struct Rule: Sendable {
    /// The id in `plumb.yaml`, in reports and in docs/lint.md.
    package let id: LintRule
    /// The level where `plumb.yaml` sets none.
    package let level: LintLevel
    /// What it finds and why that matters, in one sentence without a full stop.
    package let summary: String
    /// What to do about it, as an instruction.
    package let remedy: String
    /// The hazards that its findings may have, the worst first; empty for rules about the present
    /// state.
    package let hazards: [Hazard]
    /// The issues of one table; none for the rules about waivers and changes.
    let check: @Sendable (TableContext) -> [Issue]
    /// The issues of one object other than a table.
    let checkObject: @Sendable (ObjectContext) -> [Issue]

    init(
        _ id: LintRule, _ level: LintLevel, _ summary: String, remedy: String,
        hazards: [Hazard] = [],
        check: @escaping @Sendable (TableContext) -> [Issue] = { _ in [] },
        objects: @escaping @Sendable (ObjectContext) -> [Issue] = { _ in [] }
    ) {
        self.id = id
        self.level = level
        self.summary = summary
        self.remedy = remedy
        checkObject = objects
        self.hazards = hazards
        self.check = check
    }
}

/// A finding of a rule, before levels and waivers are applied.
struct Issue: Hashable {
    /// What is wrong with which object, in one sentence without a full stop.
    let message: String
    let location: SourceLocation
    /// The column that it is about, by which waivers match.
    let column: String?
    /// Used instead of the rule's own remedy.
    let remedy: String?

    init(
        _ message: String, at location: SourceLocation, column: String? = nil,
        remedy: String? = nil
    ) {
        self.message = message
        self.location = location
        self.column = column
        self.remedy = remedy
    }
}

/// One table, with what rules need to look up.
struct TableContext {
    let table: DesiredTable
    let settings: LintSettings
    /// The other tables of the namespace, by name, and also by name in lower case.
    let tables: [String: DesiredTable]
    /// Whether `plumb.yaml` sets the SQL mode in which the text is read.
    let saysMode: Bool

    var source: SourceTable { table.source }
    var name: String { table.name }

    /// Whether an issue is in the table's own text: parts copied by `LIKE` are checked where they
    /// are written.
    func isOwn(_ issue: Issue) -> Bool {
        source.like == nil || issue.location == table.location
    }

    /// The table that a foreign key refers to; nil where it is not in this namespace.
    func parent(_ reference: SourceTable.Reference) -> DesiredTable? {
        guard reference.database == nil else { return nil }
        return tables[reference.table] ?? tables[reference.table.lowercased()]
    }

    /// Whether a column is NOT NULL, explicitly or as part of the primary key.
    func isNotNull(_ column: SourceTable.Column) -> Bool {
        column.isNotNull
            || source.keys.contains { key in
                key.kind == .primary
                    && key.parts.contains { $0.text.lowercased() == column.name.lowercased() }
            }
    }
}
