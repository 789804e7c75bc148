import Foundation
import Ledger
import Reconciler
import Schema

/// `plumb store verify --repair`: what it did, and what is left.
struct StoreRepair {
    let report: VerifyReport
    /// What was done, one line each.
    let lines: [String]

    /// Repairs the ledger of a session, from the copy that `--from` names.
    init(_ invocation: Invocation, _ session: LedgerSession) throws {
        let other = try invocation.value(.copy).map { place in
            let other = try LedgerPlace(
                written: place, option: "--from", account: .init(session.fleet),
                operator: session.request.operator, places: session.trusted.places,
                folder: session.request.folder
            ).open()
            try other.requireMade()
            return other
        }
        let store = session.store
        let repair = try store.ledger.repair(
            from: other, actor: store.actor, time: Date(),
            isMadeAgain: RecordMeaning.isMadeAgain)
        report = repair.left
        lines =
            ["\(Count.of(repair.fetched, "object")) fetched"]
            + repair.forgotten.map { "\($0): forgotten; the next pass makes it again" }
    }

    /// What a problem that is left means for the fleet.
    static func meaning(of problem: VerifyReport.Problem) -> String {
        guard let (_, path) = problem.document else {
            return RecordMeaning.loss(of: .root, isCurrent: problem.isCurrent)
        }
        return RecordMeaning.loss(of: path, isCurrent: problem.isCurrent)
    }
}
