/// The `PARTITION BY` clause of a table.
extension FormReader {
    mutating func partitioning(of table: String) throws(SchemaError) {
        try expect("PARTITION")
        try expect("BY")
        try partitionRule(of: table)
        if cursor.take("PARTITIONS") { try number() }
        if cursor.at("SUBPARTITION"), cursor.at("BY", ahead: 1) {
            cursor.advance()
            cursor.advance()
            try partitionRule(of: table)
            if cursor.take("SUBPARTITIONS") { try number() }
        }
        if cursor.take("PARTITIONS") { try number() }
        guard cursor.at(symbol: "("), cursor.at("PARTITION", ahead: 1) else { return }
        repeat {
            cursor.advance()
            try partition(of: table)
        } while cursor.at(symbol: ",")
        try expect(symbol: ")")
    }

    private mutating func partitionRule(of table: String) throws(SchemaError) {
        _ = cursor.take("LINEAR")
        switch cursor.word() {
        case "HASH":
            cursor.advance()
            try expression(in: .partition(table))
        case "KEY":
            cursor.advance()
            if cursor.take("ALGORITHM") {
                _ = cursor.take(symbol: "=")
                try number()
            }
            try names()
        case "RANGE", "LIST":
            cursor.advance()
            if cursor.take("COLUMNS") { try names() } else { try expression(in: .partition(table)) }
        case "SYSTEM_TIME":
            cursor.advance()
            try historyRule(of: table)
        default:
            throw cursor.unexpected("HASH, KEY, RANGE, LIST or SYSTEM_TIME")
        }
    }

    /// Reads `INTERVAL 1 MONTH STARTS '…' AUTO` or `LIMIT 1000` of `SYSTEM_TIME` partitions.
    private mutating func historyRule(of table: String) throws(SchemaError) {
        while true {
            if cursor.take("INTERVAL") {
                if cursor.at(symbol: "(") {
                    try expression(in: .partition(table))
                } else if !takeNumber(), !takeString() {
                    throw cursor.unexpected("a number")
                }
                _ = try expectName("a unit of time")
            } else if cursor.take("STARTS") {
                try moment(of: table)
            } else if cursor.take("LIMIT") {
                try number()
            } else if !cursor.take("AUTO") {
                return
            }
        }
    }

    private mutating func moment(of table: String) throws(SchemaError) {
        if takeNumber() || takeString() { return }
        if cursor.at(symbol: "(") { return try expression(in: .partition(table)) }
        try checkName(at: cursor.index, in: .partition(table))
        cursor.advance()
        if cursor.at(symbol: "(") { try expression(in: .partition(table)) }
    }

    mutating func number() throws(SchemaError) {
        guard takeNumber() else { throw cursor.unexpected("a number") }
    }

    mutating func partition(of table: String) throws(SchemaError) {
        try expect("PARTITION")
        _ = try expectName("the name of a partition")
        switch cursor.word() {
        case "VALUES":
            cursor.advance()
            if cursor.take("LESS") {
                try expect("THAN")
                if !cursor.take("MAXVALUE") { try expression(in: .partition(table)) }
            } else {
                try expect("IN")
                try expression(in: .partition(table))
            }
        case "DEFAULT", "HISTORY", "CURRENT":
            cursor.advance()
        default: break
        }
        while try tableOption() {}
        guard cursor.at(symbol: "(") else { return }
        repeat {
            cursor.advance()
            try expect("SUBPARTITION")
            _ = try expectName("the name of a subpartition")
            while try tableOption() {}
        } while cursor.at(symbol: ",")
        try expect(symbol: ")")
    }
}
