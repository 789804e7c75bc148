import Foundation

/// How Plumb authenticates to the server of a schema repository, and the server to Plumb.
package struct SourceCredentials: Sendable {
    /// Where a secret is stored; it is read each time it is needed and not kept in memory.
    package enum Secret: Sendable, Hashable, CustomStringConvertible {
        case environment(String)
        case file(String)

        package var description: String {
            switch self {
            case .environment(let name): "environment variable \(name)"
            case .file(let path): "file \(path)"
            }
        }
    }

    /// The key for ssh.
    package enum Key: Sendable, Hashable {
        /// The keys of the running agent.
        case agent
        /// An ed25519 or ECDSA private key: libssh2 1.10 signs with RSA by SHA-1, which servers
        /// refuse.
        case file(path: String, passphrase: Secret?)
    }

    /// The user name that is sent with the token over https.
    package var tokenUser: String
    /// The token for https; nil for a public repository.
    package var token: Secret?
    /// A file of PEM certificates that are trusted instead of the system's.
    package var certificateAuthorityFile: String?
    package var key: Key
    /// The `known_hosts` file; nil for the user's own.
    package var knownHostsFile: String?

    package init(
        tokenUser: String = "x-access-token", token: Secret? = nil,
        certificateAuthorityFile: String? = nil, key: Key = .agent, knownHostsFile: String? = nil
    ) {
        self.tokenUser = tokenUser
        self.token = token
        self.certificateAuthorityFile = certificateAuthorityFile
        self.key = key
        self.knownHostsFile = knownHostsFile
    }
}

extension SourceCredentials.Secret {
    /// The secret without surrounding white space; it must not get into an error.
    func reveal() throws(GitError) -> String {
        let text: String?
        switch self {
        case .environment(let name): text = ProcessInfo.processInfo.environment[name]
        case .file(let path): text = try? String(contentsOfFile: path, encoding: .utf8)
        }
        let trimmed = text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        guard !trimmed.isEmpty else {
            throw GitError(
                .authentication, "no secret in \(self): it is missing, unreadable or empty")
        }
        return trimmed
    }
}
