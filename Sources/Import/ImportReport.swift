import Model

/// What `plumb import` wrote, and what it left out.
package struct ImportReport: Codable, Hashable, Sendable {
    /// A namespace that was written.
    package struct Namespace: Codable, Hashable, Sendable {
        package var name: String
        package var shards: [Shard]
        package var tables: [Table]
        /// Views, triggers, routines, events and sequences, by their encoded names.
        package var objects: [Table] = []
    }

    /// A shard that was written, with its database.
    package struct Shard: Codable, Hashable, Sendable {
        package var name: String
        package var database: String
    }

    /// A table or other object for which a file was written.
    package struct Table: Codable, Hashable, Sendable {
        /// A table's name, or the encoded name of another object.
        package var name: String
        /// Relative to `folder`.
        package var file: String
        /// False where the file keeps the text but is not part of the schema.
        package var isManaged: Bool
        /// Why the table is not managed, or will not be changed; nil otherwise.
        package var problem: String?
        /// Parts in which the databases differ and that the file leaves to the server, such as
        /// `DEFINER`.
        package var leftOut: [String] = []
    }

    /// A database that matched a pattern but differs from most of the others: it becomes no shard.
    package struct Difference: Codable, Hashable, Sendable {
        package var database: String
        /// The database that it was compared with.
        package var reference: String
        /// The differences from the reference, by table: `-` only the reference has, `+` only the
        /// database.
        package var lines: [Line]

        /// One difference of one table or other object.
        package struct Line: Codable, Hashable, Sendable {
            package var table: String
            /// One line of the difference, after `-` or `+`.
            package var text: String
        }
    }

    /// A database that could not be read.
    package struct UnknownDatabase: Codable, Hashable, Sendable {
        package var database: String
        /// The code of the problem, such as `unreachable`.
        package var code: String
        package var reason: String
    }

    /// A view, trigger, routine, event or sequence of a kind that was not asked for.
    package struct SkippedObject: Codable, Hashable, Sendable {
        package var database: String
        package var kind: String
        package var name: String
    }

    /// The folder that was written to.
    package var folder: String
    /// Relative to `folder`, sorted.
    package var files: [String]
    package var namespaces: [Namespace]
    /// Databases that matched a pattern and became no shard, as they differ from most.
    package var differing: [Difference]
    /// Databases that could not be read.
    package var unknown: [UnknownDatabase]
    /// Databases without any table.
    package var empty: [String]
    /// Objects of kinds that were not asked for.
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
