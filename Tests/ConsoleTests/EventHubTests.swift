import Execution
import Foundation
import HTTP
import TestSupport
import Testing
import Tokens

@testable import Console

/// A hub behind a real server: `/after/ENVIRONMENT/ID` listens.
@Suite struct EventHubTests {
    private let hub = EventHub(keptCount: 5)
    private let server: HTTPServer

    init() throws {
        server = try HTTPServer(ListenAddress("0")) { [hub] request in
            let environment = request.path[0] == "-" ? nil : request.path[0]
            return HTTPResponse(
                200,
                body: .stream(hub.listen(to: environment, after: UInt64(request.path[1]))))
        }
    }

    /// A client that listens, with what had come when that was known.
    private struct Listener {
        let client: LoopbackClient
        let head: String
    }

    private func listen(_ path: String) throws -> Listener {
        let client = try LoopbackClient(port: server.port)
        client.send("GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return Listener(client: client, head: try client.read(until: "retry: 2000\n\n"))
    }

    /// All that a client gets until the hub has ended.
    private func text(_ listener: Listener) throws -> String {
        hub.end()
        return try listener.head + listener.client.rest()
    }

    /// The numbers of the events that a client gets until the hub has ended.
    private func rest(_ listener: Listener) throws -> [Int] {
        try text(listener).split(separator: "\n").compactMap {
            $0.hasPrefix("data: ") ? Int($0.dropFirst(6)) : nil
        }
    }

    @Test func everybodyHearsWhatHappensFromThenOn() throws {
        hub.publish("1", of: "a")
        let (first, second) = (try listen("/-/-"), try listen("/-/-"))
        hub.publish("2", of: "a")
        hub.publish("3", of: nil)
        #expect(try rest(first) == [2, 3])
        #expect(try rest(second) == [2, 3])
    }

    @Test("attack: who listens hears nothing more once the token is taken away")
    func revokedTokensHearNothing() throws {
        let isGood = Lock(true)
        let token = AccessToken(name: "eve", role: .read, secret: "eve-0123456789abcdef0123")
        let server = try HTTPServer(ListenAddress("0")) { [hub] _ in
            let right = EventHub.Right(of: token) { _ in isGood.withLock { $0 } }
            return HTTPResponse(200, body: .stream(hub.listen(to: nil, after: nil, by: right)))
        }
        func client() throws -> LoopbackClient {
            let client = try LoopbackClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            _ = try client.read(until: "retry: 2000\n\n")
            return client
        }
        let first = try client()
        hub.publish("1", of: nil)
        _ = try first.read(until: "data: 1\n\n")
        isGood.withLock { $0 = false }
        hub.publish("2", of: nil)
        #expect(try !first.rest().contains("data: 2"))
        isGood.withLock { $0 = true }
        let second = try client()
        isGood.withLock { $0 = false }
        hub.keepAlive()
        #expect(try !second.rest().contains("data:"))
        #expect(hub.listenerCount == 0)
    }

    @Test func whoListensToOneEnvironmentHearsOnlyThatAndTheProcess() throws {
        let client = try listen("/a/-")
        for (text, environment) in [("1", "a"), ("2", "b"), ("3", nil), ("4", "a")] {
            hub.publish(text, of: environment)
        }
        #expect(try rest(client) == [1, 3, 4])
    }

    @Test func whoComesBackHearsWhatItMissed() throws {
        for number in 1...4 { hub.publish("\(number)", of: "a") }
        let client = try listen("/-/2")
        hub.publish("5", of: "a")
        #expect(try rest(client) == [3, 4, 5])
    }

    @Test(arguments: [("/-/1", true), ("/-/15", false), ("/-/999", true), ("/-/20", false)])
    func whatIsNotKeptAnyMoreIsToldAsMissed(_ path: String, _ isMissed: Bool) throws {
        for number in 1...20 { hub.publish("\(number)", of: "a") }
        let listener = try listen(path)
        hub.publish("21", of: "a")
        let text = try text(listener)
        #expect(text.contains("event: missed") == isMissed)
        #expect(text.contains("data: 21\n"))
    }

    @Test func whoHasGoneIsForgotten() throws {
        var client: Listener? = try listen("/-/-")
        #expect(hub.listenerCount == 1)
        withExtendedLifetime(client) {}
        client = nil
        let limit = Date(timeIntervalSinceNow: 30)
        while hub.listenerCount > 0, Date() < limit {
            hub.keepAlive()
            Thread.sleep(forTimeInterval: 0.01)
        }
        #expect(hub.listenerCount == 0)
    }
}
