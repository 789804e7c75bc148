import Basics
import Execution
import Foundation
import Ledger
import Model
import Reconciler
import Schema

/// Measures how many transitions a second the ledger records, by one worker and by many, on an
/// empty ledger and on one with many objects, in turns.
struct TransitionBench {
    let folder: String

    private static let rounds = 3
    private static let seconds = 2.0
    private static let objects = 200_000

    func run(_ board: inout Scoreboard) throws {
        board.heading("Transitions in a second, synced to the disk")
        let empty = try make("empty")
        let full = try make("full")
        try fill(full)
        for workers in [1, 32] {
            var emptyRates = Series()
            var fullRates = Series()
            var failures = 0
            for round in 0..<Self.rounds {
                for (ledger, isFull) in [(empty, false), (full, true)] {
                    let done = measure(ledger, workers, round)
                    failures += done.failures
                    if isFull { fullRates.add(done.rate) } else { emptyRates.add(done.rate) }
                }
            }
            let name = workers == 1 ? "1 worker" : "\(workers) workers"
            if workers == 1 {
                board.note(name, Text.rates(emptyRates))
            } else {
                board.record(
                    name, figure: Text.rates(emptyRates), value: emptyRates.median,
                    goal: .atLeast(1000), Text.count)
            }
            board.record(
                "  on \(Self.objects) objects", figure: Text.rates(fullRates),
                against: "of the empty ledger", value: fullRates.median / emptyRates.median,
                goal: .atLeast(0.8), Text.times)
            board.record(
                "  transitions that failed", figure: "lost locks and races",
                value: Double(failures), goal: .atMost(0), Text.count)
        }
    }

    private func make(_ name: String) throws -> Ledger {
        let ledger = try Ledger.open(path: "\(folder)/transitions-\(name).git")
        try ledger.make()
        return ledger
    }

    /// Puts the objects into one pack, as a ledger that was compacted has them.
    private func fill(_ ledger: Ledger) throws {
        let file = "\(folder)/import"
        var text = ""
        for number in 0..<Self.objects {
            let body = "{\"digest\":\"\(Digest(of: "\(number)").hex)\"}"
            text += "blob\ndata \(body.utf8.count)\n\(body)\n"
        }
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        let ended = try Program.run(
            "/bin/sh",
            ["-c", "git -C \"$1\" fast-import --quiet <\"$2\"", "sh", ledger.path, file],
            in: folder)
        guard ended.status == 0 else { throw BenchError("git fast-import: \(ended.output)") }
    }

    private func measure(
        _ ledger: Ledger, _ workers: Int, _ round: Int
    ) -> (rate: Double, failures: Int) {
        let store = LedgerStore(
            ledger: ledger, environment: "production",
            actor: LedgerActor(name: "bench", email: "bench@localhost"), clock: SystemClock())
        let (seconds, counts) = Stopwatch.time {
            let start = DispatchTime.now().uptimeNanoseconds
            return Workers.map(
                Array(0..<workers), total: workers, perKey: workers, key: { _ in 0 }
            ) { worker in
                var done = 0
                var failures = 0
                while Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9 < Self.seconds {
                    do {
                        try Self.transact(store, "\(workers)-\(round)-\(worker)-\(done)")
                        done += 1
                    } catch {
                        failures += 1
                    }
                }
                return (done, failures)
            }
        }
        let done = counts.reduce(0) { $0 + $1.0 }
        return (Double(done) / seconds, counts.reduce(0) { $0 + $1.1 })
    }

    private static func transact(_ store: LedgerStore, _ name: String) throws {
        let shard = ShardID(namespace: "shop", shard: name)
        let record = ShardRecord(
            tables: ["orders": Digest(of: name)], since: "2026-01-01T00:00:00Z")
        let event = LedgerEvent("operation-completed", subject: "Change \(name)", key: name)
        try store.transact(event) { draft throws(LedgerError) in
            try draft.setShard(shard, record, over: nil)
            return .commit
        }
    }
}
