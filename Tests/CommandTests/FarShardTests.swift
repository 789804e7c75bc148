import Foundation
import TestSupport
import Testing

/// The process that plans cannot reach a server; a worker beside it can.
@Suite("A worker reads for those who cannot reach its servers, and carries out what they plan")
struct FarShardTests {
    struct Kind: CustomTestStringConvertible, Sendable {
        let way: FarFleet.Way
        let ledger: WorkerFleet.Ledger

        var testDescription: String { "\(way.rawValue), \(ledger.rawValue)" }
    }

    static let kinds = [
        Kind(way: .notAllowed, ledger: .git), Kind(way: .unreachable, ledger: .git),
        Kind(way: .notAllowed, ledger: .database), Kind(way: .unreachable, ledger: .database),
    ]

    /// Without a worker the shards are unknown and nothing is asked; with one, a change goes the
    /// whole way.
    @Test(arguments: kinds)
    func aColumnComesToShardsThatOnlyAWorkerReaches(_ kind: Kind) throws {
        let far = try FarFleet(kind.way, ledger: kind.ledger)
        let code = kind.way == .unreachable ? "unreachable" : "not reached"
        let alone = try far.run(6, "reconcile")
        #expect(alone.says(code, far.server), "\(alone)")
        #expect(try far.workers.events("reading-asked") == [])

        let worker = try far.worker()
        try far.workers.change(column: "stripes")
        let run = try far.run(0, "reconcile")
        #expect(run.says("app/s1, app/s3", "read by worker", far.server), "\(run)")
        for shard in 0..<4 { #expect(try far.workers.has(column: "stripes", shard)) }
        let completed = try far.workers.events("operation-completed")
        #expect(completed.count == 8 && Set(completed).count == 8, "\(completed)")

        let drift = try far.run(0, "drift")
        #expect(drift.says("read by worker"), "\(drift)")
        #expect(try far.workers.events("reading-asked").count == 1)
        #expect(worker.stderr.contains("\"reading\""), "\(worker.stderr)")
        let list = try far.run(0, "workers")
        #expect(list.says("reads \(far.server)"), "\(list)")
        worker.send(SIGTERM)
        #expect(try worker.wait().status == 0)
        try far.fleet.expect(0, "store", "verify")
    }
}
