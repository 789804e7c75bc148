import Basics
import Model
import Reports

/// An event of a reconcile loop as one line of JSON with sorted keys: for logs and streams.
///
/// Each line has `event`, the kind, `level`, how much it matters, and `ts`, the time, and mostly
/// `environment`; all values are text, and what looks like a secret in a `message` is blanked out.
package enum EventJSON {
    /// The line has no end.
    ///
    /// - Parameter environment: what it is about; nil for the process as a whole.
    package static func line(
        _ event: ReconcileEvent, of environment: String?, at time: Timestamp
    ) -> String {
        let (kind, values) = members(of: event)
        return line(kind, LogLevel(event), values, of: environment, at: time)
    }

    /// A line about something else than a reconcile loop.
    package static func line(
        _ kind: String, _ level: LogLevel, _ values: [String: String],
        of environment: String? = nil, at time: Timestamp
    ) -> String {
        var object = values.mapValues(JSONValue.string)
        // Only there: whoever asks over HTTP chooses the length of a path, and looking takes time.
        if let message = values["message"] { object["message"] = .string(Redacted.text(message)) }
        object["event"] = .string(kind)
        object["level"] = .string(level.rawValue)
        object["ts"] = .string(time.iso)
        if let environment { object["environment"] = .string(environment) }
        return JSONValue.object(object).encoded()
    }

    private static func members(of event: ReconcileEvent) -> (kind: String, [String: String]) {
        switch event {
        case .started(let seconds): return ("started", ["interval": "\(seconds)s"])
        case .working: return ("working", [:])
        case .rollout(let event):
            return ("operation", ["message": EventText.words(event)])
        case .passed(let number, let report): return ("pass", pass(number, report))
        case .failed(let number, let message, let status):
            return (
                "pass-failed",
                ["pass": "\(number)", "exit": "\(status.rawValue)", "message": message]
            )
        case .standingBy(let message): return ("standing-by", ["message": message])
        case .assisting(let server, let rollout, let operations):
            return (
                "assisting", ["server": server, "rollout": rollout, "operations": "\(operations)"]
            )
        case .reading(let server, let shards):
            return ("reading", ["server": server, "shards": "\(shards)"])
        case .assistanceFailed(let server, let message):
            return (
                "assistance-failed",
                ["message": message].merging(server.map { ["server": $0] } ?? [:]) { $1 }
            )
        case .gone(let message): return ("environment-gone", ["message": message])
        case .standingStill(let loops):
            return ("standing-still", ["environments": loops.joined(separator: ", ")])
        case .pausing(let seconds):
            return ("waiting", ["seconds": String(Int(seconds.rounded()))])
        case .ending(let reason): return ("ending", ["message": reason])
        case .ended: return ("ended", [:])
        }
    }

    private static func pass(_ number: Int, _ report: ReconcileReport) -> [String: String] {
        let seen = report.plan.notices.filter { $0.code == Notice.readByWorker }.map(\.message)
        let more = seen.isEmpty ? [:] : ["readByWorkers": seen.joined(separator: "; ")]
        return [
            "pass": "\(number)", "exit": "\(report.exitStatus.rawValue)",
            "outcome": report.exitStatus.label,
            "revision": report.plan.plan.revision.label,
            "steps": "\(report.plan.steps.count)",
            "unknown": "\(report.plan.plan.unknown.count)",
            "completed": "\(report.rollout.counts["completed"] ?? 0)",
        ].merging(more) { $1 }
    }
}
