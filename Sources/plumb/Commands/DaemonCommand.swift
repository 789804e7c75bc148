import Basics
import Execution
import Foundation
import Model
import Reconciler
import Reports
import Views

/// `plumb daemon`.
enum DaemonCommand {
    static let command = Command(
        name: "daemon", summary: "reconcile in a loop; SIGHUP starts a pass, SIGTERM ends it",
        details: """
            One line of JSON per event on standard error. A pass without a change reads
            fingerprints only; after --exact-every passes each table is read in full.
            """,
        options: Option.fleet + [.heal, .interval, .exactEvery],
        run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let seconds = try invocation.seconds(.interval, default: 60)
        let settings = Daemon.Settings(
            intervalSeconds: Double(seconds),
            exactEvery: try invocation.number(.exactEvery, default: 60))
        let terminal = invocation.terminal
        let tell: @Sendable (ReconcileEvent) -> Void = { event in
            terminal.log(EventJSON.line(event, at: Timestamp(Date())), as: .json)
        }
        let interrupt = Interrupt()
        let hooks = PassHooks(
            interrupt: interrupt, listener: RolloutListener { tell(.rollout($0)) })
        Signals.deliver(to: interrupt) { tell(.ending(reason: $0)) }
        let request = try invocation.request()
        tell(.started(intervalSeconds: Int(seconds)))
        Daemon(request: request, hooks: hooks, settings: settings, notify: tell)
            .run { error in
                let failure = Failure(error)
                return (failure.message, failure.status)
            }
        tell(.ended)
        return .done
    }
}
