import Foundation

/// A connection to a port of the loopback interface that sends what a test writes, also what no
/// client would.
package final class LoopbackClient {
    private let descriptor: Int32

    package init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            throw TestSupportError("nobody listens on port \(port): \(errno)")
        }
        // A test that waits for what never comes ends with an error.
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// Takes so little from the network that the other side soon has to wait.
    package func narrow() {
        var bytes: Int32 = 4_096
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Sends the bytes of a text; false where the other side has closed the connection.
    @discardableResult
    package func send(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Whether something has arrived.
    package var hasAnswer: Bool {
        var look = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&look, 1, 0) > 0
    }

    /// What arrives until the other side closes the connection.
    package func rest() throws -> String { try read { _ in false } }

    /// What arrives until it has `text`; throws where it never does.
    package func read(until text: String) throws -> String {
        let found = try read { $0.contains(text) }
        guard found.contains(text) else {
            throw TestSupportError("`\(text)` never came, but \(found)")
        }
        return found
    }

    private func read(until isEnough: (String) -> Bool) throws -> String {
        var bytes: [UInt8] = []
        var buffer: [UInt8] = Array(repeating: 0, count: 65_536)
        while !isEnough(String(decoding: bytes, as: UTF8.self)) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else {
                throw TestSupportError(
                    "nothing came for 30 s after \(String(decoding: bytes, as: UTF8.self))")
            }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
