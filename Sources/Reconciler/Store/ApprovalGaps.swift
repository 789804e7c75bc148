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

    private let snapshot: LedgerSnapshot

    package init(snapshot: LedgerSnapshot) { self.snapshot = snapshot }

    /// Every gap, in the order of the ledger's paths.
    package func all() throws -> [Gap] {
        var gaps: [Gap] = []
        var records: [Digest: ApprovalRecord] = [:]
        for name in try snapshot.list(RecordPath.approvals) {
            let path = RecordPath.approvals.appending(name)
            guard let record = try snapshot.read(ApprovalRecord.self, at: path) else { continue }
            guard record.digest.hex == name else {
                gaps.append(
                    Gap(
                        place: path.encoded,
                        problem: "this is the record of another step, \(record.digest.short)"))
                continue
            }
            records[record.digest] = record
        }
        for id in try snapshot.list(LedgerPath("rollouts")) {
            for path in try snapshot.paths(below: LedgerPath("rollouts", id, "operations")) {
                guard let operation = try snapshot.read(OperationRecord.self, at: path),
                    operation.state == .completed, let digest = operation.approval
                else { continue }
                let name = "\(id)/\(operation.key)"
                if let problem = problem(with: name, operation.key.shard, records[digest], digest) {
                    gaps.append(Gap(place: name, problem: problem))
                }
            }
        }
        return gaps
    }

    private func problem(
        with operation: String, _ shard: String, _ record: ApprovalRecord?, _ digest: Digest
    ) -> String? {
        guard let record else { return "the approval \(digest.short) that it used is gone" }
        let uses = (record.uses ?? []).filter { $0.operation == operation && $0.shard == shard }
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
