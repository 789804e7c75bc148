import Basics
import Execution
import Foundation
import Model
import Reconciler
import Reports
import Service
import Views

/// `plumb daemon`.
enum DaemonCommand {
    static let command = Command(
        name: "daemon", summary: "reconcile in a loop; SIGHUP starts a pass, SIGTERM ends it",
        details: """
            Serves every environment of plumb.yaml, each in a loop of its own, or those that
            --environment names. One line of JSON per event on standard error. A pass without a
            change reads fingerprints only; after --exact-every passes each table is read in full.
            """,
        options: Option.fleet.map {
            $0.name == Option.environment.name ? Option.environments : $0
        } + [.heal, .interval, .exactEvery],
        run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let seconds = try invocation.seconds(.interval, default: 60)
        let settings = Daemon.Settings(
            intervalSeconds: Double(seconds),
            exactEvery: try invocation.number(.exactEvery, default: 60),
            patienceSeconds: Double(seconds))
        let terminal = invocation.terminal
        let tell: EnvironmentLoops.Notify = { environment, event in
            terminal.log(
                EventJSON.line(event, of: environment, at: Timestamp(Date())), as: .json)
        }
        let interrupt = Interrupt()
        Signals.deliver(to: interrupt) { tell(nil, .ending(reason: $0)) }
        let request = try invocation.request()
        tell(nil, .started(intervalSeconds: Int(seconds)))
        EnvironmentLoops(
            request: request, settings: settings, notify: tell,
            classify: { error in
                let failure = Failure(error)
                return (failure.message, failure.status)
            },
            hooks: { environment, interrupt in
                var hooks = PassHooks(
                    interrupt: interrupt,
                    listener: RolloutListener { tell(environment, .rollout($0)) })
                hooks.shares = true
                return hooks
            }
        ).run(invocation.values(.environments), until: interrupt)
        tell(nil, .ended)
        return .done
    }
}
