import Foundation
import Schema
import TestSupport
import Testing

@testable import MySQLClient

@Suite("A session that holds a lock lives as long as its process gives signs of life")
struct SessionKeeperTests {
    /// A session with a lock, which the server ends after a second of silence.
    private struct Holder {
        let server: TestServer
        let name: String
        let connection: Connection

        init(_ kind: TestServer.Kind) throws {
            server = try TestServer.shared(kind)
            name = "keeper-\(try server.freshDatabase())"
            connection = try server.connect()
            _ = try #require(try AdvisoryLock.acquire(name: name, on: connection))
            try connection.execute(Connection.silenceStatement(seconds: 1))
        }

        /// Lets so many seconds pass, by the server's clock.
        func pass(seconds: Int) throws {
            _ = try server.connect().query("SELECT SLEEP(\(seconds))")
        }

        func isHeld() throws -> Bool {
            try AdvisoryLock.holderThreadID(of: name, on: server.connect()) == connection.threadID
        }
    }

    @Test(arguments: TestServer.Kind.allCases)
    func aSilentSessionLosesItsLock(_ kind: TestServer.Kind) throws {
        let holder = try Holder(kind)
        // Another session waits for the lock as long as it takes.
        let other = try holder.server.connect()
        let lock = try AdvisoryLock.acquire(name: holder.name, on: other, waitSeconds: 30)
        #expect(lock != nil)
        #expect(throws: MySQLError.self) { try holder.connection.query("SELECT 1") }
        #expect(!holder.connection.isUsable)
    }

    @Test(arguments: TestServer.Kind.allCases)
    func aSessionThatIsKeptAliveHasItAsLongAsItWants(_ kind: TestServer.Kind) throws {
        let holder = try Holder(kind)
        try holder.connection.keptAlive(seconds: 1) { try holder.pass(seconds: 4) }
        #expect(try holder.isHeld())
        // What it is asked next is answered, and not what the keeper sent.
        let rows = try holder.connection.query("SELECT 'mine'")
        #expect(rows.map { $0[0] } == ["mine"])
        let answers = try holder.connection.answers(to: ["SELECT 1", "SELECT 2"])
        #expect(try answers.map { try $0.get().first?[0] } == ["1", "2"])
    }

    /// The keeper leaves a session alone whose statement is under way or whose rows are being read.
    @Test func aSessionAtWorkIsNotDisturbed() throws {
        let holder = try Holder(.mariadb1011)
        try holder.connection.keptAlive(seconds: 1) {
            let slow = try holder.connection.query("SELECT SLEEP(2), 'slow'")
            #expect(slow.map { $0[1] } == ["slow"])
            for number in 0..<2_000 {
                let rows = try holder.connection.query("SELECT \(number)")
                #expect(rows.map { $0[0] } == ["\(number)"])
            }
            try holder.pass(seconds: 2)
            try holder.connection.execute("DO 1", then: "DO 2")
            try holder.pass(seconds: 2)
            try holder.connection.select(database: "mysql")
            try holder.pass(seconds: 2)
            try holder.connection.pipeline(["SELECT 1", "SELECT 2"]) { index, answer in
                let row = try? answer.get().next()?[0].map { String(decoding: $0, as: UTF8.self) }
                #expect(row == "\(index + 1)")
            }
        }
        #expect(try holder.isHeld())
    }

    /// One that is not kept any more is on its own again.
    @Test func theEndOfItEndsIt() throws {
        let holder = try Holder(.mariadb1011)
        holder.connection.keptAlive(seconds: 1) {}
        let other = try holder.server.connect()
        #expect(try AdvisoryLock.acquire(name: holder.name, on: other, waitSeconds: 30) != nil)
    }
}
