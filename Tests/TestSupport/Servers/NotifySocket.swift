import Foundation

/// The socket of a service manager, of which a test reads what a service tells.
package final class NotifySocket {
    /// What `NOTIFY_SOCKET` has to be.
    package let place: String
    private let socket: Int32

    /// - Parameter place: a path, or `@name` in Linux's abstract namespace.
    package init(_ place: String) throws {
        self.place = place
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(place.utf8)
        if place.hasPrefix("@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(2 + bytes.count)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) }
        }
        guard code == 0 else { throw TestSupportError("cannot bind \(place): errno \(errno)") }
    }

    deinit {
        close(socket)
        if place.hasPrefix("/") { unlink(place) }
    }

    /// The next datagram; nil where none comes in time.
    package func next(seconds: Double = 30) -> String? {
        var wanted = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        guard poll(&wanted, 1, Int32(seconds * 1000)) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(socket, &bytes, bytes.count, 0)
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// Reads until a datagram has `text`, and returns it with those before; throws where none has.
    package func all(until text: String, seconds: Double = 60) throws -> [String] {
        var seen: [String] = []
        let limit = Date().addingTimeInterval(seconds)
        while Date() < limit {
            guard let message = next(seconds: limit.timeIntervalSinceNow) else { break }
            seen.append(message)
            if message.contains(text) { return seen }
        }
        throw TestSupportError("never told \(text): \(seen)")
    }
}
