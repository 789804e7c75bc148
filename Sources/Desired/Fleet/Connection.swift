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

    package let credentials: Credentials
    package let tls: TLS
    package let connectTimeoutSeconds: Int
    /// The longest wait of a statement that changes a table for the sessions that use it.
    package let lockWaitTimeoutSeconds: Int

    static let defaultConnectTimeoutSeconds = 10
    static let defaultLockWaitTimeoutSeconds = 1
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
