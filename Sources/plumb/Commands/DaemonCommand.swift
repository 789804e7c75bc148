import Basics
import Execution
import Foundation
import Model
import Reconciler
import Reports
import Service

/// `plumb daemon`.
enum DaemonCommand {
    static let command = Command(
        name: "daemon", summary: "reconcile in a loop; SIGHUP starts a pass, SIGTERM ends it",
        details: """
            Serves every environment of plumb.yaml, each in a loop of its own, or those that
            --environment names. One line of JSON per event on standard error. A pass without a
            change reads fingerprints only; after --exact-every passes each table is read in full.
            With --listen it answers over HTTP: /livez, /readyz, /metrics and the API below /api/v1.
            """,
        options: Option.fleet.map {
            $0.name == Option.environment.name ? Option.environments : $0
        } + [
            .heal, .interval, .exactEvery, .listen, .tokens, .webhooks, .tlsCertificate, .tlsKey,
            .approvalKey, .logLevel,
        ],
        run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let seconds = try invocation.seconds(.interval, default: 60)
        let settings = Daemon.Settings(
            intervalSeconds: Double(seconds),
            exactEvery: try invocation.number(.exactEvery, default: 60),
            patienceSeconds: Double(seconds))
        let log = try EventLog(invocation)
        let pulse = LoopPulse()
        let service = ServiceNotices(invocation.environmentVariables, pulse: pulse) { loops in
            log.write(.standingStill(loops: loops), of: nil, at: Timestamp(Date()))
        }
        let face = try DaemonFace(invocation, log)
        let request = try invocation.request()
        let news = try DaemonNews(request, invocation.environmentVariables, log, face?.state)
        let tell: EnvironmentLoops.Notify = { environment, event in
            let now = Timestamp(Date())
            let line = log.write(event, of: environment, at: now)
            service?.note(environment, event)
            face?.note(event, of: environment, at: now, line)
            news?.note(event, of: environment, at: now)
        }
        let interrupt = Interrupt()
        let woken: @Sendable () -> Void = {
            service?.noteReload()
            face?.renewCertificate()
        }
        Signals.deliver(to: interrupt, woken: woken) { reason in
            pulse.end()
            tell(nil, .ending(reason: reason))
        }
        tell(nil, .started(intervalSeconds: Int(seconds)))
        let loops = EnvironmentLoops(
            request: request, settings: settings, pulse: pulse, notify: tell,
            classify: { error in
                let failure = Failure(error)
                return (failure.message, failure.status)
            },
            hooks: { environment, interrupt in
                var hooks = PassHooks(
                    interrupt: interrupt,
                    listener: RolloutListener { tell(environment, .rollout($0)) })
                hooks.shares = true
                if face != nil || news != nil {
                    hooks.compared = { drift, fleet in
                        face?.state.compared(drift, fleet)
                        news?.compared(fleet)
                    }
                }
                if let state = face?.state {
                    hooks.measured = { state.note($0, of: environment) }
                }
                return hooks
            },
            began: { session in
                face?.state.began(session)
                news?.began(session)
            })
        let server = try face?.open(waking: loops, pulse)
        loops.run(invocation.values(.environments), until: interrupt)
        server?.stop()
        news?.stop()
        tell(nil, .ended)
        return .done
    }
}
