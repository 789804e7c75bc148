import Schema

/// Rules about a table as a whole.
enum TableRules {
    /// The server's limit for the columns of a row, in bytes; a TEXT or BLOB counts with its
    /// pointer only.
    private static let longestRowBytes = 65_535

    static let rowTooLong = Rule(
        .rowTooLong, .error,
        "The columns of a row may take at most 65535 bytes, TEXT and BLOB aside; a server refuses "
            + "more",
        remedy: "shorten columns, or make the longest `text`"
    ) { context in
        let columns = context.source.columns
        let bytes = columns.reduce(0) { sum, column in
            let characterSet =
                CharacterSets.known(of: column, in: context.source)
                ?? context.settings.characterSet
            return sum
                + ColumnShape(column).rowBytes(
                    charactersOf: CharacterSets.bytesPerCharacter(characterSet))
        }
        let nullable = columns.filter { !context.isNotNull($0) }.count
        let total = bytes + (nullable + 7) / 8
        guard total > longestRowBytes else { return [] }
        return [
            Issue(
                "a row of `\(context.name)` takes up to \(total) bytes, more than "
                    + "\(longestRowBytes)", at: context.table.location)
        ]
    }

    static let engineNotInnoDB = Rule(
        .engineNotInnoDB, .warning,
        "Only InnoDB keeps transactions, survives a crash whole, and changes tables online",
        remedy: "use ENGINE=InnoDB, or leave the engine out"
    ) { context in
        guard let engine = context.source.options.engine, !isInnoDB(context.source) else {
            return []
        }
        return [
            Issue(
                "the table `\(context.name)` has the engine \(engine.text)", at: engine.location)
        ]
    }

    static func isInnoDB(_ table: SourceTable) -> Bool {
        table.options.engine.map { $0.text.lowercased() == "innodb" } ?? true
    }

    static let missingComment = Rule(
        .missingComment, .off, "A comment says what a table or column means",
        remedy: "add COMMENT '…'"
    ) { context in
        let table =
            context.source.options.hasComment
            ? []
            : [Issue("the table `\(context.name)` has no comment", at: context.table.location)]
        return table
            + context.source.columns.filter { !$0.hasComment }.map { column in
                Issue(
                    "the column `\(column.name)` of `\(context.name)` has no comment",
                    at: column.location, column: column.name)
            }
    }
}
