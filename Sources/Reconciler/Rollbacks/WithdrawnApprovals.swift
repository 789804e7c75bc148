import Basics
import Ledger
import Model
import Schema

/// The approvals that do not outlive a rollback: who gave them did not know what the change came
/// to. They count no more on the shards that are taken back, whoever gave them and however.
struct WithdrawnApprovals {
    /// The shards of each decision on which it counts no more.
    private(set) var shards: [Digest: Set<String>] = [:]

    /// What is approved of the objects of a rollback that begins; and of the way back of those
    /// that end, which nobody wants any more.
    ///
    /// Costs a read for each decision about these objects that still means something.
    init(
        begun: RollbackRecord?, ended: [RollbackRecord], in snapshot: RecordSnapshot?
    ) throws(LedgerError) {
        guard let snapshot else { return }
        for group in begun?.groups ?? [] {
            for object in group.objects {
                try add(object, of: group, in: snapshot) { _ in true }
            }
        }
        for group in ended.flatMap(\.groups) {
            for object in group.objects {
                try add(object, of: group, in: snapshot) { $0 == object.wanted }
            }
        }
    }

    /// - Parameter isMeant: whether a decision about a step that leads to this digest is meant.
    private mutating func add(
        _ object: RollbackRecord.Object, of group: RollbackRecord.Group,
        in snapshot: RecordSnapshot, where isMeant: (Digest?) -> Bool
    ) throws(LedgerError) {
        for name in Set([object.object, object.former]) {
            for text in try snapshot.list(RecordPath.awaiting(group.namespace, name)) {
                guard let digest = Digest(hex: text),
                    let decision = try snapshot.decision(digest), decision.decision == .approve
                else { continue }
                let binding = try snapshot.binding(digest)
                guard isMeant(binding.to) else { continue }
                let own = Set(binding.shards).intersection(group.shards)
                if !own.isEmpty { shards[digest, default: []].formUnion(own) }
            }
        }
    }

    /// Records it.
    ///
    /// - Parameters:
    ///   - name: what withdraws them, as `rollback/id`.
    ///   - words: who does, and why.
    func record(
        by name: String, _ words: String, at time: Timestamp, in draft: inout LedgerDraft
    ) throws(LedgerError) {
        for (digest, shards) in shards.sorted(by: { $0.key < $1.key }) {
            for shard in shards.sorted() {
                try draft.endApproval(digest, on: shard, by: name, withdrawn: words, at: time)
            }
        }
    }
}
