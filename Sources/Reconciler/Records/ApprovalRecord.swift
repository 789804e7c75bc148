import Diff
import Schema

/// A decision about one step: `approvals/<digest>` of the ledger.
package struct ApprovalRecord: Codable, Hashable, Sendable {
    package enum Decision: String, Codable, Sendable {
        case approve, deny
    }

    package var version: Int
    package var digest: Digest
    /// What was decided about, whole: the digest above is the digest of this.
    package var binding: ApprovalBinding
    package var decision: Decision
    package var approvers: [Approver]
    package var expires: String?
    /// The operation that used the approval up on each shard.
    package var consumed: [String: String]

    package struct Approver: Codable, Hashable, Sendable {
        package var name: String
        package var reason: String
        /// ISO 8601 in UTC.
        package var given: String
        /// `command`, or the file of the schema repository.
        package var source: String

        package init(name: String, reason: String, given: String, source: String) {
            self.name = name
            self.reason = reason
            self.given = given
            self.source = source
        }
    }

    package init(
        digest: Digest, binding: ApprovalBinding, decision: Decision, approvers: [Approver],
        expires: String?
    ) {
        version = 1
        self.digest = digest
        self.binding = binding
        self.decision = decision
        self.approvers = approvers
        self.expires = expires
        consumed = [:]
    }
}
