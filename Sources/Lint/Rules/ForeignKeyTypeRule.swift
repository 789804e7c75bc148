import Desired
import Schema

/// Compares the types on both sides of a foreign key.
///
/// Numbers must have the same size and sign, and texts the same character set and collation; the
/// length of texts may differ:
/// <https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html>.
enum ForeignKeyTypeRule {
    static let rule = Rule(
        .foreignKeyTypeMismatch, .error,
        "A foreign key needs equal types and character sets on both sides; a server refuses others",
        remedy: "give both columns the same type"
    ) { context in
        context.source.foreignKeys.flatMap { key -> [Issue] in
            guard let reference = key.parent, let parent = context.parent(reference) else {
                return []
            }
            guard key.columns.count == key.parentColumns.count else {
                return key.parentColumns.isEmpty
                    ? []
                    : [
                        Issue(
                            "\(key.title) of `\(context.name)` has \(key.columns.count) columns "
                                + "and refers to \(key.parentColumns.count)", at: key.location,
                            remedy: "name as many columns on both sides")
                    ]
            }
            return zip(key.columns, key.parentColumns).compactMap { child, other in
                issue(context, key, child, parent, other)
            }
        }
    }

    private static func issue(
        _ context: TableContext, _ key: SourceTable.ForeignKey, _ childName: String,
        _ parent: DesiredTable, _ parentName: String
    ) -> Issue? {
        func missing(_ column: String, _ table: String) -> Issue {
            Issue(
                "\(key.title) of `\(context.name)` names the column `\(column)`, which `\(table)` "
                    + "does not have", at: key.location, remedy: "correct the column's name")
        }
        guard let child = context.source.column(childName) else {
            return missing(childName, context.name)
        }
        guard let other = parent.source.column(parentName) else {
            return missing(parentName, parent.name)
        }
        guard let difference = difference(child, context.source, other, parent.source) else {
            return nil
        }
        return Issue(
            "`\(context.name)`.`\(child.name)` is \(difference.child) and refers to "
                + "`\(parent.name)`.`\(other.name)`, which is \(difference.parent)",
            at: child.location, column: child.name)
    }

    /// How the two columns differ; nil where a server accepts them.
    private static func difference(
        _ child: SourceTable.Column, _ childTable: SourceTable, _ parent: SourceTable.Column,
        _ parentTable: SourceTable
    ) -> (child: String, parent: String)? {
        let shapes = (ColumnShape(child), ColumnShape(parent))
        guard fit(shapes.0, shapes.1, child, parent) else {
            return (child.typeText, parent.typeText)
        }
        guard shapes.0.isText, shapes.1.isText else { return nil }
        // A character set in neither text is the server's default, and may be the same.
        if let left = CharacterSets.known(of: child, in: childTable),
            let right = CharacterSets.known(of: parent, in: parentTable), left != right
        {
            return ("in \(left)", "in \(right)")
        }
        if let left = CharacterSets.knownCollation(of: child, in: childTable),
            let right = CharacterSets.knownCollation(of: parent, in: parentTable), left != right
        {
            return ("in \(left)", "in \(right)")
        }
        return nil
    }

    private static func fit(
        _ child: ColumnShape, _ parent: ColumnShape, _ childColumn: SourceTable.Column,
        _ parentColumn: SourceTable.Column
    ) -> Bool {
        switch (child, parent) {
        case (.string(_, _, let left), .string(_, _, let right)): left == right
        case (.other, .other): childColumn.type.lowercased() == parentColumn.type.lowercased()
        default: child == parent
        }
    }
}

extension SourceTable.Column {
    /// The type as written, in lower case: `bigint unsigned`.
    var typeText: String {
        let further = furtherTypeWords.filter { $0 != "UNSIGNED" }.map { " " + $0.lowercased() }
        let arguments =
            typeArguments.isEmpty ? "" : "(\(typeArguments.joined(separator: ",")))"
        return type.lowercased() + further.joined() + arguments + (isUnsigned ? " unsigned" : "")
    }
}
