/// The names of the tables that a copy makes beside its table.
///
/// They begin with the table's own name, so that they sort behind it: a server takes the metadata
/// locks of a `RENAME` in the order of the names, and the `RENAME` of the cutover must queue on the
/// table itself. Behind a name that sorts first, writers would overtake it.
package struct CopyNames: Hashable, Sendable {
    package let table: String
    /// The copy, until it takes the table's place.
    package let shadow: String
    /// The table, once its copy has taken its place; before that, for a moment, an empty table that
    /// keeps a `RENAME` from happening too early.
    package let former: String
    /// How far the copy is.
    package let progress: String

    private static let shadowSuffix = "__plumb_new"
    private static let formerSuffix = "__plumb_old"
    package static let progressSuffix = "__plumb_state"

    /// The longest name of a table whose copy has a name, in characters: servers take 64.
    package static let longest = 64 - progressSuffix.count

    /// Nil where a name is too long for the others to be made of it.
    package init?(of table: String) {
        guard table.unicodeScalars.count <= Self.longest else { return nil }
        self.init(
            table: table, shadow: table + Self.shadowSuffix, former: table + Self.formerSuffix,
            progress: table + Self.progressSuffix)
    }

    private init(table: String, shadow: String, former: String, progress: String) {
        self.table = table
        self.shadow = shadow
        self.former = former
        self.progress = progress
    }

    /// The names on the way back: the former table takes the place again, and what was the copy
    /// gets the name that it was made under.
    package var reversed: CopyNames {
        CopyNames(table: table, shadow: former, former: shadow, progress: progress)
    }

    /// The names for a look from the former table at the one in its place.
    package var swapped: CopyNames {
        CopyNames(table: former, shadow: table, former: shadow, progress: progress)
    }

    /// The table for which the name would be one of these; nil for any other name.
    package static func table(of name: String) -> String? {
        let suffixes = [shadowSuffix, formerSuffix, progressSuffix]
        guard let suffix = suffixes.first(where: name.hasSuffix), name.count > suffix.count else {
            return nil
        }
        return String(name.dropLast(suffix.count))
    }
}
