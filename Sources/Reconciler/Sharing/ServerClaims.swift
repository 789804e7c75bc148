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

    private func locked<Value>(_ body: () -> Value) -> Value {
        mutex.lock()
        defer { mutex.unlock() }
        return body()
    }

    /// Whether there are others, so that claims are needed.
    var isShared: Bool { locked { isSharing } }

    /// From now on claims are needed; those of the servers that this process is at are taken before
    /// this returns.
    func share() throws(LedgerError) {
        let used = locked { () -> [ServerAddress] in
            guard !isSharing else { return [] }
            isSharing = true
            return servers.filter { $0.value.claim == nil }.map(\.key)
        }
        for server in used {
            guard let claim = try takes(server) else { continue }
            let isUsed = locked { () -> Bool in
                guard servers[server] != nil else { return false }
                servers[server]?.claim = claim
                return true
            }
            if !isUsed { claim.giveBack() }
        }
    }

    /// From now on no claims are needed, where nobody uses any.
    func stopSharing() { locked { if servers.isEmpty { isSharing = false } } }

    /// Begins to use a server without a claim; false where there are others.
    func enterAlone(_ server: ServerAddress) -> Bool {
        locked {
            guard !isSharing else { return false }
            servers[server, default: Server()].users += 1
            return true
        }
    }

    /// Begins to use a server under its claim, which is taken where this process does not have it.
    ///
    /// - Parameter limit: how many servers this process has at most.
    func enter(_ server: ServerAddress, limit: Int) throws(LedgerError) -> Entry {
        let known = locked { () -> Entry in
            guard let known = servers[server] else {
                guard servers.count < limit else { return .elsewhere }
                servers[server] = Server(users: 1, isSettling: true)
                return .new
            }
            // One that is used without a claim was begun before the work was shared.
            guard !known.isSettling, known.claim != nil else { return .elsewhere }
            servers[server]?.users += 1
            return .mine
        }
        guard known == .new else { return known }
        return try takeNew(server) ? .new : .elsewhere
    }

    /// Takes the claim of a server that nobody has, not even this process, to settle what was left
    /// there; false where somebody is at work there.
    func enterUnused(_ server: ServerAddress) throws(LedgerError) -> Bool {
        let isFree = locked {
            guard servers[server] == nil else { return false }
            servers[server] = Server(users: 1, isSettling: true)
            return true
        }
        guard isFree else { return false }
        return try takeNew(server)
    }

    /// Takes the claim of a server that nobody else of this process can enter meanwhile.
    private func takeNew(_ server: ServerAddress) throws(LedgerError) -> Bool {
        let claim: LedgerClaim?
        do throws(LedgerError) { claim = try takes(server) } catch {
            locked { servers[server] = nil }
            throw error
        }
        locked {
            if claim == nil { servers[server] = nil } else { servers[server]?.claim = claim }
        }
        return claim != nil
    }

    /// What was left on a server is settled: others of this process may use it as well.
    func settled(_ server: ServerAddress) { locked { servers[server]?.isSettling = false } }

    /// Ends one use of a server; the last one gives its claim back.
    func leave(_ server: ServerAddress) {
        let claim = locked { () -> LedgerClaim? in
            guard var known = servers[server] else { return nil }
            known.users -= 1
            servers[server] = known.users > 0 ? known : nil
            return known.users > 0 ? nil : known.claim
        }
        claim?.giveBack()
    }

    /// The claim of a server; nil where none is needed.
    func claim(of server: ServerAddress) -> LedgerClaim? { locked { servers[server]?.claim } }
}
