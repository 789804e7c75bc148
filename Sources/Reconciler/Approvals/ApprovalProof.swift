import Model

/// What shows who gave an approval.
package enum ApprovalProof: Hashable, Sendable {
    /// Nothing but what was written; all the spellings that the person goes by.
    case declared([String])
    /// A signature verified; the names under which the allowed signers know the key.
    case signed([String], fingerprint: String)
    /// It does not count, for this reason.
    case none(reason: String)
}

/// Finds what shows who gave a word of a record.
package protocol ApprovalProving: Sendable {
    func proof(of word: ApprovalRecord.Approver, in record: ApprovalRecord) -> ApprovalProof
}

/// Takes every word as it is written.
package struct DeclaredProofs: ApprovalProving {
    package init() {}

    package func proof(
        of word: ApprovalRecord.Approver, in record: ApprovalRecord
    ) -> ApprovalProof {
        .declared([word.name] + (word.others ?? []))
    }
}
