import Basics
import Git
import Signatures

/// What `Ledger.verifySignatures` found.
package struct SignatureReport: Sendable, Hashable {
    /// The history of one environment.
    package struct Environment: Sendable, Hashable {
        package let name: String
        /// The newest transition: what to give as `since` the next time, so that a branch which
        /// somebody moved back, or wrote anew, is found out.
        package internal(set) var tip: ObjectID?
        /// The oldest transition that is signed, and when it was made; nil where none is.
        package internal(set) var signedSince: SignedSince?
        /// How many transitions have a good signature.
        package internal(set) var signed = 0
        /// How many there are before the oldest signed one, and behind `since`.
        package internal(set) var unsignedBefore = 0
        /// How many transitions were made by each signer.
        package internal(set) var signers: [String: Int] = [:]
    }

    /// Where signing began.
    package struct SignedSince: Sendable, Hashable {
        package let commit: ObjectID
        package let time: Timestamp
    }

    /// One transition that is no evidence, and why.
    package struct Problem: Sendable, Hashable {
        package let environment: String
        /// The name of the commit; empty where there is none.
        package let commit: String
        /// What is wrong, and what to do.
        package let message: String
    }

    package internal(set) var environments: [Environment] = []
    /// The oldest of each environment first; more than `limit` of one are only counted.
    package internal(set) var problems: [Problem] = []
    /// How many are wrong in all.
    package internal(set) var problemCount = 0

    /// How many problems of one environment are told one by one.
    package static let limit = 10

    /// Whether each transition is signed by an allowed signer.
    package var isSound: Bool { problemCount == 0 }
}

extension Ledger {
    /// Verifies the signature of each transition of each environment, the oldest first.
    ///
    /// It must be by an allowed signer, whose time, if it has one, includes that of the commit; no
    /// commit may be older than those before it by more than an hour. Throws `missing` where
    /// there is no ledger.
    ///
    /// - Parameter since: the hexadecimal names of transitions, whole, that are taken as known,
    ///   with all that was before them; each must still be part of its environment.
    package func verifySignatures(
        _ verifier: SignatureVerifier, since: [String] = []
    ) throws(LedgerError) -> SignatureReport {
        try requireMade()
        let known = try since.map { (text) throws(LedgerError) in
            guard let id = ObjectID(hex: text) else {
                throw LedgerError(
                    .invalid, "\(text.debugDescription) is no whole name of a commit",
                    remedy: "give all 40 digits, as `store verify --signed` shows them")
            }
            return id
        }
        // A handle of its own, which has not read anything before.
        let repository = try translating("verifying the ledger \(path)") { () throws(GitError) in
            try Repository(opening: path)
        }
        let (branches, replacements) = try translating("verifying the ledger \(path)") {
            () throws(GitError) in
            (try repository.branches(), try repository.references(below: "refs/replace/"))
        }
        var walk = SignatureWalk(repository, verifier, known: Set(known))
        for branch in branches { walk.verify(branch) }
        for reference in replacements { walk.refuse(replacement: reference) }
        walk.requireAllKnownMet()
        return walk.report
    }
}
