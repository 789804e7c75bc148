import Schema

/// What of a server and its SQL mode decides what happens to rows.
package struct ServerTraits: Hashable, Sendable {
    package let flavour: ServerProfile.Flavour
    /// In capitals.
    private let modes: Set<String>

    /// - Parameter sqlMode: the mode of the session, with commas.
    package init(flavour: ServerProfile.Flavour, sqlMode: String) {
        self.flavour = flavour
        modes = Set(sqlMode.split(separator: ",").map { $0.uppercased() })
    }

    /// Whether a value that does not fit fails the statement.
    var isStrict: Bool {
        modes.contains("STRICT_TRANS_TABLES") || modes.contains("STRICT_ALL_TABLES")
    }

    /// `0000-00-00`
    var refusesZeroDates: Bool { isStrict && modes.contains("NO_ZERO_DATE") }

    /// `2026-00-01`
    var refusesPartialDates: Bool { isStrict && modes.contains("NO_ZERO_IN_DATE") }

    /// `2026-02-31`. MariaDB looks at the dates of a copy only where `NO_ZERO_DATE` or
    /// `NO_ZERO_IN_DATE` is set.
    var refusesInvalidDates: Bool {
        isStrict && !modes.contains("ALLOW_INVALID_DATES")
            && (flavour == .mysql || refusesZeroDates || refusesPartialDates)
    }
}
