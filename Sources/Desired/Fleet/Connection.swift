/// How an environment's servers are reached; never holds a password itself.
package struct Connection: Hashable, Sendable {
    package enum Credentials: Hashable, Sendable {
        /// A MySQL option file with a `[client]` group.
        case optionFile(LocalPath)
        case user(String, password: PasswordSource)
    }

    package enum PasswordSource: Hashable, Sendable {
        /// The server knows the user by other means, as `unix_socket` does.
        case none
        /// The name of an environment variable.
        case environment(String)
        /// The file's first line.
        case file(LocalPath)
    }

    /// The account that changes shards, and does everything that no other account is for; nil
    /// where shards are only looked at.
    package let credentials: Credentials?
    /// The account that observes shards and asks their rows.
    package let read: Credentials?
    /// The account that makes and drops workspaces, and has no rights on any shard.
    package let workspace: Credentials?
    package let tls: TLS
    /// What the operator asks for at least; nil for nothing.
    package private(set) var leastTLS: TLS.Mode?
    package let connectTimeoutSeconds: Int
    /// The longest wait of a statement that changes a table for the sessions that use it.
    package let lockWaitTimeoutSeconds: Int

    static let defaultConnectTimeoutSeconds = 10
    static let defaultLockWaitTimeoutSeconds = 1

    init(
        credentials: Credentials?, read: Credentials? = nil, workspace: Credentials? = nil,
        tls: TLS, connectTimeoutSeconds: Int, lockWaitTimeoutSeconds: Int
    ) {
        self.credentials = credentials
        self.read = read
        self.workspace = workspace
        self.tls = tls
        self.connectTimeoutSeconds = connectTimeoutSeconds
        self.lockWaitTimeoutSeconds = lockWaitTimeoutSeconds
    }
}

extension Connection {
    /// Who logs in to observe: never the account that can change, where there is another.
    package var reader: Credentials? { read ?? credentials }

    /// Who logs in to a workspace: its own account, else the one that observes.
    package var worker: Credentials? { workspace ?? reader }

    /// Every account, each with the key that names it, for messages.
    package var accounts: [(key: String, credentials: Credentials)] {
        [("change", credentials), ("read", read), ("workspace", workspace)].compactMap { pair in
            pair.1.map { (pair.0, $0) }
        }
    }

    /// Every file that it names, each with the key that names it.
    package var paths: [(key: String, path: LocalPath)] {
        var result: [(key: String, path: LocalPath)] = []
        for (_, credentials) in accounts {
            switch credentials {
            case .optionFile(let path): result.append(("option_file", path))
            case .user(_, password: .file(let path)): result.append(("password_file", path))
            case .user(_, password: .none), .user(_, password: .environment): break
            }
        }
        for (key, path) in [("ca", tls.ca), ("cert", tls.certificate), ("key", tls.key)] {
            if let path { result.append(("tls.\(key)", path)) }
        }
        return result
    }

    /// The same where nothing less than `least` will do.
    func raised(to least: TLS.Mode) -> Connection {
        var result = self
        result.leastTLS = least
        return result
    }
}

/// How a connection is encrypted, in the words of the MySQL clients.
package struct TLS: Hashable, Sendable {
    package enum Mode: String, Hashable, Sendable, CaseIterable, FleetChoice {
        static let title = "tlsMode"
        case disabled
        case preferred
        case required
        case verifyCA = "verify-ca"
        case verifyIdentity = "verify-identity"
    }

    /// What is said; nil leaves it to the address: `verifyIdentity` over a network, `preferred` on
    /// sockets and the loopback interface.
    package let mode: Mode?
    package let ca: LocalPath?
    package let certificate: LocalPath?
    package let key: LocalPath?

    static let standard = TLS(mode: nil, ca: nil, certificate: nil, key: nil)
}

/// A path on the machine that runs the command; relative ones are relative to `plumb.yaml`.
package struct LocalPath: Hashable, Sendable, CustomStringConvertible {
    package let written: String

    package init(_ written: String) { self.written = written }

    package var description: String { written }

    /// The path itself where it is absolute, else the path inside `folder`.
    package func resolved(in folder: String) -> String {
        if written.hasPrefix("/") { return written }
        return folder.hasSuffix("/") ? folder + written : folder + "/" + written
    }
}
