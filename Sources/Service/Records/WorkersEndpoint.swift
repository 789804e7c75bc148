import Basics
import Foundation
import Reconciler
import Schema

/// Who works on an environment.
package enum WorkersEndpoint {
    package static let list = Endpoint(
        "workers.list", .get, "/workers", .read,
        summary: "who works on the environment, on which servers, since when"
    ) { _, session in
        let store = session.ledger.store
        let rows = try WorkerList(of: store).workers.flatMap(rows)
        let count = Set(rows.compactMap { $0["worker"] }).count
        let summary =
            rows.isEmpty ? "nobody works on \(store.environment)" : Count.of(count, "worker")
        return Listing(
            "workers", columns: ["worker", "what", "holds", "since", "heard"], rows: rows,
            summary: summary
        ).answer
    }

    private static func rows(of worker: WorkerList.Worker) -> [[String: String]] {
        worker.holds.map { hold in
            var row = [
                "worker": worker.name, "what": worker.words, "holds": hold.what,
                "since": Timestamp(hold.since).iso,
            ]
            row["heard"] = hold.renewed.map { Timestamp($0).iso }
            return row
        }
    }
}
