import Diff
import Schema

/// A table as a file of the schema repository defines it.
package struct DesiredTable: Hashable, Sendable {
    package let name: String
    /// The `CREATE TABLE` as written, without its terminator and surrounding comments.
    package let text: String
    package let textDigest: Digest
    /// The path in the schema repository.
    package let file: String
    /// The place of the table's name; the file begins with `ref:` for a pinned revision.
    package let location: SourceLocation
    /// Columns, keys and constraints with their places.
    package let source: SourceTable
    /// The rename hints in the file.
    package let hints: [SourceRename]

    /// The place where `column` is defined, regardless of letter case.
    package func location(ofColumn column: String) -> SourceLocation? {
        source.location(ofColumn: column)
    }

    /// The place where the key or constraint `name` is defined, regardless of letter case.
    package func location(ofConstraint name: String) -> SourceLocation? {
        source.location(ofConstraint: name)
    }
}

/// A view, trigger, routine, event or sequence as a file of the schema repository defines it.
package struct DesiredObject: Hashable, Sendable {
    package let name: ObjectName
    /// The statement as written, without its terminator and surrounding comments; preceded by a
    /// comment with the SQL mode where a hint asks for one, or where it changes how strings end.
    package let text: String
    package let textDigest: Digest
    /// The place of the object's name; the file begins with `ref:` for a pinned revision.
    package let location: SourceLocation
    /// The place of its `CREATE`.
    package let start: SourceLocation

    /// The statement as written.
    package var statement: String { ObjectDefinition(text: text)?.create ?? text }

    /// The place of a byte offset in the statement.
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

/// The desired schema of some shards of a namespace.
package struct DesiredSchema: Sendable {
    package let namespace: String
    /// Covers the names and texts of all tables and objects: equal digests mean equal schemas.
    package let digest: Digest
    /// Sorted by the bytes of their names.
    package let tables: [DesiredTable]
    /// The managed objects other than tables, sorted by their encoded names.
    package let objects: [DesiredObject]
    /// Renamed columns, from `plumb.yaml` and from the files.
    package let renames: [ColumnRename]
    /// Renamed tables, from `plumb.yaml` and from the files; a table that was renamed more than
    /// once has one entry for each earlier name.
    package let tableRenames: [TableRename]
    /// Renamed indexes, from `plumb.yaml`.
    package let indexRenames: [IndexRename]
    /// Names of tables that are not in the schema and may be dropped after an approval.
    package let retire: [String]
    /// The encoded names of objects in overlays that differ only by letter case from another
    /// object's name.
    package var overlaid: Set<String> = []
    /// The SQL mode in which its files were read; see ``SourceMode``.
    var mode = ""

    /// The table called `name`: exactly, or else regardless of letter case.
    package func table(_ name: String) -> DesiredTable? {
        if let exact = exactTable(name) { return exact }
        let folded = NameFolding.lowered(name)
        return tables.first { NameFolding.lowered($0.name) == folded }
    }

    /// By halves: plans ask for each table, and for each line of its difference.
    private func exactTable(_ name: String) -> DesiredTable? {
        var low = 0
        var high = tables.count
        while low < high {
            let middle = low + (high - low) / 2
            if tables[middle].name.utf8.lexicographicallyPrecedes(name.utf8) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < tables.count, tables[low].name.utf8.elementsEqual(name.utf8) else {
            return nil
        }
        return tables[low]
    }

    /// The place where the table or other object is defined.
    package func location(of name: ObjectName) -> SourceLocation? {
        guard name.kind != .table else { return table(name.name)?.location }
        if let exact = objects.first(where: { $0.name == name }) { return exact.location }
        let folded = NameFolding.lowered(name.name)
        return objects.first {
            $0.name.kind == name.kind && NameFolding.lowered($0.name.name) == folded
        }?.location
    }

    /// Covers the tables and other objects, but not the files that they are in.
    static func digest(of tables: [DesiredTable], _ objects: [DesiredObject] = []) -> Digest {
        let names =
            tables.map { ($0.name, $0.textDigest) }
            + objects.map { ($0.name.encoded, $0.textDigest) }
        let lines = names.map { "\($0.utf8.count):\($0) \($1.hex)\n" }
        return Digest(of: "plumb desired schema 1\n" + lines.joined())
    }
}

/// The desired schemas of every shard of an environment, at one revision.
package struct DesiredState: Sendable {
    package let fleet: Fleet
    package let environment: Environment
    package let revision: Revision
    /// The distinct schemas of all namespaces.
    package let schemas: [DesiredSchema]
    /// Each shard's index in `schemas`.
    package let assignment: [ShardID: Int]
    /// By namespace, and then in the file's order.
    package let shards: [Shard]
    /// The SQL modes in which the files were read.
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

    /// The desired schema of the shard; nil where the shard is unknown.
    package func schema(of shard: ShardID) -> DesiredSchema? {
        assignment[shard].map { schemas[$0] }
    }
}
