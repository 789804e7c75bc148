/// The words that the formatter writes in capitals, by where they stand.
enum TableKeywords {
    /// Words of a type behind its first one.
    static let typeWords: Set = [
        "PRECISION", "VARYING", "VARCHAR", "VARCHARACTER", "CHARACTER", "CHAR", "VARBINARY",
        "UNSIGNED", "SIGNED", "ZEROFILL",
    ]

    /// What may follow CONSTRAINT where it has no name.
    static let constraintStarts: Set = ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"]

    /// The first words of keys and constraints, and those that may follow each.
    static let keyWords: [String: Set<String>] = [
        "PRIMARY": ["KEY"], "FOREIGN": ["KEY"], "UNIQUE": ["KEY", "INDEX"],
        "FULLTEXT": ["KEY", "INDEX"], "SPATIAL": ["KEY", "INDEX"], "VECTOR": ["KEY", "INDEX"],
        "PERIOD": ["FOR"],
    ]

    /// Words behind a column of a key.
    static let partWords: Set = ["ASC", "DESC", "WITHOUT", "OVERLAPS"]

    /// Attributes: words behind a column's type and behind the columns of a key.
    static let attributes: Set = [
        "ACTION", "ALWAYS", "AS", "ASCII", "AUTO_INCREMENT", "BINARY", "BTREE", "BY", "BYTE",
        "CASCADE", "CHECK", "CHARACTER", "COLUMN_FORMAT", "COMMENT", "COMPRESSED", "CURRENT_DATE",
        "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER", "DEFAULT", "DELETE", "DISK",
        "DYNAMIC", "ENCRYPTED", "ENCRYPTION_KEY_ID", "ENFORCED", "ENGINE_ATTRIBUTE", "FALSE",
        "FIXED", "FOR", "FULL", "GENERATED", "HASH", "IGNORED", "INVISIBLE",
        "KEY", "KEY_BLOCK_SIZE", "LOCALTIME", "LOCALTIMESTAMP", "MATCH", "MEMORY", "NEXT", "NO",
        "NOT", "NULL", "NOW", "ON", "PARSER", "PARTIAL", "PERSISTENT", "PRIMARY", "REFERENCES",
        "REF_SYSTEM_ID", "RESTRICT", "ROW", "RTREE", "SECONDARY_ENGINE_ATTRIBUTE", "SERIAL", "SET",
        "SIGNED", "SIMPLE", "SRID", "START", "STORAGE", "STORED", "SYSTEM", "TRUE", "UNICODE",
        "UNIQUE", "UNSIGNED",
        "UPDATE", "USING", "VALUE", "VERSIONING", "VIRTUAL", "VISIBLE", "WITH", "WITHOUT",
        "ZEROFILL",
    ]

    /// Words in expressions that every server version reserves, so that they are never names.
    static let expression: Set = [
        "AND", "AS", "BETWEEN", "CASE", "COLLATE", "CURRENT_DATE", "CURRENT_TIME",
        "CURRENT_TIMESTAMP", "DEFAULT", "DIV", "ELSE", "EXISTS", "FALSE", "IN", "INTERVAL", "IS",
        "LIKE", "MAXVALUE", "NOT", "NULL", "OR", "REGEXP", "RLIKE", "THEN", "TRUE", "WHEN", "XOR",
    ]

    /// Words before parentheses that hold an expression or columns, with a space between.
    static let beforeExpression: Set = [
        "AND", "AS", "BY", "CHECK", "COLUMNS", "DEFAULT", "HASH", "IN", "KEY", "LIST", "NOT", "OR",
        "RANGE", "THAN", "VALUES",
    ]

    /// Words that begin an option, or stand for one without a value.
    static let optionStarts: Set = [
        "DEFAULT", "WITH", "WITHOUT", "SYSTEM", "VERSIONING", "START", "TRANSACTION", "STORAGE",
        "DISK", "MEMORY",
    ]

    /// Options with a value.
    static let options: Set = [
        "AUTOEXTEND_SIZE", "AUTO_INCREMENT", "AVG_ROW_LENGTH", "CHARACTER", "CHARSET", "CHECKSUM",
        "COLLATE", "COMMENT", "COMPRESSION", "CONNECTION", "DATA", "DELAY_KEY_WRITE", "ENCRYPTED",
        "ENCRYPTION", "ENCRYPTION_KEY_ID", "ENGINE", "ENGINE_ATTRIBUTE", "INDEX", "INSERT_METHOD",
        "IETF_QUOTES", "KEY_BLOCK_SIZE", "MAX_ROWS", "MIN_ROWS", "PACK_KEYS", "PAGE_CHECKSUM",
        "PAGE_COMPRESSED", "PAGE_COMPRESSION_LEVEL", "PASSWORD", "ROW_FORMAT", "SEQUENCE",
        "SECONDARY_ENGINE", "SECONDARY_ENGINE_ATTRIBUTE", "STATS_AUTO_RECALC", "STATS_PERSISTENT",
        "STATS_SAMPLE_PAGES", "TABLESPACE", "TABLE_CHECKSUM", "TRANSACTIONAL", "TYPE", "UNION",
    ]

    /// Options of two words.
    static let optionPairs: Set = ["CHARACTER SET", "DATA DIRECTORY", "INDEX DIRECTORY"]

    /// Words of `PARTITION BY`; the names of partitions are skipped.
    static let partitions: Set = [
        "ALGORITHM", "AUTO", "BY", "COLUMNS", "CURRENT", "DATA", "DAY", "DEFAULT", "HASH",
        "HISTORY", "HOUR", "IN", "INDEX", "INTERVAL", "KEY", "LESS", "LIMIT", "LINEAR", "LIST",
        "MAXVALUE", "MAX_ROWS", "MINUTE", "MIN_ROWS", "MONTH", "PARTITIONS", "RANGE", "SECOND",
        "STARTS", "STORAGE", "SUBPARTITIONS", "SYSTEM_TIME", "THAN", "VALUES", "WEEK", "YEAR",
    ]
}
