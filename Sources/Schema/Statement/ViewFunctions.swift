/// Names and keywords before a parenthesis in the query of a view.
enum ViewFunctions {
    /// Whether it is a built-in function without side effects, or a keyword.
    static func areKnown(_ name: String) -> Bool {
        let name = Substring(name.uppercased())
        return NativeFunctions.names.contains(name) || NativeFunctions.otherWords.contains(name)
            || further.contains(name)
    }

    /// Whether it is a built-in function that waits, takes locks, reads files or changes state, or
    /// runs for as long as an argument says.
    static func areHarmful(_ name: String) -> Bool {
        harmful.contains(Substring(name.uppercased()))
    }

    /// Aggregate, window and session functions, and keywords of queries.
    private static let further: Set<Substring> = Set(
        """
        AVG BIT_AND BIT_OR BIT_XOR COUNT GROUP_CONCAT JSON_ARRAYAGG JSON_OBJECTAGG MAX MIN STD
        STDDEV STDDEV_POP STDDEV_SAMP SUM VAR_POP VAR_SAMP VARIANCE ST_COLLECT
        CUME_DIST DENSE_RANK FIRST_VALUE LAG LAST_VALUE LEAD MEDIAN NTH_VALUE NTILE PERCENTILE_CONT
        PERCENTILE_DISC PERCENT_RANK RANK ROW_NUMBER GROUPING
        FOUND_ROWS LAST_INSERT_ID ROW_COUNT ROWNUM IS_FREE_LOCK IS_USED_LOCK NAME_CONST JSON_TABLE
        DECODE_HISTOGRAM ENCRYPT PS_CURRENT_THREAD_ID PS_THREAD_ID VALIDATE_PASSWORD_STRENGTH
        WSREP_LAST_SEEN_GTID WSREP_LAST_WRITTEN_GTID
        AGAINST ALL ANY COLUMNS CONDITION EXCEPT EXISTS FORCE GROUP HASH HAVING IGNORE INDEX
        INTERSECT JOIN KEY KEYS LATERAL LIMIT MATCH MINUS OFFSET ORDER OVER PARTITION PATH
        QUALIFY RANGE ROWS SELECT SET SOME STRAIGHT_JOIN TABLE UNION USE WHERE WITH
        BIT CHARSET ENUM BIGINT BOOLEAN INET4 INET6 JSON LONGTEXT MEDIUMINT SMALLINT TEXT TINYINT
        """.split(whereSeparator: \.isWhitespace))

    private static let harmful: Set<Substring> = Set(
        """
        BENCHMARK BINLOG_GTID_POS GET_LOCK KDF LOAD_FILE MASTER_GTID_WAIT MASTER_POS_WAIT
        RELEASE_ALL_LOCKS RELEASE_LOCK SETVAL SLEEP SOURCE_POS_WAIT WAIT_FOR_EXECUTED_GTID_SET
        WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS WSREP_SYNC_WAIT_UPTO_GTID
        """.split(whereSeparator: \.isWhitespace))
}
