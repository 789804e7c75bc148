import Foundation

/// The address of a manager's socket: a path, or a name in Linux's abstract namespace.
struct NotifyAddress: Sendable {
    private let bytes: [UInt8]

    /// Nil for what is no such address, such as `vsock:…`, or is too long for a socket.
    ///
    /// - Parameter place: as `NOTIFY_SOCKET` has it: `/path`, or `@name` for an abstract one.
    init?(_ place: String) {
        var bytes = Array(place.utf8)
        guard let first = place.first, "/@".contains(first), bytes.count > 1 else { return nil }
        let room = MemoryLayout.size(ofValue: sockaddr_un().sun_path)
        guard bytes.count < room || (first == "@" && bytes.count == room) else { return nil }
        if first == "@" { bytes[0] = 0 }
        self.bytes = bytes
    }

    /// Calls `body` with the address and its length; an abstract name has no end but its length.
    func withSocketAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let start = MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 2
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(start + bytes.count))
            }
        }
    }
}
