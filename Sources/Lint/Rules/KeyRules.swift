import Schema

/// Rules about one key at a time.
enum KeyRules {
    static let missingPrimaryKey = Rule(
        .missingPrimaryKey, .error,
        "A table without a primary key replicates row by row slowly, cannot be copied online in "
            + "chunks, and leaves its rows without an identity",
        remedy: "add a PRIMARY KEY"
    ) { context in
        if context.source.keys.contains(where: { $0.kind == .primary }) { return [] }
        return [
            Issue("the table `\(context.name)` has no primary key", at: context.table.location)
        ]
    }

    static let nullableUnique = Rule(
        .nullableUnique, .off,
        "A unique key with a column that may be NULL takes any number of rows with NULL",
        remedy: "make the column NOT NULL, or the key not unique"
    ) { context in
        context.source.keys.filter { $0.kind == .unique }.flatMap { key in
            key.parts.compactMap { part -> Issue? in
                guard !part.isExpression, let column = context.source.column(part.text),
                    !context.isNotNull(column)
                else { return nil }
                return Issue(
                    "\(key.title) of `\(context.name)` is unique, and its column "
                        + "`\(column.name)` may be NULL", at: key.location, column: column.name)
            }
        }
    }

    /// The limit of InnoDB with DYNAMIC or COMPRESSED rows, for each part and for all together.
    private static let longestKeyBytes = 3_072

    static let tooLong = Rule(
        .indexTooLong, .error,
        "InnoDB takes at most 3072 bytes in one key: MySQL refuses more, MariaDB makes another "
            + "index than the file says",
        remedy: "index fewer columns, or only the first characters: `name(100)`"
    ) { context in
        guard TableRules.isInnoDB(context.source) else { return [] }
        return context.source.keys.compactMap { key -> Issue? in
            guard [.primary, .unique, .plain].contains(key.kind) else { return nil }
            let bytes = key.parts.reduce(0) { $0 + Self.bytes(of: $1, in: context) }
            guard bytes > longestKeyBytes else { return nil }
            return Issue(
                "\(key.title) of `\(context.name)` takes up to \(bytes) bytes, more than "
                    + "\(longestKeyBytes)", at: key.location)
        }
    }

    private static func bytes(of part: SourceTable.Key.Part, in context: TableContext) -> Int {
        guard !part.isExpression, let column = context.source.column(part.text) else { return 0 }
        let shape = ColumnShape(column)
        let characterSet =
            CharacterSets.known(of: column, in: context.source) ?? context.settings.characterSet
        let width = CharacterSets.bytesPerCharacter(characterSet)
        switch shape {
        case .string(let length, _, let isBinary):
            return min(part.length ?? length, length) * (isBinary ? 1 : width)
        case .large(_, let isBinary):
            // A part without a length is refused by the server for another reason.
            return (part.length ?? 0) * (isBinary ? 1 : width)
        default:
            return shape.rowBytes(charactersOf: width)
        }
    }
}

extension SourceTable.Key {
    /// The key as messages name it.
    var title: String {
        if kind == .primary { return "the primary key" }
        if let name { return "the index `\(name)`" }
        return "the index on (\(parts.map(\.title).joined(separator: ", ")))"
    }
}

extension SourceTable.Key.Part {
    /// The part as messages name it.
    var title: String {
        (isExpression ? text : "`\(text)`") + (length.map { "(\($0))" } ?? "")
            + (isDescending ? " DESC" : "")
    }
}
