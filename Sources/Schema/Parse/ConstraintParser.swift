extension TableParser {
    /// Reads an index's line up to its comma.
    mutating func index() throws(SchemaError) -> Index {
        let kind = try indexKind()
        let name = kind == .primary ? "" : try name()
        var index = Index(kind: kind, name: name, parts: [])
        try reader.expect(symbol: "(")
        repeat {
            try part(into: &index)
        } while try reader.take(symbol: ",")
        try reader.expect(symbol: ")")
        while !reader.at(symbol: ","), !reader.at(symbol: ")") {
            try indexOption(into: &index)
        }
        return index
    }

    private mutating func indexKind() throws(SchemaError) -> Index.Kind {
        if try reader.take("KEY") { return .plain }
        let kind: Index.Kind
        if reader.at("PRIMARY") {
            kind = .primary
        } else if reader.at("UNIQUE") {
            kind = .unique
        } else if reader.at("FULLTEXT") {
            kind = .fulltext
        } else if reader.at("SPATIAL") {
            kind = .spatial
        } else if reader.at("VECTOR") {
            kind = .vector
        } else {
            throw reader.unexpected("a column, key or constraint")
        }
        try reader.advance()
        try reader.expect("KEY")
        return kind
    }

    /// Reads a column with its length and order, an expression, or MariaDB's
    /// `` `period` WITHOUT OVERLAPS `` behind the last column.
    private mutating func part(into index: inout Index) throws(SchemaError) {
        var part: Index.Part
        if reader.at(symbol: "(") {
            part = Index.Part(key: .expression(reader.text(try reader.group())))
        } else {
            let name = try name()
            if !index.parts.isEmpty, try reader.take("WITHOUT") {
                try reader.expect("OVERLAPS")
                index.withoutOverlaps = name
                return
            }
            part = Index.Part(key: .column(name))
            if try reader.take(symbol: "(") {
                guard let length = Int(try takeText(.number, "a length")) else {
                    throw reader.unexpected("a length")
                }
                part.length = length
                try reader.expect(symbol: ")")
            }
        }
        part.isDescending = try reader.take("DESC")
        index.parts.append(part)
    }

    private mutating func indexOption(into index: inout Index) throws(SchemaError) {
        if try reader.take("IGNORED") {
            index.isIgnored = true
            return
        }
        if reader.token.kind == .versionOpen {
            let text = try versionComment()
            if text == MySQLComment.invisibleIndex, flavour == .mysql {
                index.isIgnored = true
            } else {
                index.options.append(text)
            }
            return
        }
        if reader.token.kind == .quotedName {
            index.options.append(try engineOption())
            return
        }
        let start = reader.token.start
        if try reader.take("USING") {
            _ = try takeText(.word, "an index type")
        } else if try reader.take("COMMENT") {
            _ = try takeText(.string, "a comment")
        } else {
            _ = try takeText(.word, "an index option, `,` or `)`")
            try reader.expect(symbol: "=")
            guard reader.token.kind != .symbol else { throw reader.unexpected("a value") }
            try reader.advance()
        }
        index.options.append(reader.text(start..<reader.previousEnd))
    }

    /// Reads a foreign key behind its name.
    mutating func foreignKey(named name: String) throws(SchemaError) -> ForeignKey {
        try reader.expect("FOREIGN")
        try reader.expect("KEY")
        let columns = try names()
        try reader.expect("REFERENCES")
        var table = try self.name()
        var schema: String?
        if try reader.take(symbol: ".") {
            schema = table
            table = try self.name()
        }
        var key = ForeignKey(
            name: name, columns: columns, referencedSchema: schema, referencedTable: table,
            referencedColumns: try names())
        while try reader.take("ON") {
            if try reader.take("DELETE") {
                key.onDelete = try referentialAction()
            } else {
                try reader.expect("UPDATE")
                key.onUpdate = try referentialAction()
            }
        }
        return key
    }

    private mutating func referentialAction() throws(SchemaError) -> String {
        let start = reader.token.start
        if try reader.take("SET") {
            guard reader.at("NULL") || reader.at("DEFAULT") else {
                throw reader.unexpected("`NULL` or `DEFAULT`")
            }
            try reader.advance()
        } else if try reader.take("NO") {
            try reader.expect("ACTION")
        } else {
            guard reader.at("CASCADE") || reader.at("RESTRICT") else {
                throw reader.unexpected("a referential action")
            }
            try reader.advance()
        }
        return reader.text(start..<reader.previousEnd)
    }

    /// Reads a check constraint behind `CHECK`.
    mutating func check(named name: String) throws(SchemaError) -> Check {
        var check = Check(name: name, expression: reader.text(try reader.group()))
        if reader.token.kind == .versionOpen {
            let start = reader.token.range
            guard try versionComment() == MySQLComment.notEnforced else {
                throw SchemaError(
                    .syntax, "unknown attribute of a check constraint", in: reader.bytes, at: start)
            }
            check.isEnforced = false
        }
        return check
    }

    /// Reads a period behind `PERIOD`.
    mutating func period() throws(SchemaError) -> Period {
        try reader.expect("FOR")
        let name =
            try reader.take("SYSTEM_TIME") ? Period.systemTime : try self.name()
        let columns = try names()
        guard columns.count == 2 else { throw reader.unexpected("a start and an end column") }
        return Period(name: name, start: columns[0], end: columns[1])
    }
}
