import Basics
import Desired
import Model
import Reports

/// How it is known who gave an approval; the operator says which counts.
package enum ApprovalIdentity: String, Sendable, CaseIterable {
    /// Anybody says so.
    case declared
    /// A signature verifies against the allowed signers.
    case signed
    /// The daemon knew the token.
    case server
}

/// What the operator says about approvals.
package struct ApprovalSettings: Hashable, Sendable {
    package var identity: ApprovalIdentity
    /// A file in the format of `ssh-keygen`; `signed` needs one.
    package var allowedSigners: String?
    /// The file that says whose OpenPGP keys count, and the one that holds them; nil for none.
    package var openPGP: OpenPGP?
    /// Whether a commit without a signature that counts was made by nobody knows whom.
    package var demandsSignedAuthors = false
    /// Whether `ada+ci@example.com` is `ada@example.com`.
    package var foldsTags: Bool
    /// The longest that an approval may hold, in seconds.
    package var lifetimeSeconds: Int64

    /// Two files of the operator's: lines of `principal fingerprint`, and exported public keys.
    package struct OpenPGP: Hashable, Sendable {
        package let signers: String
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

    /// What the operator's file says; what holds without one where there is none.
    package init(_ operator: Operator?) {
        self.init()
        guard let rules = `operator`?.approvals else { return }
        switch rules.identity {
        case .declared: identity = .declared
        case .signed: identity = .signed
        case .server: identity = .server
        }
        allowedSigners = rules.allowedSigners
        demandsSignedAuthors = rules.authors == .signed
        openPGP = rules.openPGP.map { OpenPGP(signers: $0.signers, keys: $0.keys) }
        foldsTags = rules.foldsTags
        lifetimeSeconds = Int64(rules.lifetimeSeconds)
    }

    /// What holds where there is no operator's file.
    package static let standard = ApprovalSettings()

    /// What a plan with waiting steps says about it; nil where approvals are proved.
    package var notice: Notice? {
        guard identity == .declared else { return nil }
        return Notice(
            code: "identities-unchecked",
            message: "identities are not checked: anybody can give an approval in another's name "
                + "(approvals.identity is declared)")
    }
}

/// Who must have approved a step, how that is proved and how long it holds.
package struct ApprovalTerms: Sendable {
    package var identity: ApprovalIdentity
    /// How many different people.
    package var minimum: Int
    /// Whether nobody who made the change counts.
    package var refusesAuthor: Bool
    package var lifetimeSeconds: Int64
    package var folding: PeopleFolding

    /// How far clocks may differ, in seconds: what was given later than that is not yet given.
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

    /// When a word ends: as it says, and never later than the longest lifetime allows.
    package func end(_ expires: Timestamp?, given: Timestamp) -> Timestamp {
        let limit = given.adding(seconds: lifetimeSeconds)
        return expires.map { min($0, limit) } ?? limit
    }
}
