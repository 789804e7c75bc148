import Schema

/// The contents of the operator's file, which take precedence about hosts, accounts, secrets and
/// policy.
///
/// The file is outside of the schema repository: who may write to the repository must not decide
/// about these.
package struct Operator: Sendable {
    /// The file it was read from.
    package let file: String
    /// The servers that may be contacted; no others ever are.
    package let hosts: [HostPattern]
    /// For each environment, its accounts with the servers for which they are, in their order.
    package let environments: [String: [HostAccounts]]
    /// The only branch whose commits are carried out; every other revision is a proposal.
    package let follow: String?
    package let ledger: LedgerLocation?
    /// How the servers of ``ledger`` are reached, and no others.
    package let ledgerConnection: ConnectionConfiguration?
    package let workspace: OperatorWorkspace?
    package let require: Requirements
    package let approvals: ApprovalRules
    /// The programs that a namespace's finalizer may run, as absolute paths.
    package let finalizers: [String]
    /// The programs that may be asked how a wave is, as absolute paths.
    package let health: [String]
    /// The procedures that a namespace's finalizer may call, and where.
    package let calls: [CallConsent]
    /// Whether schema files may use `DATA DIRECTORY` and `INDEX DIRECTORY`.
    package let allowsDataDirectory: Bool
    /// The file of the key that signs the ledger's commits, as an absolute path.
    package let ledgerKey: String?
    /// Whom a daemon tells of what happens.
    package let notifications: [NotificationTarget]

    /// Whether the server may be contacted.
    package func allows(_ server: ServerAddress) -> Bool {
        hosts.contains { $0.matches(server) }
    }

    /// Whether a finalizer may run this program.
    package func allows(finalizer path: String) -> Bool { finalizers.contains(path) }

    /// Whether this program may be asked how a wave is.
    package func allows(health path: String) -> Bool { health.contains(path) }

    /// Whether a finalizer may call this procedure on this server.
    package func allows(call: ProcedureCall, on server: ServerAddress) -> Bool {
        allows(server) && calls.contains { $0.allows(call, on: server) }
    }

    /// How to log in to a server of an environment; nil where the file has no account for it, or
    /// does not allow the server.
    package func connection(to server: ServerAddress, of environment: String)
        -> ConnectionConfiguration?
    {
        guard allows(server) else { return nil }
        return environments[environment]?.first { accounts in
            accounts.hosts.map { $0.contains { $0.matches(server) } } ?? true
        }.map { required(of: $0.connection, to: server) }
    }

    /// The connection with at least the TLS mode that is required for `server`.
    package func required(
        of connection: ConnectionConfiguration, to server: ServerAddress
    ) -> ConnectionConfiguration {
        // A socket never leaves this machine, so TLS is not required there.
        guard case .tcp = server, let least = require.tls?.value else { return connection }
        return connection.raised(to: least)
    }
}

/// Accounts, and the servers to which their passwords may be sent.
package struct HostAccounts: Hashable, Sendable {
    /// Nil for every allowed server.
    package let hosts: [HostPattern]?
    package let connection: ConnectionConfiguration
    package let location: SourceLocation
    /// The place of `tls`; nil where it is not written.
    let tlsLocation: SourceLocation?
}

/// The server and prefix of workspaces, which take precedence over those in `plumb.yaml`.
package struct OperatorWorkspace: Hashable, Sendable {
    package let host: ServerAddress?
    package let prefix: String?
}

/// Who may approve, how that is proved, and how long an approval holds.
package struct ApprovalRules: Hashable, Sendable {
    /// How it is known who gave an approval.
    package enum Identity: String, Hashable, Sendable, CaseIterable, FleetChoice {
        static let title = "identity"
        /// By a name that anybody can write.
        case declared
        /// By the token with which a daemon was called, whose signature verifies.
        case server
        /// By a signature that verifies against `allowedSigners`.
        case signed
    }

    package let identity: Identity
    /// The absolute path of a file in the format of `ssh-keygen`; never nil with `signed`.
    package let allowedSigners: String?
    /// The daemons and tokens that count; never nil with `server`.
    package let daemons: Daemons?
    /// The OpenPGP keys whose signatures of commits are accepted as well; nil for none.
    package let openPGP: OpenPGP?
    package let authors: Authors
    /// Whether `ada+ci@example.com` counts as `ada@example.com`.
    package let foldsTags: Bool
    /// The longest time for which an approval holds.
    package let lifetimeSeconds: Int

    /// How it is known who made a change.
    package enum Authors: String, Hashable, Sendable, CaseIterable, FleetChoice {
        static let title = "authors"
        /// By the names in commits, and by signatures where there are any.
        case named
        /// By signatures only: the author of an unsigned commit is unknown.
        case signed
    }

    /// The absolute paths of two files: the keys of daemons, in the format of `ssh-keygen`, and the
    /// tokens that may be given to them.
    package struct Daemons: Hashable, Sendable {
        package let keys: String
        package let tokens: String

        package init(keys: String, tokens: String) {
            self.keys = keys
            self.tokens = tokens
        }
    }

    /// The absolute paths of two files: lines of `principal fingerprint`, and exported public keys.
    package struct OpenPGP: Hashable, Sendable {
        package let signers: String
        package let keys: String
    }

    package init(
        identity: Identity, allowedSigners: String? = nil, daemons: Daemons? = nil,
        openPGP: OpenPGP? = nil,
        authors: Authors = .named, foldsTags: Bool = true,
        lifetimeSeconds: Int = ApprovalRules.standardLifetimeSeconds
    ) {
        self.identity = identity
        self.allowedSigners = allowedSigners
        self.daemons = daemons
        self.openPGP = openPGP
        self.authors = authors
        self.foldsTags = foldsTags
        self.lifetimeSeconds = lifetimeSeconds
    }

    /// 30 days.
    package static let standardLifetimeSeconds = 30 * 86_400
}

/// Clauses of schema files that are refused unless the operator allows them.
enum OperatorPermission: String, Hashable, Sendable, CaseIterable, FleetChoice {
    static let title = "permission"
    case dataDirectory = "data_directory"
}
