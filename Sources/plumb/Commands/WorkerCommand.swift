import Basics
import Desired
import Execution
import Foundation
import Ledger
import Model
import Reconciler
import Reports
import Service

/// `plumb worker`.
enum WorkerCommand {
    static let command = Command(
        name: "worker", summary: "carry out what daemons offer, and read what they cannot reach",
        details: """
            Makes no plan and reads no schema repository: it takes what a daemon or a reconcile has
            recorded in the ledger, for the servers of which the operator's file has an account that
            may change shards. Servers that a daemon cannot reach it reads for it. One line of JSON
            per event on standard error. SIGTERM lets the running statements finish.
            """,
        options: [
            .operatorFile, .ledger, .environment, .hosts, .labels, .concurrency, .logLevel,
            .noColor,
        ], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        guard let rules = try invocation.operatorFile() else {
            throw UsageError(
                message: "a worker needs an operator's file: its accounts say which servers it may "
                    + "change",
                remedy: "name it with --operator")
        }
        let environment = try environment(invocation.value(.environment), rules)
        let log = try EventLog(invocation)
        let pulse = LoopPulse()
        let service = ServiceNotices(invocation.environmentVariables, pulse: pulse) { loops in
            log.write(.standingStill(loops: loops), of: environment, at: Timestamp(Date()))
        }
        let tell: @Sendable (ReconcileEvent) -> Void = { event in
            log.write(event, of: environment, at: Timestamp(Date()))
            service?.note(environment, event)
        }
        let interrupt = Interrupt()
        Signals.deliver(to: interrupt) { reason in
            pulse.end()
            tell(.ending(reason: reason))
        }
        let hooks = PassHooks(
            interrupt: interrupt, listener: RolloutListener { tell(.rollout($0)) })
        let hosts = try invocation.values(.hosts).map(pattern)
        let labels = try labels(invocation.values(.labels))
        let total = try invocation.number(.concurrency, default: 8)
        let open = {
            try WorkerSession(
                rules, environment: environment,
                ledger: try WorkerSession.ledger(
                    invocation.value(.ledger), rules, folder: invocation.folder,
                    interrupt: interrupt),
                actor: invocation.actor, hosts: hosts, labels: labels, total: total,
                folder: invocation.folder,
                hooks: hooks)
        }
        let session = try session(open, until: interrupt) { message in
            tell(.assistanceFailed(server: nil, message: message))
            service?.noteFault(environment, message)
        }
        guard let session else {
            tell(.ended)
            return .done
        }
        try session.run(hooks, pulse: pulse, notify: tell)
        tell(.ended)
        return .done
    }

    /// The session, as soon as the ledger can be reached: whoever starts it with its machine may be
    /// before the ledger's server. Nil where the end was asked for.
    private static func session(
        _ open: () throws -> WorkerSession, until interrupt: Interrupt,
        _ tell: (_ fault: String) -> Void
    ) throws -> WorkerSession? {
        var told: String?
        while !interrupt.isRaised {
            do {
                return try open()
            } catch let error as LedgerError where [.io, .locked].contains(error.code) {
                let message = Failure(error).message
                if told != message { tell(message) }
                told = message
                guard interrupt.wait(seconds: pauseSeconds) else { return nil }
            }
        }
        return nil
    }

    /// Between two looks for a ledger that cannot be reached.
    private static let pauseSeconds = 2.0

    /// The environment that is named, or the only one that the file has.
    private static func environment(_ name: String?, _ rules: Operator) throws -> String {
        if let name { return name }
        guard rules.environments.count == 1, let only = rules.environments.keys.first else {
            throw UsageError(
                message: "\(rules.file) has \(rules.environments.count) environments",
                remedy: "name one with --environment")
        }
        return only
    }

    private static func labels(_ texts: [String]) throws -> [String: String] {
        var labels: [String: String] = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw UsageError(
                    message: "--labels \(text): it is no label",
                    remedy: "write it as `region=eu`, each with a --labels of its own")
            }
            guard labels.updateValue(parts[1], forKey: parts[0]) == nil else {
                throw UsageError(
                    message: "--labels names `\(parts[0])` twice", remedy: "name it once")
            }
        }
        return labels
    }

    private static func pattern(_ text: String) throws -> HostPattern {
        do throws(HostPattern.Fault) {
            return try HostPattern(text)
        } catch {
            throw UsageError(
                message: "--hosts \(text): it \(error.message)",
                remedy: "name a server as `db-1:3306`, or several as `db-*.internal`")
        }
    }
}
