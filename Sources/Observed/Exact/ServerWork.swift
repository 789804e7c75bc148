import MySQLClient
import Schema

/// Something that one connection does while others do the rest.
enum ServerWork: Sendable {
    /// Counting what is no table: one slow question, which keeps no shard waiting.
    case count(ServerPass)
    case read(ShardChunk)

    var server: ServerAddress {
        switch self {
        case .count(let pass): pass.shards.server
        case .read(let chunk): chunk.server
        }
    }

    /// The readings of the chunk's shards, in their order.
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
