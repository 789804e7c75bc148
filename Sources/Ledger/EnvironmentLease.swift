import Execution
import Store

/// The exclusive right to reconcile one environment; ends with the process at the latest.
package final class EnvironmentLease: Sendable {
    /// The environment's name.
    package let environment: String
    fileprivate let hold: Hold
    private let leases: HeldLeases

    fileprivate init(environment: String, hold: Hold, leases: HeldLeases) {
        self.environment = environment
        self.hold = hold
        self.leases = leases
        leases.add(hold.held, of: environment)
    }

    deinit { leases.remove(hold.held.lease, of: environment) }

    /// What the handles of one process share; the last one gives it back.
    fileprivate final class Hold: Sendable {
        let held: any HeldLease
        /// The ledger in which it is held.
        let path: String

        init(_ held: any HeldLease, in path: String) {
            self.held = held
            self.path = path
        }

        deinit { held.giveBack() }
    }
}

/// The leases that one handle of a ledger holds: what it records meanwhile is recorded under them.
final class HeldLeases: Sendable {
    private let held = Lock<[String: any HeldLease]>([:])

    /// The leases under which transitions of `environment` are recorded; none where none is held.
    func leases(of environment: String) -> [Lease] {
        held(of: environment).map { [$0.lease] } ?? []
    }

    fileprivate func held(of environment: String) -> (any HeldLease)? {
        held.withLock { $0[environment] }
    }

    fileprivate func add(_ lease: any HeldLease, of environment: String) {
        held.withLock { $0[environment] = lease }
    }

    fileprivate func remove(_ lease: Lease, of environment: String) {
        held.withLock { held in
            if held[environment]?.lease == lease { held[environment] = nil }
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
            let held = try backend.take(environment, owner: holder)
            return EnvironmentLease(
                environment: environment, hold: .init(held, in: path), leases: leases)
        } catch  where error.code == .locked {
            throw LedgerError(
                .locked, "environment \(environment) is being reconciled by \(error.fault)",
                remedy: "wait for it, or end that process")
        } catch {
            throw LedgerError(error, about: "taking the lease of environment \(environment)")
        }
    }

    /// Holds, with this handle too, a lease that another handle of this process has taken; nil
    /// where that is one of another ledger. It is given back with the last of both.
    package func lease(sharing other: EnvironmentLease) -> EnvironmentLease? {
        guard other.hold.path == path else { return nil }
        return EnvironmentLease(
            environment: other.environment, hold: other.hold, leases: leases)
    }

    /// Makes sure that the lease of `environment` is still this handle's, where it was taken and
    /// that is not known: another process may have taken it while this one stood still. Throws
    /// `leaseLost` where it is another one's.
    package func confirmLease(of environment: String) throws(LedgerError) {
        guard let held = leases.held(of: environment), !held.isSure else { return }
        do throws(StoreError) { try held.renew() } catch {
            throw LedgerError(error, about: "renewing the lease of environment \(environment)")
        }
    }

    /// Whether some process has the lease of `environment`.
    package func isLeased(_ environment: String) throws(LedgerError) -> Bool {
        try claims(below: environment).contains { $0.lease.name == environment && $0.isHeld }
    }
}
