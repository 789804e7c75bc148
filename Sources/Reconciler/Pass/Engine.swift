import Desired
import Execution
import Foundation
import MySQLClient
import Observed
import Schema

/// What a process keeps between passes: connections, what was read, what was proved.
///
/// Made anew when the fleet file says other things about connections.
package final class Engine: Sendable {
    package let pool: ConnectionPool
    package let catalog: TableCatalog
    package let observer: Observer
    package let knowledge: Knowledge
    package let answers = ProbeMemory()
    package let memory = PassMemory()
    package let connection: Desired.Connection
    /// How connections are protected, with what an option file says.
    package let tls: TLSOptions
    package let concurrency: Concurrency
    /// Shards that could not be read, and operations that failed: a loop leaves them alone for a
    /// while; a single command tries them at once.
    package let shardBackOff = BackOffBook<ShardID>(firstSeconds: 5, longestSeconds: 600)
    package let operationBackOff = BackOffBook<OperationTarget>(
        firstSeconds: 60, longestSeconds: 3600)

    /// - Parameter folder: where `plumb.yaml` lies, for relative paths of secrets.
    package init(
        connection: Desired.Connection, concurrency: Concurrency, folder: String,
        clock: any Clock
    ) throws {
        self.connection = connection
        self.concurrency = concurrency
        let settings = try ConnectionSettings(connection, folder: folder)
        tls = try settings.withOptionFile(server: .socket(path: "")).tls
        catalog = TableCatalog()
        knowledge = Knowledge(catalog: catalog)
        // Observation, the workspace and the workers share the limit of a server; one more than
        // the workers need keeps a held shard lock from starving a read.
        pool = ConnectionPool(limitPerServer: max(4, concurrency.perHost + 2)) { _ in settings }
        observer = Observer(
            pool: pool, catalog: catalog, totalConcurrency: max(4, concurrency.total),
            perServer: 4, clock: clock)
    }

    package func fits(_ connection: Desired.Connection, _ concurrency: Concurrency) -> Bool {
        self.connection == connection && self.concurrency == concurrency
    }

    /// The databases of a server that are `LIKE` a pattern.
    package func discover(_ server: ServerAddress, like: String) throws -> [String] {
        try pool.withConnection(to: server, purpose: .read) { connection in
            try connection.query("SHOW DATABASES LIKE \(SQL.literal(like))").compactMap { $0[0] }
        }
    }
}

/// What an operation wants: when either end moves it is another one, and tried at once.
package struct OperationTarget: Hashable, Sendable {
    package let key: OperationKey
    package let from: Digest?
    package let to: Digest?
}

extension ConnectionSettings {
    /// The settings that the fleet file asks for; secrets are read here and nowhere else.
    init(_ connection: Desired.Connection, folder: String) throws {
        let credentials: Credentials
        var optionFile: String?
        switch connection.credentials {
        case .optionFile(let path):
            credentials = Credentials(user: "")
            let resolved = path.resolved(in: folder)
            try Self.check(optionFile: resolved)
            optionFile = resolved
        case .user(let name, let source):
            credentials = Credentials(user: name, password: try Self.password(source, folder))
        }
        let tls = TLSOptions(
            mode: connection.tls.mode.map { TLSOptions.Mode($0) },
            caFile: connection.tls.ca?.resolved(in: folder),
            certificateFile: connection.tls.certificate?.resolved(in: folder),
            keyFile: connection.tls.key?.resolved(in: folder))
        self.init(credentials: credentials, tls: tls)
        self.optionFile = optionFile
        connectTimeoutSeconds = connection.connectTimeoutSeconds
        lockWaitTimeoutSeconds = connection.lockWaits.readingSeconds
    }

    /// A faulty option file is said once, before anything is asked of any shard.
    private static func check(optionFile path: String) throws {
        do throws(MySQLError) {
            _ = try OptionFile(path: path, server: .socket(path: ""))
        } catch {
            throw ConfigurationError("option_file: \(error.message)", remedy: error.remedy)
        }
    }

    private static func password(
        _ source: Desired.Connection.PasswordSource, _ folder: String
    ) throws -> Secret? {
        switch source {
        case .none: return nil
        case .environment(let name):
            guard let value = ProcessInfo.processInfo.environment[name] else {
                let said = isPlainName(name) ? name : "that it names"
                throw ConfigurationError(
                    "password_env: the environment variable \(said) is not set",
                    remedy: "set it, or use "
                        + "password_file or option_file")
            }
            return Secret(value)
        case .file(let path):
            let resolved = path.resolved(in: folder)
            guard let text = try? String(contentsOfFile: resolved, encoding: .utf8) else {
                let said = isPlainPath(path.written) ? resolved : "the file that it names"
                throw ConfigurationError(
                    "password_file: \(said) cannot be read",
                    remedy: "check the path and its rights")
            }
            let line = text.split(whereSeparator: \.isNewline).first.map(String.init)
            return Secret(line ?? "")
        }
    }
}

extension Desired.Connection {
    /// How long statements wait on the servers of the environment.
    var lockWaits: LockWaits { LockWaits(statementSeconds: lockWaitTimeoutSeconds) }
}

extension ConnectionSettings {
    /// A path that nobody takes for a password.
    fileprivate static func isPlainPath(_ path: String) -> Bool {
        ["/", "./", "../"].contains(where: path.hasPrefix)
            || [".txt", ".pw", ".pass", ".password", ".secret", ".cnf"].contains(
                where: path.hasSuffix)
    }

    /// A name such as `PLUMB_PW`: what looks otherwise may be the password in its place, and is
    /// not repeated.
    fileprivate static func isPlainName(_ name: String) -> Bool {
        name.contains("_")
            && name.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            }
    }
}

extension TLSOptions.Mode {
    init(_ mode: TLS.Mode) {
        switch mode {
        case .disabled: self = .disabled
        case .preferred: self = .preferred
        case .required: self = .required
        case .verifyCA: self = .verifyCA
        case .verifyIdentity: self = .verifyIdentity
        }
    }
}

/// Something outside the schema repository is not set up as it says.
package struct ConfigurationError: RemediedError {
    package let fault: String
    package let remedy: String?

    package init(_ fault: String, remedy: String? = nil) {
        self.fault = fault
        self.remedy = remedy
    }
}
