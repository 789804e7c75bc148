import Desired
import Model
import MySQLClient
import MySQLStore
import Schema

/// How the servers of a ledger are reached: by which account, and with what secret.
///
/// As for shards, a secret is read only for the servers that it was configured for, and where there
/// is an operator's file, no server is reached that it does not allow.
package struct LedgerAccess: Sendable {
    package let database: LedgerDatabase
    /// The account; one without a secret where none is configured for these servers.
    package let connection: ConnectionConfiguration
    private let rules: Operator?
    private let places: SecretPlaces

    /// An account for a ledger, as configured or named on the command line.
    package struct Account: Sendable {
        /// The ledger that the account is for: the user and the servers count.
        let database: LedgerDatabase
        let connection: ConnectionConfiguration

        package init(for database: LedgerDatabase, _ connection: ConnectionConfiguration) {
            self.database = database
            self.connection = connection
        }

        /// The account in the operator's file, or else in `plumb.yaml`, within the operator's
        /// limits already.
        package init?(_ fleet: Fleet) {
            guard case .mysql(let database) = fleet.ledger,
                let connection = fleet.ledgerConnection
            else { return nil }
            self.init(for: database, connection)
        }

        /// The account in the operator's file.
        package init?(_ rules: Operator) {
            guard case .mysql(let database)? = rules.ledger,
                let connection = rules.ledgerConnection
            else { return nil }
            self.init(for: database, connection)
        }
    }

    /// - Parameter account: the one that is configured, for this ledger or another one.
    package init(
        to database: LedgerDatabase, as account: Account?, operator rules: Operator?,
        places: SecretPlaces
    ) {
        self.database = database
        self.rules = rules
        self.places = places
        if let account, database.isReached(asIn: account.database) {
            connection = account.connection
        } else {
            connection = ConnectionConfiguration(only: .user(database.user, password: .none))
        }
    }

    /// Throws where a server may not be reached or a secret is missing; reaches no server.
    package func check() throws(ConfigurationError) {
        for server in database.servers { _ = try configured(server) }
    }

    /// The servers in the order in which they are tried.
    package var servers: [StoreServer] {
        database.servers.map { server in
            StoreServer(name: server.description) { () throws(MySQLError) in
                try connect(to: server)
            }
        }
    }

    /// Opens a session with one of the servers, in no database.
    package func connect(to server: ServerAddress) throws(MySQLError) -> Connection {
        let settings: ConnectionSettings
        do throws(ConfigurationError) {
            settings = try configured(server)
        } catch {
            throw MySQLError(
                kind: .configuration, message: error.description, server: server)
        }
        let connection = try Connection(to: server, settings: settings)
        try connection.liftLimits()
        return connection
    }

    /// The TLS settings for one of the servers, with those of an option file; nil where they cannot
    /// be read.
    package func tls(to server: ServerAddress) -> TLSOptions? {
        let settings = try? configured(server)
        return (try? settings?.withOptionFile(server: server))?.tls
    }

    /// Reads the secret.
    private func configured(
        _ server: ServerAddress
    ) throws(ConfigurationError) -> ConnectionSettings {
        var connection = connection
        if let rules {
            guard rules.allows(server) else {
                throw ConfigurationError(
                    "the ledger's server \(server) is not reached: none of the `hosts` in "
                        + "\(rules.file) matches it",
                    remedy: "allow it there, or keep the ledger on a server that is allowed")
            }
            connection = rules.required(of: connection, to: server)
        }
        guard let account = connection.credentials else {
            throw ConfigurationError("the ledger's connection names no account", remedy: nil)
        }
        var settings = try ConnectionSettings(connection, as: account, places: places)
        // The user of an option file is another program's; the ledger's stands in its location.
        settings.credentials.user = database.user
        return settings
    }
}
