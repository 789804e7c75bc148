import Basics
import Execution
import Ledger
import Model

/// The environments that have to be done before this one (`after`), and whether they still are.
struct EarlierEnvironments: Sendable {
    let names: [String]
    let store: LedgerStore

    /// Why nothing of a plan begins; nil where each of them has converged at its commit.
    ///
    /// - Parameters:
    ///   - commit: the commit of the plan; nil for files of a folder, which none has converged at.
    ///   - label: the revision as people name it.
    func hold(at commit: String?, _ label: String) throws(LedgerError) -> String? {
        for name in names {
            let snapshot = try store.snapshot(of: name)
            if let reason = try Self.trouble(name, snapshot) { return reason }
            let record = try snapshot?.environmentRecord()
            guard let commit, record?.convergedRevision == commit else {
                return "after: the environment `\(name)` has not converged at \(label) yet"
            }
        }
        return nil
    }

    /// Why nothing more begins of what was let begin; nil where nothing speaks against it. That one
    /// of them went on to a later commit does not.
    func holdMeanwhile() throws(LedgerError) -> String? {
        for name in names {
            let snapshot = try store.snapshot(of: name)
            if let reason = try Self.trouble(name, snapshot) { return reason }
            guard try snapshot?.environmentRecord()?.convergedRevision != nil else {
                return "after: the environment `\(name)` has not converged any more"
            }
        }
        return nil
    }

    /// What is wrong with an environment, whatever it has converged at. Reads its record and the
    /// marks of its open rollouts.
    private static func trouble(
        _ name: String, _ snapshot: RecordSnapshot?
    ) throws(LedgerError) -> String? {
        guard let snapshot else { return nil }
        if let rollback = try snapshot.rollbacks().first {
            return "after: rollback \(rollback.id) holds in the environment `\(name)`"
        }
        for id in try snapshot.list(RecordPath.openFolder) {
            guard let still = try snapshot.rolloutMark(id)?.standstill(of: id) else { continue }
            return "after: in the environment `\(name)` rollout \(id) is \(still.words)"
        }
        if let divergence = try snapshot.environmentRecord()?.divergence {
            return "after: the environment `\(name)` is not as it was when it converged: "
                + "\(divergence.reason) (\(divergence.at))"
        }
        return nil
    }
}

/// Looks while a pass works whether the earlier environments still are as they were when it began.
/// Costs a read of their records for each second in which something would begin.
final class EarlierLook: Sendable {
    private struct Seen {
        var at: Timestamp
        var reason: String?
    }

    private let environments: EarlierEnvironments
    private let clock: any Clock
    private let seen = Lock<Seen?>(nil)

    init(_ environments: EarlierEnvironments, clock: any Clock) {
        self.environments = environments
        self.clock = clock
    }

    /// Why nothing begins just now; nil where something may. Known for a second.
    var reason: String? {
        let now = clock.now
        if let seen = seen.withLock({ $0 }), seen.at == now { return seen.reason }
        return look(now)
    }

    /// Looks again.
    func renew() { _ = look(clock.now) }

    private func look(_ now: Timestamp) -> String? {
        guard !environments.names.isEmpty else { return nil }
        var reason: String?
        do throws(LedgerError) {
            reason = try environments.holdMeanwhile()
        } catch {
            reason = "after: it is not known how the earlier environments are: \(error)"
        }
        seen.withLock { [reason] in $0 = Seen(at: now, reason: reason) }
        return reason
    }
}
