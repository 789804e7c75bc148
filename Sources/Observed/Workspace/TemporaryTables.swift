import Schema

/// Tables of which a server prints a temporary one as one that stays.
///
/// A temporary table has no file and no place in a log, and waits for no disk. What stands here
/// was compared byte for byte on all servers; whatever is not listed is made as a table that stays.
extension Table {
    /// Whether `SHOW CREATE TABLE` prints a temporary table of this definition, apart from its
    /// foreign keys, as one that stays, and whether the server takes the one where it takes the
    /// other.
    func isPrintedAlikeTemporarily(_ flavour: ServerProfile.Flavour) -> Bool {
        // MySQL prints the checks of the two in another order, and compares their names with those
        // of other tables in one of them only.
        let hasChecks = !checks.isEmpty || columns.contains { $0.check != nil }
        return isOneTable && !isSystemVersioned && periods.isEmpty && primaryKey != nil
            && option("ENGINE") == "InnoDB" && options.allSatisfy(\.isKnownTemporarily)
            && columns.allSatisfy(\.isKnownTemporarily) && indexes.allSatisfy(\.isKnownTemporarily)
            && (flavour == .mariadb || !hasChecks)
    }

    var hasGeneratedColumns: Bool { columns.contains { $0.generated != nil } }
}

extension TableOption {
    fileprivate var isKnownTemporarily: Bool {
        guard versionComment == nil else { return false }
        switch key {
        case "ENGINE", "DEFAULT CHARSET", "COLLATE", "COMMENT": return true
        case "ROW_FORMAT": return ["DYNAMIC", "COMPACT", "REDUNDANT"].contains(value)
        default: return false
        }
    }
}

extension Column {
    fileprivate var isKnownTemporarily: Bool {
        let word = type.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
        // A default that names something may take its value from a sequence.
        return attributes.isEmpty && Self.types.contains(String(word)) && !type.contains("/*")
            && defaultValue?.contains("`") != true
    }

    private static let types: Set = [
        "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "bit",
        "year", "date", "time", "datetime", "timestamp", "char", "varchar", "binary", "varbinary",
        "tinytext", "text", "mediumtext", "longtext", "tinyblob", "blob", "mediumblob", "longblob",
        "enum", "set", "json", "uuid", "inet4", "inet6",
    ]
}

extension Index {
    fileprivate var isKnownTemporarily: Bool {
        [.primary, .unique, .plain].contains(kind) && withoutOverlaps == nil && !isIgnored
            && parts.allSatisfy { part in
                if case .column = part.key { true } else { false }
            }
            && options.allSatisfy { $0 == "USING BTREE" || $0.hasPrefix("COMMENT ") }
    }
}
