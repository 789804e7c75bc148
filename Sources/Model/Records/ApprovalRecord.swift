import Basics
import Diff
import Schema

/// The decisions about one step, with their uses; in the ledger they are several documents.
///
/// Entries are only ever added, since they are evidence.
package struct ApprovalRecord: Codable, Hashable, Sendable {
    /// What was decided.
    package enum Decision: String, Codable, Sendable {
        case approve, deny
    }

    /// The version of the record's format.
    package var version: Int
    /// The digest of the step, by which people name it.
    package var digest: Digest
    /// What was decided about; `digest` is the digest of this.
    package var binding: ApprovalBinding
    /// Approve or deny; one denial is final.
    package var decision: Decision
    /// Every approval and denial, with those that are used up or expired.
    package var approvers: [Approver]
    /// When the last of them expires; what counts is each entry's own time.
    package var expires: String?
    /// The operation that last used an approval, by shard.
    package var consumed: [String: String]
    /// Every use on every shard; nil in a record of an earlier release.
    package var uses: [Use]?

    /// One person's approval or denial.
    package struct Approver: Codable, Hashable, Sendable {
        /// The name as it was given, which only a signature proves.
        package var name: String
        /// Why, as the approver wrote it.
        package var reason: String
        /// ISO 8601 in UTC.
        package var given: String
        /// `command`, or the path of the file in the schema repository.
        package var source: String
        /// A number that is different for every entry, by which uses refer to it; nil in older
        /// records.
        package var id: String?
        /// Nil where it is the same as the record's.
        package var decision: Decision?
        /// Nil where only the longest allowed lifetime ends it.
        package var expires: String?
        /// Who may have given it as well: those who committed the file, as `Name <address>`.
        package var others: [String]?
        /// The commit that added the file, in hexadecimal.
        package var commit: String?
        /// An armoured SSH signature of the ``ApprovalStatement``.
        package var signature: String?
        /// The fingerprint of the token with which it was given to a daemon, which signed it; nil
        /// where whoever gave it signed it, or nobody did.
        package var token: String?

        package init(name: String, reason: String, given: String, source: String) {
            self.name = name
            self.reason = reason
            self.given = given
            self.source = source
        }

        /// The `source` of entries from `plumb approve` and `plumb deny`.
        package static let command = "command"

        /// Identifies the entry within its record, in records of every release.
        package var identity: String { id ?? "\(source) \(name) \(given)" }

        /// Whether it comes from a file in the schema repository.
        package var isFile: Bool { source != Self.command }
    }

    /// One operation that ran with these approvals, or a rollback that they did not outlive.
    package struct Use: Codable, Hashable, Sendable {
        /// The name of the shard.
        package var shard: String
        /// The operation, as `rollout/namespace/shard/table`; or what ended the approvals, as
        /// `rollback/id` or `rollback/id/end`.
        package var operation: String
        /// ISO 8601 in UTC.
        package var at: String
        /// The identities of all entries at that time; none of them counts on this shard again.
        package var entryIDs: [String]
        /// Who took the change back, or gave that up, and why; nil where an operation ran.
        package var withdrawn: String?

        private enum CodingKeys: String, CodingKey {
            case shard, operation, at, withdrawn
            case entryIDs = "words"
        }

        package init(
            shard: String, operation: String, at: String, entryIDs: [String],
            withdrawn: String? = nil
        ) {
            self.shard = shard
            self.operation = operation
            self.at = at
            self.entryIDs = entryIDs
            self.withdrawn = withdrawn
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

extension ApprovalRecord {
    /// Uses up every present entry, on one shard and for good.
    package mutating func use(on shard: String, by operation: String, at time: Timestamp) {
        guard uses?.contains(where: { $0.shard == shard && $0.operation == operation }) != true
        else { return }
        consumed[shard] = operation
        let use = Use(
            shard: shard, operation: operation, at: time.iso, entryIDs: approvers.map(\.identity))
        uses = (uses ?? []) + [use]
    }

    /// The uses on each shard, for ``isUsedUp(_:on:own:)``; costs what the record is long, once.
    package func usesByShard() -> [String: [Use]] {
        Dictionary(grouping: uses ?? [], by: \.shard)
    }

    /// Whether `entry` was used up on `shard`, or was given before the last use there. Reads every
    /// use of the record: ask of many shards with ``usesByShard()``.
    package func isUsedUp(_ entry: Approver, on shard: String) -> Bool {
        isUsedUp(entry, on: shard, own: (uses ?? []).filter { $0.shard == shard })
    }

    /// The same where the uses on `shard` are known as `own`.
    package func isUsedUp(_ entry: Approver, on shard: String, own: [Use]) -> Bool {
        ApprovalEntries(approvers: approvers, consumed: consumed)
            .isUsedUp(entry, on: shard, own: own)
    }
}

/// The entries of an approval, which say with the uses on a shard what still counts there.
package struct ApprovalEntries: Sendable {
    private let approvers: [ApprovalRecord.Approver]
    private let consumed: [String: String]

    /// - Parameter consumed: the operation that last used an approval, by shard; those that are
    ///   among the uses may be left out.
    package init(approvers: [ApprovalRecord.Approver], consumed: [String: String]) {
        self.approvers = approvers
        self.consumed = consumed
    }

    /// Whether `entry` was used up on `shard`, or was given before the last use there.
    ///
    /// - Parameter own: the uses on `shard`.
    package func isUsedUp(
        _ entry: ApprovalRecord.Approver, on shard: String, own: [ApprovalRecord.Use]
    ) -> Bool {
        if own.contains(where: { $0.entryIDs.contains(entry.identity) }) { return true }
        guard entry.isFile || entry.id == nil else { return false }
        guard let given = Timestamp(iso: entry.given) else { return true }
        // The same file can be added again by another commit, so the time it was given at decides.
        // The times of used entries count too, as the clock of one may have been ahead.
        return own.contains { use in last(before: use).map { given <= $0 } ?? true }
            || own.isEmpty && isUsedUpEarlier(entry, given, on: shard)
    }

    /// The latest time in a use: its own, or that of an entry that it used up.
    private func last(before use: ApprovalRecord.Use) -> Timestamp? {
        guard let at = Timestamp(iso: use.at) else { return nil }
        let entries = approvers.filter { use.entryIDs.contains($0.identity) }
        return entries.compactMap { Timestamp(iso: $0.given) }.reduce(at, max)
    }

    /// Earlier releases recorded the operation alone, which used up every entry of that time.
    private func isUsedUpEarlier(
        _ entry: ApprovalRecord.Approver, _ given: Timestamp, on shard: String
    ) -> Bool {
        guard consumed[shard] != nil else { return false }
        guard entry.id != nil else { return true }
        let then = approvers.filter { $0.id == nil }.compactMap { Timestamp(iso: $0.given) }.max()
        return then.map { given <= $0 } ?? true
    }
}

/// The signed content of an approval: all of its fields, so that none can be changed later.
package struct ApprovalStatement: Codable, Hashable, Sendable {
    /// The namespace of the SSH signature (see `ssh-keygen -Y`); one for another namespace is not
    /// accepted.
    package static let namespace = "plumb-approval"
    /// The same where a daemon signs what somebody gave it: neither counts for the other.
    package static let daemonNamespace = "plumb-daemon-approval"

    package var version = 1
    package var digest: Digest
    package var environment: String
    package var decision: ApprovalRecord.Decision
    package var approver: String
    package var reason: String
    package var given: String
    package var expires: String
    package var id: String
    /// The fingerprint of the token; nil where no daemon took it.
    package var token: String?

    /// Nil where a field that must be signed is missing.
    package init?(_ entry: ApprovalRecord.Approver, in record: ApprovalRecord) {
        guard let id = entry.id, let expires = entry.expires else { return nil }
        digest = record.digest
        environment = record.binding.environment
        decision = entry.decision ?? record.decision
        approver = entry.name
        reason = entry.reason
        given = entry.given
        self.expires = expires
        self.id = id
        token = entry.token
    }

    /// The canonical JSON that is signed.
    package func bytes() throws -> [UInt8] { try CanonicalForm.encode(self) }
}
