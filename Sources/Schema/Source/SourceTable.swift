/// A hand-written `CREATE TABLE` with the places of its parts, before a server normalised it.
package struct SourceTable: Hashable, Sendable {
    /// A text and its place.
    package struct Word: Hashable, Sendable {
        package var text: String
        package var location: SourceLocation

        package init(text: String, location: SourceLocation) {
            self.text = text
            self.location = location
        }
    }

    /// A column as written.
    package struct Column: Hashable, Sendable {
        package var name: String
        package var location: SourceLocation
        /// The first word of its type as written; empty where the type is a quoted name.
        package var type: String
        /// The words behind the first one, in capitals: `VARYING`, `UNSIGNED`.
        package var furtherTypeWords: [String] = []
        /// The parts of the parentheses behind its type: `12` and `2` for `decimal(12,2)`.
        package var typeArguments: [String] = []
        package var isUnsigned = false
        package var isNotNull = false
        package var isAutoIncrement = false
        package var isGenerated = false
        /// Whether a `NULL` attribute says that the column is nullable.
        package var isExplicitlyNull = false
        package var isZerofill = false
        /// `BINARY` or `BYTE` behind the type: a binary collation, or a binary type.
        package var binary: Binary?
        /// The expression of a generated column.
        package var expression: SourceExpression?
        /// Whether the generated value is stored: `STORED`, or MariaDB's `PERSISTENT`.
        package var isStored = false
        /// The checks among the column's attributes.
        package var checks: [Check] = []
        /// Rare attributes that change how values are stored, in capitals: `COMPRESSED`, `SRID 0`.
        package var storage: [String] = []
        package var characterSet: Word?
        package var collation: Word?
        /// The default as written, quotes included.
        package var defaultValue: Word?
        /// The kind of key among the column's attributes.
        package var key: Key.Kind?
        package var hasComment = false
        /// The parent table of a `REFERENCES` among the column's attributes.
        package var reference: Reference?

        /// What `BINARY` or `BYTE` behind the type means.
        package enum Binary: Hashable, Sendable { case collation, bytes }
    }

    /// A check constraint.
    package struct Check: Hashable, Sendable {
        package var expression: SourceExpression
        /// False for MySQL `NOT ENFORCED`.
        package var isEnforced = true
    }

    /// A primary key, unique key or index.
    package struct Key: Hashable, Sendable {
        /// The kinds of keys and indexes.
        package enum Kind: String, Hashable, Sendable {
            case primary, unique, plain, fulltext, spatial, vector
        }

        /// A column or an expression of a key.
        package struct Part: Hashable, Sendable {
            /// The column's name, or the expression in its parentheses.
            package var text: String
            package var isExpression = false
            /// The tokens of an expression.
            package var expression: SourceExpression?
            /// The prefix length; nil for the whole column.
            package var length: Int?
            package var isDescending = false
        }

        package var kind: Kind
        /// Nil where the server chooses the name.
        package var name: String?
        package var parts: [Part]
        package var location: SourceLocation
        /// The parser plugin of a full-text index; nil for the server's own.
        package var parser: String?
    }

    /// A foreign key as written.
    package struct ForeignKey: Hashable, Sendable {
        package var name: String?
        package var columns: [String]
        /// The referenced table; nil where the text names none.
        package var parent: Reference?
        package var parentColumns: [String] = []
        /// The action in capitals, as written: `SET NULL`.
        package var onDelete: String?
        package var onUpdate: String?
        package var location: SourceLocation
    }

    /// One definition between the table's parentheses: a column, key, constraint or period.
    package struct Definition: Hashable, Sendable {
        /// The kinds of definitions.
        package enum Kind: String, Hashable, Sendable {
            case column, primaryKey, index, foreignKey, check, period
        }
        package var kind: Kind
        /// Nil where the server chooses the name.
        package var name: String?
        /// The place of its first token.
        package var location: SourceLocation
        /// For a primary key or index.
        package var key: Key?
        /// For a foreign key.
        package var foreignKey: ForeignKey?
        /// For a check.
        package var check: Check?
        /// For a period: its start and end columns.
        package var period: [String] = []
    }

    /// A table named behind `REFERENCES` or `LIKE`.
    package struct Reference: Hashable, Sendable {
        package var database: String?
        package var table: String
        package var location: SourceLocation
    }

    /// The table options, as far as Plumb reads them without a server.
    package struct Options: Hashable, Sendable {
        package var engine: Word?
        package var characterSet: Word?
        package var collation: Word?
        package var hasComment = false
        /// The values of options that change how rows are stored; keys and values in capitals.
        package var storage: [String: String] = [:]
        /// MariaDB `WITH SYSTEM VERSIONING`.
        package var isSystemVersioned = false
        /// The clause behind `PARTITION BY`.
        package var partitioning: SourceExpression?
    }

    package var columns: [Column] = []
    package var definitions: [Definition] = []
    package var references: [Reference] = []
    package var options = Options()
    /// The other table of `CREATE TABLE … LIKE other`.
    package var like: Reference?
    /// True for `CREATE TABLE … SELECT`.
    package var isFromSelect = false

    /// The column called `name`, regardless of letter case.
    package func column(_ name: String) -> Column? {
        let wanted = name.lowercased()
        return columns.first { $0.name.lowercased() == wanted }
    }

    /// The place where the column called `name` is defined, regardless of letter case.
    package func location(ofColumn name: String) -> SourceLocation? { column(name)?.location }

    /// The place where the key or constraint called `name` is defined, regardless of letter case.
    package func location(ofConstraint name: String) -> SourceLocation? {
        definitions.first { $0.kind != .column && $0.name?.lowercased() == name.lowercased() }?
            .location
    }

    /// Every key, also those among the attributes of columns, in the order written.
    package var keys: [Key] {
        definitions.compactMap { definition in
            if let key = definition.key { return key }
            guard definition.kind == .column, let name = definition.name,
                let column = column(name), let kind = column.key
            else { return nil }
            return Key(
                kind: kind, name: nil, parts: [Key.Part(text: column.name)],
                location: column.location)
        }
    }

    /// The foreign keys among the definitions; a `REFERENCES` of a column is not one of them.
    package var foreignKeys: [ForeignKey] { definitions.compactMap(\.foreignKey) }
}

extension SourceTable.Key.Kind {
    /// The kind for the first word, in capitals, of a key's definition.
    init(_ word: String?) {
        switch word {
        case "PRIMARY": self = .primary
        case "UNIQUE": self = .unique
        case "FULLTEXT": self = .fulltext
        case "SPATIAL": self = .spatial
        case "VECTOR": self = .vector
        default: self = .plain
        }
    }
}
