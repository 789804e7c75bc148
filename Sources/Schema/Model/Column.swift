/// A column as `SHOW CREATE TABLE` prints it.
package struct Column: Hashable, Sendable {
    package var name: String
    /// The type with its attributes as printed: `decimal(12,2) unsigned`, `enum('a','b')`.
    package var type: String
    /// `CHARACTER SET x`, only where printed; nil means that the table's applies.
    package var characterSet: String?
    /// `COLLATE x`, only where printed.
    package var collation: String?
    package var generated: Generated?
    /// True where `NOT NULL` is printed.
    package var isNotNull: Bool
    /// True where a lone `NULL` is printed, as for `timestamp NULL DEFAULT NULL`.
    package var isExplicitlyNull: Bool
    package var isInvisible: Bool
    /// Where MariaDB prints `INVISIBLE`, which releases do differently; no meaning if visible.
    package var invisiblePlace: InvisiblePlace
    /// The text behind `DEFAULT`, as printed: `NULL`, `'5'`, `current_timestamp()`, `(1 + 2)`.
    package var defaultValue: String?
    /// The text behind `ON UPDATE`, as printed.
    package var onUpdate: String?
    package var isAutoIncrement: Bool
    /// The comment as a string literal, quotes included, as printed.
    package var comment: String?
    /// MariaDB's column-level `CHECK (…)`: the text between the outer parentheses.
    package var check: String?
    /// Attributes without a property of their own (`COMPRESSED`, `SRID 4326`, `GENERATED ALWAYS AS
    /// ROW START`, `WITHOUT SYSTEM VERSIONING`, `COLUMN_FORMAT …`), in the order printed, each
    /// with the place at which it is printed.
    package var attributes: [ColumnAttribute]

    package init(
        name: String, type: String, characterSet: String? = nil, collation: String? = nil,
        generated: Generated? = nil, isNotNull: Bool = false, isExplicitlyNull: Bool = false,
        isInvisible: Bool = false, invisiblePlace: InvisiblePlace = .beforeDefault,
        defaultValue: String? = nil, onUpdate: String? = nil, isAutoIncrement: Bool = false,
        comment: String? = nil, check: String? = nil, attributes: [ColumnAttribute] = []
    ) {
        self.name = name
        self.type = type
        self.characterSet = characterSet
        self.collation = collation
        self.generated = generated
        self.isNotNull = isNotNull
        self.isExplicitlyNull = isExplicitlyNull
        self.isInvisible = isInvisible
        self.invisiblePlace = invisiblePlace
        self.defaultValue = defaultValue
        self.onUpdate = onUpdate
        self.isAutoIncrement = isAutoIncrement
        self.comment = comment
        self.check = check
        self.attributes = attributes
    }

    /// `GENERATED ALWAYS AS (expression) VIRTUAL | STORED`.
    package struct Generated: Hashable, Sendable {
        /// Whether the value is computed when read or kept with the row.
        package enum Kind: String, Hashable, Sendable {
            case virtual = "VIRTUAL"
            case stored = "STORED"
        }
        /// The text between the outer parentheses, as printed.
        package var expression: String
        package var kind: Kind

        package init(expression: String, kind: Kind) {
            self.expression = expression
            self.kind = kind
        }
    }
}

extension Column {
    /// MariaDB 10.11 prints `INVISIBLE` before `DEFAULT`, 11.8 behind it.
    package enum InvisiblePlace: Hashable, Sendable {
        case beforeDefault
        /// Behind `DEFAULT`, `ON UPDATE` and `AUTO_INCREMENT`.
        case beforeComment
    }
}

/// A rare column attribute, kept as the text that the server prints.
package struct ColumnAttribute: Hashable, Sendable {
    /// The part of the definition behind which the attribute is printed.
    package enum Place: Int, Hashable, Sendable, CaseIterable {
        case afterType, afterCollation, afterGenerated, afterNull, afterDefault, afterComment, last
    }
    package var text: String
    package var place: Place

    package init(text: String, place: Place) {
        self.text = text
        self.place = place
    }
}
