import Diff
import Model
import Observed
import Schema

/// What `plumb import` wrote, and what it left out.
package struct ImportReport: Codable, Hashable, Sendable {
    package struct Namespace: Codable, Hashable, Sendable {
        package var name: String
        package var shards: [Shard]
        package var tables: [Table]
        /// Views, triggers, routines, events and sequences, under their encoded names.
        package var objects: [Table] = []
    }

    package struct Shard: Codable, Hashable, Sendable {
        package var name: String
        package var database: String
    }

    package struct Table: Codable, Hashable, Sendable {
        package var name: String
        /// From the folder that was written to.
        package var file: String
        /// False where the file keeps the text but is no part of the schema.
        package var isManaged: Bool
        /// Why the table is not managed, or will not be changed; nil where all is well.
        package var problem: String?
        /// What the databases do not agree on and the file leaves to the server: `DEFINER`.
        package var leftOut: [String] = []
    }

    /// A database that a pattern found and that is unlike most others: no shard of anything yet.
    package struct Difference: Codable, Hashable, Sendable {
        package var database: String
        /// The database that it was compared with.
        package var reference: String
        /// What `-` the database lacks and `+` has beside the reference, by table.
        package var lines: [Line]

        package struct Line: Codable, Hashable, Sendable {
            package var table: String
            package var text: String
        }
    }

    package struct UnknownDatabase: Codable, Hashable, Sendable {
        package var database: String
        package var code: String
        package var reason: String
    }

    /// A view, trigger, routine, event or sequence of a kind that is not to be managed.
    package struct SkippedObject: Codable, Hashable, Sendable {
        package var database: String
        package var kind: String
        package var name: String
    }

    package var folder: String
    /// From `folder`, sorted.
    package var files: [String]
    package var namespaces: [Namespace]
    package var differing: [Difference]
    package var unknown: [UnknownDatabase]
    /// Databases without any table.
    package var empty: [String]
    package var skipped: [SkippedObject]
    package var exitStatus: ExitStatus

    package var tableCount: Int { namespaces.reduce(0) { $0 + $1.tables.count } }
    package var objectCount: Int { namespaces.reduce(0) { $0 + $1.objects.count } }
    package var shardCount: Int { namespaces.reduce(0) { $0 + $1.shards.count } }

    /// The tables and other objects that are not managed or will not be changed.
    package var unsupported: [Table] {
        namespaces.flatMap { ($0.tables + $0.objects).filter { $0.problem != nil } }
    }
}
