import Foundation

/// An address at which a test listens, and where nobody must ever ask.
package final class Tripwire: Sendable {
    /// `127.0.0.1:port`.
    package let address: ServerAddress
    private let descriptor: Int32

    package init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        self.descriptor = descriptor
        guard isListening, fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { throw TestSupportError("cannot listen on the loopback") }
        address = .tcp(host: "127.0.0.1", port: UInt16(bigEndian: place.sin_port))
    }

    deinit {
        close(descriptor)
    }

    /// How many asked since it was last looked.
    package func visits() -> Int {
        var count = 0
        while true {
            let visitor = accept(descriptor, nil, nil)
            guard visitor >= 0 else { return count }
            close(visitor)
            count += 1
        }
    }
}
