import Basics
import Foundation
import Ledger
import Schema
import Store

/// How one process shares the work on an environment with others: who it is, who else is there, and
/// which servers are its own.
package final class WorkSharing: Sendable {
    /// How often it is looked whether there are others while there is work, in seconds.
    static let lookSeconds = 1.0

    /// For how long nothing has to move before what this process cannot do is left to others no
    /// longer, in seconds.
    static let patienceSeconds = 20.0

    package let name: WorkerName
    package let claims: ServerClaims
    private let ledger: Ledger
    private let environment: String

    package init(ledger: Ledger, environment: String, name: WorkerName = .own()) {
        self.ledger = ledger
        self.environment = environment
        self.name = name
        claims = ServerClaims { [ledger, environment, name] server throws(LedgerError) in
            try ledger.claim(SharedNames.claim(environment, server), holder: name.text)
        }
    }

    /// Whether it is about the environment of this ledger.
    func isAbout(_ other: Ledger, _ environment: String) -> Bool {
        ledger.path == other.path && self.environment == environment
    }

    /// Whether there are others; from then on this process takes claims. Costs one question to the
    /// store.
    func look() throws(LedgerError) -> Bool {
        guard try hasOthers() else {
            claims.stopSharing()
            return claims.isShared
        }
        try claims.share()
        return true
    }

    private func hasOthers() throws(LedgerError) -> Bool {
        let own = SharedNames.presence(environment, name)
        for prefix in [SharedNames.workers(environment), SharedNames.claims(environment)] {
            let others = try ledger.claims(below: prefix)
            if others.contains(where: {
                $0.isHeld && $0.lease.name != own && $0.lease.owner != name.text
            }) {
                return true
            }
        }
        return false
    }

    /// Says that this process is there; ends with what is returned.
    package func appear(as words: String) throws(LedgerError) -> LedgerClaim? {
        try ledger.claim(SharedNames.presence(environment, name), holder: words)
    }
}
