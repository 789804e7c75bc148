import Basics
import Desired
import Execution
import Foundation
import Ledger
import Model
import Reconciler
import Reports
import Service
import Signatures
import Tokens

/// What the loops of a daemon know, for everybody who asks over HTTP: written by the loops, read
/// by the threads that answer.
package final class DaemonState: Sendable {
    private let state = Lock(State())
    private let events: EventHub
    private let key: SigningKey?

    private struct State {
        var environments: [String: Kept] = [:]
        var notifications = NotificationCounts()
        /// Those that are to be served, once they are known.
        var expected: Set<String>?
    }

    private struct Kept: Sendable {
        var known = EnvironmentState()
        var ledger: LedgerSession?
        let memory = ServiceMemory()
        /// How often something was told.
        var generation = 0

        /// What an answer may depend on has changed.
        mutating func change(_ change: (inout Kept) -> Void) {
            generation += 1
            change(&self)
        }
    }

    /// - Parameters:
    ///   - events: gets what the loops tell, too.
    ///   - key: signs the approvals and denials that somebody with a token gives; nil to record
    ///     them unsigned.
    package init(events: EventHub, key: SigningKey? = nil) {
        self.events = events
        self.key = key
    }

    /// The names of the environments, sorted.
    package var environments: [String] { state.withLock { $0.environments.keys.sorted() } }

    /// Whether each environment was looked at once, or another process does.
    package var isReady: Bool {
        state.withLock { state in
            !state.environments.isEmpty && state.environments.values.allSatisfy(\.known.isReady)
        }
    }

    /// Takes in what a loop tells.
    ///
    /// - Parameter json: the same as one line.
    /// - Returns: whether a pass has ended that changed shards, so that another look is due.
    @discardableResult
    package func note(
        _ event: ReconcileEvent, of environment: String?, at time: Timestamp, json: String
    ) -> Bool {
        defer { events.publish(json, of: environment) }
        guard let environment else { return false }
        return state.withLock { state in
            state.environments[environment, default: Kept()].change {
                $0.known.note(event, at: time)
            }
            guard case .passed = event else { return false }
            return state.environments[environment]?.known.isBehind == true
        }
    }

    /// Takes in what was measured.
    package func note(_ measure: Measure, of environment: String) {
        state.withLock { $0.environments[environment, default: Kept()].known.work.note(measure) }
    }

    /// Takes in whether somebody could be told of something.
    package func noteNotification(to target: String, arrived: Bool) {
        state.withLock { $0.notifications.note(target, arrived: arrived) }
    }

    /// How often somebody was told of something.
    var notifications: NotificationCounts { state.withLock { $0.notifications } }

    /// Takes in with what a pass begins: the source, the fleet file and the ledger.
    package func began(_ session: LedgerSession) {
        let name = session.environment.name
        state.withLock {
            $0.environments[name, default: Kept()].change { $0.ledger = session }
        }
    }

    /// Takes in how a pass found the shards.
    package func compared(_ drift: DriftReport, _ fleet: FleetReport) {
        state.withLock { state in
            state.environments[drift.environment, default: Kept()].change {
                $0.known.compared(drift, fleet)
            }
        }
    }

    /// What an endpoint works with, in the name of whoever asks; and a number that is another one
    /// when something was told since.
    ///
    /// Throws where there is no such environment, or its ledger was not opened yet.
    ///
    /// - Parameter name: nil for the only one.
    func session(_ name: String?, as token: AccessToken) throws -> (
        session: ServiceSession, generation: Int
    ) {
        let name = try name ?? only()
        guard let kept = state.withLock({ $0.environments[name] }) else {
            throw ConfigurationError(
                "this daemon serves no environment `\(name)`", remedy: known, kind: .notFound)
        }
        guard let ledger = kept.ledger else {
            throw NothingFoundYet(environment: name, because: kept.known.fault)
        }
        var session = ServiceSession(
            ledger.acting(as: LedgerActor(name: token.name, email: token.name)),
            found: kept.known.present, memory: kept.memory)
        session.signer = key.map { .daemon($0, token: token.fingerprint) }
        return (session, kept.generation)
    }

    /// What is known of each environment now, in the order of their names.
    func all() -> [(name: String, known: EnvironmentState, ledger: LedgerSession?)] {
        let all = state.withLock { $0.environments }
        return all.sorted { $0.key < $1.key }.map { ($0.key, $0.value.known, $0.value.ledger) }
    }

    private func only() throws -> String {
        let names = environments
        guard let name = names.first, names.count == 1 else {
            throw ConfigurationError(
                names.isEmpty
                    ? "this daemon serves no environment yet"
                    : "this daemon serves several environments",
                remedy: names.isEmpty ? "ask again when its first pass has begun" : known,
                kind: .notFound)
        }
        return name
    }

    private var known: String { "it serves \(environments.joined(separator: ", "))" }
}
