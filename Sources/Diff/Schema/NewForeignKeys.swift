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
