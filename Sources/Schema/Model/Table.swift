/// A table as `SHOW CREATE TABLE` describes it, normalised by the server that printed it.
///
/// Expressions, literals and types are kept as the server prints them: the server normalises,
/// Plumb compares. Equal models print equal text.
package struct Table: Hashable, Sendable {
    package var name: String
    package var columns: [Column]
    /// In the order printed; a primary key has `kind == .primary` and an empty name.
    package var indexes: [Index]
    package var foreignKeys: [ForeignKey]
    /// Table-level checks; MariaDB's column-level checks are in ``Column/check``.
    package var checks: [Check]
    /// MariaDB `PERIOD FOR …` definitions, in the order printed.
    package var periods: [Period]
    /// In the order printed, without `AUTO_INCREMENT=`.
    package var options: [TableOption]
    /// The next counter value, where printed. It is state, not schema: no digest includes it.
    package var autoIncrement: UInt64?
    /// MariaDB `WITH SYSTEM VERSIONING` behind the options.
    package var isSystemVersioned: Bool
    package var partitioning: Partitioning?

    package init(
        name: String, columns: [Column], indexes: [Index] = [], foreignKeys: [ForeignKey] = [],
        checks: [Check] = [], periods: [Period] = [], options: [TableOption] = [],
        autoIncrement: UInt64? = nil, isSystemVersioned: Bool = false,
        partitioning: Partitioning? = nil
    ) {
        self.name = name
        self.columns = columns
        self.indexes = indexes
        self.foreignKeys = foreignKeys
        self.checks = checks
        self.periods = periods
        self.options = options
        self.autoIncrement = autoIncrement
        self.isSystemVersioned = isSystemVersioned
        self.partitioning = partitioning
    }

    /// The primary key; nil where the table has none.
    package var primaryKey: Index? { indexes.first { $0.kind == .primary } }

    /// The value of a table option, by its canonical key (`ENGINE`, `DEFAULT CHARSET`, …).
    package func option(_ key: String) -> String? {
        options.first { $0.key == key }?.value
    }
}

/// A table option as printed: `ENGINE=InnoDB` has the key `ENGINE` and the value `InnoDB`.
package struct TableOption: Hashable, Sendable {
    package var key: String
    /// As printed, quotes included: `'it''s'`, `InnoDB`, `1`.
    package var value: String
    /// What the server prints between key and value: `=`, but for a few old options.
    package var separator: String
    /// The opening of MySQL's version comment around the option, such as `/*!50100`.
    package var versionComment: String?

    package init(
        key: String, value: String, separator: String = "=", versionComment: String? = nil
    ) {
        self.key = key
        self.value = value
        self.separator = separator
        self.versionComment = versionComment
    }
}

/// MariaDB `PERIOD FOR name (start, end)`; the name is `SYSTEM_TIME` for system versioning.
package struct Period: Hashable, Sendable {
    package var name: String
    package var start: String
    package var end: String

    /// The name of system versioning's period, printed without quotes.
    package static let systemTime = "SYSTEM_TIME"

    package init(name: String, start: String, end: String) {
        self.name = name
        self.start = start
        self.end = end
    }
}

/// A table-level check constraint.
package struct Check: Hashable, Sendable {
    package var name: String
    /// The text between the outer parentheses of `CHECK (…)`, as printed.
    package var expression: String
    /// False for MySQL `NOT ENFORCED`.
    package var isEnforced: Bool

    package init(name: String, expression: String, isEnforced: Bool = true) {
        self.name = name
        self.expression = expression
        self.isEnforced = isEnforced
    }
}

/// A foreign key.
package struct ForeignKey: Hashable, Sendable {
    package var name: String
    package var columns: [String]
    /// The parent's database, where it is not the child's own.
    package var referencedSchema: String?
    package var referencedTable: String
    package var referencedColumns: [String]
    /// `CASCADE`, `SET NULL`, … as printed; nil where nothing is printed.
    package var onDelete: String?
    package var onUpdate: String?

    package init(
        name: String, columns: [String], referencedSchema: String? = nil, referencedTable: String,
        referencedColumns: [String], onDelete: String? = nil, onUpdate: String? = nil
    ) {
        self.name = name
        self.columns = columns
        self.referencedSchema = referencedSchema
        self.referencedTable = referencedTable
        self.referencedColumns = referencedColumns
        self.onDelete = onDelete
        self.onUpdate = onUpdate
    }
}
