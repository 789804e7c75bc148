import Execution
import Model
import Service

/// `plumb status`.
enum StatusCommand {
    static let command = Command(
        name: "status", summary: StatusEndpoints.latest.summary, arguments: "[rollout]",
        details: """
            With --watch it is shown again whenever the ledger changes, until no rollout of those
            shown is open; SIGINT ends it before.
            """,
        options: Option.fleet + [.server] + Option.all(of: StatusEndpoints.latest)
            + [.watch, .output, .noColor],
        run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let asking = try Asking(
            invocation.arguments.isEmpty ? StatusEndpoints.latest : StatusEndpoints.rollout,
            invocation)
        guard invocation.has(.watch) else { return asking.show(try asking.answer()) }
        let interrupt = Interrupt()
        Signals.deliver(to: interrupt) { _ in }
        var shown: String?
        while true {
            let answer = try asking.answer()
            if answer.text != shown {
                if shown != nil { invocation.terminal.separate() }
                _ = asking.show(answer)
            }
            shown = answer.text
            guard answer.isOpen, interrupt.wait(seconds: 1) else { return answer.exit }
        }
    }
}
