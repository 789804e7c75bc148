import Basics
import TestSupport
import Testing

@testable import MySQLClient

@Suite struct PipelineTests {
    @Test(arguments: [1, 7, 30, 100_000])
    func aThousandStatementsAreAnsweredInOrder(depth: Int) throws {
        let connection = try MariaDBServer.shared.connect()
        let statements = (0..<1_000).map { "SELECT \($0), REPEAT('x', 2000), NULL" }
        var seen: [Int] = []
        try connection.pipeline(statements, depth: depth) { index, result in
            guard case .success(let rows) = result, let row = rows.next() else { return }
            #expect(row.count == 3)
            #expect(row[0].map { String(decoding: $0, as: UTF8.self) } == "\(index)")
            #expect(row[1]?.count == 2_000)
            #expect(row[2] == nil)
            #expect(rows.next() == nil)
            seen.append(index)
        }
        #expect(seen == Array(0..<1_000))
    }

    @Test func aFailingStatementDoesNotStopTheOthers() throws {
        let connection = try MariaDBServer.shared.connect()
        var outcomes: [String] = []
        try connection.pipeline([
            "SELECT 1", "SELECT * FROM absent.t", "DO 1", "SELECT 2 UNION SELECT 3", "SELEC",
            "SELECT 4",
        ]) { _, result in
            switch result {
            case .success(let rows): outcomes.append("\(rows.count) rows")
            case .failure(let error): outcomes.append("\(error.kind)")
            }
        }
        #expect(outcomes == ["1 rows", "unknownTable", "0 rows", "2 rows", "syntax", "1 rows"])
        #expect(connection.isUsable)
    }

    @Test func statementsAndAnswersLargerThanAnySocketBufferDoNotBlock() throws {
        let connection = try MariaDBServer.shared.connect()
        let text = String(repeating: "y", count: 1 << 20)
        var lengths: [Int] = []
        try connection.pipeline(Array(repeating: "SELECT '\(text)'", count: 40)) { _, result in
            lengths.append((try? result.get().next()?[0]?.count) ?? 0)
        }
        #expect(lengths == Array(repeating: 1 << 20, count: 40))
    }

    @Test func aLostConnectionThrows() throws {
        let connection = try MariaDBServer.shared.connect()
        var answers = 0
        let error = mysqlError {
            // One at a time: what was sent after the KILL can take the answers before it along.
            try connection.pipeline(
                ["SELECT 1", "KILL \(connection.threadID)", "SELECT 2"], depth: 1
            ) { _, result in
                if case .success = result { answers += 1 }
            }
        }
        #expect(error?.kind == .lostConnection)
        #expect(error?.retry == .retryable)
        #expect(answers == 1)
        #expect(!connection.isUsable)
    }

    @Test func oneStatementIsOneStatement() throws {
        let connection = try MariaDBServer.shared.connect()
        #expect(mysqlError { _ = try connection.query("SELECT 1; SELECT 2") }?.kind == .syntax)
    }

    @Test func batchesAreBoundedInStatementsAndBytes() {
        let small = Array(repeating: "SELECT 1", count: 100)
        #expect(Connection.batch(of: small, from: 0, depth: 30) == 0..<30)
        #expect(Connection.batch(of: small, from: 90, depth: 30) == 90..<100)
        #expect(Connection.batch(of: small, from: 0, depth: 0) == 0..<1)
        #expect(Connection.batch(of: small, from: 0, depth: 1_000) == 0..<64)
        let large = Array(repeating: String(repeating: "x", count: 20_000), count: 3)
        #expect(Connection.batch(of: large, from: 0, depth: 30) == 0..<1)
        #expect(Connection.batch(of: small + large, from: 98, depth: 30) == 98..<101)
    }
}
