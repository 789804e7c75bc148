import Diff
import Model

/// Every shard of an environment as the last pass found it, for one look at all of them.
package struct FleetReport: Codable, Hashable, Sendable {
    package var environment: String
    package var revision: PlanRevision
    /// When the shards were looked at, ISO 8601 in UTC.
    package var time: String
    /// In the order of the fleet file.
    package var shards: [Shard]

    package init(environment: String, revision: PlanRevision, time: String, shards: [Shard]) {
        self.environment = environment
        self.revision = revision
        self.time = time
        self.shards = shards
    }

    /// One shard: the worst that is to be said of it.
    package struct Shard: Codable, Hashable, Sendable {
        package var namespace: String
        package var name: String
        /// `host:port`, or the path of a socket.
        package var server: String
        package var state: State
        /// How many tables and other objects are not in sync.
        package var differing: Int
        /// Why; nil where the state says it all.
        package var reason: String?

        package init(
            namespace: String, name: String, server: String, state: State, differing: Int = 0,
            reason: String? = nil
        ) {
            self.namespace = namespace
            self.name = name
            self.server = server
            self.state = state
            self.differing = differing
            self.reason = reason
        }
    }

    /// The states of a shard, the worst first: the statuses of tables, and what keeps them so.
    package enum State: String, Codable, Hashable, Sendable, CaseIterable {
        /// It could not be read.
        case unknown
        /// Its records cannot be read, or it left its place: nothing is done there.
        case setAside
        case conflict, drifted
        /// Somebody suspended it, or its namespace.
        case suspended
        /// Something of it changes right now.
        case changing
        case pending, retired, unmanaged, inSync

        /// The state of a shard of which a table has this status.
        package init(_ status: TableStatus) {
            switch status {
            case .inSync: self = .inSync
            case .pending: self = .pending
            case .drifted: self = .drifted
            case .conflict: self = .conflict
            case .unmanaged: self = .unmanaged
            case .retired: self = .retired
            case .unknown: self = .unknown
            }
        }
    }
}
