import Basics
import Store
import Signatures

/// The result of `Ledger.verifySignatures`.
package struct SignatureReport: Sendable, Hashable {
    /// The history of one environment.
    package struct Environment: Sendable, Hashable {
        package let name: String
        /// The newest transition. Given as `since` the next time, it reveals a branch that was
        /// moved back or rewritten meanwhile.
        package internal(set) var tip: ObjectID?
        /// The oldest signed transition and its time; nil where none is signed.
        package internal(set) var signedSince: SignedSince?
        /// The number of transitions with a good signature.
        package internal(set) var signed = 0
        /// The number of transitions after `since` and before the oldest signed one.
        package internal(set) var unsignedBefore = 0
        /// The number of transitions by each signer.
        package internal(set) var signers: [String: Int] = [:]
    }

    /// The transition with which signing began.
    package struct SignedSince: Sendable, Hashable {
        package let commit: ObjectID
        package let time: Timestamp
    }

    /// One transition whose signature proves nothing, and why.
    package struct Problem: Sendable, Hashable {
        package let environment: String
        /// The id of the commit; empty where there is none.
        package let commit: String
        /// What is wrong and what to do.
        package let message: String
    }

    package internal(set) var environments: [Environment] = []
    /// Per environment, the oldest first; beyond `limit` of one they are only counted.
    package internal(set) var problems: [Problem] = []
    /// The number of problems, with those beyond `limit`.
    package internal(set) var problemCount = 0

    /// How many problems of one environment are listed.
    package static let limit = 10

    /// Whether every transition is signed by an allowed signer.
    package var isSound: Bool { problemCount == 0 }
}

extension Ledger {
    /// Verifies the signature of each transition of each environment, the oldest first.
    ///
    /// The signer must be allowed at the time of the commit, and no commit may be dated more than
    /// an hour before one of its ancestors. Throws `missing` where there is no ledger.
    ///
    /// - Parameter since: ids of transitions, 40 hexadecimal digits each, that are trusted together
    ///   with everything before them; each must still be part of its environment.
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
        let (branches, replacements) = try translating("verifying the ledger \(path)") {
            () throws(StoreError) in
            try backend.forget()
            return (
                try backend.references(below: Self.branches),
                try backend.references(below: "refs/replace/")
            )
        }
        var walk = SignatureWalk(backend, verifier, known: Set(known))
        for branch in branches { walk.verify(String(branch.dropFirst(Self.branches.count))) }
        for reference in replacements { walk.refuse(replacement: reference) }
        walk.requireAllKnownMet()
        return walk.report
    }
}
