import Execution
import MySQLClient
import Schema

/// The end of the process, as the store hears of it: a server that answers nothing is not waited
/// for much longer once it was asked for, and what has to be written later fails at once. The next
/// run settles what could not be recorded.
final class Ending: Sendable {
    private let interrupt: Interrupt?
    private let asked = Lock<Double?>(nil)
    private let over = Lock(false)

    /// For how long a call goes on once the end was asked for, in seconds.
    static let graceSeconds = 10.0

    init(_ interrupt: Interrupt?) { self.interrupt = interrupt }

    /// When the end was asked for, by the clock of ``Patience``; nil where it was not.
    private var askedAt: Double? {
        guard let interrupt, interrupt.isRaised else { return nil }
        return asked.withLock { known in
            known = known ?? Patience.now
            return known
        }
    }

    /// Whether nothing is asked of the servers any more.
    var isGivenUp: Bool { over.withLock { $0 } }

    /// When what began at `start` ends, by the clock of ``Patience``.
    ///
    /// - Parameter end: when it would otherwise.
    func end(_ end: Double, from start: Double) -> Double {
        askedAt.map { min(end, max(start, $0) + Self.graceSeconds) } ?? end
    }

    /// Whether an answer is still waited for after so many seconds.
    func isWorthWaiting(_ seconds: Double) -> Bool {
        guard let askedAt else { return true }
        guard isGivenUp || min(seconds, Patience.now - askedAt) >= Self.graceSeconds else {
            return true
        }
        giveUp()
        return false
    }

    /// From now on nothing is asked of the servers; only where the end was asked for.
    func giveUp() {
        guard askedAt != nil else { return }
        over.withLock { $0 = true }
    }

    /// Throws where nothing is asked of the servers any more.
    func requireMore() throws(MySQLError) {
        guard isGivenUp else { return }
        throw MySQLError(
            kind: .timeout, message: "it did not answer, and the end was asked for",
            server: .socket(path: ""), retry: .permanent)
    }
}
