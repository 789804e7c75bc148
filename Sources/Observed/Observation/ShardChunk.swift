import Basics
import MySQLClient
import Schema

/// Shards of one server that one connection reads together.
struct ShardChunk: Sendable {
    let pass: ServerPass
    let targets: [ObservationTarget]

    var server: ServerAddress { pass.shards.server }

    /// Reads the shards. After a lost session it tries once more on a new one; then the server is
    /// given up for this pass, so that a dead server does not cost a timeout per shard.
    func read(
        pool: ConnectionPool, catalog: ObjectCatalog
    ) -> [Result<ShardReader.Reading, ShardProblem>] {
        var failure = pass.breakdown
        for attempt in 1...2 where pass.breakdown == nil {
            let result = readOnce(pool: pool, catalog: catalog)
            switch result {
            case .success(let readings): return readings
            case .failure(let error):
                failure = ShardProblem(server: error)
                let isLast = attempt == 2 || error.kind != .lostConnection
                if isLast { pass.give(up: ShardProblem(server: error)) }
            }
        }
        let problem =
            pass.breakdown ?? failure
            ?? ShardProblem(
                code: "server-error", reason: "\(server): was not read", retry: .retryable)
        return targets.map { _ in .failure(problem) }
    }

    private func readOnce(
        pool: ConnectionPool, catalog: ObjectCatalog
    ) -> Result<[Result<ShardReader.Reading, ShardProblem>], MySQLError> {
        let flavour = pass.facts?.profile.flavour ?? .mariadb
        let targets = targets.map { $0.stored(by: pass.facts?.folding ?? .bytes) }
        return pool.using(server) { connection throws(MySQLError) in
            try pass.check(connection)
            return try ShardReader.read(
                targets, on: connection, catalog: catalog, flavour: flavour)
        }
    }
}
