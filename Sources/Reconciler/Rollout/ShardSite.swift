import MySQLClient
import Observed
import Schema

/// Where a shard is, for an engine that works in sessions of its own beside the one that holds the
/// shard's lock.
package struct ShardSite: Sendable {
    package let target: ObservationTarget
    package let flavour: ServerProfile.Flavour
    private let login: Login
    private let changed: @Sendable (ShardID) -> Void
    private let question: @Sendable () throws(ShardFailure) -> Void

    /// The settings of a session with a server; throws where no login there is allowed.
    package typealias Login = @Sendable (ServerAddress) throws(MySQLError) -> ConnectionSettings

    /// - Parameters:
    ///   - changed: called after each change, so that cached fingerprints of the shard are dropped.
    ///   - confirm: throws where the shard may not be changed by this process any more.
    init(
        target: ObservationTarget, flavour: ServerProfile.Flavour, login: @escaping Login,
        changed: @escaping @Sendable (ShardID) -> Void,
        confirm: @escaping @Sendable () throws(ShardFailure) -> Void
    ) {
        self.target = target
        self.flavour = flavour
        self.login = login
        self.changed = changed
        question = confirm
    }

    /// The settings of its sessions.
    package func settings() throws(MySQLError) -> ConnectionSettings { try login(target.server) }

    /// Opens a session, which ends once its process gives no sign of life for a while.
    ///
    /// - Parameter server: another server, such as a replica; nil for the shard's own.
    package func connect(to server: ServerAddress? = nil) throws(MySQLError) -> Connection {
        let server = server ?? target.server
        let connection = try Connection(to: server, settings: try login(server))
        try connection.liftLimits()
        try connection.execute(
            Connection.silenceStatement(seconds: Connection.silentSeconds))
        return connection
    }

    /// Throws where the shard's lock is not this process's any more, as another one may be at work
    /// there then, and where its server takes no changes. Costs a round trip.
    package func confirm() throws(ShardFailure) { try question() }

    /// Says that tables of the shard have changed.
    package func noteChange() { changed(target.id) }
}
