import Execution
import Foundation
import Schema

/// Stands between a client and a server's socket, and ends a session at a statement that a test
/// names; or leads sessions to several servers, as a balancer does.
package final class ServerProxy: Sendable {
    /// Where it listens.
    package let address: ServerAddress

    /// The sockets to which new sessions are led in turn.
    private let servers: Lock<[String]>
    private let open = Lock<[Int32]>([])
    private let folder: TemporaryFolder
    private let listener: Int32
    private let cuts = Lock<[Cut]>([])
    private let isBlack = Lock(false)

    /// The moment at which a session ends.
    package enum Moment: String, CaseIterable, Sendable {
        /// The server never sees the statement.
        case beforeTheServer
        /// The server has carried it out, and the client does not hear of it.
        case afterTheServer
    }

    private struct Cut {
        let statement: [UInt8]
        let moment: Moment
        let meanwhile: @Sendable () -> Void
    }

    /// - Parameter server: the path of its socket.
    package init(to server: String) throws {
        servers = Lock([server])
        folder = try TemporaryFolder()
        let path = folder.path + "/p.sock"
        address = .socket(path: path)
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard Self.named(path, { bind(listener, $0, $1) }) == 0, listen(listener, 64) == 0 else {
            throw TestSupportError("cannot listen at \(path)")
        }
        let thread = Thread { [listener, weak self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, let self else { return }
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                self.serve(client)
            }
        }
        thread.start()
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// Ends the next session that sends this statement; `meanwhile` runs before the client hears
    /// of it.
    package func cut(
        at statement: String, _ moment: Moment, meanwhile: @escaping @Sendable () -> Void = {}
    ) {
        let cut = Cut(statement: Array(statement.utf8), moment: moment, meanwhile: meanwhile)
        cuts.withLock { $0.append(cut) }
    }

    /// From now on nothing that either side sends reaches the other.
    package func swallowAll() { isBlack.withLock { $0 = true } }

    /// Leads new sessions to these sockets in turn, and ends the present ones.
    package func lead(to servers: [String]) {
        self.servers.withLock { $0 = servers }
        open.withLock { open in
            for session in open { shutdown(session, Int32(SHUT_RDWR)) }
        }
    }

    /// How many sessions are still to be ended.
    package var cutsToCome: Int { cuts.withLock { $0.count } }

    private func serve(_ client: Int32) {
        let upstream = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        let thread = Thread { [self] in
            let server = servers.withLock { servers in
                servers.append(servers.removeFirst())
                return servers[servers.count - 1]
            }
            open.withLock { $0.append(client) }
            defer {
                open.withLock { $0.removeAll { $0 == client } }
                for end in [client, upstream] { close(end) }
            }
            guard Self.named(server, { connect(upstream, $0, $1) }) == 0 else { return }
            while pass(client, upstream) {}
        }
        thread.stackSize = 1 << 19
        thread.start()
    }

    /// Passes on what one of both has sent; false where the session is over.
    private func pass(_ client: Int32, _ server: Int32) -> Bool {
        var ends = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard poll(&ends, 2, -1) > 0 else { return errno == EINTR }
        for place in [0, 1] where ends[place].revents != 0 {
            let (from, to) = place == 0 ? (client, server) : (server, client)
            guard let bytes = Self.read(from) else { return false }
            guard !isBlack.withLock({ $0 }) else { continue }
            let cut = place == 0 ? takeCut(bytes) : nil
            if cut?.moment != .beforeTheServer, !Self.write(bytes, to) { return false }
            if let cut {
                if cut.moment == .afterTheServer { _ = Self.read(server) }
                shutdown(server, Int32(SHUT_RDWR))
                cut.meanwhile()
                return false
            }
        }
        return true
    }

    private func takeCut(_ bytes: ArraySlice<UInt8>) -> Cut? {
        cuts.withLock { cuts in
            let place = cuts.firstIndex { cut in
                bytes.indices.contains { bytes[$0...].starts(with: cut.statement) }
            }
            return place.map { cuts.remove(at: $0) }
        }
    }

    private static func read(_ from: Int32) -> ArraySlice<UInt8>? {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(from, &bytes, bytes.count)
        return count > 0 ? bytes[..<count] : nil
    }

    private static func write(_ bytes: ArraySlice<UInt8>, _ to: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func named(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
