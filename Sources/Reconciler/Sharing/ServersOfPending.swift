import Ledger
import Model
import Observed
import Schema

/// The servers of operations that have begun and have no outcome: those that nobody works on are
/// this process's until it has settled what was left there.
final class ServersOfPending {
    private let claims: ServerClaims
    /// The claim of a shard's server; nil where none is needed.
    let claim: @Sendable (ShardID) -> LedgerClaim?
    private var taken: Set<ServerAddress> = []
    private var others: Set<OperationKey> = []

    /// - Parameters:
    ///   - isShared: whether there are others; without them nothing is taken.
    ///   - isLeft: whether a server is left to another process, which settles what is there.
    init(
        _ pending: [PendingRecord], _ claims: ServerClaims, isShared: Bool,
        isLeft: (ServerAddress) -> Bool = { _ in false }
    ) {
        self.claims = claims
        let servers = pending.reduce(into: [ShardID: ServerAddress]()) { servers, record in
            servers[record.key.shardID] = ObservationTarget(whereBegan: record)?.server
        }
        claim = { servers[$0].flatMap { claims.claim(of: $0) } }
        guard isShared else { return }
        var refused: Set<ServerAddress> = []
        for record in pending {
            guard let server = servers[record.key.shardID] else { continue }
            if !taken.contains(server), !refused.contains(server) {
                // Where the store does not say so, nobody knows who is at it.
                if !isLeft(server), (try? claims.enterUnused(server)) == true {
                    taken.insert(server)
                } else {
                    refused.insert(server)
                }
            }
            if refused.contains(server) { others.insert(record.key) }
        }
    }

    /// Whether nobody else is at an operation.
    func isOurs(_ record: PendingRecord) -> Bool { !others.contains(record.key) }

    /// Lets others work on the servers.
    func giveBack() {
        for server in taken {
            claims.settled(server)
            claims.leave(server)
        }
        taken = []
    }
}
