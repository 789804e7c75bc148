import Schema

/// Rules about foreign keys and the indexes they need.
enum ForeignKeyRules {
    static let withoutIndex = Rule(
        .foreignKeyWithoutIndex, .warning,
        "A foreign key needs an index on its columns; where the file has none, the server adds "
            + "one that the file does not show",
        remedy: "write the index that you want"
    ) { context in
        context.source.foreignKeys.compactMap { key in
            guard !key.columns.isEmpty,
                !context.source.keys.contains(where: { begins($0, with: key.columns) })
            else { return nil }
            return Issue(
                "\(key.title) of `\(context.name)` has no index on (\(list(key.columns))): the "
                    + "server adds one by itself", at: key.location)
        }
    }

    static let parentIndex = Rule(
        .foreignKeyParentIndex, .error,
        "A foreign key refers to the first columns of a key of its parent, in their order; a "
            + "server refuses others",
        remedy: "refer to the parent's primary key, or add a unique key to the parent"
    ) { context in
        context.source.foreignKeys.compactMap { key in
            guard let reference = key.parent, let parent = context.parent(reference),
                !key.parentColumns.isEmpty,
                key.parentColumns.allSatisfy({ parent.source.column($0) != nil }),
                !parent.source.keys.contains(where: { begins($0, with: key.parentColumns) })
            else { return nil }
            return Issue(
                "\(key.title) of `\(context.name)` refers to (\(list(key.parentColumns))) of "
                    + "`\(parent.name)`, which no key of it begins with", at: reference.location)
        }
    }

    static let inline = Rule(
        .inlineForeignKey, .warning,
        "MySQL before version 9 reads REFERENCES beside a column and makes no foreign key of it; "
            + "MariaDB makes one",
        remedy: "write FOREIGN KEY (column) REFERENCES parent (column) on a line of its own"
    ) { context in
        context.source.columns.compactMap { column in
            column.reference.map { reference in
                Issue(
                    "the column `\(column.name)` of `\(context.name)` names its parent "
                        + "`\(reference.table)` among its attributes", at: reference.location,
                    column: column.name)
            }
        }
    }

    static let none = Rule(
        .noForeignKeys, .off,
        "A foreign key blocks online changes by table copy, and cannot reach over shards",
        remedy: "keep the rule in the application, and remove the foreign key"
    ) { context in
        context.source.foreignKeys.map { key in
            Issue("`\(context.name)` has a foreign key: \(key.title)", at: key.location)
        }
    }

    /// Whether `key` is an index by which a server can find rows by `columns`.
    private static func begins(_ key: SourceTable.Key, with columns: [String]) -> Bool {
        guard [.primary, .unique, .plain].contains(key.kind), key.parts.count >= columns.count
        else { return false }
        return zip(key.parts, columns).allSatisfy { part, column in
            !part.isExpression && part.length == nil
                && part.text.lowercased() == column.lowercased()
        }
    }

    private static func list(_ columns: [String]) -> String {
        columns.map { "`\($0)`" }.joined(separator: ", ")
    }
}

extension SourceTable.ForeignKey {
    /// The foreign key as messages name it.
    var title: String {
        if let name { return "the foreign key `\(name)`" }
        return "the foreign key on (\(columns.map { "`\($0)`" }.joined(separator: ", ")))"
    }
}
