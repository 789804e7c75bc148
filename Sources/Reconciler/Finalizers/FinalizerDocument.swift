import Model
import Schema

/// What a finalizer gets on standard input, as JSON.
package struct FinalizerDocument: Codable, Hashable {
    struct Shard: Codable, Hashable {
        var shard: String
        var table: String
        var state: String
    }

    var version = 1
    var environment: String
    package var namespace: String
    package var rollout: String
    /// The commit of the schema repository; nil for files of a folder.
    var revision: String?
    /// From 1; the same rollout and namespace mean the same publication.
    var attempt: Int
    /// The operations of the namespace, in the order of the rollout.
    var operations: [Shard]
}
