/// Says of the first of many events, and of every so many after it, that it is one of them: for
/// what has to be done now and then.
package final class EveryNth: Sendable {
    private let interval: Int
    private let rest = Lock(0)

    package init(_ interval: Int) { self.interval = interval }

    /// Counts an event.
    package func isNow() -> Bool {
        rest.withLock { rest in
            defer { rest = rest == 0 ? interval - 1 : rest - 1 }
            return rest == 0
        }
    }
}
