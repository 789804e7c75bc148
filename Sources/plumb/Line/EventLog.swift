import Basics
import Foundation
import Reports
import Service
import Views

/// The log of a process that runs for long: one line of JSON for each event on standard error, of
/// those that matter enough.
struct EventLog: Sendable {
    private let terminal: Terminal
    private let least: LogLevel

    /// Throws where `--log-level` is none.
    init(_ invocation: Invocation) throws {
        terminal = invocation.terminal
        let word = invocation.value(.logLevel) ?? LogLevel.info.rawValue
        guard let level = LogLevel(rawValue: word) else {
            throw UsageError(
                message: "--log-level \(word): no such level",
                remedy: "use \(LogLevel.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        least = level
    }

    /// Writes an event of a reconcile loop.
    ///
    /// - Returns: the line, written or not.
    @discardableResult
    func write(_ event: ReconcileEvent, of environment: String?, at time: Timestamp) -> String {
        let line = EventJSON.line(event, of: environment, at: time)
        write(line, LogLevel(event))
        return line
    }

    /// Writes about something else than a reconcile loop.
    func write(
        _ kind: String, _ level: LogLevel, _ values: [String: String],
        of environment: String? = nil
    ) {
        write(
            EventJSON.line(kind, level, values, of: environment, at: Timestamp(Date())), level)
    }

    private func write(_ line: String, _ level: LogLevel) {
        guard level >= least else { return }
        terminal.log(line, as: .json)
    }
}
