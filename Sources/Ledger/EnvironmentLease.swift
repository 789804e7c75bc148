import Foundation
import Git

/// The right to reconcile one environment, held for a whole run; it ends with the process.
package final class EnvironmentLease: Sendable {
    package let environment: String
    private let file: FileLock

    init(environment: String, file: FileLock) {
        self.environment = environment
        self.file = file
    }
}

extension Ledger {
    /// Takes the lease of `environment`; throws `locked`, naming the holder, when it is taken.
    ///
    /// - Parameter holder: what the holder does, for whoever is refused meanwhile.
    package func lease(
        _ environment: String, holder: String
    ) throws(LedgerError) -> EnvironmentLease {
        _ = try Self.reference(environment)
        try make()
        let folder = "\(path)/leases"
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
            throw LedgerError(system: errno, at: folder)
        }
        do throws(FileLock.Failure) {
            return EnvironmentLease(
                environment: environment,
                file: try FileLock(
                    path: "\(folder)/\(environment)", waitSeconds: 0, purpose: holder))
        } catch {
            switch error {
            case .held(let holder):
                throw LedgerError(
                    .locked,
                    "environment \(environment) is being reconciled by \(holder)",
                    remedy: "wait for it, or end that process")
            case .system(let number):
                throw LedgerError(system: number, at: "\(folder)/\(environment)")
            }
        }
    }
}
