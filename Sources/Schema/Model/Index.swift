/// An index or key as `SHOW CREATE TABLE` prints it.
package struct Index: Hashable, Sendable {
    /// The kinds of indexes; the raw value is the keyword of `SHOW CREATE TABLE`.
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
        /// The column's name, or the expression of a functional key part.
        package enum Key: Hashable, Sendable {
            case column(String)
            /// The text between the parentheses of a functional key part, as printed.
            case expression(String)
        }
        package var key: Key
        /// The prefix length: characters for text, bytes for binary types; nil for all of it.
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
    /// The period of MariaDB's application-time key: the name in `name WITHOUT OVERLAPS`.
    package var withoutOverlaps: String?
    /// MariaDB's `IGNORED` or MySQL's `INVISIBLE`: the optimizer does not use it.
    package var isIgnored: Bool
    /// The other index options behind the key parts (`USING HASH`, `KEY_BLOCK_SIZE=4`,
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
