import Foundation
import TestSupport
import Testing

@testable import HTTP

/// A server that answers with what it was asked.
private func echo(_ limits: HTTPLimits = HTTPLimits()) throws -> HTTPServer {
    try HTTPServer(ListenAddress("0"), limits: limits) { request in
        let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
        let headers = request.headers.filter { $0.key.hasPrefix("x-") }.map {
            "\($0.key)=\($0.value)"
        }
        return HTTPResponse(
            200,
            "\(request.method) \(request.path) {\(query)} \(headers.sorted()) "
                + String(decoding: request.body, as: UTF8.self))
    }
}

private func answered(_ server: HTTPServer, _ text: String) throws -> String {
    let client = try LoopbackClient(port: server.port)
    client.send(text.replacingOccurrences(of: "\n", with: "\r\n"))
    return try client.rest()
}

/// The headers that each request of these tests has.
private let usual = "Host: x\nConnection: close\n"

@Suite struct HTTPServerTests {
    @Test(arguments: [
        ("GET /", "GET [] {} [] "),
        ("GET /a/b%2Fc//d", #"GET ["a", "b/c", "d"] {} [] "#),
        ("GET /a?x=1&y=a+b%26&z&x=2", #"GET ["a"] {x=1,y=a b&,z=,x=2} [] "#),
        ("GET /%E2%82%AC+", #"GET ["€+"] {} [] "#),
        ("DELETE /..%2f/a", #"DELETE ["../", "a"] {} [] "#),
    ])
    func requestsArriveDecoded(_ line: String, _ answer: String) throws {
        let server = try echo()
        let reply = try answered(server, "\(line) HTTP/1.1\n\(usual)\n")
        #expect(reply.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(reply.hasSuffix("\r\n\r\n" + answer))
    }

    @Test(arguments: ["/%", "/%4", "/%zz", "/%ff", "/a?x=%f", "/a?%c0%af=1"])
    func addressesThatCannotBeDecodedAreRefused(_ address: String) throws {
        let reply = try answered(try echo(), "GET \(address) HTTP/1.1\n\(usual)\n")
        #expect(reply.hasPrefix("HTTP/1.1 400 "))
    }

    @Test func bodiesAndHeadersArrive() throws {
        let reply = try answered(
            try echo(), "POST /a HTTP/1.1\n\(usual)X-One: 1\nx-two: 2\nContent-Length: 5\n\nhello")
        #expect(reply.hasSuffix(#"POST ["a"] {} ["x-one=1", "x-two=2"] hello"#))
    }

    @Test func aBodyInChunksArrives() throws {
        let reply = try answered(
            try echo(),
            "POST /a HTTP/1.1\n\(usual)Transfer-Encoding: chunked\n\n3\nabc\n2\nde\n0\n\n")
        #expect(reply.hasSuffix(" abcde"))
    }

    @Test func severalRequestsComeOnOneConnection() throws {
        let server = try echo()
        let client = try LoopbackClient(port: server.port)
        for number in 1...3 {
            client.send("GET /\(number) HTTP/1.1\r\nHost: x\r\n\r\n")
            let reply = try client.read(until: #"GET ["\#(number)"] {} []"#)
            #expect(reply.contains("200 OK"))
        }
    }

    @Test("attack: a body that is too long is refused, whether or not its length is told")
    func longBodiesAreRefused() throws {
        var limits = HTTPLimits()
        limits.bodyBytes = 1_000
        let server = try echo(limits)
        let body = String(repeating: "a", count: 1_001)
        let told = try answered(server, "POST /a HTTP/1.1\n\(usual)Content-Length: 1001\n\n\(body)")
        #expect(told.hasPrefix("HTTP/1.1 413 "))
        let untold = try answered(
            server,
            "POST /a HTTP/1.1\n\(usual)Transfer-Encoding: chunked\n\n3e9\n\(body)\n0\n\n")
        #expect(untold.hasPrefix("HTTP/1.1 413 "))
        let enough = try answered(
            server,
            "POST /a HTTP/1.1\n\(usual)Content-Length: 1000\n\n\(body.dropLast())")
        #expect(enough.hasPrefix("HTTP/1.1 200 "))
    }

    @Test("attack: a header that is too long is refused")
    func longHeadersAreRefused() throws {
        var limits = HTTPLimits()
        limits.headerBytes = 4 << 10
        let long = String(repeating: "a", count: 100_000)
        let reply = try answered(try echo(limits), "GET /a HTTP/1.1\n\(usual)X-Long: \(long)\n\n")
        #expect(!reply.hasPrefix("HTTP/1.1 200 "))
    }

    @Test("attack: an address that is too long is refused with an answer, up to twice the limit")
    func longAddressesAreRefused() throws {
        var limits = HTTPLimits()
        limits.headerBytes = 8 << 10
        let server = try echo(limits)
        for length in [8_193, 12_000, 16_000] {
            let address = "/" + String(repeating: "a", count: length - 1)
            let reply = try answered(
                server, "POST \(address) HTTP/1.1\n\(usual)Content-Length: 2\n\n{}")
            #expect(reply.hasPrefix("HTTP/1.1 414 "), "\(length)")
            #expect(reply.hasSuffix("the address is longer than 8192 bytes\n"), "\(length)")
        }
        let address = "/" + String(repeating: "a", count: 8_191)
        let reply = try answered(server, "GET \(address) HTTP/1.1\n\(usual)\n")
        #expect(reply.hasPrefix("HTTP/1.1 200 "))
    }

    @Test("attack: whoever sends a header or a body byte by byte loses the connection")
    func tricklingRequestsEnd() throws {
        var limits = HTTPLimits()
        limits.arrivalSeconds = 2
        let server = try echo(limits)
        for start in ["GET /a HTTP/1.1\r\n", "POST /a HTTP/1.1\r\nContent-Length: 900\r\n\r\n"] {
            let client = try LoopbackClient(port: server.port)
            client.send(start)
            var count = 0
            while client.send("a"), count < 300 {
                count += 1
                Thread.sleep(forTimeInterval: 0.1)
            }
            #expect(count < 300, "\(start)")
        }
    }

    @Test(
        "attack: nonsense instead of a request gets an error and harms nobody",
        arguments: [
            "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", "GET", "GET / HTTP/9.9\n\n", "\n\n\n\n",
            "GET / HTTP/1.1\nHost: a\nContent-Length: -1\n\n",
            "GET / HTTP/1.1\nHost: a\nContent-Length: 99999999999999999999999\n\n",
            "GET / HTTP/1.1\n\n", "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\nzz\n",
        ])
    func nonsenseIsRefused(_ text: String) throws {
        let server = try echo()
        let client = try LoopbackClient(port: server.port)
        client.send(text.replacingOccurrences(of: "\n", with: "\r\n"))
        #expect(try answered(server, "GET /next HTTP/1.1\n\(usual)\n").contains("200 OK"))
    }

    @Test func slowAnswersKeepNobodyWaiting() throws {
        let (gate, begun) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        var limits = HTTPLimits()
        limits.threads = 2
        limits.waiting = 1
        let server = try HTTPServer(ListenAddress("0"), limits: limits) { request in
            if request.path == ["slow"] {
                begun.signal()
                gate.wait()
            }
            return HTTPResponse(200, "done")
        }
        let ask = {
            let client = try LoopbackClient(port: server.port)
            client.send("GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return client
        }
        var clients = [try ask()]
        begun.wait()
        #expect(try answered(server, "GET /a HTTP/1.1\n\(usual)\n").hasSuffix("done"))
        clients.append(try ask())
        begun.wait()
        // Both threads are taken: one more request waits, and the others are sent away.
        clients += try (0..<4).map { _ in try ask() }
        let limit = Date(timeIntervalSinceNow: 30)
        while clients.count(where: \.hasAnswer) < 3, Date() < limit {
            Thread.sleep(forTimeInterval: 0.01)
        }
        for _ in 0..<clients.count { gate.signal() }
        let replies = try clients.map { try $0.rest() }
        let refused = replies.filter { $0.hasPrefix("HTTP/1.1 503 ") }
        #expect(refused.count == 3 && replies.count == 6)
        #expect(refused.allSatisfy { $0.contains("Retry-After: 1") })
        #expect(replies.count { $0.hasSuffix("done") } == 3)
    }

    @Test func answersHaveTheirHeaders() throws {
        let server = try HTTPServer(ListenAddress("0")) { _ in
            HTTPResponse(404, "no", type: "text/x", headers: [("X-A", "1"), ("X-B", "2")])
        }
        let reply = try answered(server, "GET /a HTTP/1.1\n\(usual)\n")
        #expect(reply.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        for line in ["Content-Type: text/x", "X-A: 1", "X-B: 2", "Content-Length: 2"] {
            #expect(reply.contains("\r\n\(line)\r\n"))
        }
        let head = try answered(server, "HEAD /a HTTP/1.1\n\(usual)\n")
        #expect(head.hasSuffix("\r\n\r\n") && head.contains("Content-Length: 2"))
    }

    @Test func whoLetsGoOfAServerWhileRequestsComeEndsIt() throws {
        for _ in 0..<50 {
            var server: HTTPServer? = try echo()
            let clients = try (0..<4).map { _ in
                try LoopbackClient(port: try #require(server).port)
            }
            for client in clients { client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n") }
            server = nil
            for client in clients { _ = try? client.rest() }
        }
    }

    @Test func takenAndForeignAddressesAreSaid() throws {
        let server = try echo()
        let address = "127.0.0.1:\(server.port)"
        let taken = #expect(throws: HTTPError.self) { try start(address) }
        #expect(taken?.fault == "cannot listen on \(address): Address already in use")
        #expect(taken?.remedy?.hasPrefix("another process listens there") == true)
        let foreign = #expect(throws: HTTPError.self) { try start("192.0.2.1:80") }
        #expect(foreign?.fault.hasPrefix("cannot listen on 192.0.2.1:80: ") == true)
    }

    private func start(_ address: String) throws -> HTTPServer {
        try HTTPServer(try ListenAddress(address)) { _ in HTTPResponse(200, "") }
    }

    @Test(arguments: [
        ("8080", "127.0.0.1:8080", true), ("127.0.0.1:1", "127.0.0.1:1", true),
        ("[::1]:80", "[::1]:80", true), ("localhost:9", "localhost:9", true),
        ("0.0.0.0:80", "0.0.0.0:80", false), ("db.example:80", "db.example:80", false),
    ])
    func addressesAreRead(_ text: String, _ described: String, _ isLoopback: Bool) throws {
        let address = try ListenAddress(text)
        #expect(address.description == described)
        #expect(address.isLoopback == isLoopback)
    }

    @Test(arguments: ["", "x", ":80", "a:", "a:70000", "::1:80", "[]:80", "-1"])
    func otherAddressesAreRefused(_ text: String) {
        #expect(throws: HTTPError.self) { try ListenAddress(text) }
    }
}
