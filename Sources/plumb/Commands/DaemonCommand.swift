import Execution
import Foundation
import Reconciler
import Views

/// `plumb daemon`.
enum DaemonCommand {
    static let command = Command(
        name: "daemon", summary: "reconcile for ever; SIGHUP reconciles now, SIGTERM ends well",
        details: """
            One line of JSON per event on standard error. A pass in which nothing moved reads
            fingerprints only; every so many passes each table is read in full.
            """,
        options: Option.fleet + [.heal, .interval, .exactEvery],
        run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let seconds = try invocation.seconds(.interval, default: 60)
        let settings = Daemon.Settings(
            intervalSeconds: Double(seconds),
            exactEvery: try invocation.number(.exactEvery, default: 60))
        let log = EventLog(invocation.terminal)
        let interrupt = Interrupt()
        let surroundings = PassSurroundings(
            interrupt: interrupt,
            listener: ConvergeListener { event in
                log.write("operation", ["message": EventText.line(event, time: "").trimmed])
            })
        Signals.deliver(to: interrupt) { log.write("ending", ["message": $0]) }
        let request = try invocation.request()
        log.write("started", ["interval": "\(seconds)s"])
        Daemon(request: request, surroundings: surroundings, settings: settings) { event in
            log.write(event)
        }.run { error in
            let failure = Failure(error)
            return (failure.message, failure.status)
        }
        log.write("ended", [:])
        return .done
    }
}

/// Events as lines of JSON, keys sorted.
private struct EventLog: Sendable {
    private let terminal: Terminal

    init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    func write(_ event: Daemon.Event) {
        switch event {
        case .passed(let number, let report):
            write(
                "pass",
                [
                    "pass": "\(number)", "exit": "\(report.exitStatus.rawValue)",
                    "outcome": report.exitStatus.label,
                    "revision": report.plan.plan.revision.label,
                    "steps": "\(report.plan.steps.count)",
                    "unknown": "\(report.plan.plan.unknown.count)",
                    "completed": "\(report.rollout.counts["completed"] ?? 0)",
                ])
        case .failed(let number, let message, let status):
            write(
                "pass-failed",
                ["pass": "\(number)", "exit": "\(status.rawValue)", "message": message])
        case .waiting(let seconds):
            write("waiting", ["seconds": String(Int(seconds.rounded()))])
        }
    }

    func write(_ event: String, _ values: [String: String]) {
        var values = values
        values["event"] = event
        values["ts"] = Timestamp(Date()).iso
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let line = try? encoder.encode(values) else { return }
        terminal.note(String(decoding: line, as: UTF8.self), as: .json)
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
