/// An index or key as `SHOW CREATE TABLE` prints it.
package struct Index: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case primary = "PRIMARY KEY"
        case unique = "UNIQUE KEY"
        case plain = "KEY"
        case fulltext = "FULLTEXT KEY"
        case spatial = "SPATIAL KEY"
        case vector = "VECTOR KEY"
    }

    /// A column or an expression of an index.
    package struct Part: Hashable, Sendable {
        package enum Key: Hashable, Sendable {
            case column(String)
            /// As printed between the parentheses of a functional part, which are not included.
            case expression(String)
        }
        package var key: Key
        /// The prefix length, in characters or bytes as the column's type has it.
        package var length: Int?
        package var isDescending: Bool

        package init(key: Key, length: Int? = nil, isDescending: Bool = false) {
            self.key = key
            self.length = length
            self.isDescending = isDescending
        }
    }

    package var kind: Kind
    /// Empty for a primary key.
    package var name: String
    package var parts: [Part]
    /// MariaDB application-time keys: the period of `name WITHOUT OVERLAPS`.
    package var withoutOverlaps: String?
    /// MariaDB `IGNORED` or MySQL `INVISIBLE`.
    package var isIgnored: Bool
    /// Whatever else is printed behind the parts (`USING HASH`, `KEY_BLOCK_SIZE=4`,
    /// `COMMENT 'x'`, `WITH PARSER ngram`, `M=6`), each as printed, in that order.
    package var options: [String]

    package init(
        kind: Kind, name: String, parts: [Part], withoutOverlaps: String? = nil,
        isIgnored: Bool = false, options: [String] = []
    ) {
        self.kind = kind
        self.name = name
        self.parts = parts
        self.withoutOverlaps = withoutOverlaps
        self.isIgnored = isIgnored
        self.options = options
    }
}
