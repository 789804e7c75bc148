import Execution
import Store

/// The exclusive right to reconcile one environment; ends with the process at the latest.
package final class EnvironmentLease: Sendable {
    /// The environment's name.
    package let environment: String
    private let held: any HeldLease
    private let leases: HeldLeases

    fileprivate init(environment: String, held: any HeldLease, leases: HeldLeases) {
        self.environment = environment
        self.held = held
        self.leases = leases
        leases.add(held.lease, of: environment)
    }

    deinit {
        leases.remove(held.lease, of: environment)
        held.giveBack()
    }
}

/// The leases that one handle of a ledger holds: what it records meanwhile is recorded under them.
final class HeldLeases: Sendable {
    private let held = Lock<[String: Lease]>([:])

    /// The lease under which transitions of `environment` are recorded; nil where none is held.
    func lease(of environment: String) -> Lease? { held.withLock { $0[environment] } }

    fileprivate func add(_ lease: Lease, of environment: String) {
        held.withLock { $0[environment] = lease }
    }

    fileprivate func remove(_ lease: Lease, of environment: String) {
        held.withLock { held in
            if held[environment] == lease { held[environment] = nil }
        }
    }
}

extension Ledger {
    /// Takes the lease of `environment`; throws `locked`, with the holder, while it is taken.
    ///
    /// What this handle records in the environment from now on is refused once the lease is another
    /// one's.
    ///
    /// - Parameter holder: what this process is doing, for the error that others get meanwhile.
    package func lease(
        _ environment: String, holder: String
    ) throws(LedgerError) -> EnvironmentLease {
        _ = try Self.reference(environment)
        try make()
        do throws(StoreError) {
            return EnvironmentLease(
                environment: environment, held: try backend.take(environment, owner: holder),
                leases: leases)
        } catch  where error.code == .locked {
            throw LedgerError(
                .locked, "environment \(environment) is being reconciled by \(error.fault)",
                remedy: "wait for it, or end that process")
        } catch {
            throw LedgerError(error, about: "taking the lease of environment \(environment)")
        }
    }
}
