import MySQLClient
import Schema

/// A unit of work for one connection of a server.
enum ServerWork: Sendable {
    /// Counting objects other than tables: one slow query that no shard waits for.
    case count(ServerPass)
    case read(ShardChunk)

    var server: ServerAddress {
        switch self {
        case .count(let pass): pass.shards.server
        case .read(let chunk): chunk.server
        }
    }

    /// The results for the chunk's shards, in their order.
    func run(
        pool: ConnectionPool, catalog: ObjectCatalog
    ) -> [Result<ShardReader.Reading, ShardProblem>] {
        switch self {
        case .count(let pass):
            pass.countObjects(pool: pool)
            return []
        case .read(let chunk): return chunk.read(pool: pool, catalog: catalog)
        }
    }
}
