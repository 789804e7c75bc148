import Desired
import Schema

/// Rules about the names of tables, columns and other objects.
enum NameRules {
    static let reservedWord = Rule(
        .reservedWord, .warning,
        "A name that is a reserved word of MySQL or MariaDB must be quoted in every statement",
        remedy: "choose another name"
    ) { context in
        names(of: context).compactMap(reserved)
    } objects: { context in
        [name(of: context)].compactMap(reserved)
    }

    private static func reserved(_ name: Name) -> Issue? {
        guard let owner = ReservedWords.owner(of: name.text) else { return nil }
        return Issue(
            "\(name.title) is a reserved word of \(owner)", at: name.location, column: name.column)
    }

    static let nameCase = Rule(
        .nameCase, .warning,
        "Names that are written in several ways are hard to remember, and tables whose names "
            + "differ by letter case alone are one table on some systems",
        remedy: "rename it"
    ) { context in
        names(of: context).compactMap { unfit($0, context.settings) }
    } objects: { context in
        [name(of: context)].compactMap { unfit($0, context.settings) }
    }

    private static func unfit(_ name: Name, _ settings: LintSettings) -> Issue? {
        let style = name.column == nil ? settings.tableNames : settings.columnNames
        guard !style.fits(name.text) else { return nil }
        return Issue(
            "\(name.title) is not written in \(style.rawValue)", at: name.location,
            column: name.column)
    }

    private static func name(of context: ObjectContext) -> Name {
        Name(
            text: context.name.name,
            title: "the \(context.name.kind.rawValue) name `\(context.name.name)`",
            location: context.object.location, column: nil)
    }

    private struct Name {
        let text: String
        let title: String
        let location: SourceLocation
        /// Nil for the name of the table or other object itself.
        let column: String?
    }

    private static func names(of context: TableContext) -> [Name] {
        let table = Name(
            text: context.name, title: "the table name `\(context.name)`",
            location: context.table.location, column: nil)
        return [table]
            + context.source.columns.map { column in
                Name(
                    text: column.name,
                    title: "the column name `\(column.name)` of `\(context.name)`",
                    location: column.location, column: column.name)
            }
    }
}

extension NameStyle {
    /// Whether `name` is written in this style.
    func fits(_ name: String) -> Bool {
        guard let first = name.utf8.first else { return true }
        let isLowerFirst = first &- 0x61 < 26 || first == UInt8(ascii: "_")
        let isPlain = name.utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 }
        switch self {
        case .any: return true
        case .lowerSnake:
            return isLowerFirst
                && name.utf8.allSatisfy {
                    $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "_")
                }
        case .lowerCamel: return first &- 0x61 < 26 && isPlain
        case .upperCamel: return first &- 0x41 < 26 && isPlain
        }
    }
}
