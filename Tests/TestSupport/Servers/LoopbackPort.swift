import Foundation

/// Ports of the loopback interface.
package enum LoopbackPort {
    /// One that was free a moment ago, and on which nobody listens.
    package static func free() throws -> UInt16 {
        let (descriptor, port) = try bound(listening: false)
        close(descriptor)
        return port
    }

    /// A socket that has a port of its own; whoever asked closes the descriptor.
    static func bound(listening: Bool) throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0
                    && (!listening || listen(descriptor, 16) == 0)
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard isBound else {
            close(descriptor)
            throw TestSupportError("cannot bind a port of the loopback interface")
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}
