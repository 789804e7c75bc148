import CMicroHTTPD
import Foundation

extension ServerCore {
    /// Listens with another certificate beside the library's server that has the one before, which
    /// takes no more connections then, and ends once it has none.
    func renew(_ identity: TLSIdentity) throws(HTTPError) {
        lock.lock()
        let (old, open) = (daemon, Array(streams.values))
        lock.unlock()
        guard let old else { return }
        // One without a socket tells whether the library takes them.
        guard let trial = start(-1, identity) else {
            throw HTTPError(
                "the certificate cannot be used, and the one before goes on",
                remedy: "see whether the key belongs to the certificate, both in PEM")
        }
        MHD_stop_daemon(trial)
        let socket = dup(plumb_http_listening(old))
        guard socket >= 0, let new = start(socket, identity) else {
            throw HTTPError(
                "the HTTP server cannot be started with the new certificate",
                remedy: "see what limits this process has, such as open files")
        }
        lock.lock()
        daemon = new
        retiring.insert(old)
        lock.unlock()
        let left = MHD_quiesce_daemon(old)
        if left >= 0 { close(left) }
        for stream in open { stream.end() }
        let server = RetiringServer(pointer: old)
        let thread = Thread { [self] in retire(server.pointer) }
        thread.name = "plumb-http-retire"
        thread.start()
    }

    /// Waits until a server has no connection any more, and stops it; ``stop()`` does it earlier.
    private func retire(_ old: OpaquePointer) {
        while true {
            lock.lock()
            let isMine = retiring.contains(old) && !isEnding
            let isOver = isMine && plumb_http_connections(old) == 0
            if isOver {
                retiring.remove(old)
                yielding.remove(old)
            }
            lock.unlock()
            guard isMine else { return }
            if isOver { return MHD_stop_daemon(old) }
            Thread.sleep(forTimeInterval: 0.2)
        }
    }

    /// Whether the connection is one of a server with an earlier certificate.
    func isRetiring(_ connection: OpaquePointer) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        return plumb_http_daemon(connection).map(retiring.contains) ?? false
    }
}

/// A server of the library on its way to the thread that ends it.
private struct RetiringServer: @unchecked Sendable {
    // Sendable because the library's functions may be called on any thread.
    let pointer: OpaquePointer
}
