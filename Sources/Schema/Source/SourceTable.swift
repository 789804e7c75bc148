/// What the text of a `CREATE TABLE` says, and where: as written, without a server's opinion.
package struct SourceTable: Hashable, Sendable {
    /// A text with its place.
    package struct Word: Hashable, Sendable {
        package var text: String
        package var location: SourceLocation

        package init(text: String, location: SourceLocation) {
            self.text = text
            self.location = location
        }
    }

    package struct Column: Hashable, Sendable {
        package var name: String
        package var location: SourceLocation
        /// The first word of its type as written; empty where the type is a quoted name.
        package var type: String
        /// The words behind the first one, in capitals: `VARYING`, `UNSIGNED`.
        package var furtherTypeWords: [String] = []
        /// What stands in the parentheses of its type: `12` and `2` for `decimal(12,2)`.
        package var typeArguments: [String] = []
        package var isUnsigned = false
        package var isNotNull = false
        package var isAutoIncrement = false
        package var isGenerated = false
        /// True where a lone `NULL` says that the column takes it.
        package var isExplicitlyNull = false
        package var isZerofill = false
        /// `BINARY` or `BYTE` behind the type: the binary collation, or bytes.
        package var binary: Binary?
        /// What it is computed from.
        package var expression: SourceExpression?
        /// True where the computed value is kept: `STORED`, or MariaDB's `PERSISTENT`.
        package var isStored = false
        /// The conditions among the column's attributes.
        package var checks: [Check] = []
        /// Rare attributes that change what is stored, each in capitals: `COMPRESSED`, `SRID 0`.
        package var storage: [String] = []
        package var characterSet: Word?
        package var collation: Word?
        /// The default as written, quotes included.
        package var defaultValue: Word?
        /// The key that stands among the column's attributes.
        package var key: Key.Kind?
        package var hasComment = false
        /// A parent named among the column's attributes.
        package var reference: Reference?

        package enum Binary: Hashable, Sendable { case collation, bytes }
    }

    /// A condition that every row must keep.
    package struct Check: Hashable, Sendable {
        package var expression: SourceExpression
        /// False for MySQL `NOT ENFORCED`.
        package var isEnforced = true
    }

    /// An index, with or without uniqueness.
    package struct Key: Hashable, Sendable {
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
            /// How much of the column is indexed; nil for all of it.
            package var length: Int?
            package var isDescending = false
        }

        package var kind: Kind
        /// Nil where the text leaves the name to the server.
        package var name: String?
        package var parts: [Part]
        package var location: SourceLocation
        /// What cuts the texts of a fulltext index into words; nil for the server's own.
        package var parser: String?
    }

    package struct ForeignKey: Hashable, Sendable {
        package var name: String?
        package var columns: [String]
        /// Nil where the text names none.
        package var parent: Reference?
        package var parentColumns: [String] = []
        /// In capitals, as written: `SET NULL`.
        package var onDelete: String?
        package var onUpdate: String?
        package var location: SourceLocation
    }

    /// A top-level definition between the table's parentheses.
    package struct Definition: Hashable, Sendable {
        package enum Kind: String, Hashable, Sendable {
            case column, primaryKey, index, foreignKey, check, period
        }
        package var kind: Kind
        /// Nil where the text leaves the name to the server.
        package var name: String?
        /// Where its first token stands.
        package var location: SourceLocation
        /// What a primary key or index says.
        package var key: Key?
        /// What a foreign key says.
        package var foreignKey: ForeignKey?
        /// What a check says.
        package var check: Check?
        /// The columns in which a period starts and ends.
        package var period: [String] = []
    }

    /// A table named behind `REFERENCES` or `LIKE`.
    package struct Reference: Hashable, Sendable {
        package var database: String?
        package var table: String
        package var location: SourceLocation
    }

    /// What stands behind the table's parentheses, as far as it is known here.
    package struct Options: Hashable, Sendable {
        package var engine: Word?
        package var characterSet: Word?
        package var collation: Word?
        package var hasComment = false
        /// The values of options that change how rows are stored, by key, both in capitals.
        package var storage: [String: String] = [:]
        /// MariaDB `WITH SYSTEM VERSIONING`.
        package var isSystemVersioned = false
        /// What stands behind `PARTITION BY`.
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

    /// The column called `name`, letter case aside.
    package func column(_ name: String) -> Column? {
        let wanted = name.lowercased()
        return columns.first { $0.name.lowercased() == wanted }
    }

    /// Where the column called `name` is defined, letter case aside.
    package func location(ofColumn name: String) -> SourceLocation? { column(name)?.location }

    /// Where the key or constraint called `name` is defined, letter case aside.
    package func location(ofConstraint name: String) -> SourceLocation? {
        definitions.first { $0.kind != .column && $0.name?.lowercased() == name.lowercased() }?
            .location
    }

    /// Every key, those among the attributes of columns included, in the order written.
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

    /// The foreign keys among the definitions; parents named at columns are not among them.
    package var foreignKeys: [ForeignKey] { definitions.compactMap(\.foreignKey) }
}

extension SourceTable.Key.Kind {
    /// The kind that the first word of a key's definition, in capitals, says.
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
