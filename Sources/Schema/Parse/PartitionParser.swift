/// Reads `PARTITION BY …` as printed: servers put a line break before each of its parts.
enum PartitionParser {
    static func partitioning(_ parser: inout TableParser) throws(SchemaError) -> Partitioning {
        try parser.reader.expect("PARTITION")
        try parser.reader.expect("BY")
        var partitioning = Partitioning(method: try line(&parser))
        if try parser.reader.take("PARTITIONS") {
            partitioning.count = try count(&parser)
        }
        if parser.reader.at("SUBPARTITION") {
            let start = parser.reader.token.start
            _ = try line(&parser)
            if try parser.reader.take("SUBPARTITIONS") { _ = try count(&parser) }
            partitioning.subpartitioning = parser.reader.text(start..<parser.reader.previousEnd)
        }
        if try parser.reader.take(symbol: "(") {
            repeat {
                partitioning.partitions.append(try partition(&parser))
            } while try parser.reader.take(symbol: ",")
            try parser.reader.expect(symbol: ")")
        }
        return partitioning
    }

    /// The text from the current token to the end of its line, trailing blanks included.
    ///
    /// MySQL may close and reopen its comment within it: ``KEY */ /*!50611 ALGORITHM = 1 */
    /// /*!50100 (a)``.
    private static func line(_ parser: inout TableParser) throws(SchemaError) -> String {
        let start = parser.reader.token.start
        var end = start
        while parser.reader.token.kind != .end {
            let token = parser.reader.token
            if token.kind == .versionClose {
                let mark = parser.reader
                try parser.reader.advance()
                if parser.reader.token.kind != .versionOpen {
                    parser.reader = mark
                    return parser.reader.text(start..<end)
                }
            }
            if token.start > start, parser.reader.bytes[token.start - 1] == UInt8(ascii: "\n") {
                return parser.reader.text(start..<token.start - 1)
            }
            if parser.reader.at(symbol: "(") {
                _ = try parser.reader.group()
            } else {
                try parser.reader.advance()
            }
            end = parser.reader.previousEnd
        }
        return parser.reader.text(start..<end)
    }

    private static func count(_ parser: inout TableParser) throws(SchemaError) -> Int {
        guard let count = Int(try parser.takeText(.number, "a number of partitions")) else {
            throw parser.reader.unexpected("a number of partitions")
        }
        return count
    }

    private static func partition(
        _ parser: inout TableParser
    ) throws(SchemaError) -> Partitioning.Partition {
        try parser.reader.expect("PARTITION")
        let token = parser.reader.token
        guard token.kind == .quotedName || token.kind == .word else {
            throw parser.reader.unexpected("the name of a partition")
        }
        var partition = Partitioning.Partition(
            name: parser.reader.name(of: token), isNameQuoted: token.kind == .quotedName)
        try parser.reader.advance()
        partition.values = try values(&parser)
        let start = parser.reader.token.start
        while !parser.reader.at(symbol: ","), !parser.reader.at(symbol: ")"),
            !parser.reader.at(symbol: "("), parser.reader.token.kind != .end
        {
            try parser.reader.advance()
        }
        if parser.reader.previousEnd > start {
            partition.options = parser.reader.text(start..<parser.reader.previousEnd)
        }
        if parser.reader.at(symbol: "(") {
            let start = parser.reader.token.start
            _ = try parser.reader.group()
            partition.subpartitions = parser.reader.text(start..<parser.reader.previousEnd)
        }
        return partition
    }

    /// `VALUES LESS THAN (…)`, `VALUES IN (…)`, `DEFAULT`, `HISTORY` or `CURRENT`.
    private static func values(_ parser: inout TableParser) throws(SchemaError) -> String? {
        let start = parser.reader.token.start
        if try parser.reader.take("VALUES") {
            if try !parser.reader.take("IN") {
                try parser.reader.expect("LESS")
                try parser.reader.expect("THAN")
            }
            if try !parser.reader.take("MAXVALUE") { _ = try parser.reader.group() }
        } else if parser.reader.at("DEFAULT") || parser.reader.at("HISTORY")
            || parser.reader.at("CURRENT")
        {
            try parser.reader.advance()
        } else {
            return nil
        }
        return parser.reader.text(start..<parser.reader.previousEnd)
    }
}
