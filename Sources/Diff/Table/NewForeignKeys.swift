import Schema

extension TableChange {
    /// The foreign keys that need their parents to be as desired.
    var newForeignKeys: [ForeignKey] {
        switch kind {
        case .create: return to?.foreignKeys ?? []
        case .alter:
            return alterations.flatMap(\.clauses).compactMap { clause in
                guard case .addForeignKey(let key) = clause else { return nil }
                return key
            }
        case .drop: return []
        }
    }
}

extension HazardFinding {
    /// The rule of a step that takes foreign keys away for as long as it runs.
    package static let foreignKeyAway = "foreign-key-away"

    /// The rules whose rows in the way make a server refuse the statement; with those of others it
    /// changes values, as the finding says.
    package static let refusedByRows: Set<String> = [
        "add-check", "add-foreign-key", "add-period", "add-primary-key", "add-unique",
        "change-collation", "convert-character-set", "convert-type", "forbid-null", "narrow-type",
        "remove-members", "repartition",
    ]
}
