import Ledger
import Model
import Observed
import Reports
import Schema

/// What another process has begun on a server and not ended, as whoever takes the server's claim
/// finds it: it is settled before anything else begins there.
struct LeftOnServer {
    /// What was found.
    struct Finding {
        /// How many operations were settled.
        var settled = 0
        /// Why it is not known what became of an operation, by shard.
        var unknown: [ShardID: String] = [:]

        var isEmpty: Bool { settled == 0 && unknown.isEmpty }
    }

    let store: LedgerStore
    let access: any FleetAccess
    let engines: Engines
    let faults: FaultPoints
    /// The claim of the server.
    let claim: @Sendable (ServerAddress) -> LedgerClaim?

    /// Settles what was left on `server`: reads the tables under the shard's lock, and records what
    /// became of the operations.
    ///
    /// Costs a read for each operation of the environment that has begun and has no outcome.
    func settle(on server: ServerAddress) throws -> Finding {
        guard let snapshot = try store.snapshot() else { return Finding() }
        let list = try snapshot.pendingList()
        var targets: [ShardID: ObservationTarget] = [:]
        var records: [PendingRecord] = []
        for record in list.records {
            guard let target = ObservationTarget(whereBegan: record), target.server == server
            else { continue }
            targets[target.id] = target
            records.append(record)
        }
        guard !records.isEmpty else { return Finding() }
        let recovery = Recovery(
            opener: access.opener(of: targets, waitSeconds: 1, isForChanges: false),
            hasty: access.opener(of: targets, waitSeconds: 0, isForChanges: false),
            journal: LedgerJournal(store: store, claim: { [claim] _ in claim(server) }),
            faults: faults, engines: engines)
        var finding = Finding()
        for line in try recovery.settle(records) {
            switch line.finding {
            case .unknown: finding.unknown[line.key.shardID] = line.message
            case .resumed: break
            case .completed, .notRun, .partly, .superseded: finding.settled += 1
            }
        }
        return finding
    }
}

extension ObservationTarget {
    /// Where an operation began; nil where its record does not say so.
    init?(whereBegan record: PendingRecord) {
        // A socket's path has slashes, a database's name in a place has none.
        guard let place = record.place, let slash = place.lastIndex(of: "/"),
            let server = ServerAddress(String(place[..<slash]))
        else { return nil }
        self.init(
            id: record.key.shardID, server: server,
            database: String(place[place.index(after: slash)...]))
    }
}
