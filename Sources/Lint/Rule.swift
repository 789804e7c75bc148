import Desired
import Diff
import Schema

/// One thing that `plumb lint` looks for.
package struct Rule: Sendable {
    package let id: LintRule
    /// How strictly it is taken where `plumb.yaml` says nothing.
    package let level: LintLevel
    /// What it finds and why that matters, in one sentence without a full stop.
    package let summary: String
    /// What to do about it, as an instruction.
    package let remedy: String
    /// The classes of hazard that its findings may have, the worst first; none for the rules
    /// about what is.
    package let hazards: [Hazard]
    /// What is wrong with one table; nothing for the rules about waivers and changes.
    let check: @Sendable (TableContext) -> [Issue]
    /// What is wrong with one object that is no table.
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

/// What a rule found, before levels and waivers.
struct Issue: Hashable {
    /// What is wrong, on which object; one sentence without a full stop.
    let message: String
    let location: SourceLocation
    /// The column that is meant, for waivers.
    let column: String?
    /// Instead of the rule's own remedy.
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

/// One table with what rules may look up.
struct TableContext {
    let table: DesiredTable
    let settings: LintSettings
    /// The other tables of the namespace, by name, and by name in lower case.
    let tables: [String: DesiredTable]
    /// Whether `plumb.yaml` says the SQL mode in which the text is meant.
    let saysMode: Bool

    var source: SourceTable { table.source }
    var name: String { table.name }

    /// Whether an issue is the table's own: what `LIKE` copies is judged where it is written.
    func isOwn(_ issue: Issue) -> Bool {
        source.like == nil || issue.location == table.location
    }

    /// The table that a foreign key refers to; nil where it is not in this namespace.
    func parent(_ reference: SourceTable.Reference) -> DesiredTable? {
        guard reference.database == nil else { return nil }
        return tables[reference.table] ?? tables[reference.table.lowercased()]
    }

    /// Whether a column is NOT NULL, also by standing in the primary key.
    func isNotNull(_ column: SourceTable.Column) -> Bool {
        column.isNotNull
            || source.keys.contains { key in
                key.kind == .primary
                    && key.parts.contains { $0.text.lowercased() == column.name.lowercased() }
            }
    }
}
