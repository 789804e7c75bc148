/// A column that an `ALTER TABLE` gives another name: `CHANGE COLUMN a b …` between backticks, as
/// Plumb prints it.
package struct ColumnRenaming: Hashable, Sendable {
    /// The name of the table in the statement.
    package let table: String
    package let from: String
    package let to: String

    /// The columns that `statement` renames, in its order; empty for any other statement.
    ///
    /// Throws where the statement cannot be read: then nobody knows.
    package static func all(in statement: String) throws(SchemaError) -> [ColumnRenaming] {
        let bytes = Array(statement.utf8)
        let result = bytes.withUnsafeBufferPointer { bytes in
            Result { () throws(SchemaError) in try read(bytes) }
        }
        return try result.get()
    }

    private static func read(
        _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(SchemaError) -> [ColumnRenaming] {
        var reader = try TokenReader(Lexer(bytes))
        guard try reader.take("ALTER"), try reader.take("TABLE"),
            let table = try name(&reader)
        else { return [] }
        var found: [ColumnRenaming] = []
        while reader.token.kind != .end {
            guard try reader.take("CHANGE") else {
                try reader.advance()
                continue
            }
            guard try reader.take("COLUMN"), let from = try name(&reader),
                let to = try name(&reader)
            else { continue }
            // Servers take names of columns that differ in letter case only for the same.
            guard NameFolding.lowered(from) != NameFolding.lowered(to) else { continue }
            found.append(ColumnRenaming(table: table, from: from, to: to))
        }
        return found
    }

    private static func name(_ reader: inout TokenReader) throws(SchemaError) -> String? {
        guard reader.token.kind == .quotedName else { return nil }
        let name = reader.name(of: reader.token)
        try reader.advance()
        return name
    }
}
