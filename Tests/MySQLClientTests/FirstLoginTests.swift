import Execution
import Foundation
import MySQLClient
import Schema
import TestSupport
import Testing

@Suite("The first logins of a process may come at the same time")
struct FirstLoginTests {
    /// The client library loads the plug-in of a login from a file, and fails where another thread
    /// has done so meanwhile.
    @Test(arguments: [TestServer.Kind.mysql9], 0..<40)
    func allThreadsLogIn(_ kind: TestServer.Kind, _ round: Int) async throws {
        let server = try TestServer.shared(kind)
        guard case .socket(let path) = server.address else { return }
        await #expect(processExitsWith: .success) { [path = path as String] in
            ChildProcess.run {
                var settings = ConnectionSettings(credentials: Credentials(user: "root"))
                settings.tls.mode = .disabled
                let count = 4
                let all = Rendezvous(count)
                let results = Workers.map(
                    Array(0..<count), total: count, perKey: count, key: { _ in 0 }
                ) { [settings] _ in
                    all.meet()
                    return Result { try Connection(to: .socket(path: path), settings: settings) }
                }
                for result in results { try result.get().close() }
            }
        }
    }
}

/// Lets threads go on together.
private final class Rendezvous: Sendable {
    private let missing: Lock<Int>

    init(_ count: Int) { missing = Lock(count) }

    func meet() {
        missing.withLock { $0 -= 1 }
        while missing.withLock({ $0 }) > 0 { sched_yield() }
    }
}
