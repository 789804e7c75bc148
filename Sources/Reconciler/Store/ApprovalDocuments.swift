import Basics
import Diff
import Ledger
import Model
import Schema

/// How the decisions about a step are kept: what was decided about, the decisions, and the uses on
/// each shard, in documents of their own.
///
/// So an operation reads and writes little, however many shards an approval is for. Decisions that
/// still mean something have a mark below the object that they are about, by which a pass finds
/// them: the digest alone does not lead there, as the shards of a step shrink while it is done.
enum ApprovalDocuments {
    /// The document that marks a decision as one that still means something.
    static let mark = Array("{}\n".utf8)

    /// The decisions about a step, without what was decided about and without the uses.
    struct Decision: Codable {
        var version: Int
        var digest: Digest
        var decision: ApprovalRecord.Decision
        var approvers: [ApprovalRecord.Approver]
        var expires: String?
        /// What earlier releases knew of uses: the operation alone.
        var consumed: [String: String]?
        /// Whether uses were recorded with their entries before the layout had a place for them.
        var hasUses: Bool?

        init(_ record: ApprovalRecord) {
            version = record.version
            digest = record.digest
            decision = record.decision
            approvers = record.approvers
            expires = record.expires
            let own = Set((record.uses ?? []).map(\.shard))
            let earlier = record.consumed.filter { !own.contains($0.key) }
            consumed = earlier.isEmpty ? nil : earlier
            hasUses = record.uses == nil ? nil : true
        }

        /// The whole record.
        func record(
            _ binding: ApprovalBinding, uses: [ApprovalRecord.Use]
        ) -> ApprovalRecord {
            var record = ApprovalRecord(
                digest: digest, binding: binding, decision: decision, approvers: approvers,
                expires: expires)
            record.version = version
            record.consumed = consumed ?? [:]
            for use in uses where use.withdrawn == nil {
                record.consumed[use.shard] = use.operation
            }
            record.uses = uses.isEmpty && hasUses != true ? nil : uses
            return record
        }

        /// Whether the entries are used up on `shard`, where `uses` are those on it.
        func isUsedUp(on shard: String, _ uses: [ApprovalRecord.Use]) -> Bool {
            let entries = ApprovalEntries(approvers: approvers, consumed: consumed ?? [:])
            return approvers.allSatisfy { entries.isUsedUp($0, on: shard, own: uses) }
        }
    }

    /// The documents of a whole record.
    ///
    /// - Parameter name: the digest under which it is found.
    static func all(
        of record: ApprovalRecord, under name: Digest
    ) throws(LedgerError) -> [Layout1.Edit] {
        let decision = Decision(record)
        var edits: [Layout1.Edit] = [
            (RecordPath.binding(name), try bytes(of: record.binding)),
            (RecordPath.decision(name), try CanonicalJSON.encode(decision)),
        ]
        let uses = record.usesByShard()
        for (shard, own) in uses {
            edits.append((RecordPath.uses(name, on: shard), try CanonicalJSON.encode(own)))
        }
        let isOver =
            record.decision == .approve
            && record.binding.shards.allSatisfy { decision.isUsedUp(on: $0, uses[$0] ?? []) }
        if !isOver { edits.append((awaiting(record.binding, name), mark)) }
        return edits
    }

    /// The bytes of which the digest of a step is made.
    static func bytes(of binding: ApprovalBinding) throws(LedgerError) -> [UInt8] {
        // Without the line break at the end: they hash to the name of their folder.
        Array(try CanonicalJSON.encode(binding).dropLast())
    }

    /// The mark of a decision that still means something.
    static func awaiting(_ binding: ApprovalBinding, _ digest: Digest) -> LedgerPath {
        RecordPath.awaiting(binding.namespace, binding.object).appending(digest.hex)
    }
}

/// What decisions are about: an object of a namespace.
package struct ApprovalSubject: Hashable, Sendable, Comparable {
    package let namespace: String
    package let object: ObjectName

    package init(_ namespace: String, _ object: ObjectName) {
        self.namespace = namespace
        self.object = object
    }

    package static func < (left: ApprovalSubject, right: ApprovalSubject) -> Bool {
        (left.namespace, left.object) < (right.namespace, right.object)
    }
}

extension RecordReader {
    /// The decisions about a step; nil where there are none.
    func decision(_ digest: Digest) throws(LedgerError) -> ApprovalDocuments.Decision? {
        let path = RecordPath.decision(digest)
        guard let decision = try read(ApprovalDocuments.Decision.self, at: path) else { return nil }
        try RecordVersion.check(decision.version, at: path)
        return decision
    }

    /// What the decisions about a step are about.
    func binding(_ digest: Digest) throws(LedgerError) -> ApprovalBinding {
        let path = RecordPath.binding(digest)
        guard let binding = try read(ApprovalBinding.self, at: path) else {
            throw LedgerError(
                .damaged, "\(path): what was decided about is missing",
                remedy: "restore the branch from before")
        }
        return binding
    }

    /// The uses of the decisions about a step on one shard.
    func uses(
        of digest: Digest, on shard: String
    ) throws(LedgerError) -> [ApprovalRecord.Use] {
        try read([ApprovalRecord.Use].self, at: RecordPath.uses(digest, on: shard)) ?? []
    }
}

