import Basics
import Desired
import Execution
import Foundation
import Ledger
import Model
import Reconciler
import Reports

/// Tells the operator's targets what changes in the environments of a daemon.
package final class Notifier: Sendable {
    /// What came of telling, for the log and for metrics.
    package enum Happening: Sendable {
        case told(target: String, Message)
        /// An environment could not be told of; it is tried again after so many seconds. `isNew`
        /// where the reason is another one than before.
        case failed(
            target: String, of: String, String, seconds: Double, isNew: Bool)
    }

    /// How long somebody who was not reached is left alone, in seconds: twice as long each time.
    package struct Pauses: Sendable {
        package var first = 5.0
        package var longest = 900.0

        package init() {}

        func after(_ failures: Int) -> Double {
            min(longest, first * Double(1 << min(max(0, failures - 1), 20)))
        }
    }

    private let tellers: [Teller]
    private let passes = Lock<[String: PassNews]>([:])
    private let threads = DispatchGroup()

    /// What a pass has told so far of itself.
    private struct PassNews: Sendable {
        var session: LedgerSession?
        var found: (fleet: FleetReport, asOf: Int64)?
    }

    /// Why a target cannot be told, as its URL or its secret cannot be read, or is none; nil where
    /// it can, as far as one can say without telling it something.
    ///
    /// - Parameter variables: the environment of the process.
    package static func fault(
        of target: NotificationTarget, variables: [String: String]
    ) -> ConfigurationError? {
        do throws(ConfigurationError) {
            try Courier(target, variables: variables).check()
            return nil
        } catch {
            return error
        }
    }

    /// Throws where a URL or a secret cannot be read, or is none.
    ///
    /// - Parameters:
    ///   - variables: the environment of the process.
    ///   - heard: called on several threads.
    package init(
        _ targets: [NotificationTarget], variables: [String: String], pauses: Pauses = Pauses(),
        heard: @escaping @Sendable (Happening) -> Void
    ) throws {
        let couriers = targets.map { Courier($0, variables: variables) }
        for courier in couriers { try courier.check() }
        tellers = couriers.map { Teller($0, pauses: pauses, heard: heard) }
        for teller in tellers {
            threads.enter()
            let thread = Thread { [threads] in
                teller.run()
                threads.leave()
            }
            thread.name = "plumb-tell-\(teller.target.name)"
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    /// A pass begins, with this ledger.
    package func began(_ session: LedgerSession) {
        passes.withLock { $0[session.environment.name] = PassNews(session: session) }
    }

    /// A pass has found the shards so, and still has the environment.
    package func compared(_ fleet: FleetReport) {
        let name = fleet.environment
        guard let session = passes.withLock({ $0[name]?.session }),
            // Where that cannot be read, the next pass tells.
            let lease = try? session.store.ledger.lastLease(of: name)
        else { return }
        let asOf = Int64((lease.taken.timeIntervalSince1970 * 1_000).rounded())
        passes.withLock { $0[name]?.found = (fleet, asOf) }
    }

    /// A pass has ended.
    package func passed(_ report: ReconcileReport, of environment: String, at time: Timestamp) {
        let news = passes.withLock { $0.removeValue(forKey: environment) }
        guard let session = news?.session, let found = news?.found else { return }
        note(
            Situation(found.fleet, report.plan, asOf: found.asOf, time: time), session.store)
    }

    /// Tells everybody who wants to hear it, soon.
    func note(_ situation: Situation, _ store: LedgerStore) {
        for teller in tellers { teller.note(situation, store) }
    }

    /// Tells nothing further, and waits a little for what is being sent: what is cut off is told
    /// again, with the same id, by whoever comes next.
    package func stop() {
        for teller in tellers { teller.stop() }
        _ = threads.wait(timeout: .now() + 5)
    }
}
