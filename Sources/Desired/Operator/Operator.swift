import Schema

/// What the operator's file says: the last word about hosts, accounts, secrets and policy.
///
/// It lies outside the schema repository, so that nobody who may write there writes here.
package struct Operator: Sendable {
    /// The file it was read from.
    package let file: String
    /// The servers that may be reached; no other ever is.
    package let hosts: [HostPattern]
    /// For each environment the accounts and the servers they are for, in order.
    package let environments: [String: [HostAccounts]]
    /// The branch whose commits alone are followed; every other revision is a proposal.
    package let follow: String?
    package let ledger: LedgerLocation?
    package let workspace: OperatorWorkspace?
    package let require: Requirements
    package let approvals: ApprovalRules
    /// The programs that a namespace's finalizer may run, as absolute paths.
    package let finalizers: [String]
    /// Whether a schema file may say where on the server's disk a table lies.
    package let allowsDataDirectory: Bool
    /// The file of the key that signs the ledger's commits, as an absolute path.
    package let ledgerKey: String?

    package func allows(_ server: ServerAddress) -> Bool {
        hosts.contains { $0.matches(server) }
    }

    package func allows(finalizer path: String) -> Bool { finalizers.contains(path) }

    /// How a server of an environment is logged in to; nil where the file names no account for
    /// it, or does not allow it at all.
    package func connection(to server: ServerAddress, of environment: String) -> Connection? {
        guard allows(server) else { return nil }
        return environments[environment]?.first { accounts in
            accounts.hosts.map { $0.contains { $0.matches(server) } } ?? true
        }.map { accounts in
            // A socket is this machine's own: nobody stands in between.
            guard case .tcp = server, let least = require.tls?.value else {
                return accounts.connection
            }
            return accounts.connection.raised(to: least)
        }
    }
}

/// Accounts, and the servers that their passwords are for.
package struct HostAccounts: Hashable, Sendable {
    /// Nil means every server that may be reached.
    package let hosts: [HostPattern]?
    package let connection: Connection
    package let location: SourceLocation
    /// Where `tls` is written; nil where it is not.
    let tlsLocation: SourceLocation?
}

/// Where workspaces are, whatever `plumb.yaml` says.
package struct OperatorWorkspace: Hashable, Sendable {
    package let host: ServerAddress?
    package let prefix: String?
}

/// Who may approve, how that is proved, and for how long it holds.
package struct ApprovalRules: Hashable, Sendable {
    /// How it is known who gave an approval.
    package enum Identity: String, Hashable, Sendable, CaseIterable, FleetChoice {
        static let title = "identity"
        /// Anybody says so.
        case declared
        /// The daemon knew the token.
        case server
        /// A signature verifies against `allowedSigners`.
        case signed
    }

    package let identity: Identity
    /// The path of a file in the format of `ssh-keygen`, absolute; always there with `signed`.
    package let allowedSigners: String?
    /// Whose OpenPGP signatures of commits count beside them; nil for nobody's.
    package let openPGP: OpenPGP?
    package let authors: Authors
    /// Whether `ada+ci@example.com` is `ada@example.com`.
    package let foldsTags: Bool
    /// The longest that an approval may hold.
    package let lifetimeSeconds: Int

    /// How it is known who made a change.
    package enum Authors: String, Hashable, Sendable, CaseIterable, FleetChoice {
        static let title = "authors"
        /// By the names that commits bear, and by signatures where they have some.
        case named
        /// By signatures alone: a commit without one was made by nobody knows whom.
        case signed
    }

    /// Two files, by absolute paths: lines of `principal fingerprint`, and exported public keys.
    package struct OpenPGP: Hashable, Sendable {
        package let signers: String
        package let keys: String
    }

    package init(
        identity: Identity, allowedSigners: String? = nil, openPGP: OpenPGP? = nil,
        authors: Authors = .named, foldsTags: Bool = true,
        lifetimeSeconds: Int = ApprovalRules.standardLifetimeSeconds
    ) {
        self.identity = identity
        self.allowedSigners = allowedSigners
        self.openPGP = openPGP
        self.authors = authors
        self.foldsTags = foldsTags
        self.lifetimeSeconds = lifetimeSeconds
    }

    package static let standardLifetimeSeconds = 30 * 86_400

    /// What holds without an operator's file.
    package static let standard = ApprovalRules(identity: .declared)
}

/// What an operator may allow that is refused otherwise.
enum OperatorPermission: String, Hashable, Sendable, CaseIterable, FleetChoice {
    static let title = "permission"
    case dataDirectory = "data_directory"
}
