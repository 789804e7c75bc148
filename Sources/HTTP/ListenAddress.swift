import Foundation

/// Where a server listens.
package struct ListenAddress: Sendable, CustomStringConvertible {
    /// A name or an address, without brackets.
    package let host: String
    /// 0 lets the system choose one.
    package let port: UInt16

    /// `host:port`, `[address]:port`, or a port on the loopback address alone.
    ///
    /// Throws where `text` is none of these.
    package init(_ text: String) throws(HTTPError) {
        let wrong = HTTPError(
            "\(text): no such address", remedy: "write it like 127.0.0.1:8080, [::1]:8080 or 8080")
        guard let colon = text.lastIndex(of: ":") else {
            guard let port = UInt16(text) else { throw wrong }
            (host, self.port) = ("127.0.0.1", port)
            return
        }
        var host = String(text[..<colon])
        guard let port = UInt16(text[text.index(after: colon)...]) else { throw wrong }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            throw wrong
        }
        guard !host.isEmpty else { throw wrong }
        (self.host, self.port) = (host, port)
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether only processes of this machine reach it.
    package var isLoopback: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    /// A socket that listens there; the caller closes it.
    func socket() throws(HTTPError) -> Int32 {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &found)
        guard status == 0, let address = found else {
            throw HTTPError(
                "\(self): \(String(cString: gai_strerror(status)))",
                remedy: "give an address of this machine")
        }
        defer { freeaddrinfo(found) }
        let type =
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = Foundation.socket(address.pointee.ai_family, type, 0)
        guard descriptor >= 0 else { throw failure() }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0,
            listen(descriptor, 1_024) == 0
        else {
            let error = failure()
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private func failure() -> HTTPError {
        let number = errno
        return HTTPError(
            "cannot listen on \(self): \(String(cString: strerror(number)))",
            remedy: number == EADDRINUSE
                ? "another process listens there: end it, or give another port"
                : "give another address or port")
    }

    /// The port that a socket listens on.
    static func port(of descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            let status = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &length)
            }
            guard status == 0 else { return 0 }
            // The port stands at the same place for both families.
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt16(bigEndian: $0.pointee.sin_port)
            }
        }
    }
}
