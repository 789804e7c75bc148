import Execution
import Basics
import Ledger
import Model
import Reconciler
import Schema

/// Measures one transition that records a thousand shards, until it is synced to disk.
struct LedgerBench {
    let folder: String

    private static let rounds = 5
    private static let shards = 1000

    func run(_ board: inout Scoreboard) throws {
        board.heading("One commit of many records")
        let ledger = try Ledger.open(path: "\(folder)/recording.git")
        let store = LedgerStore(
            ledger: ledger, environment: "production",
            actor: LedgerActor(name: "bench", email: "bench@localhost"), clock: SystemClock())
        var times = Series()
        var known: [ShardID: ShardRecord] = [:]
        for round in 0..<Self.rounds {
            let records = Self.records(round)
            let before = known
            let event = LedgerEvent("planned", subject: "Record \(Self.shards) shards")
            let (seconds, _) = try Stopwatch.time {
                try store.transact(event) { draft throws(LedgerError) in
                    for (id, record) in records {
                        try draft.setShard(id, record, over: before[id])
                    }
                    return .commit
                }
            }
            times.add(seconds)
            known = Dictionary(uniqueKeysWithValues: records)
        }
        board.record(
            "record 1000 different shards", figure: "fsync on, \(Self.rounds) runs",
            value: times.median, goal: .atMost(0.25), Text.seconds)
    }

    /// Records that differ from each other and from those of every other round.
    private static func records(_ round: Int) -> [(ShardID, ShardRecord)] {
        (0..<shards).map { shard in
            let tables = FleetSchema.tables.map { table in
                (table.name, Digest(of: "\(table.name) \(shard) \(round)"))
            }
            return (
                ShardID(namespace: "shop", shard: FleetMaker.database(shard)),
                ShardRecord(
                    tables: Dictionary(uniqueKeysWithValues: tables),
                    since: "2026-01-01T00:00:00Z")
            )
        }
    }
}
