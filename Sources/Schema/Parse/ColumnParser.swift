extension TableParser {
    /// Reads a column's line up to its comma.
    ///
    /// It is read in its place: a copy would have to count each of its texts once more.
    mutating func column(into columns: inout [Column]) throws(SchemaError) {
        let name = try name()
        columns.append(Column(name: name, type: try columnType()))
        try attributes(of: &columns[columns.count - 1])
    }

    private mutating func attributes(of column: inout Column) throws(SchemaError) {
        if let mark = oldTemporalMark() {
            column.attributes.append(ColumnAttribute(text: mark, place: .afterType))
        }
        var place = ColumnAttribute.Place.afterType
        while !reader.at(symbol: ","), !reader.at(symbol: ")") {
            if reader.token.kind == .word {
                try attribute(of: &column, at: &place)
            } else if reader.token.kind == .versionOpen {
                let text = try versionComment()
                if text == MySQLComment.invisibleColumn, flavour == .mysql {
                    column.isInvisible = true
                } else {
                    column.attributes.append(ColumnAttribute(text: text, place: place))
                }
            } else if reader.token.kind == .quotedName {
                let text = try engineOption()
                column.attributes.append(ColumnAttribute(text: text, place: place))
            } else {
                throw reader.unexpected("a column attribute, `,` or `)`")
            }
        }
    }

    /// The comment that marks one of the ``OldTemporals`` behind a type; read from the bytes,
    /// because the lexer skips comments.
    private func oldTemporalMark() -> String? {
        let (bytes, start) = (reader.bytes, reader.previousEnd)
        guard start + 2 < bytes.count, bytes[start] == UInt8(ascii: " "),
            bytes[start + 1] == UInt8(ascii: "/"), bytes[start + 2] == UInt8(ascii: "*")
        else { return nil }
        let rest = bytes[start...]
        return OldTemporals.marks.first { rest.dropFirst().starts(with: $0.utf8) }
    }

    /// The type with length, members, `unsigned` and `zerofill`, as printed.
    private mutating func columnType() throws(SchemaError) -> String {
        let start = reader.token.start
        guard reader.token.kind == .word else { throw reader.unexpected("a column type") }
        try reader.advance()
        if reader.at(symbol: ".") {
            // MariaDB prints `mariadb_schema.date` under an SQL mode that maps `date` to another
            // type.
            try reader.advance()
            _ = try takeText(.word, "a column type")
        }
        if reader.at("PRECISION") { try reader.advance() }
        if reader.at(symbol: "(") { _ = try reader.group() }
        while reader.at("UNSIGNED") || reader.at("ZEROFILL") { try reader.advance() }
        return reader.text(start..<reader.previousEnd)
    }

    private mutating func attribute(
        of column: inout Column, at place: inout ColumnAttribute.Place
    ) throws(SchemaError) {
        if try reader.take("NOT") {
            if try reader.take("SECONDARY") {
                // MySQL: a column that is not loaded into a secondary engine.
                column.attributes.append(ColumnAttribute(text: "NOT SECONDARY", place: place))
                return
            }
            try reader.expect("NULL")
            column.isNotNull = true
            place = .afterNull
        } else if try reader.take("NULL") {
            column.isExplicitlyNull = true
            place = .afterNull
        } else if try reader.take("DEFAULT") {
            column.defaultValue = try value()
            place = .afterDefault
        } else if try reader.take("AUTO_INCREMENT") {
            column.isAutoIncrement = true
            place = .afterDefault
        } else if try reader.take("ON") {
            try reader.expect("UPDATE")
            column.onUpdate = try value()
            place = .afterDefault
        } else if try reader.take("COMMENT") {
            column.comment = try takeText(.string, "a comment")
            place = .afterComment
        } else if try reader.take("CHARACTER") {
            try reader.expect("SET")
            column.characterSet = try takeText(.word, "a character set")
            place = .afterCollation
        } else if try reader.take("COLLATE") {
            column.collation = try takeText(.word, "a collation")
            place = .afterCollation
        } else if try reader.take("CHECK") {
            column.check = reader.text(try reader.group())
            place = .last
        } else if reader.at("GENERATED") {
            try generated(of: &column)
            place = .afterGenerated
        } else if try reader.take("INVISIBLE") {
            column.isInvisible = true
            column.invisiblePlace = place == .afterDefault ? .beforeComment : .beforeDefault
        } else {
            column.attributes.append(ColumnAttribute(text: try words(), place: place))
        }
    }

    /// `GENERATED ALWAYS AS (…) VIRTUAL`, or `AS ROW START` and `AS ROW END` of system versioning.
    private mutating func generated(of column: inout Column) throws(SchemaError) {
        let start = reader.token.start
        try reader.advance()
        try reader.expect("ALWAYS")
        try reader.expect("AS")
        if try reader.take("ROW") {
            guard reader.at("START") || reader.at("END") else {
                throw reader.unexpected("`START` or `END`")
            }
            try reader.advance()
            let text = reader.text(start..<reader.previousEnd)
            column.attributes.append(ColumnAttribute(text: text, place: .afterCollation))
            return
        }
        let expression = reader.text(try reader.group())
        if try reader.take("STORED") {
            column.generated = Column.Generated(expression: expression, kind: .stored)
        } else {
            try reader.expect("VIRTUAL")
            column.generated = Column.Generated(expression: expression, kind: .virtual)
        }
    }

    /// A rare attribute: `WITHOUT SYSTEM VERSIONING`, `REF_SYSTEM_ID=4326`.
    private mutating func words() throws(SchemaError) -> String {
        let start = reader.token.start
        if try reader.take("WITHOUT") {
            try reader.expect("SYSTEM")
            try reader.expect("VERSIONING")
        } else {
            let name = reader.token
            try reader.advance()
            guard try reader.take(symbol: "="), reader.token.kind != .symbol else {
                throw SchemaError(
                    .syntax, "unknown column attribute `\(reader.text(name.range))`",
                    in: reader.bytes, at: name.range)
            }
            try reader.advance()
        }
        return reader.text(start..<reader.previousEnd)
    }

    /// An attribute of MariaDB's storage engines: `` `encrypted`='no' ``.
    mutating func engineOption() throws(SchemaError) -> String {
        let start = reader.token.start
        try reader.advance()
        try reader.expect(symbol: "=")
        guard reader.token.kind != .symbol else { throw reader.unexpected("a value") }
        try reader.advance()
        return reader.text(start..<reader.previousEnd)
    }

    /// The value of `DEFAULT` or `ON UPDATE`: a literal, a function call or a parenthesised group.
    private mutating func value() throws(SchemaError) -> String {
        let start = reader.token.start
        if reader.at(symbol: "-") || reader.at(symbol: "+") { try reader.advance() }
        switch reader.token.kind {
        case .string:
            try reader.advance()
        case .number:
            try reader.advance()
        case .symbol where reader.at(symbol: "("):
            _ = try reader.group()
        case .word, .quotedName:
            try reader.advance()
            if reader.token.kind == .string {
                try reader.advance()
            } else {
                while try reader.take(symbol: ".") { try reader.advance() }
                if reader.at(symbol: "(") { _ = try reader.group() }
            }
        case .symbol, .versionOpen, .versionClose, .delimiter, .end:
            throw reader.unexpected("a value")
        }
        return reader.text(start..<reader.previousEnd)
    }
}
