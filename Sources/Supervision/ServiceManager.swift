import Foundation

/// The manager that started this process as a service, such as systemd: told by datagrams to the
/// socket that `NOTIFY_SOCKET` names.
///
/// The protocol is a handful of lines on a socket, and is spoken here rather than by libsystemd, so
/// that the program runs where there is none. It is told on a best-effort basis: a manager that
/// does not listen never keeps a loop waiting or from its work.
/// [sd_notify(3)](https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html)
package final class ServiceManager: Sendable {
    private let address: NotifyAddress
    private let socket: Int32

    /// How often the manager wants to hear that the service lives, in seconds; nil where it does
    /// not ask for it.
    package let watchdogSeconds: Double?

    /// Nil where no manager has started this process, or its socket is none that can be told.
    ///
    /// - Parameter environment: the variables of the process.
    package init?(environment: [String: String]) {
        guard let place = environment["NOTIFY_SOCKET"], let address = NotifyAddress(place) else {
            return nil
        }
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        socket = Glibc.socket(AF_UNIX, kind, 0)
        guard socket >= 0 else { return nil }
        self.address = address
        watchdogSeconds = Self.watchdogSeconds(environment)
        // A manager whose queue is full is waited for, but not for long.
        var limit = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(
            socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(socket) }

    /// Tells all of `messages` in one datagram; false where they did not get there.
    @discardableResult
    package func tell(_ messages: [ServiceMessage]) -> Bool {
        guard !messages.isEmpty else { return true }
        let bytes = Array(messages.map(\.text).joined(separator: "\n").utf8)
        return address.withSocketAddress { pointer, length in
            sendto(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL), pointer, length)
        } == bytes.count
    }

    /// The time of `WATCHDOG_USEC`, unless `WATCHDOG_PID` says that another process is meant.
    private static func watchdogSeconds(_ environment: [String: String]) -> Double? {
        guard let microseconds = environment["WATCHDOG_USEC"].flatMap(UInt64.init),
            microseconds > 0, environment["WATCHDOG_PID"].map({ $0 == "\(getpid())" }) ?? true
        else { return nil }
        return Double(microseconds) / 1e6
    }
}
