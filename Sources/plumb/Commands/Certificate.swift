import Console
import Execution
import HTTP

/// The certificate that a daemon shows, with the files that it was read from.
final class Certificate: Sendable {
    private let path: String
    private let keyPath: String
    private let state: Lock<State>

    private struct State {
        var identity: TLSIdentity
        var server: DaemonServer?
    }

    /// Reads both files; throws where one is of no use.
    init(path: String, keyPath: String) throws {
        self.path = path
        self.keyPath = keyPath
        state = Lock(State(identity: try TLSIdentity(certificatePath: path, keyPath: keyPath)))
    }

    var identity: TLSIdentity { state.withLock { $0.identity } }

    /// It is this server that shows it.
    func show(in server: DaemonServer) { state.withLock { $0.server = server } }

    /// Reads the files again, and has the server show what is there; whether that is another one.
    ///
    /// Throws where the files are of no use, and leaves the certificate as it was.
    func renew() throws -> Bool {
        let identity = try TLSIdentity(certificatePath: path, keyPath: keyPath)
        let (known, server) = state.withLock { ($0.identity, $0.server) }
        guard identity != known, let server else { return false }
        try server.renew(identity)
        state.withLock { $0.identity = identity }
        return true
    }
}
