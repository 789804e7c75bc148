/// The options behind a table's columns and behind its partitions.
extension FormReader {
    mutating func tableOptions() throws(SchemaError) {
        while cursor.token != nil, !cursor.at("PARTITION") {
            guard try tableOption() else {
                if cursor.at(anyOf: Self.queryWords.union(["AS", "IGNORE", "REPLACE"]))
                    || cursor.at(symbol: "(")
                {
                    return
                }
                throw unknown()
            }
            _ = cursor.take(symbol: ",")
        }
    }

    /// Takes one option of a table or partition; false where none stands.
    mutating func tableOption() throws(SchemaError) -> Bool {
        try refuseReaching()
        if cursor.at("WITH"), cursor.at("SYSTEM", ahead: 1), cursor.at("VERSIONING", ahead: 2) {
            for _ in 0..<3 { cursor.advance() }
            return true
        }
        if cursor.at("STORAGE"), cursor.at("ENGINE", ahead: 1) { cursor.advance() }
        if cursor.at("DEFAULT"), cursor.at(anyOf: Self.textOptions, ahead: 1) { cursor.advance() }
        guard let option = optionName else { return false }
        switch option {
        case "ENGINE", "TYPE":
            cursor.advance()
            try engine()
        case "CHARACTER", "CHAR":
            cursor.advance()
            try expect("SET")
            _ = cursor.take(symbol: "=")
            try wordOrString("a character set")
        case "DATA", "INDEX":
            cursor.advance()
            try expect("DIRECTORY")
            _ = cursor.take(symbol: "=")
            try expectString()
        case let known where Self.options.contains(known):
            cursor.advance()
            try optionValue()
        default:
            return false
        }
        return true
    }

    /// The name of an option; MariaDB prints some between backticks.
    var optionName: String? {
        if let word = cursor.word() { return word }
        var ahead = cursor
        guard cursor.token?.kind == .quotedName else { return nil }
        return ahead.takeName()?.text.uppercased()
    }

    private static let textOptions: Set = [
        "CHARACTER", "CHARSET", "CHAR", "COLLATE", "ENCRYPTION",
    ]

    private static let options: Set = [
        "AUTO_INCREMENT", "AVG_ROW_LENGTH", "CHECKSUM", "TABLE_CHECKSUM", "PAGE_CHECKSUM",
        "CHARSET", "COLLATE", "COMMENT", "COMPRESSION", "DELAY_KEY_WRITE", "ENCRYPTION",
        "ENCRYPTED", "ENCRYPTION_KEY_ID", "KEY_BLOCK_SIZE", "MAX_ROWS", "MIN_ROWS", "PACK_KEYS",
        "PASSWORD", "ROW_FORMAT", "STATS_AUTO_RECALC", "STATS_PERSISTENT", "STATS_SAMPLE_PAGES",
        "TRANSACTIONAL", "INSERT_METHOD", "AUTOEXTEND_SIZE", "ENGINE_ATTRIBUTE",
        "SECONDARY_ENGINE", "SECONDARY_ENGINE_ATTRIBUTE", "PAGE_COMPRESSED",
        "PAGE_COMPRESSION_LEVEL", "IETF_QUOTES", "TABLESPACE", "STORAGE", "NODEGROUP",
    ]

    /// Takes `= value`, the sign optional: a word, a number or a string.
    mutating func optionValue() throws(SchemaError) {
        _ = cursor.take(symbol: "=")
        guard takeNumber() || takeString() || takeName() != nil else {
            throw cursor.unexpected("a value")
        }
    }

    // MARK: Options that reach outside of the database

    private func refuseReaching() throws(SchemaError) {
        switch optionName {
        case "CONNECTION":
            throw refusal(
                "CONNECTION reaches another server", remedy: "remove it")
        case "UNION":
            throw refusal("UNION reaches other tables", remedy: "remove it")
        case "SEQUENCE":
            throw refusal(
                "a table with SEQUENCE is a sequence", remedy: "write CREATE SEQUENCE instead")
        case "START" where cursor.at("TRANSACTION", ahead: 1):
            throw refusal("START TRANSACTION says nothing about the table", remedy: "remove it")
        case "DATA", "INDEX":
            guard cursor.at("DIRECTORY", ahead: 1), !permissions.directories else { return }
            throw refusal(
                "\(optionName ?? "") DIRECTORY lays files of the table elsewhere on the server",
                remedy: "remove it, or have it allowed by the operator's file")
        default: return
        }
    }

    private mutating func engine() throws(SchemaError) {
        _ = cursor.take(symbol: "=")
        let place = cursor
        guard let name = cursor.takeName()?.text else { throw cursor.unexpected("an engine") }
        guard Self.engines.contains(name.uppercased()) else {
            let reaches = Self.reachingEngines.contains(name.uppercased())
            throw FormReader(place, allowing: permissions).refusal(
                "the engine \(SQL.identifier(name)) "
                    + (reaches ? "reaches beyond the database" : "is not known here"),
                remedy: "use another engine, such as InnoDB")
        }
    }

    /// Engines that keep rows themselves, in the database's own files.
    private static let engines: Set = [
        "INNODB", "INNOBASE", "XTRADB", "MYISAM", "ARIA", "MARIA", "MEMORY", "HEAP", "ARCHIVE",
        "CSV", "BLACKHOLE", "ROCKSDB", "MYROCKS", "TOKUDB", "COLUMNSTORE", "NDB", "NDBCLUSTER",
        "MROONGA", "EXAMPLE", "BDB", "BERKELEYDB", "ISAM",
    ]

    private static let reachingEngines: Set = [
        "FEDERATED", "FEDERATEDX", "CONNECT", "SPIDER", "MERGE", "MRG_MYISAM", "MRG_ISAM", "S3",
        "SPHINX", "CASSANDRA", "OQGRAPH", "SEQUENCE", "PERFORMANCE_SCHEMA",
    ]
}
