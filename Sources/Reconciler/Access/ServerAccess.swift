import Basics
import Desired
import Model
import MySQLClient
import Schema

/// Which servers a pass may reach, by which accounts, and with what secrets.
///
/// A secret is read only for the servers that it was configured for: by the operator's file where
/// there is one, else by the followed branch's `plumb.yaml`, for the servers that it names.
package struct ServerAccess: Sendable {
    private enum Rule: Sendable {
        /// Only the servers that the environment names.
        case named(Set<ServerAddress>, ConnectionConfiguration)
        case ruled(by: Operator)
    }

    private let rule: Rule
    private let environment: String
    private let places: SecretPlaces

    /// The access of one environment.
    ///
    /// - Parameter fleet: the fleet of the followed branch: its servers can be reached, and a
    ///   proposal adds none.
    package init(
        fleet: Fleet, environment: Desired.Environment, operator rules: Operator?,
        places: SecretPlaces
    ) throws(ConfigurationError) {
        if let rules {
            try self.init(of: environment.name, ruledBy: rules, places: places)
            return
        }
        guard let connection = environment.connection else {
            throw ConfigurationError(
                "the environment `\(environment.name)` has no `connection`",
                remedy: "write one in plumb.yaml, or name accounts in the operator's file")
        }
        self.init(
            rule: .named(fleet.servers(of: environment), connection),
            environment: environment.name, places: places)
    }

    private init(rule: Rule, environment: String, places: SecretPlaces) {
        self.rule = rule
        self.environment = environment
        self.places = places
    }

    /// The access of one environment as the operator's file has it.
    package init(
        of environment: String, ruledBy rules: Operator, places: SecretPlaces
    ) throws(ConfigurationError) {
        guard rules.environments[environment] != nil else {
            throw ConfigurationError(
                "\(rules.file) names no account for the environment `\(environment)`",
                remedy: "add it under `environments` there")
        }
        self.init(rule: .ruled(by: rules), environment: environment, places: places)
    }

    /// The access to the one server that the command line names.
    package init(to server: ServerAddress, by connection: ConnectionConfiguration, folder: String) {
        self.init(
            rule: .named([server], connection), environment: "",
            places: SecretPlaces(folder: folder))
    }

    /// Whether `other` reaches the same servers by the same accounts.
    package func isLike(_ other: ServerAccess) -> Bool {
        guard environment == other.environment, places == other.places else { return false }
        switch (rule, other.rule) {
        case (.named(let servers, let connection), .named(let others, let otherConnection)):
            return servers == others && connection == otherConnection
        // A process reads its operator's file once, so both come from the same one.
        case (.ruled, .ruled): return true
        case (.named, .ruled), (.ruled, .named): return false
        }
    }

    /// Throws where an account or a secret for one of `purposes` is missing; reaches no server.
    package func check(_ purposes: Set<ConnectionPool.Purpose>) throws {
        for connection in connections {
            for purpose in purposes.sorted() {
                guard let account = connection.account(for: purpose) else {
                    throw ConfigurationError(Self.missing(purpose))
                }
                _ = try ConnectionSettings(connection, as: account, places: places)
            }
        }
    }

    /// The connection settings of `server` for a purpose.
    package func settings(
        _ server: ServerAddress, _ purpose: ConnectionPool.Purpose
    ) throws(MySQLError) -> ConnectionSettings {
        let connection = try connection(to: server)
        guard let account = connection.account(for: purpose) else {
            throw refusal(server, Self.missing(purpose))
        }
        do throws(ConfigurationError) {
            return try ConnectionSettings(connection, as: account, places: places)
        } catch {
            throw refusal(server, error.description)
        }
    }

    /// The connections that may be used, in the order of the operator's file.
    package var connections: [ConnectionConfiguration] {
        switch rule {
        case .named(_, let connection): [connection]
        case .ruled(let rules): rules.environments[environment]?.map(\.connection) ?? []
        }
    }

    /// The lock wait limits; the longest of several connections.
    var lockWaits: LockWaits {
        let seconds = connections.map(\.lockWaitTimeoutSeconds)
        return LockWaits(ddlSeconds: seconds.max() ?? 1)
    }

    /// The connection for a server; throws where there is none.
    package func connection(
        to server: ServerAddress
    ) throws(MySQLError) -> ConnectionConfiguration {
        switch rule {
        case .named(let servers, let connection):
            guard servers.contains(server) else {
                throw refusal(
                    server,
                    "not reached: the environment `\(environment)` of plumb.yaml does not "
                        + "name it, and no password is for it")
            }
            return connection
        case .ruled(let rules):
            guard rules.allows(server) else {
                throw refusal(
                    server, "not reached: none of the `hosts` in \(rules.file) matches it")
            }
            guard let connection = rules.connection(to: server, of: environment) else {
                throw refusal(
                    server,
                    "not reached: \(rules.file) names no account for it in the "
                        + "environment `\(environment)`")
            }
            return connection
        }
    }

    private func refusal(_ server: ServerAddress, _ message: String) -> MySQLError {
        MySQLError(kind: .configuration, message: message, server: server)
    }

    private static func missing(_ purpose: ConnectionPool.Purpose) -> String {
        switch purpose {
        case .change:
            "no account is configured to change shards; name one under `change` in the "
                + "connection"
        case .read, .workspace:
            "no account is configured to read shards; name one under `read` or `change` in the "
                + "connection"
        }
    }
}

extension ConnectionConfiguration {
    /// The account for a purpose: the one that may change shards is never used for anything else.
    package func account(for purpose: ConnectionPool.Purpose) -> Credentials? {
        switch purpose {
        case .read: readAccount
        case .workspace: workspaceAccount
        case .change: credentials
        }
    }
}
