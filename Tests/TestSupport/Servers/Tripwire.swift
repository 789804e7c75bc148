import Foundation

/// An address at which a test listens and answers nobody: where nobody must ever ask, or where who
/// asks must not wait for ever.
package final class Tripwire: Sendable {
    package let port: UInt16
    /// `127.0.0.1:port`.
    package var address: ServerAddress { .tcp(host: "127.0.0.1", port: port) }
    private let descriptor: Int32

    package init() throws {
        (descriptor, port) = try LoopbackPort.bound(listening: true)
        guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else {
            throw TestSupportError("cannot look for visits on the loopback interface")
        }
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
