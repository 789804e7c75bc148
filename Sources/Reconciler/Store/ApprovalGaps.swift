import Ledger
import Model
import Schema

/// Finds what the records of approvals leave out: operations that used an approval of which no
/// entry is left.
///
/// Each operation that ran with an approval has to be found among the uses of its record. Reads
/// every rollout of the ledger, so it is meant for an audit and not for a pass.
package struct ApprovalGaps {
    /// One operation or record that does not fit.
    package struct Gap: Hashable, Sendable {
        /// The operation, or the path of the record.
        package let place: String
        /// What is wrong, as the end of a sentence about `place`.
        package let problem: String
    }

    private let snapshot: RecordSnapshot

    package init(snapshot: RecordSnapshot) { self.snapshot = snapshot }

    /// Every gap: the records of approvals first, then the operations by rollout.
    package func all() throws -> [Gap] {
        var gaps: [Gap] = []
        var records: [Digest: ApprovalRecord] = [:]
        for name in try snapshot.approvalNames() {
            guard let digest = Digest(hex: name), let record = try snapshot.approval(digest)
            else { continue }
            guard record.digest == digest else {
                gaps.append(
                    Gap(
                        place: RecordPath.approval(digest).encoded,
                        problem: "this is the record of another step, \(record.digest.short)"))
                continue
            }
            records[digest] = record
        }
        let uses = records.mapValues { $0.usesByShard() }
        for id in try snapshot.rolloutIDs() {
            for path in try snapshot.paths(below: RecordPath.operations(id)) {
                guard let operation = try snapshot.read(OperationRecord.self, at: path),
                    operation.state == .completed, let digest = operation.approval
                else { continue }
                let name = "\(id)/\(operation.key)"
                let shard = operation.key.shard
                let own = uses[digest]?[shard] ?? []
                if let problem = problem(with: name, shard, records[digest], digest, own) {
                    gaps.append(Gap(place: name, problem: problem))
                }
            }
        }
        return gaps
    }

    private func problem(
        with operation: String, _ shard: String, _ record: ApprovalRecord?, _ digest: Digest,
        _ own: [ApprovalRecord.Use]
    ) -> String? {
        guard let record else { return "the approval \(digest.short) that it used is gone" }
        let uses = own.filter { $0.operation == operation }
        guard !uses.isEmpty else {
            // Earlier releases recorded the operation alone, without the approvers.
            return record.consumed[shard] == operation && record.uses == nil
                ? nil : "the approval \(digest.short) does not say that it was used"
        }
        let known = Set(record.approvers.map(\.identity))
        return uses.allSatisfy { use in use.entryIDs.contains(where: known.contains) }
            ? nil : "the approval \(digest.short) has no approver left"
    }
}
