extension TableParser {
    /// Reads the options between the closing parenthesis and the partitions.
    mutating func options(into table: inout Table) throws(SchemaError) {
        while true {
            switch reader.token.kind {
            case .word:
                if reader.at("PARTITION") { return }
                if try takeSystemVersioning() {
                    table.isSystemVersioned = true
                } else if let option = try option() {
                    table.options.append(option)
                } else {
                    table.autoIncrement = try counter()
                }
            case .quotedName:
                if let option = try option() { table.options.append(option) }
            case .versionOpen:
                let open = reader.token
                try reader.advance()
                // The caller continues with the partitions, inside MySQL's version comment.
                if reader.at("PARTITION") { return }
                table.options.append(try option(inVersionComment: open))
            case .end:
                return
            case .number, .string, .symbol, .versionClose, .delimiter:
                throw reader.unexpected("a table option")
            }
        }
    }

    private mutating func takeSystemVersioning() throws(SchemaError) -> Bool {
        guard try reader.take("WITH") else { return false }
        try reader.expect("SYSTEM")
        try reader.expect("VERSIONING")
        return true
    }

    /// Reads `KEY=value`; nil for `AUTO_INCREMENT=`, with the value as the current token.
    private mutating func option() throws(SchemaError) -> TableOption? {
        let start = reader.token.start
        let isCounter = reader.at("AUTO_INCREMENT")
        try reader.advance()
        while reader.token.kind == .word { try reader.advance() }
        let key = start..<reader.previousEnd
        try reader.expect(symbol: "=")
        if isCounter { return nil }
        let separator = key.upperBound..<reader.token.start
        return TableOption(
            key: reader.text(key), value: try optionValue(), separator: reader.text(separator))
    }

    private mutating func counter() throws(SchemaError) -> UInt64 {
        let token = reader.token
        guard token.kind == .number, let value = UInt64(reader.text(token.range)) else {
            throw reader.unexpected("a counter")
        }
        try reader.advance()
        return value
    }

    private mutating func optionValue() throws(SchemaError) -> String {
        let start = reader.token.start
        switch reader.token.kind {
        case .word, .number, .string, .quotedName:
            try reader.advance()
        case .symbol:
            _ = try reader.group()
        case .versionOpen, .versionClose, .delimiter, .end:
            throw reader.unexpected("a value")
        }
        return reader.text(start..<reader.previousEnd)
    }

    /// Reads `/*!50100 TABLESPACE `x` STORAGE DISK */` or `/*!80016 ENCRYPTION='Y' */` behind its
    /// mark.
    private mutating func option(inVersionComment open: Token) throws(SchemaError) -> TableOption {
        let start = reader.token.start
        _ = try takeText(.word, "a table option")
        while reader.token.kind == .word, !isLastBeforeClose() { try reader.advance() }
        let key = start..<reader.previousEnd
        _ = try reader.take(symbol: "=")
        let separator = key.upperBound..<reader.token.start
        let valueStart = reader.token.start
        _ = try optionValue()
        if try reader.take("STORAGE") { _ = try takeText(.word, "`DISK` or `MEMORY`") }
        let option = TableOption(
            key: reader.text(key), value: reader.text(valueStart..<reader.previousEnd),
            separator: reader.text(separator), versionComment: reader.text(open.range))
        guard reader.token.kind == .versionClose else { throw reader.unexpected("`*/`") }
        try reader.advance()
        return option
    }

    private func isLastBeforeClose() -> Bool {
        var ahead = reader
        guard (try? ahead.advance()) != nil else { return false }
        return ahead.token.kind == .versionClose
    }

    /// Reads the partitions up to the end of the text; MySQL's version comment is open already.
    mutating func partitioning(into table: inout Table) throws(SchemaError) {
        guard reader.at("PARTITION") else { return }
        table.partitioning = try PartitionParser.partitioning(&self)
        if flavour == .mysql {
            guard reader.token.kind == .versionClose else { throw reader.unexpected("`*/`") }
            try reader.advance()
        }
    }
}
