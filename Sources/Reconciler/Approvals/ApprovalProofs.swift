import Basics
import Git
import Model
import Signatures

/// Finds what proves who gave an approval, by the operator's settings. Nothing is kept: each gate
/// verifies again.
struct ApprovalProofs: ApprovalProving {
    let identity: ApprovalIdentity
    let signers: TrustedSigners
    let daemons: TrustedDaemons
    let repository: Repository?
    /// The entries whose files are on the followed branch, with the commits that added them; by
    /// identity.
    let present: [String: [ObjectID]]
    let now: Timestamp

    func proof(
        of entry: ApprovalRecord.Approver, in record: ApprovalRecord
    ) -> ApprovalProof {
        let commits = present[entry.identity]
        if entry.isFile, commits == nil {
            return .none(reason: "\(entry.source) is not on the branch that is followed")
        }
        switch identity {
        case .declared: return .declared([entry.name] + (entry.others ?? []))
        case .server:
            guard !entry.isFile else {
                return .none(reason: "only approvals through a daemon count, and no files")
            }
            return daemons.giver(of: entry, in: record, at: now)
        case .signed: return signed(entry, record, commits ?? [])
        }
    }

    /// Who signed one of the commits that added the file; where no signature counts, the first
    /// reason.
    private func signed(
        _ entry: ApprovalRecord.Approver, _ record: ApprovalRecord, _ commits: [ObjectID]
    ) -> ApprovalProof {
        guard entry.isFile else {
            return signers.signer(
                ofRecorded: entry, in: record, ApprovalStatement.namespace, at: now)
        }
        var reason = "no commit added it"
        for id in commits {
            guard let repository else { break }
            switch signers.signer(ofCommit: id, in: repository, at: now) {
            case .none(let why): reason = "commit \(id.short) does not prove it: \(why)"
            case .declared, .signed, .taken:
                return signers.signer(ofCommit: id, in: repository, at: now)
            }
        }
        return .none(reason: reason)
    }
}

/// The keys whose signatures count, from the operator's files.
struct TrustedSigners: Sendable {
    private let verifier: Result<SignatureVerifier, SignatureError>

    init(_ settings: ApprovalSettings) {
        verifier = Result { () throws(SignatureError) in
            guard let path = settings.allowedSigners else {
                throw SignatureError(
                    .invalidFile, "no file of allowed signers is named",
                    remedy: "name it in the operator's file, as approvals.allowed_signers")
            }
            let openPGP = try settings.openPGP.map { (files) throws(SignatureError) in
                try OpenPGPSigners.read(signers: files.signers, keys: files.keys)
            }
            return SignatureVerifier(
                allowedSigners: try AllowedSigners.read(path), openPGP: openPGP)
        }
    }

    /// Who signed an approval that is recorded.
    ///
    /// - Parameter namespace: whether whoever gave it had to sign, or the daemon that took it.
    func signer(
        ofRecorded entry: ApprovalRecord.Approver, in record: ApprovalRecord, _ namespace: String,
        at now: Timestamp
    ) -> ApprovalProof {
        guard entry.signature != nil else {
            return .none(reason: "it is not signed; give it with `plumb approve --sign`")
        }
        guard let statement = ApprovalStatement(entry, in: record),
            let payload = try? statement.bytes(), let given = Timestamp(iso: entry.given)
        else { return .none(reason: "it leaves out what has to be signed") }
        return signer(of: payload, entry.signature, namespace, at: [given, now])
    }

    /// Who signed a commit.
    func signer(
        ofCommit id: ObjectID, in repository: Repository, at now: Timestamp
    ) -> ApprovalProof {
        do throws(GitError) {
            let commit = try repository.signedCommit(id)
            return signer(
                of: commit.payload, commit.signature, "git",
                at: [Timestamp(commit.committedAt), now])
        } catch {
            return .none(reason: "\(error)")
        }
    }

    /// The signer of a commit whose key counted then, whatever became of it.
    ///
    /// Throws where nobody can say whether there is one: the commit, or what the operator named,
    /// cannot be read, or a program that is needed fails.
    func author(ofCommit id: ObjectID, in repository: Repository) throws -> ApprovalProof {
        do {
            let commit = try repository.signedCommit(id)
            return try verified(
                commit.payload, commit.signature, "git", at: [Timestamp(commit.committedAt)])
        } catch let error as GitError where error.code == .invalid {
            return .none(reason: "\(error)")
        } catch let error as SignatureError where error.isAboutSignature {
            return .none(reason: "\(error)")
        }
    }

    /// Who signed: the key must have been valid when it signed, and must still be.
    private func signer(
        of payload: [UInt8], _ signature: String?, _ namespace: String, at times: [Timestamp]
    ) -> ApprovalProof {
        do throws(SignatureError) {
            return try verified(payload, signature, namespace, at: times)
        } catch {
            return .none(reason: "\(error)")
        }
    }

    private func verified(
        _ payload: [UInt8], _ signature: String?, _ namespace: String, at times: [Timestamp]
    ) throws(SignatureError) -> ApprovalProof {
        let verifier = try verifier.get()
        var found: VerifiedSigner?
        for time in times {
            let signer = try verifier.verify(
                payload: payload, signature: signature, namespace: namespace, at: time)
            guard found == nil || found?.principals == signer.principals else {
                return .none(reason: "the key was another person's when it signed")
            }
            found = signer
        }
        guard let found, !found.principals.isEmpty else {
            return .none(reason: "the allowed signers list only patterns for the key, and no name")
        }
        return .signed(found.principals, fingerprint: found.fingerprint)
    }
}

extension SignatureError {
    /// Whether the signature is at fault, and not what it is looked at with.
    fileprivate var isAboutSignature: Bool {
        switch code {
        case .invalidFile, .unsafeFile, .program: false
        case .unsigned, .unknownFormat, .malformed, .unsupportedAlgorithm, .wrongNamespace,
            .keyNotAllowed, .wrongPrincipal, .notYetValid, .expired, .revoked, .badSignature:
            true
        }
    }
}
