import Diff
import Ledger
import Model
import Reconciler
import Reports
import Schema
import Views

/// Approvals that are waited for, and those that were given.
package enum ApprovalEndpoints {
    package static let list = Endpoint(
        "approvals.list", .get, "/approvals", .read,
        summary: "the steps of the last pass's plan that wait for an approval, and every decision",
        parameters: [.limit, .after]
    ) { asked, session in
        let snapshot = try session.ledger.store.snapshot()
        let page = Page(try snapshot?.approvalNames() ?? [], asked) { $0 }
        var rows = asked.text(.after) == nil ? waiting(session.found?.plan) : []
        let count = rows.count
        for name in page.items { rows += try decisions(name, in: snapshot) }
        return Listing(
            "approvals",
            columns: ["digest", "state", "object", "shards", "by", "given", "until", "reason"],
            rows: rows, summary: "\(Count.of(count, "step")) waiting", next: page.next,
            cells: { row in
                [
                    String((row["digest"] ?? "").prefix(12)), row["state"] ?? "",
                    "\(row["namespace"] ?? "").\(row["table"] ?? "")", row["shards"] ?? "",
                    row["by"] ?? "", row["given"] ?? "", row["until"] ?? "", row["reason"] ?? "",
                ]
            }
        ).answer
    }

    /// The decisions about a step; what of them cannot be read is said in their place.
    private static func decisions(
        _ name: String, in snapshot: RecordSnapshot?
    ) throws(LedgerError) -> [[String: String]] {
        guard let snapshot, let digest = Digest(hex: name) else { return [] }
        let record: ApprovalRecord?
        do throws(LedgerError) { record = try snapshot.approval(digest) } catch
            where error
            .isOfContent
        {
            return [["digest": name, "state": "unreadable", "reason": error.fault]]
        }
        guard let record else { return [] }
        return record.approvers.map { row($0, in: record) }
    }

    /// The steps that some shards wait to see approved.
    private static func waiting(_ report: PlanReport?) -> [[String: String]] {
        (report?.steps ?? []).flatMap { step in
            step.holds.filter { $0.code == "approval" }.map { hold in
                [
                    "digest": step.approval.hex, "state": "waiting",
                    "namespace": step.step.namespace, "table": step.step.object.encoded,
                    "shards": ShardNames.compact(hold.shards), "hazard": step.step.hazard.rawValue,
                    "reason": hold.reason,
                ]
            }
        }
    }

    private static func row(
        _ entry: ApprovalRecord.Approver, in record: ApprovalRecord
    ) -> [String: String] {
        let binding = record.binding
        let isOver = binding.shards.allSatisfy { record.isUsedUp(entry, on: $0) }
        var row = [
            "digest": record.digest.hex, "namespace": binding.namespace,
            "table": binding.object.encoded, "shards": ShardNames.compact(binding.shards),
            "by": entry.name, "reason": entry.reason, "given": entry.given,
            "source": entry.source,
        ]
        switch entry.decision ?? record.decision {
        case .deny: row["state"] = "denied"
        case .approve: row["state"] = isOver ? "used" : "approved"
        }
        row["until"] = entry.expires
        return row
    }
}
