import Execution
import Foundation
import Store

/// A right beside the one to an environment, which one process of all has until it gives it back or
/// ends: to be counted as a worker, or to change the shards of a server.
package final class LedgerClaim: Sendable {
    private let held: any HeldLease

    fileprivate init(_ held: any HeldLease) { self.held = held }

    deinit { held.giveBack() }

    /// The lease under which is recorded what is done with it.
    package var lease: Lease { held.lease }

    /// Whether nobody else can have it by now; false after this process stood still for so long
    /// that somebody may, until ``confirm()`` has succeeded.
    package var isSure: Bool { held.isSure }

    /// Makes sure that it is still held; throws `leaseLost` where it is another one's.
    package func confirm() throws(LedgerError) {
        do throws(StoreError) { try held.renew() } catch {
            throw LedgerError(error, about: "renewing the lease \(lease.name)")
        }
    }

    /// Gives it back before the last reference to it is gone.
    package func giveBack() { held.giveBack() }
}

extension Ledger {
    /// Takes a right by its name; nil while another process has it.
    ///
    /// - Parameter holder: who takes it and for what, for people who look.
    package func claim(_ name: String, holder: String) throws(LedgerError) -> LedgerClaim? {
        try make()
        do throws(StoreError) {
            return LedgerClaim(try backend.take(name, owner: holder))
        } catch  where error.code == .locked {
            return nil
        } catch {
            throw LedgerError(error, about: "taking the lease \(name)")
        }
    }

    /// What is known of the rights whose names begin with `prefix`, by name; also those that nobody
    /// has any more.
    package func claims(below prefix: String) throws(LedgerError) -> [LeaseStanding] {
        guard try isThere else { return [] }
        return try translating("the leases of the ledger \(path)") { () throws(StoreError) in
            try backend.leases(below: prefix)
        }
    }

    /// The lease of an environment as it was taken last, whether or not it is held; nil where it
    /// never was.
    package func lastLease(of environment: String) throws(LedgerError) -> Lease? {
        guard try isThere else { return nil }
        return try translating("the leases of the ledger \(path)") { () throws(StoreError) in
            try backend.lease(environment)
        }
    }

    /// The time by the store's clock.
    package func now() throws(LedgerError) -> Date {
        try translating("the ledger \(path)") { () throws(StoreError) in try backend.now() }
    }
}
