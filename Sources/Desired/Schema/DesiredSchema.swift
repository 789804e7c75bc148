import Diff
import Schema

/// A table as a file of the schema repository defines it.
package struct DesiredTable: Hashable, Sendable {
    package let name: String
    /// The `CREATE TABLE` as written, without its terminator and the comments around it.
    package let text: String
    package let textDigest: Digest
    /// The path inside the schema repository.
    package let file: String
    /// Where the table's name stands; its file starts with `ref:` for a pinned revision.
    package let location: SourceLocation
    /// Columns, keys and constraints with their places.
    package let source: SourceTable
    /// Hints that stand in the file.
    package let hints: [SourceRename]

    /// Where `column` is defined, letter case aside.
    package func location(ofColumn column: String) -> SourceLocation? {
        source.location(ofColumn: column)
    }

    /// Where the key or constraint `name` is defined, letter case aside.
    package func location(ofConstraint name: String) -> SourceLocation? {
        source.location(ofConstraint: name)
    }
}

/// A view, trigger, routine, event or sequence as a file of the schema repository defines it.
package struct DesiredObject: Hashable, Sendable {
    package let name: ObjectName
    /// The statement as written, without its terminator and the comments around it; behind a
    /// comment with the SQL mode, where a hint asks for one or strings end otherwise than usual.
    package let text: String
    package let textDigest: Digest
    /// Where the object's name stands; its file starts with `ref:` for a pinned revision.
    package let location: SourceLocation
    /// Where its `CREATE` stands.
    package let start: SourceLocation

    /// The statement as written.
    package var statement: String { ObjectDefinition(text: text)?.create ?? text }

    /// The place of a byte of the statement.
    package func location(of offset: Int) -> SourceLocation {
        let before = statement.utf8.prefix(offset)
        guard let newline = before.lastIndex(of: UInt8(ascii: "\n")) else {
            return SourceLocation(file: start.file, line: start.line, column: start.column + offset)
        }
        let lines = before.count { $0 == UInt8(ascii: "\n") }
        return SourceLocation(
            file: start.file, line: start.line + lines,
            column: before.distance(from: newline, to: before.endIndex))
    }
}

/// What some shards of a namespace should look like.
package struct DesiredSchema: Sendable {
    package let namespace: String
    /// Of the names and texts of all tables: equal digests are equal schemas.
    package let digest: Digest
    /// Sorted by the bytes of their names.
    package let tables: [DesiredTable]
    /// What is no table, as far as the namespace manages it; sorted by its encoded names.
    package let objects: [DesiredObject]
    /// Columns that keep their data, from `plumb.yaml` and from the files.
    package let renames: [ColumnRename]
    /// Tables that keep their data, from `plumb.yaml` and from the files; where names changed
    /// more than once, one for each earlier name.
    package let tableRenames: [TableRename]
    /// Indexes that are not built again, from `plumb.yaml`.
    package let indexRenames: [IndexRename]
    /// Tables that are not here and may be dropped once that is approved, by name.
    package let retire: [String]
    /// The encoded names of what overlays define beside something whose name differs by letter
    /// case alone.
    package var overlaid: Set<String> = []
    /// The SQL mode in which its files were read; see ``SourceMode``.
    var mode = ""

    /// The table called `name`: as it is written, else letter case aside.
    package func table(_ name: String) -> DesiredTable? {
        if let exact = tables.first(where: { $0.name == name }) { return exact }
        let folded = NameFolding.lowered(name)
        return tables.first { NameFolding.lowered($0.name) == folded }
    }

    /// Where the table or other object with this encoded name is defined.
    package func location(of encoded: String) -> SourceLocation? {
        let name = ObjectName(encoded: encoded)
        guard name.kind != .table else { return table(name.name)?.location }
        if let exact = objects.first(where: { $0.name == name }) { return exact.location }
        let folded = NameFolding.lowered(name.name)
        return objects.first {
            $0.name.kind == name.kind && NameFolding.lowered($0.name.name) == folded
        }?.location
    }

    /// The identity of the tables and other objects, whatever files they stand in.
    static func digest(of tables: [DesiredTable], _ objects: [DesiredObject] = []) -> Digest {
        let names =
            tables.map { ($0.name, $0.textDigest) }
            + objects.map { ($0.name.encoded, $0.textDigest) }
        let lines = names.map { "\($0.utf8.count):\($0) \($1.hex)\n" }
        return Digest(of: "plumb desired schema 1\n" + lines.joined())
    }
}

/// What every shard of one environment should look like, at one revision.
package struct DesiredState: Sendable {
    package let fleet: Fleet
    package let environment: Environment
    package let revision: Revision
    /// One for each distinct schema of a namespace.
    package let schemas: [DesiredSchema]
    /// For every shard its place in `schemas`.
    package let assignment: [ShardID: Int]
    /// By namespace and then as written.
    package let shards: [Shard]
    /// How the files were read.
    package let modes: SourceModes

    package init(
        fleet: Fleet, environment: Environment, revision: Revision, schemas: [DesiredSchema],
        assignment: [ShardID: Int], shards: [Shard], modes: SourceModes = SourceModes()
    ) {
        self.fleet = fleet
        self.environment = environment
        self.revision = revision
        self.schemas = schemas
        self.assignment = assignment
        self.shards = shards
        self.modes = modes
    }

    package func schema(of shard: ShardID) -> DesiredSchema? {
        assignment[shard].map { schemas[$0] }
    }
}
