import Schema

extension Clause {
    /// The clause as it stands in an `ALTER TABLE`.
    func sql(flavour: ServerProfile.Flavour) -> String {
        switch self {
        case .renameTable(let name): "RENAME TO \(SQL.identifier(name))"
        case .addColumn(let column, let position):
            "ADD COLUMN \(column.definition(flavour: flavour))\(Self.text(position))"
        case .changeColumn(let from, let to, let position):
            (from.name == to.name
                ? "MODIFY COLUMN " : "CHANGE COLUMN \(SQL.identifier(from.name)) ")
                + to.definition(flavour: flavour) + Self.text(position)
        case .dropColumn(let column): "DROP COLUMN \(SQL.identifier(column.name))"
        case .addIndex(let index): "ADD \(index.definition(flavour: flavour))"
        case .dropIndex(let index):
            index.kind == .primary
                ? "DROP PRIMARY KEY" : "DROP INDEX \(SQL.identifier(index.name))"
        case .renameIndex(let from, let to):
            "RENAME INDEX \(SQL.identifier(from)) TO \(SQL.identifier(to))"
        case .setIndexIgnored(let name, let isIgnored):
            "ALTER INDEX \(SQL.identifier(name)) "
                + (flavour == .mariadb
                    ? (isIgnored ? "IGNORED" : "NOT IGNORED")
                    : (isIgnored ? "INVISIBLE" : "VISIBLE"))
        case .addForeignKey(let key): "ADD \(key.definition())"
        case .dropForeignKey(let key): "DROP FOREIGN KEY \(SQL.identifier(key.name))"
        case .addCheck(let check): "ADD \(check.definition(flavour: flavour))"
        case .dropCheck(let check):
            // MariaDB knows no DROP CHECK, MySQL before 8.0.19 no DROP CONSTRAINT.
            "DROP \(flavour == .mariadb ? "CONSTRAINT" : "CHECK") \(SQL.identifier(check.name))"
        case .setCheckEnforced(let name, let isEnforced):
            "ALTER CHECK \(SQL.identifier(name)) \(isEnforced ? "" : "NOT ")ENFORCED"
        case .setDefaultCharacterSet(let name, let collation):
            "DEFAULT CHARACTER SET=\(name)" + (collation.map { " COLLATE=\($0)" } ?? "")
        case .setOption(let option): option.text
        case .dropOption(let option):
            "\(option.key)\(option.separator)\(OptionDefault.text(forKey: option.key))"
        case .addPeriod(let period):
            "ADD \(period.definition())"
        case .dropPeriod(let period): "DROP PERIOD FOR \(Self.name(of: period))"
        case .addSystemVersioning: "ADD SYSTEM VERSIONING"
        case .dropSystemVersioning: "DROP SYSTEM VERSIONING"
        case .partitionBy(let partitioning):
            ExpressionText.onOneLine(partitioning.clause(flavour: flavour))
        case .removePartitioning: "REMOVE PARTITIONING"
        case .addPartitions(let partitions): "ADD PARTITION \(Self.list(partitions, flavour))"
        case .growPartitions(let count): "ADD PARTITION PARTITIONS \(count)"
        case .coalescePartitions(let count): "COALESCE PARTITION \(count)"
        case .reorganizePartitions(let names, let partitions):
            "REORGANIZE PARTITION \(Self.list(names)) INTO \(Self.list(partitions, flavour))"
        case .dropPartitions(let names): "DROP PARTITION \(Self.list(names))"
        }
    }

    private static func list(_ names: [String]) -> String {
        names.map { SQL.identifier($0) }.joined(separator: ", ")
    }

    private static func list(
        _ partitions: [Partitioning.Partition], _ flavour: ServerProfile.Flavour
    ) -> String {
        let texts = partitions.map { ExpressionText.onOneLine($0.definition(flavour: flavour)) }
        return "(\(texts.joined(separator: ", ")))"
    }

    private static func text(_ position: ColumnPosition?) -> String {
        switch position {
        case nil: ""
        case .first: " FIRST"
        case .after(let name): " AFTER \(SQL.identifier(name))"
        }
    }

    private static func name(of period: Period) -> String {
        period.name == Period.systemTime ? period.name : SQL.identifier(period.name)
    }
}

/// The value that resets a table option to what holds where it is not given.
enum OptionDefault {
    /// nil where no statement takes the option back.
    static func value(forKey key: String) -> String? {
        if key.hasPrefix("`") { return "DEFAULT" }
        return switch key.uppercased() {
        case "COMMENT", "CONNECTION", "COMPRESSION", "ENGINE_ATTRIBUTE",
            "SECONDARY_ENGINE_ATTRIBUTE", "PASSWORD":
            "''"
        case "ENCRYPTION": "'N'"
        case "KEY_BLOCK_SIZE", "MAX_ROWS", "MIN_ROWS", "AVG_ROW_LENGTH", "CHECKSUM",
            "DELAY_KEY_WRITE", "AUTOEXTEND_SIZE":
            "0"
        case "INSERT_METHOD": "NO"
        case "UNION": "()"
        case "SECONDARY_ENGINE": "NULL"
        case "ROW_FORMAT", "STATS_PERSISTENT", "STATS_AUTO_RECALC", "STATS_SAMPLE_PAGES",
            "PACK_KEYS", "TRANSACTIONAL", "PAGE_CHECKSUM", "PAGE_COMPRESSED",
            "PAGE_COMPRESSION_LEVEL", "ENCRYPTED", "ENCRYPTION_KEY_ID":
            "DEFAULT"
        default: nil
        }
    }

    static func text(forKey key: String) -> String { value(forKey: key) ?? "DEFAULT" }

    /// True for an option that `ALTER TABLE` cannot set, or cannot reset.
    static func isFixed(_ clause: Clause) -> Bool {
        switch clause {
        case .setOption(let option): option.key.uppercased().hasSuffix(" DIRECTORY")
        case .dropOption(let option): value(forKey: option.key) == nil
        default: false
        }
    }
}
