/// How an environment's servers are reached; never contains a password.
package struct ConnectionConfiguration: Hashable, Sendable {
    /// An account: the option file with it, or a user with the source of the password.
    package enum Credentials: Hashable, Sendable {
        /// A MySQL option file with a `[client]` group.
        case optionFile(LocalPath)
        case user(String, password: PasswordSource)
    }

    /// Where a password is read when it is needed.
    package enum PasswordSource: Hashable, Sendable {
        /// No password: the server authenticates the user differently, as with `unix_socket`.
        case none
        /// The name of an environment variable.
        case environment(String)
        /// The first line of the file.
        case file(LocalPath)
    }

    /// The account that changes shards, and is used where no other one is given; nil where shards
    /// are only read.
    package let credentials: Credentials?
    /// The account that reads schemas and asks questions to rows.
    package let read: Credentials?
    /// The account that creates and drops workspaces, and needs no privileges on shards.
    package let workspace: Credentials?
    package let tls: TLS
    /// The least strict TLS mode that the operator allows; nil for no restriction.
    package private(set) var leastTLS: TLS.Mode?
    package let connectTimeoutSeconds: Int
    /// How long a statement that changes a table may wait for sessions that use the table.
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

extension ConnectionConfiguration {
    /// The connection of an account that the command line names, or that needs no secret.
    package init(only credentials: Credentials) {
        self.init(
            credentials: credentials, tls: .standard,
            connectTimeoutSeconds: Self.defaultConnectTimeoutSeconds,
            lockWaitTimeoutSeconds: Self.defaultLockWaitTimeoutSeconds)
    }

    /// The account for observing: not the one for changes, where there is another.
    package var readAccount: Credentials? { read ?? credentials }

    /// The account for workspaces: its own, or else the one for observing.
    package var workspaceAccount: Credentials? { workspace ?? readAccount }

    /// Every account with its key in `plumb.yaml`, for messages.
    package var accounts: [(key: String, credentials: Credentials)] {
        [("change", credentials), ("read", read), ("workspace", workspace)].compactMap { pair in
            pair.1.map { (pair.0, $0) }
        }
    }

    /// Every file that is named, with its key in `plumb.yaml`.
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

    /// The same connection with TLS of at least the mode `least`.
    func raised(to least: TLS.Mode) -> ConnectionConfiguration {
        var result = self
        result.leastTLS = least
        return result
    }
}

/// How a connection is encrypted, in the terms of the MySQL clients.
package struct TLS: Hashable, Sendable {
    /// The modes of `--ssl-mode`, from the least to the most strict.
    package enum Mode: String, Hashable, Sendable, CaseIterable, FleetChoice {
        static let title = "tlsMode"
        case disabled
        case preferred
        case required
        case verifyCA = "verify-ca"
        case verifyIdentity = "verify-identity"
    }

    /// The configured mode; nil to decide by the address: `verifyIdentity` over a network,
    /// `preferred` on sockets and the loopback interface.
    package let mode: Mode?
    /// PEM files: of the authorities, and of the client's own certificate and key.
    package let ca: LocalPath?
    package let certificate: LocalPath?
    package let key: LocalPath?

    static let standard = TLS(mode: nil, ca: nil, certificate: nil, key: nil)
}

/// A path on the machine that runs the command; if relative, then to the folder of `plumb.yaml`.
package struct LocalPath: Hashable, Sendable, CustomStringConvertible {
    package let written: String

    package init(_ written: String) { self.written = written }

    package var description: String { written }

    /// The absolute path, in `folder` where the written one is relative.
    package func resolved(in folder: String) -> String {
        if written.hasPrefix("/") { return written }
        return folder.hasSuffix("/") ? folder + written : folder + "/" + written
    }
}
