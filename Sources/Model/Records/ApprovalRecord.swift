import Basics
import Diff
import Schema

/// The decisions about one step: `approvals/<digest>` of the ledger.
///
/// What people said is added to and never taken away: it is evidence.
package struct ApprovalRecord: Codable, Hashable, Sendable {
    package enum Decision: String, Codable, Sendable {
        case approve, deny
    }

    package var version: Int
    package var digest: Digest
    /// What was decided about, whole: the digest above is the digest of this.
    package var binding: ApprovalBinding
    /// A denial by anybody is final.
    package var decision: Decision
    /// Everything that people said, those that are used up or ran out included.
    package var approvers: [Approver]
    /// When the last word given ends; each approver's own is what counts.
    package var expires: String?
    /// The operation that last used an approval up on each shard.
    package var consumed: [String: String]
    /// Every use on every shard; nil in a record of an earlier release.
    package var uses: [Use]?

    /// What one person said.
    package struct Approver: Codable, Hashable, Sendable {
        package var name: String
        package var reason: String
        /// ISO 8601 in UTC.
        package var given: String
        /// `command`, or the file of the schema repository.
        package var source: String
        /// Different for every word given: by it a word is used up. Nil in older records.
        package var id: String?
        /// Nil where it is the record's.
        package var decision: Decision?
        /// Nil where the longest lifetime that is allowed ends it.
        package var expires: String?
        /// Who else it may be: those who committed the file, as `Name <address>`.
        package var others: [String]?
        /// The commit that brought the file, in hexadecimal.
        package var commit: String?
        /// An armoured SSH signature of the ``ApprovalStatement``.
        package var signature: String?

        package init(name: String, reason: String, given: String, source: String) {
            self.name = name
            self.reason = reason
            self.given = given
            self.source = source
        }

        /// The source of what `plumb approve` records.
        package static let command = "command"

        /// What tells it from every other word, in records of every release.
        package var identity: String { id ?? "\(source) \(name) \(given)" }

        package var isFile: Bool { source != Self.command }
    }

    /// One operation that ran because of what people said.
    package struct Use: Codable, Hashable, Sendable {
        package var shard: String
        package var operation: String
        /// ISO 8601 in UTC.
        package var at: String
        /// The identities of all words that stood there: none of them counts again on this shard.
        package var words: [String]
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
    /// Uses up every word that stands here, on one shard and for ever.
    package mutating func use(on shard: String, by operation: String, at time: Timestamp) {
        guard uses?.contains(where: { $0.shard == shard && $0.operation == operation }) != true
        else { return }
        consumed[shard] = operation
        let use = Use(
            shard: shard, operation: operation, at: time.iso, words: approvers.map(\.identity))
        uses = (uses ?? []) + [use]
    }

    /// Whether `word` was used up on `shard`, or was given before the last use there.
    package func isUsedUp(_ word: Approver, on shard: String) -> Bool {
        let own = (uses ?? []).filter { $0.shard == shard }
        if own.contains(where: { $0.words.contains(word.identity) }) { return true }
        guard word.isFile || word.id == nil else { return false }
        guard let given = Timestamp(iso: word.given) else { return true }
        // A file can be brought again, in another commit: what counts is when it was given. One of
        // those that are used up may have been given by a clock that is ahead.
        return own.contains { use in last(before: use).map { given <= $0 } ?? true }
            || isUsedUpEarlier(word, given, on: shard)
    }

    /// The latest time that a use knows: its own, or that of a word that it used up.
    private func last(before use: Use) -> Timestamp? {
        guard let at = Timestamp(iso: use.at) else { return nil }
        let words = approvers.filter { use.words.contains($0.identity) }
        return words.compactMap { Timestamp(iso: $0.given) }.reduce(at, max)
    }

    /// Earlier releases recorded the operation alone: it used up whatever stood there then.
    private func isUsedUpEarlier(_ word: Approver, _ given: Timestamp, on shard: String) -> Bool {
        guard consumed[shard] != nil, uses?.contains(where: { $0.shard == shard }) != true
        else { return false }
        guard word.id != nil else { return true }
        let then = approvers.filter { $0.id == nil }.compactMap { Timestamp(iso: $0.given) }.max()
        return then.map { given <= $0 } ?? true
    }
}

/// What a signature of an approval signs: every word of it, so that none can be changed later.
package struct ApprovalStatement: Codable, Hashable, Sendable {
    /// What the signature is made for; one for another use is none.
    package static let namespace = "plumb-approval"

    package var version = 1
    package var digest: Digest
    package var environment: String
    package var decision: ApprovalRecord.Decision
    package var approver: String
    package var reason: String
    package var given: String
    package var expires: String
    package var id: String

    /// Nil where something is left out that has to be signed.
    package init?(_ word: ApprovalRecord.Approver, in record: ApprovalRecord) {
        guard let id = word.id, let expires = word.expires else { return nil }
        digest = record.digest
        environment = record.binding.environment
        decision = word.decision ?? record.decision
        approver = word.name
        reason = word.reason
        given = word.given
        self.expires = expires
        self.id = id
    }

    /// The canonical JSON that is signed.
    package func bytes() throws -> [UInt8] { try CanonicalForm.encode(self) }
}
