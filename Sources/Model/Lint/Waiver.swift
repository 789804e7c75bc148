import Schema

/// Waives the findings of one rule for one table, until a day.
package struct Waiver: Hashable, Sendable {
    package let rule: LintRule
    /// `table` or `namespace.table`; other objects by their encoded names, `view:open_orders`.
    package let table: String
    /// Nil for all columns.
    package let column: String?
    package let owner: String
    package let reason: String
    /// The last day of the waiver, in UTC.
    package let expires: CalendarDay
    package let location: SourceLocation

    package init(
        rule: LintRule, table: String, column: String? = nil, owner: String, reason: String,
        expires: CalendarDay, location: SourceLocation
    ) {
        self.rule = rule
        self.table = table
        self.column = column
        self.owner = owner
        self.reason = reason
        self.expires = expires
        self.location = location
    }
}
