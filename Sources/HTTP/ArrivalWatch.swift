import CMicroHTTPD
import Foundation

/// Ends connections whose request does not arrive: one byte now and then is activity enough for
/// libmicrohttpd's own time-out.
final class ArrivalWatch: @unchecked Sendable {
    private let lock = NSLock()
    private let ended = NSCondition()
    private let seconds: Double
    private var isOver = false
    /// By connection, its socket and since when its request is awaited.
    private var awaited: [OpaquePointer: (socket: Int32, since: Double)] = [:]

    init(seconds: Int) {
        self.seconds = Double(seconds)
        let thread = Thread { [weak self] in
            while let watch = self, watch.pause() { watch.look() }
        }
        thread.name = "plumb-http-watch"
        thread.start()
    }

    /// The next request of the connection is awaited from now on.
    func await(_ connection: OpaquePointer) {
        let socket = plumb_http_socket(connection)
        lock.lock()
        awaited[connection] = (socket, Self.now)
        lock.unlock()
    }

    /// The request has arrived, or the connection is being closed: from then on its socket may be
    /// another's.
    func forget(_ connection: OpaquePointer) {
        lock.lock()
        awaited[connection] = nil
        lock.unlock()
    }

    func end() {
        ended.lock()
        isOver = true
        ended.broadcast()
        ended.unlock()
    }

    /// The seconds of a clock that nobody sets.
    static var now: Double { ProcessInfo.processInfo.systemUptime }

    private func look() {
        let now = Self.now
        lock.lock()
        for (socket, since) in awaited.values where now - since > seconds && socket >= 0 {
            // The server's thread sees the end of the connection, and closes it.
            shutdown(socket, Int32(SHUT_RDWR))
        }
        lock.unlock()
    }

    private func pause() -> Bool {
        ended.lock()
        defer { ended.unlock() }
        if !isOver { _ = ended.wait(until: Date(timeIntervalSinceNow: 1)) }
        return !isOver
    }
}
