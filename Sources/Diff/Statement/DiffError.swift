/// Why no change can be given.
package struct DiffError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Hashable, Sendable, Codable {
        /// Live holds both the old and the new name of a rename hint.
        case renameConflict
        /// The difference is real, and no sequence of statements for it is known.
        case unsupported
        /// The alteration does not fit the table it is applied to.
        case doesNotApply
    }

    package let code: Code
    /// The table that the error is about.
    package let table: String
    /// What failed, and what to do.
    package let message: String

    /// The parent whose change is refused together with this table's, where there is one.
    package let parent: String?

    package init(
        _ code: Code, table: String, parent: String? = nil, _ message: String
    ) {
        self.code = code
        self.parent = parent
        self.table = table
        self.message = message
    }

    package var description: String { "table `\(table)`: \(message)" }
}
