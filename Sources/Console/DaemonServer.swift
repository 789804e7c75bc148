import Basics
import Execution
import Foundation
import HTTP

/// The HTTP server of a daemon, with what it answers from.
package final class DaemonServer: Sendable {
    private let server: HTTPServer
    private let events: EventHub
    private let ended = Interrupt()

    /// The port that it listens on.
    package var port: UInt16 { server.port }

    /// Listens from now on until ``stop()``.
    package init(
        _ address: ListenAddress, identity: TLSIdentity?, routes: Routes, events: EventHub
    ) throws {
        server = try HTTPServer(address, identity: identity) { routes.answer($0) }
        self.events = events
        let thread = Thread { [events, ended] in
            // Less than what proxies wait for.
            while ended.wait(seconds: 15) { events.keepAlive() }
        }
        thread.name = "plumb-http-heart"
        thread.start()
    }

    /// Shows another certificate from now on; see ``HTTPServer/renew(_:)``.
    package func renew(_ identity: TLSIdentity) throws { try server.renew(identity) }

    /// Ends all streams, lets what was asked be answered, and closes the connections.
    package func stop() {
        ended.raise()
        events.end()
        server.stop()
    }
}
