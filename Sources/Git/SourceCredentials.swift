import Foundation

/// How to prove who we are to the server of a schema repository, and how it proves itself.
package struct SourceCredentials: Sendable {
    /// Where a secret is kept; it is read each time it is needed, and held nowhere.
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

    /// Which key ssh shows.
    package enum Key: Sendable, Hashable {
        /// Those of the running agent.
        case agent
        /// An ed25519 or ECDSA private key; libssh2 signs with RSA only as servers refuse it.
        case file(path: String, passphrase: Secret?)
    }

    /// The user name sent with the token over https.
    package var tokenUser: String
    /// The token for https; nil for a public repository.
    package var token: Secret?
    /// A file of PEM certificates trusted in place of the system's.
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
    /// The secret, without surrounding white space; never put it in an error.
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
