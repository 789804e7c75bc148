import Model

/// What proves who gave an approval.
package enum ApprovalProof: Hashable, Sendable {
    /// Only the written name; with every spelling that the person goes by.
    case declared([String])
    /// A valid signature; with the names that the allowed signers list for the key.
    case signed([String], fingerprint: String)
    /// A valid signature of the daemon `daemon`, which says that the token of `name` gave it.
    case taken(of: String, by: String, fingerprint: String)
    /// It does not count, for this reason.
    case none(reason: String)
}

/// Finds what proves who gave an entry of a record.
package protocol ApprovalProving: Sendable {
    func proof(of entry: ApprovalRecord.Approver, in record: ApprovalRecord) -> ApprovalProof
}

/// Accepts every name as it is written, without a proof.
package struct DeclaredProofs: ApprovalProving {
    package init() {}

    /// The written name and the other spellings, as declared.
    package func proof(
        of entry: ApprovalRecord.Approver, in record: ApprovalRecord
    ) -> ApprovalProof {
        .declared([entry.name] + (entry.others ?? []))
    }
}
