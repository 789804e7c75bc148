import Foundation
import Git

/// The exclusive right to reconcile one environment; ends with the process at the latest.
package final class EnvironmentLease: Sendable {
    /// The environment's name.
    package let environment: String
    private let file: FileLock

    init(environment: String, file: FileLock) {
        self.environment = environment
        self.file = file
    }
}

extension Ledger {
    /// Takes the lease of `environment`; throws `locked`, with the holder, while it is taken.
    ///
    /// - Parameter holder: what this process is doing, for the error that others get meanwhile.
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
