import Foundation
import MySQLClient
import TestSupport
import Testing

@testable import Binlog

@Suite("Reading a binary log: ends and errors")
struct StreamTests {
    private func failure(_ stream: BinlogStream) -> BinlogError? {
        caught(BinlogError.self) { while try stream.next() != nil {} }
    }

    @Test(arguments: TestServer.available)
    func placesThatTheServerHasNot(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.start(kind)
        let connection = try server.connect()
        let first = try BinlogSource(on: connection).position
        let second = try server.purge()
        let wrong = [
            first, BinlogPosition(file: "binlog.000099", offset: 4),
            BinlogPosition(file: second.file, offset: 1_000_000),
        ]
        for place in wrong {
            let error = failure(try server.stream(from: .position(place)))
            #expect(error?.kind == .purged, "\(place): \(error as Any)")
            #expect(error?.retry == .permanent)
            #expect(error?.description.contains("\(place)") == true, "\(error as Any)")
        }
    }

    /// A place inside of an event, from which garbage would be read.
    @Test(arguments: TestServer.available)
    func aPlaceInsideOfAnEvent(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.start(kind)
        let connection = try server.connect()
        let database = try server.freshDatabase()
        let place = try BinlogSource(on: connection).position
        try connection.execute("CREATE TABLE \(database).t (id INT)")
        for offset in [1, 7, 19] {
            let inside = BinlogPosition(file: place.file, offset: place.offset + UInt64(offset))
            let error = failure(try server.stream(from: .position(inside)))
            #expect(
                [.purged, .damaged, .server].contains(error?.kind), "\(offset): \(error as Any)")
        }
    }

    @Test func aPlaceBehindFourGibibytesIsRefused() throws {
        let server = try LoggedServer.shared(.mariadb1011)
        let place = BinlogPosition(file: "binlog.000001", offset: 1 << 32)
        let error = caught(BinlogError.self) { _ = try server.stream(from: .position(place)) }
        #expect(error?.kind == .unsupported)
    }

    /// From another thread, while the reader waits.
    @Test(arguments: TestServer.available)
    func whoWaitsIsEnded(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.shared(kind)
        let start = try BinlogSource(on: try server.connect()).position
        let stream = Handed(try server.stream(from: .position(start), heartbeatSeconds: 600))
        // What comes first is there at once; then nothing more comes.
        _ = try stream.value.next()
        let ended = DispatchSemaphore(value: 0)
        let outcome = Lock<Result<Int, any Error>?>(nil)
        Thread.detachNewThread {
            let result = Result {
                var count = 0
                while try stream.value.next() != nil { count += 1 }
                return count
            }
            outcome.withLock { $0 = result }
            ended.signal()
        }
        stream.value.end()
        #expect(ended.wait(timeout: .now() + 60) == .success)
        let result = try #require(outcome.withLock { $0 })
        #expect(throws: Never.self) { try result.get() }
        #expect(try stream.value.next() == nil)
    }

    /// One that is given to another thread.
    private final class Handed: @unchecked Sendable {
        let value: BinlogStream
        init(_ value: BinlogStream) { self.value = value }
    }

    @Test(arguments: TestServer.available)
    func aSessionThatIsKilledIsLost(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.start(kind)
        let connection = try server.connect()
        let start = try BinlogSource(on: connection).position
        let stream = try server.stream(from: .position(start))
        _ = try stream.next()
        let dump = try connection.query(
            "SELECT ID FROM information_schema.PROCESSLIST WHERE COMMAND = 'Binlog Dump'")
        let id = try #require(dump.first?[0])
        try connection.execute("KILL \(id)")
        let error = failure(stream)
        #expect(error?.kind == .lostConnection, "\(error as Any)")
        #expect(error?.retry == .retryable)
        // It goes on from the place that was reached.
        #expect(try server.stream(from: .position(stream.position)).next() != nil)
    }

    @Test(arguments: TestServer.available)
    func aServerThatDiesIsLost(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.start(kind)
        let start = try BinlogSource(on: try server.connect()).position
        let stream = try server.stream(from: .position(start))
        _ = try stream.next()
        server.kill()
        let error = failure(stream)
        #expect(error?.kind == .lostConnection, "\(error as Any)")
    }

    /// Over TLS, where the socket says nothing of what is read.
    @Test func aSessionWithTLSIsReadAndEnded() throws {
        let certificates = try Certificates()
        let server = try TestServer.start(
            options: LoggedServer.options, listensOnTCP: true,
            certificate: try certificates.make("server", for: "DNS:localhost"))
        let database = try server.freshDatabase()
        let connection = try server.connect(database: database)
        let start = try BinlogSource(on: connection).position
        try connection.execute("CREATE TABLE t (id INT PRIMARY KEY)")
        for id in 0..<200 { try connection.execute("INSERT INTO t VALUES (\(id))") }
        let end = try BinlogSource(on: connection).position
        var settings = try server.account("reader", password: "p", privileges: "ALL ON *.*")
        settings.tls.mode = .required
        let stream = Handed(
            try BinlogStream(
                server: try #require(server.tcpAddress), settings: settings,
                from: .position(start), options: .init(serverID: 5)))
        var rows = 0
        while stream.value.position < end, let entry = try stream.value.next() {
            if case .rows = entry.event { rows += 1 }
        }
        #expect(rows == 200)
        Thread.detachNewThread { stream.value.end() }
        while try stream.value.next() != nil {}
    }

    /// A server that says nothing any more, not even that nothing happened.
    @Test func silenceIsALostSession() throws {
        let server = try LoggedServer.start(.mariadb1011)
        let proxy = try ServerProxy(to: server.folder.path + "/m.sock")
        let start = try BinlogSource(on: try server.connect()).position
        var options = BinlogStream.Options(serverID: 5)
        options.heartbeatSeconds = 1
        let stream = try BinlogStream(
            server: proxy.address, settings: server.settings, from: .position(start),
            options: options)
        while let entry = try stream.next() {
            if case .heartbeat = entry.event { break }
        }
        proxy.swallowAll()
        let error = failure(stream)
        #expect(error?.kind == .lostConnection, "\(error as Any)")
        #expect(error?.message.contains("no answer within") == true, "\(error as Any)")
        #expect(error?.place == start)
    }

    /// One that takes several packets of the protocol, of 16 MiB each.
    @Test(arguments: TestServer.available)
    func anEventOfManyMegabytes(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.start(kind, ["--max-allowed-packet=64M"])
        let database = try server.freshDatabase()
        let connection = try server.connect(database: database)
        try connection.execute("CREATE TABLE t (id INT PRIMARY KEY, x LONGBLOB)")
        let columns = try #require(
            try TableColumns.read(database: database, table: "t", on: connection))
        let counts = [(1 << 24) - 100, (1 << 24) - 1, 1 << 24, 40_000_000]
        let entries = try server.events {
            for (id, count) in counts.enumerated() {
                try connection.execute("INSERT INTO t VALUES (\(id), REPEAT('x', \(count)))")
            }
        }
        let values = try entries.changes(of: columns).map { $0.after?[1] }
        #expect(values.count == counts.count)
        for (value, count) in zip(values, counts) {
            let isRight = value == .bytes([UInt8](repeating: UInt8(ascii: "x"), count: count))
            #expect(isRight, "\(count) bytes")
        }
    }

    /// A log whose files have no end, and whoever reads on where the last whole transaction ended.
    @Test(arguments: TestServer.available)
    func aServerThatDiesAgainAndAgain(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.start(kind)
        let database = try server.freshDatabase()
        var connection = try server.connect(database: database)
        try connection.execute("CREATE TABLE t (id INT PRIMARY KEY)")
        let columns = try #require(
            try TableColumns.read(database: database, table: "t", on: connection))
        var place = try BinlogSource(on: connection).position
        var seen: [RowChange] = []
        for round in 0..<3 {
            for id in 0..<20 {
                try connection.execute("INSERT INTO t VALUES (\(round * 20 + id))")
            }
            let stream = try server.stream(from: .position(place))
            var pending: [BinlogEntry] = []
            var rows = 0
            while rows < 10, let entry = try stream.next() {
                pending.append(entry)
                if case .rows = entry.event { rows += 1 }
                guard stream.resumption != place else { continue }
                place = stream.resumption
                seen += try pending.changes(of: columns)
                pending = []
            }
            server.kill()
            try server.restart()
            connection = try server.connect(database: database)
        }
        let end = try BinlogSource(on: connection).position
        seen += try server.events(from: place, to: end).changes(of: columns)
        #expect(seen == (0..<60).map { RowChange(before: nil, after: [.signed($0)]) })
    }

    /// One server number is one reader: the server sends the earlier away.
    @Test(arguments: TestServer.available)
    func twoReadersOfOneNumber(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.start(kind)
        let start = try BinlogSource(on: try server.connect()).position
        let options = BinlogStream.Options(serverID: 77)
        let streams = try (0..<2).map { _ in
            let stream = try BinlogStream(
                server: server.address, settings: server.settings, from: .position(start),
                options: options)
            _ = try stream.next()
            return stream
        }
        let error = failure(streams[0])
        #expect([.lostConnection, .server].contains(error?.kind), "\(error as Any)")
        #expect(try streams[1].next() != nil)
    }

    /// With checksums, without, and with a log that changes from one to the other.
    @Test(arguments: TestServer.available)
    func checksums(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.start(kind, ["--binlog-checksum=NONE"])
        let database = try server.freshDatabase()
        let connection = try server.connect(database: database)
        try connection.execute("CREATE TABLE t (id INT PRIMARY KEY)")
        let columns = try #require(
            try TableColumns.read(database: database, table: "t", on: connection))
        let start = try BinlogSource(on: connection).position
        try connection.execute("INSERT INTO t VALUES (1)")
        let plain = try server.events(from: start, to: try BinlogSource(on: connection).position)
        #expect(try plain.changes(of: columns).count == 1)
        #expect(Set(plain.map(\.end.file)) == [start.file])
        try connection.execute("SET GLOBAL binlog_checksum = 'CRC32'")
        try connection.execute("INSERT INTO t VALUES (2)")
        try connection.execute("SET GLOBAL binlog_checksum = 'NONE'")
        try connection.execute("INSERT INTO t VALUES (3)")
        try connection.execute("SET GLOBAL binlog_checksum = 'CRC32'")
        try connection.execute("INSERT INTO t VALUES (4)")
        let end = try BinlogSource(on: connection).position
        let all = try server.events(from: start, to: end)
        #expect(try all.changes(of: columns).map { $0.after } == (1...4).map { [.signed($0)] })
        #expect(all.last?.end == end)
    }
}
