extension Dependency {
    /// What decides about a finding of `rule`, sorted by name.
    static func of(rule: String, hazard: Hazard) -> [Dependency] {
        switch (rule, hazard) {
        case ("add-index", _), ("replace-index", _): [.server, .size]
        case (_, .safe): []
        case ("narrow-type", _), ("convert-type", _), ("remove-members", _),
            ("forbid-null", _), ("add-check", _), ("add-period", _),
            ("add-unfilled-column", _), ("add-required-column", _), ("change-expression", .lossy):
            [.data]
        case ("add-unique", _), ("add-foreign-key", _), ("add-primary-key", .lossy),
            ("convert-character-set", _), ("change-collation", .lossy), ("repartition", _),
            ("add-auto-increment", .lossy):
            [.data, .size]
        case ("drop-table", _), ("drop-column", _), ("drop-partition", _),
            ("drop-primary-key", _), ("drop-system-versioning", _), ("generate-column", _),
            ("leave-innodb", _), ("discard-rows", _), ("reorder-members", _):
            []
        case ("add-computed-column", _), ("add-special-index", _), ("add-primary-key", _),
            ("replace-primary-key", _), ("add-system-versioning", _):
            [.size]
        case ("widen-type", _), ("append-members", _), ("change-attributes", _),
            ("change-collation", _), ("change-expression", _), ("ungenerate-column", _),
            ("add-auto-increment", _), ("table-option", _), ("rebuild-table", _):
            [.server, .size]
        default: []
        }
    }
}
