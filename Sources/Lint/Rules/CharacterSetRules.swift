import Schema

/// Rules about character sets.
enum CharacterSetRules {
    static let notDefault = Rule(
        .charsetNotDefault, .warning,
        "Columns in different character sets are converted when they are compared, and then no "
            + "index helps",
        remedy: "leave the character set out, or give a reason in a waiver"
    ) { context in
        let wanted = CharacterSets.canonical(context.settings.characterSet)
        // utf8mb3 has a rule of its own.
        return written(in: context).filter { ![wanted, "utf8mb3"].contains($0.word.text) }.map {
            Issue(
                "\($0.title) is in \($0.word.text), not in \(wanted)", at: $0.word.location,
                column: $0.column)
        }
    }

    static let utf8mb3 = Rule(
        .utf8mb3, .warning,
        "utf8mb3, also called utf8, cannot hold every character, and is deprecated",
        remedy: "use utf8mb4"
    ) { context in
        written(in: context).filter { $0.word.text == "utf8mb3" }.map {
            Issue("\($0.title) is in utf8mb3", at: $0.word.location, column: $0.column)
        }
    }

    private struct Written {
        let title: String
        let word: SourceTable.Word
        let column: String?
    }

    private static func written(in context: TableContext) -> [Written] {
        let table = CharacterSets.written(at: context.source).map {
            Written(title: "the table `\(context.name)`", word: $0, column: nil)
        }
        let columns = context.source.columns.compactMap { column in
            CharacterSets.written(at: column).map {
                Written(
                    title: "the column `\(column.name)` of `\(context.name)`", word: $0,
                    column: column.name)
            }
        }
        return [table].compactMap { $0 } + columns
    }
}
