import Ledger
import Model
import MySQLClient
import Observed
import Schema

extension ObservationTarget {
    /// Where a shard is that somebody wants to be read.
    init(_ asked: AskedShard, on server: ServerAddress) {
        self.init(
            id: asked.shardID, server: server, database: asked.database,
            kinds: Set(asked.kinds ?? []))
    }
}

extension SeenServer {
    /// What was read, as it is recorded.
    ///
    /// - Parameters:
    ///   - bases: what the ledger had of the shards before they were read.
    ///   - earlier: what was recorded before: the reason of a problem stays as it was told first.
    ///   - keepsCounts: whether the numbers of objects that are not managed are those of `earlier`,
    ///     as they were not counted.
    init(
        _ asked: AskedServer, on server: ServerAddress, by lease: LedgerClaim,
        _ found: [ShardID: ShardObservation], bases: ShardBases,
        earlier: SeenServer?, keepsCounts: Bool
    ) throws(LedgerError) {
        self.init(server: server, by: lease.lease.owner, token: lease.lease.token)
        var profiles: [ServerProfile: Int] = [:]
        var schemas: [[String: Digest]: Int] = [:]
        let earlier = Dictionary(
            (earlier?.shards ?? []).map { ($0.shardID, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        for one in asked.shards.sorted(by: { $0.shardID < $1.shardID }) {
            let id = one.shardID
            var shard = SeenShard(
                of: one, record: try bases.record(of: id), pending: bases.pending(on: id))
            switch found[id] {
            case .known(let known):
                readOnly = known.readOnly.variables
                shard.profile = Self.place(of: known.profile, in: &profiles, &self.profiles)
                shard.schema = Self.place(of: known.schema.tables, in: &schemas, &self.schemas)
                let others = known.otherObjects.map { ($0.key.rawValue, $0.value) }
                shard.others =
                    others.isEmpty
                    ? nil : Dictionary(others, uniquingKeysWith: { first, _ in first })
                shard.uncounted = known.uncounted
                if keepsCounts, let last = earlier[id], last.problem == nil {
                    (shard.others, shard.uncounted) = (last.others, last.uncounted)
                }
            case .unknown(let problem):
                // A reason may have a time or a number in it: it is told once.
                let last = earlier[id]?.problem
                shard.problem =
                    last?.code == problem.code
                    ? last : .init(code: problem.code, reason: problem.reason)
            case nil: shard.problem = .init(code: "not-read", reason: "\(id) was not read")
            }
            shards.append(shard)
        }
    }

    private static func place<Value: Hashable>(
        of value: Value, in places: inout [Value: Int], _ list: inout [Value]
    ) -> Int {
        if let place = places[value] { return place }
        list.append(value)
        places[value] = list.count - 1
        return list.count - 1
    }
}

extension ReadOnlyState {
    /// The server's variables of which it is made again.
    fileprivate var variables: [String: String] {
        guard let setting else { return ["read_only": "OFF"] }
        let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
        return parts.count == 2 ? [parts[0]: parts[1]] : [:]
    }
}
