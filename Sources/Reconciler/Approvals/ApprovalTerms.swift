import Basics
import Desired
import Model

/// How an approver is identified; the operator's file says which way counts.
package enum ApprovalIdentity: String, Sendable, CaseIterable {
    /// By the written name, which anybody can write.
    case declared
    /// By a signature of a key among the allowed signers.
    case signed
    /// By the token with which the approver called the daemon.
    case server
}

/// The operator's settings for approvals.
package struct ApprovalSettings: Hashable, Sendable {
    /// Which proof of identity an approval needs.
    package var identity: ApprovalIdentity
    /// The allowed signers file of `ssh-keygen` (see its manual, ALLOWED SIGNERS); `signed` needs
    /// one.
    package var allowedSigners: String?
    /// The files that say which daemons and tokens count; `server` needs them.
    package var daemons: Daemons?
    /// The files that say which OpenPGP keys count; nil where none do.
    package var openPGP: OpenPGP?
    /// Whether the author of a commit counts as unknown unless a valid signature proves who made
    /// it.
    package var demandsSignedAuthors = false
    /// Whether `ada+ci@example.com` and `ada@example.com` count as the same person.
    package var foldsTags: Bool
    /// The longest time for which an approval may be valid, in seconds.
    package var lifetimeSeconds: Int64

    /// Two of the operator's files, by their paths.
    package struct Daemons: Hashable, Sendable {
        /// The keys of daemons, in the format of allowed signers.
        package let keys: String
        /// The tokens, as the daemons read them.
        package let tokens: String

        package init(keys: String, tokens: String) {
            self.keys = keys
            self.tokens = tokens
        }
    }

    /// Two of the operator's files: lines of `principal fingerprint`, and the exported public keys.
    package struct OpenPGP: Hashable, Sendable {
        /// The path of the file with the lines `principal fingerprint`.
        package let signers: String
        /// The path of the file with the exported keys.
        package let keys: String

        package init(signers: String, keys: String) {
            self.signers = signers
            self.keys = keys
        }
    }

    package init(
        identity: ApprovalIdentity = .declared, allowedSigners: String? = nil,
        foldsTags: Bool = true, lifetimeSeconds: Int64 = 30 * 86_400
    ) {
        self.identity = identity
        self.allowedSigners = allowedSigners
        self.foldsTags = foldsTags
        self.lifetimeSeconds = lifetimeSeconds
    }

    /// The settings of the operator's file; the defaults where there is none.
    package init(_ operator: Operator?) {
        self.init()
        guard let rules = `operator`?.approvals else { return }
        switch rules.identity {
        case .declared: identity = .declared
        case .signed: identity = .signed
        case .server: identity = .server
        }
        allowedSigners = rules.allowedSigners
        daemons = rules.daemons.map { Daemons(keys: $0.keys, tokens: $0.tokens) }
        demandsSignedAuthors = rules.authors == .signed
        openPGP = rules.openPGP.map { OpenPGP(signers: $0.signers, keys: $0.keys) }
        foldsTags = rules.foldsTags
        lifetimeSeconds = Int64(rules.lifetimeSeconds)
    }

    /// The settings where there is no operator's file.
    package static let standard = ApprovalSettings()

    /// The notice for a plan with waiting steps that approvals are not proved; nil where they are.
    package var notice: Notice? {
        guard identity == .declared else { return nil }
        return Notice(
            code: "identities-unchecked",
            message: "identities are not checked: anybody can give an approval in another's name "
                + "(approvals.identity is declared)")
    }
}

/// Who must have approved a step, how that is proved and how long it is valid.
package struct ApprovalTerms: Sendable {
    /// Which proof of identity an approval needs.
    package var identity: ApprovalIdentity
    /// How many different people must approve.
    package var minimum: Int
    /// Whether the authors of the change may not approve it.
    package var refusesAuthor: Bool
    /// The longest time for which an approval may be valid, in seconds.
    package var lifetimeSeconds: Int64
    /// How spellings of one person are recognised.
    package var folding: PeopleFolding

    /// How far clocks may differ, in seconds: an approval whose time is further ahead does not
    /// count yet.
    package static let skewSeconds: Int64 = 300

    package init(
        identity: ApprovalIdentity = .declared, minimum: Int, refusesAuthor: Bool,
        lifetimeSeconds: Int64 = ApprovalSettings.standard.lifetimeSeconds,
        folding: PeopleFolding = PeopleFolding()
    ) {
        self.identity = identity
        self.minimum = max(1, minimum)
        self.refusesAuthor = refusesAuthor
        self.lifetimeSeconds = lifetimeSeconds
        self.folding = folding
    }

    /// When an approval expires: as it says, but never later than the longest lifetime allows.
    package func expiry(_ expires: Timestamp?, given: Timestamp) -> Timestamp {
        let limit = given.adding(seconds: lifetimeSeconds)
        return expires.map { min($0, limit) } ?? limit
    }

    /// When an entry ends by what is recorded of it; nil where nobody can read that.
    ///
    /// - Parameter recorded: ISO 8601 in UTC; nil where it names no end of its own.
    package func expiry(recorded: String?, given: Timestamp) -> Timestamp? {
        guard let recorded else { return expiry(nil, given: given) }
        return Timestamp(iso: recorded).map { expiry($0, given: given) }
    }
}