extension RecordSnapshot {
    /// The decisions about a step with all of their uses; nil where there are none.
    package func approval(_ digest: Digest) throws(LedgerError) -> ApprovalRecord? {
        guard let decision = try decision(digest) else { return nil }
        var uses: [ApprovalRecord.Use] = []
        for path in try paths(below: RecordPath.uses(digest)) {
            uses += try read([ApprovalRecord.Use].self, at: path) ?? []
        }
        uses.sort { ($0.at, $0.operation) < ($1.at, $1.operation) }
        return decision.record(try binding(digest), uses: uses)
    }

    /// The decisions that still mean something for the objects of `steps`, and those about the
    /// steps `digests`, sorted by digest; none that is over is looked at.
    package func approvals(
        about steps: [PlanStep], and digests: [Digest]
    ) throws(LedgerError) -> [ApprovalRecord] {
        let list = try approvalList(about: steps, and: digests)
        if let damage = list.damaged.min(by: { $0.key < $1.key }) { throw damage.value }
        return list.records
    }

    /// The same, with what cannot be read beside the others, by the object that it is about: one
    /// of those decisions may be a denial.
    package func approvalList(
        about steps: [PlanStep], and digests: [Digest]
    ) throws(LedgerError) -> (
        records: [ApprovalRecord], damaged: [ApprovalSubject: LedgerError]
    ) {
        var wanted: [Digest: ApprovalSubject?] = [:]
        for digest in digests { wanted[digest] = .some(nil) }
        for subject in Set(steps.map { ApprovalSubject($0.namespace, $0.object) }) {
            let folder = RecordPath.awaiting(subject.namespace, subject.object)
            for name in try list(folder) {
                guard let digest = Digest(hex: name) else {
                    throw LedgerError(
                        .damaged, "\(folder.appending(name)): the name is no digest",
                        remedy: "restore the branch from before")
                }
                wanted[digest] = subject
            }
        }
        var records: [ApprovalRecord] = []
        var damaged: [ApprovalSubject: LedgerError] = [:]
        for (digest, subject) in wanted.sorted(by: { $0.key < $1.key }) {
            do throws(LedgerError) {
                if let record = try approval(digest) { records.append(record) }
            } catch  where error.isOfContent {
                guard let subject else { throw error }
                damaged[subject] = error
            }
        }
        return (records, damaged)
    }

    /// The names of all folders of decisions, sorted. For an audit: a pass asks for
    /// ``approvals(about:and:)``.
    package func approvalNames() throws(LedgerError) -> [String] {
        try names(below: RecordPath.approvals, depth: 2)
    }
}

extension LedgerDraft {
    /// The decisions about a step, with their uses on its shards; nil where there are none.
    package func approval(_ digest: Digest) throws(LedgerError) -> ApprovalRecord? {
        guard let decision = try decision(digest) else { return nil }
        let binding = try binding(digest)
        var uses: [ApprovalRecord.Use] = []
        for shard in binding.shards { uses += try self.uses(of: digest, on: shard) }
        return decision.record(binding, uses: uses)
    }

    /// Records decisions about a step. Those that are there stay, since they are evidence, and so
    /// does a denial; uses are left as they are.
    package mutating func setDecisions(_ record: ApprovalRecord) throws(LedgerError) {
        var decision = ApprovalDocuments.Decision(record)
        if let present = try self.decision(record.digest) {
            let known = Set(record.approvers.map(\.identity))
            decision.approvers =
                present.approvers.filter { !known.contains($0.identity) } + decision.approvers
            if present.decision == .deny { decision.decision = .deny }
            decision.consumed = present.consumed
            decision.hasUses = present.hasUses
        } else {
            try set(
                RecordPath.binding(record.digest), ApprovalDocuments.bytes(of: record.binding))
        }
        try set(RecordPath.decision(record.digest), json: decision)
        try set(
            ApprovalDocuments.awaiting(record.binding, record.digest), ApprovalDocuments.mark)
    }

    /// Records that an operation used up every present entry on its shard, for good; once.
    mutating func useApproval(
        _ digest: Digest, on shard: String, by operation: String, at time: Timestamp
    ) throws(LedgerError) {
        try endApproval(digest, on: shard, by: operation, withdrawn: nil, at: time)
    }

    /// Records that no present entry counts on a shard any more, for good; once.
    ///
    /// - Parameters:
    ///   - name: the operation that used them up, or what withdraws them.
    ///   - words: who withdraws them, and why; nil where an operation used them up.
    mutating func endApproval(
        _ digest: Digest, on shard: String, by name: String, withdrawn words: String?,
        at time: Timestamp
    ) throws(LedgerError) {
        guard let decision = try decision(digest) else { return }
        var uses = try uses(of: digest, on: shard)
        guard !uses.contains(where: { $0.operation == name }) else { return }
        uses.append(
            ApprovalRecord.Use(
                shard: shard, operation: name, at: time.iso,
                entryIDs: decision.approvers.map(\.identity), withdrawn: words))
        try set(RecordPath.uses(digest, on: shard), json: uses)
    }

    /// Takes the marks from those of `digests` that are used up on every shard; costs what their
    /// shards are many.
    mutating func settleApprovals(_ digests: Set<Digest>) throws(LedgerError) {
        for digest in digests.sorted() {
            guard let decision = try decision(digest), decision.decision == .approve else {
                continue
            }
            let binding = try binding(digest)
            var isOver = true
            for shard in binding.shards where isOver {
                isOver = decision.isUsedUp(on: shard, try uses(of: digest, on: shard))
            }
            if isOver { try remove(ApprovalDocuments.awaiting(binding, digest)) }
        }
    }
}
