import Basics
import Model
import Tokens

/// The daemons whose word counts for who gave an approval, and the tokens that may give one, from
/// the operator's files.
struct TrustedDaemons: Sendable {
    private let signers: TrustedSigners
    private let tokens: Result<TokenList, any Error>

    init(_ settings: ApprovalSettings) {
        signers = TrustedSigners(
            ApprovalSettings(allowedSigners: settings.daemons?.keys))
        tokens = Result {
            guard let path = settings.daemons?.tokens else {
                throw TokenError(
                    "no file of tokens is named",
                    remedy: "name it in the operator's file, as approvals.tokens")
            }
            return try TokenFile.list(path)
        }
    }

    /// Whose token gave an approval: a daemon's key must have been trusted when it signed and must
    /// still be, and the very token must still be one that may approve.
    func giver(
        of entry: ApprovalRecord.Approver, in record: ApprovalRecord, at now: Timestamp
    ) -> ApprovalProof {
        let proof = giverThen(of: entry, in: record, at: now)
        guard case .taken = proof else { return proof }
        let list: TokenList
        do {
            list = try tokens.get()
        } catch {
            return .none(reason: "nobody can say whose tokens may approve: \(error)")
        }
        let isGood = list.tokens.contains { token in
            token.name == entry.name && token.fingerprint == entry.token
                && token.allows(.approve)
        }
        guard isGood else {
            return .none(reason: "the token of \(entry.name) that gave it may not approve any more")
        }
        return proof
    }

    /// Whose token gave an approval, whatever became of the token.
    func giverThen(
        of entry: ApprovalRecord.Approver, in record: ApprovalRecord, at now: Timestamp
    ) -> ApprovalProof {
        guard entry.signature != nil, entry.token != nil else {
            return .none(
                reason: "no daemon vouches for it; give it with `plumb approve --server`, to a "
                    + "daemon that was started with --approval-key")
        }
        switch signers.signer(
            ofRecorded: entry, in: record, ApprovalStatement.daemonNamespace, at: now)
        {
        case .signed(let names, let fingerprint):
            return .taken(
                of: entry.name, by: names.joined(separator: ", "), fingerprint: fingerprint)
        case .none(let reason): return .none(reason: reason)
        case .declared, .taken: return .none(reason: "it is not signed")
        }
    }
}
