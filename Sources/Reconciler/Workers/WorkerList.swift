import Foundation
import Ledger
import Store

/// Who works on an environment, as the ledger's leases have it.
package struct WorkerList {
    package struct Hold {
        /// A server, the environment, or that it is there.
        package let what: String
        package let since: Date
        /// The last sign of life; nil where the store does not keep any.
        package let renewed: Date?
    }

    package struct Worker {
        package let name: String
        /// What it is, such as `daemon by ada@example.com`.
        package var words: String
        package var holds: [Hold]
    }

    /// By name.
    package let workers: [Worker]

    /// Whether a daemon is there, which goes on with rollouts by itself.
    package var hasDaemon: Bool { workers.contains { $0.words.hasPrefix("daemon") } }

    package init(of store: LedgerStore) throws(LedgerError) {
        let (ledger, environment) = (store.ledger, store.environment)
        var workers: [String: Worker] = [:]
        func add(_ standing: LeaseStanding, _ name: String, _ words: String?, _ what: String) {
            guard standing.isHeld else { return }
            var worker = workers[name] ?? Worker(name: name, words: "", holds: [])
            if let words { worker.words = words }
            worker.holds.append(
                Hold(what: what, since: standing.lease.taken, renewed: standing.renewed))
            workers[name] = worker
        }
        let presence = SharedNames.workers(environment)
        for standing in try ledger.claims(below: presence) {
            let name = String(standing.lease.name.dropFirst(presence.count))
            add(standing, name, standing.lease.owner, "waits for work")
        }
        for standing in try ledger.claims(below: environment)
        where standing.lease.name == environment {
            let parts = standing.lease.owner.split(separator: ",", maxSplits: 1)
            let name = parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
            add(standing, name, parts.first.map(String.init), "the environment \(environment)")
        }
        let claims = SharedNames.claims(environment)
        for standing in try ledger.claims(below: claims) {
            let server = String(standing.lease.name.dropFirst(claims.count))
            add(standing, standing.lease.owner, nil, server)
        }
        let sights = SharedNames.sights(environment)
        for standing in try ledger.claims(below: sights) {
            let server = String(standing.lease.name.dropFirst(sights.count))
            add(standing, standing.lease.owner, nil, "reads \(server)")
        }
        for name in workers.keys where workers[name]?.holds.count ?? 0 > 1 {
            workers[name]?.holds.removeAll { $0.what == "waits for work" }
        }
        self.workers = workers.values.sorted { $0.name < $1.name }
    }
}
