import Schema

/// What runs once for a namespace in a rollout, after the changes of all of its shards.
package struct Finalizer: Hashable, Sendable {
    package enum Work: Hashable, Sendable {
        /// A program as an absolute path, and its arguments; never empty.
        case program([String])
        /// A stored procedure, on a server as the file writes it.
        case call(ProcedureCall, on: Located<ServerAddress>)
    }

    package let work: Work
    /// Whether it may run again where nobody knows whether it ran.
    package let isIdempotent: Bool
    /// How long it may take, in seconds.
    package let limitSeconds: Int
    package let location: SourceLocation

    /// The limit where `timeout` is not given.
    package static let standardLimitSeconds = 60
    /// The longest limit.
    package static let mostSeconds = 3_600
}
