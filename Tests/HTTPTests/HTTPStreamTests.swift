import Foundation
import TestSupport
import Testing

@testable import HTTP

/// The streams of a server, each with the client that asked for it.
private final class Streams: @unchecked Sendable {
    private let condition = NSCondition()
    private var open: [HTTPStream] = []
    private var goneCount = 0

    func make(limitBytes: Int) -> HTTPStream {
        let stream = HTTPStream(limitBytes: limitBytes) { [self] in
            condition.lock()
            goneCount += 1
            condition.broadcast()
            condition.unlock()
        }
        condition.lock()
        open.append(stream)
        condition.broadcast()
        condition.unlock()
        return stream
    }

    /// The streams, as soon as there are so many.
    func all(_ count: Int) -> [HTTPStream] {
        condition.lock()
        defer { condition.unlock() }
        while open.count < count, condition.wait(until: Date(timeIntervalSinceNow: 30)) {}
        return open
    }

    /// Whether so many have gone within half a minute.
    func areGone(_ count: Int) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        let limit = Date(timeIntervalSinceNow: 30)
        while goneCount < count, condition.wait(until: limit) {}
        return goneCount >= count
    }
}

@Suite struct HTTPStreamTests {
    private let streams = Streams()

    private func serve(limitBytes: Int = 1 << 20) throws -> HTTPServer {
        try HTTPServer(ListenAddress("0")) { [streams] _ in
            HTTPResponse(
                200, headers: [("Content-Type", "text/event-stream")],
                body: .stream(streams.make(limitBytes: limitBytes)))
        }
    }

    private func open(_ server: HTTPServer) throws -> LoopbackClient {
        let client = try LoopbackClient(port: server.port)
        client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        return client
    }

    @Test func piecesArriveAsTheyAreWritten() throws {
        let server = try serve()
        let client = try open(server)
        let stream = try #require(streams.all(1).first)
        #expect(stream.write(Array("one\n".utf8)))
        #expect(try client.read(until: "one\n").contains("200 OK"))
        #expect(stream.write(Array("two\n".utf8)))
        _ = try client.read(until: "two\n")
        stream.end()
        _ = try client.rest()
        #expect(!stream.write([1]))
        #expect(streams.areGone(1))
    }

    @Test func aThousandClientsHearTheSame() throws {
        let server = try serve()
        let clients = try (0..<1_000).map { _ in try open(server) }
        let all = streams.all(1_000)
        #expect(all.count == 1_000)
        for stream in all { stream.write(Array("hello\n".utf8)) }
        for client in clients { _ = try client.read(until: "hello\n") }
        #expect(server.connectionCount >= 1_000)
        let late = try LoopbackClient(port: server.port)
        late.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        try #require(streams.all(1_001).last).write(Array("late\n".utf8))
        _ = try late.read(until: "late\n")
    }

    @Test func aClientThatGoesIsNoticedWithTheNextPiece() throws {
        let server = try serve()
        var client: LoopbackClient? = try open(server)
        let stream = try #require(streams.all(1).first)
        stream.write(Array("one\n".utf8))
        _ = try client?.read(until: "one\n")
        client = nil
        // The first piece after that meets a closed connection, and a later one is told so.
        let limit = Date(timeIntervalSinceNow: 30)
        while stream.write(Array("more\n".utf8)), Date() < limit {
            Thread.sleep(forTimeInterval: 0.01)
        }
        #expect(streams.areGone(1))
    }

    @Test("attack: a client that takes nothing does not fill the memory")
    func aClientThatTakesNothingIsLetGo() throws {
        let server = try serve(limitBytes: 100_000)
        let client = try open(server)
        client.narrow()
        let stream = try #require(streams.all(1).first)
        let piece = Array(repeating: UInt8(ascii: "a"), count: 10_000)
        var count = 0
        while stream.write(piece), count < 100_000 { count += 1 }
        #expect(count < 100_000)
    }

    @Test func aClientThatGoesBeforeItsAnswerLeavesNoStream() throws {
        let gate = DispatchSemaphore(value: 0)
        let server = try HTTPServer(ListenAddress("0")) { [streams] _ in
            gate.wait()
            return HTTPResponse(200, body: .stream(streams.make(limitBytes: 100)))
        }
        for _ in 0..<20 { _ = try open(server) }
        for _ in 0..<20 { gate.signal() }
        for stream in streams.all(20) { while stream.write([65]) {} }
        #expect(streams.areGone(20))
    }

    @Test func stoppingEndsAllStreams() throws {
        let server = try serve()
        let clients = try (0..<20).map { _ in try open(server) }
        for stream in streams.all(20) { stream.write(Array("x".utf8)) }
        server.stop()
        for client in clients { _ = try client.rest() }
        #expect(streams.areGone(20))
        #expect(throws: TestSupportError.self) { try LoopbackClient(port: server.port) }
    }
}
