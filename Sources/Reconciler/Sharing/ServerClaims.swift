import Foundation
import Ledger
import Schema

/// The servers whose shards this process changes in one environment.
///
/// As long as nobody else is there it needs no claims, and takes none. Once it shares its work,
/// each server belongs to one process at a time: what runs on a server is bounded anyway, so that a
/// second process could not bring it further.
package final class ServerClaims: @unchecked Sendable {
    // Sendable because everything is used with `mutex` locked.

    /// What became of the wish to work on a server.
    enum Entry: Hashable {
        /// This process may work on it.
        case mine
        /// The same, and it was another process's, or nobody's, before: what that one left there is
        /// settled first.
        case new
        /// Another process has it, or this one has as many as it may.
        case elsewhere
    }

    private struct Server {
        /// Nil where the work is not shared.
        var claim: LedgerClaim?
        /// How many use it just now.
        var users = 0
        /// Whether what somebody else left there is being settled.
        var isSettling = false
    }

    private let mutex = NSLock()
    private let takes: (ServerAddress) throws(LedgerError) -> LedgerClaim?
    private var servers: [ServerAddress: Server] = [:]
    private var isSharing = false

    /// - Parameter take: takes the claim of a server; nil while another process has it.
    init(take: @escaping (ServerAddress) throws(LedgerError) -> LedgerClaim?) { takes = take }

    /// Whether there are others, so that claims are needed.
    var isShared: Bool {
        mutex.lock()
        defer { mutex.unlock() }
        return isSharing
    }

    /// From now on claims are needed; those of the servers that this process is at are taken before
    /// this returns.
    func share() throws(LedgerError) {
        mutex.lock()
        defer { mutex.unlock() }
        guard !isSharing else { return }
        for server in servers.keys {
            servers[server]?.claim = try takes(server)
        }
        isSharing = true
    }

    /// From now on no claims are needed, where nobody uses any.
    func stopSharing() {
        mutex.lock()
        defer { mutex.unlock() }
        if servers.isEmpty { isSharing = false }
    }

    /// Begins to use a server without a claim; false where there are others.
    func enterAlone(_ server: ServerAddress) -> Bool {
        mutex.lock()
        defer { mutex.unlock() }
        guard !isSharing else { return false }
        servers[server, default: Server()].users += 1
        return true
    }

    /// Begins to use a server under its claim, which is taken where this process does not have it.
    ///
    /// - Parameter limit: how many servers this process has at most.
    func enter(_ server: ServerAddress, limit: Int) throws(LedgerError) -> Entry {
        mutex.lock()
        defer { mutex.unlock() }
        var known = servers[server] ?? Server()
        guard !known.isSettling else { return .elsewhere }
        var isNew = false
        if known.claim == nil {
            // One that is used without a claim was begun before the work was shared.
            guard known.users == 0, servers.count < limit, let claim = try takes(server) else {
                return .elsewhere
            }
            known.claim = claim
            known.isSettling = true
            isNew = true
        }
        known.users += 1
        servers[server] = known
        return isNew ? .new : .mine
    }

    /// Takes the claim of a server that nobody has, not even this process, to settle what was left
    /// there; false where somebody is at work there.
    func enterUnused(_ server: ServerAddress) throws(LedgerError) -> Bool {
        mutex.lock()
        defer { mutex.unlock() }
        guard servers[server] == nil, let claim = try takes(server) else { return false }
        servers[server] = Server(claim: claim, users: 1, isSettling: true)
        return true
    }

    /// What was left on a server is settled: others of this process may use it as well.
    func settled(_ server: ServerAddress) {
        mutex.lock()
        servers[server]?.isSettling = false
        mutex.unlock()
    }

    /// Ends one use of a server; the last one gives its claim back.
    func leave(_ server: ServerAddress) {
        mutex.lock()
        defer { mutex.unlock() }
        guard var known = servers[server] else { return }
        known.users -= 1
        guard known.users <= 0 else { return servers[server] = known }
        known.claim?.giveBack()
        servers[server] = nil
    }

    /// The claim of a server; nil where none is needed.
    func claim(of server: ServerAddress) -> LedgerClaim? {
        mutex.lock()
        defer { mutex.unlock() }
        return servers[server]?.claim
    }
}
