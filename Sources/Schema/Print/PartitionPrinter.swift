extension Partitioning {
    /// `PARTITION BY …` as printed, as `ALTER TABLE t` takes it, too.
    package func clause(flavour: ServerProfile.Flavour) -> String {
        var text = "PARTITION BY " + method
        if let count { text += "\nPARTITIONS \(count)" }
        if let subpartitioning { text += "\n" + subpartitioning }
        if !partitions.isEmpty {
            text += "\n("
            text += partitions.map { $0.definition(flavour: flavour) }.joined(separator: ",\n ")
            text += ")"
        }
        switch flavour {
        case .mariadb: return text
        case .mysql: return "/*!\(isByColumns ? 50500 : 50100) \(text) */"
        }
    }

    /// MySQL prints these two methods in a comment for 5.5, the version that added them.
    private var isByColumns: Bool {
        method.hasPrefix("RANGE  COLUMNS") || method.hasPrefix("LIST  COLUMNS")
    }
}

extension Partitioning.Partition {
    /// One partition as printed: ``PARTITION `p0` VALUES LESS THAN (10) ENGINE = InnoDB``.
    package func definition(flavour: ServerProfile.Flavour) -> String {
        let isQuoted = flavour == .mariadb || isNameQuoted
        var text = "PARTITION " + (isQuoted ? SQL.identifier(name) : name)
        if let values { text += " " + values }
        if !options.isEmpty { text += " " + options }
        if let subpartitions { text += "\n " + subpartitions }
        return text
    }
}
