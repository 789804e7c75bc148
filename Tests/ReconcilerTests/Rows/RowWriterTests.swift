import Execution
import Foundation
import Reports
import Schema
import Testing

@testable import Reconciler
@testable import TestSupport

/// Somebody inserts and updates while tables change: what a server said is done stays done.
@Suite("Tables with rows and a writer beside")
struct RowWriterTests {
    private static let cases = [
        RowCase(
            "an index", from: "(id bigint AUTO_INCREMENT PRIMARY KEY, v int NOT NULL)",
            to: "(id bigint AUTO_INCREMENT PRIMARY KEY, v int NOT NULL, KEY k (v))"),
        RowCase(
            "a greater type", from: "(id bigint AUTO_INCREMENT PRIMARY KEY, v int NOT NULL)",
            to: "(id bigint AUTO_INCREMENT PRIMARY KEY, v bigint NOT NULL)"),
        RowCase(
            "columns", from: "(id bigint AUTO_INCREMENT PRIMARY KEY, v int NOT NULL)",
            to:
                "(id bigint AUTO_INCREMENT PRIMARY KEY, n int NOT NULL DEFAULT 5, v int NOT NULL, w "
                + "int AS (v + 1) STORED)"),
        RowCase(
            "a split partition",
            from: "(id bigint AUTO_INCREMENT PRIMARY KEY, v int NOT NULL) PARTITION BY RANGE (id) "
                + "(PARTITION m VALUES LESS THAN MAXVALUE)",
            to: "(id bigint AUTO_INCREMENT PRIMARY KEY, v int NOT NULL) PARTITION BY RANGE (id) "
                + "(PARTITION a VALUES LESS THAN (100), PARTITION b VALUES LESS THAN (300), "
                + "PARTITION m VALUES LESS THAN MAXVALUE)"),
    ]

    /// Inserts, and counts what was acknowledged, until it is told to end.
    private final class Writer: Sendable {
        struct State {
            var sums: [Int: Int] = [:]
            var isEnding = false
        }
        let state = Lock(State())

        func run(_ connections: [MySQLClient.Connection]) {
            var value = 1
            while !state.withLock({ $0.isEnding }) {
                for (place, connection) in connections.enumerated() {
                    do {
                        try connection.execute("INSERT INTO t (v) VALUES (\(value))")
                        state.withLock { $0.sums[place, default: 0] += value }
                        try connection.execute(
                            "UPDATE t SET v = v + 1 WHERE id = LAST_INSERT_ID()")
                        state.withLock { $0.sums[place, default: 0] += 1 }
                    } catch {
                        // Refused while the table is locked or changed: nothing was said.
                    }
                }
                value = value % 1_000 + 1
                // The pass has the machine's few processors, too.
                usleep(2_000)
            }
        }
    }

    @Test(arguments: TestServer.available)
    func everyAcknowledgedRowStays(kind: TestServer.Kind) throws {
        let fleet = try RowFleet(kind)
        defer { try? fleet.clear() }
        var connections: [MySQLClient.Connection] = []
        for one in Self.cases {
            let member = try fleet.add(one.label, desired: one.desired.joined() + ";")
            let connection = try fleet.connect(to: member.database)
            for statement in one.current { try connection.execute(statement) }
            try connection.execute("SET SESSION lock_wait_timeout = 1")
            connections.append(connection)
        }
        try fleet.commit()
        let writer = Writer()
        let ended = DispatchSemaphore(value: 0)
        let writing = connections
        Thread.detachNewThread {
            writer.run(writing)
            ended.signal()
        }
        defer {
            writer.state.withLock { $0.isEnding = true }
        }
        let report = try fleet.reconcile()
        writer.state.withLock { $0.isEnding = true }
        ended.wait()
        #expect(report.rollout.troubles == [])
        #expect(try fleet.plan().plan.steps == [])
        for (place, one) in Self.cases.enumerated() {
            let wanted = writer.state.withLock { $0.sums[place] ?? 0 }
            let sum = try fleet.connect(to: fleet.members[place].database)
                .query("SELECT SUM(v) FROM t").first?[0].flatMap { Int($0) }
            #expect(sum == wanted && wanted > 0, "\(kind), \(one.label)")
        }
    }
}
