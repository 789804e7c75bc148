import Schema

/// The finalizer of one namespace in one rollout.
package struct FinalizerRecord: Codable, Hashable, Sendable {
    /// The version of the record's format.
    package var version: Int
    package var namespace: String
    /// The program and its arguments, as the fleet file had them when the rollout began; empty for
    /// a call.
    package var command: [String]
    /// The procedure that a server runs; nil for a program.
    package var call: Call?
    /// Whether it may run again where nobody knows whether it ran.
    package var isIdempotent: Bool
    /// How long it may take, in seconds.
    package var limitSeconds: Int
    package var state: FinalizerState
    /// How many attempts failed in a way that trying again may help.
    package var attempts: Int
    /// When the first attempt began, ISO 8601 in UTC, as all times here.
    package var startedAt: String?
    package var endedAt: String?
    /// When it is tried again.
    package var nextAt: String?
    /// Why it failed, was skipped or waits.
    package var message: String?
    /// The beginning of what it wrote to standard output.
    package var output: String?
    /// The process that is there for as long as its latest run lasts; nil where nobody can tell.
    package var process: ProcessRecord?

    /// A call of a stored procedure, as the fleet file had it when the rollout began.
    package struct Call: Codable, Hashable, Sendable {
        package var sql: String
        /// The server as the fleet file writes it, before an environment maps it.
        package var on: String

        package init(sql: String, on: String) {
            self.sql = sql
            self.on = on
        }
    }

    package init(
        namespace: String, command: [String], isIdempotent: Bool, limitSeconds: Int
    ) {
        version = 1
        self.namespace = namespace
        self.command = command
        self.isIdempotent = isIdempotent
        self.limitSeconds = limitSeconds
        state = .pending
        attempts = 0
    }
}
