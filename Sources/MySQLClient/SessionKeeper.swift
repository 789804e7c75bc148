import Foundation

/// Keeps sessions alive that are silent for a while because their process does something else:
/// waits for its turn, writes to its ledger, or has other sessions at work.
///
/// A session that holds a lock tells the server to end it after some seconds without a sign of
/// life. So a process that stands still, or a machine that is gone without a word, loses its locks
/// after that time, and a healthy one never does.
// Sendable: everything that changes is guarded by `state`.
final class SessionKeeper: @unchecked Sendable {
    static let shared = SessionKeeper()

    private let state = NSCondition()
    private var kept: [ObjectIdentifier: Kept] = [:]
    private var isRunning = false

    private struct Kept {
        let connection: Connection
        /// The time between two signs of life.
        let silence: Duration
    }

    /// Keeps a session alive while `body` runs.
    ///
    /// - Parameter silence: after how long without a statement it gives a sign of life.
    func keep<Result>(
        _ connection: Connection, after silence: Duration, _ body: () throws -> Result
    ) rethrows -> Result {
        let key = ObjectIdentifier(connection)
        add(Kept(connection: connection, silence: silence), key)
        defer { remove(key) }
        return try body()
    }

    private func add(_ one: Kept, _ key: ObjectIdentifier) {
        state.lock()
        defer { state.unlock() }
        kept[key] = one
        guard !isRunning else { return state.signal() }
        isRunning = true
        let thread = Thread { [self] in run() }
        thread.name = "plumb-sessions"
        thread.stackSize = 1 << 19
        thread.start()
    }

    private func remove(_ key: ObjectIdentifier) {
        state.lock()
        defer { state.unlock() }
        kept[key] = nil
    }

    /// Looks at all sessions as often as the one that needs it most.
    private func run() {
        state.lock()
        defer { state.unlock() }
        while true {
            guard let shortest = kept.values.map(\.silence).min() else {
                state.wait()
                continue
            }
            let pause = shortest / 2
            let seconds =
                Double(pause.components.seconds) + Double(pause.components.attoseconds) * 1e-18
            _ = state.wait(until: Date(timeIntervalSinceNow: seconds))
            let due = Array(kept.values)
            state.unlock()
            for one in due { one.connection.showLife(after: one.silence) }
            state.lock()
        }
    }
}

extension Connection {
    /// After how many seconds without a sign of life the server ends a session that holds a lock:
    /// as long as a lease of the ledger lasts, so that whoever takes over finds the shards free.
    package static let silentSeconds = 30

    /// Has the server end the session after so many seconds without a sign of life, until it is
    /// reset.
    package static func silenceStatement(seconds: Int = silentSeconds) -> String {
        "SET SESSION wait_timeout = \(max(1, seconds))"
    }

    /// Keeps the session alive while `body` runs and this process does.
    ///
    /// - Parameter seconds: after which time the server ends it, as ``silenceStatement(seconds:)``
    ///   says.
    package func keptAlive<Result>(
        seconds: Int = silentSeconds, _ body: () throws -> Result
    ) rethrows -> Result {
        try SessionKeeper.shared.keep(
            self, after: .milliseconds(max(1, seconds) * 1000 / 6), body)
    }
}
