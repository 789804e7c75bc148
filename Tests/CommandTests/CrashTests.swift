import Foundation
import TestSupport
import Testing

/// Runs that are killed: the next one goes on, and nothing is done or recorded twice.
@Suite(.serialized) struct CrashTests {
    static let shardCount = 12

    /// A fleet on a server that logs every statement that changed something.
    private func loggingFleet() throws -> FleetFixture {
        let server = try MariaDBServer.start(options: ["--log-bin=binlog", "--server-id=1"])
        let fleet = try FleetFixture(
            on: server, shards: Self.shardCount,
            schema: ["a.sql": Self.table("a", 0), "b.sql": Self.table("b", 0)])
        fleet.file.policy = ["rollout: {concurrency: {total: 4, per_host: 4}}"]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        for shard in 0..<Self.shardCount {
            try fleet.sql(shard, "INSERT INTO b (id) SELECT seq FROM seq_1_to_2000")
        }
        return fleet
    }

    /// A table in its `step`th version; each next one is one `ALTER` away, now and then a slow one.
    private static func table(_ name: String, _ step: Int) -> String {
        // A stored column is computed for every row: the server copies the table.
        let type = name == "b" ? "bigint AS (id * 7) STORED" : "int DEFAULT 7"
        let columns = (0..<step).map { "  c\($0) \(type),\n" }.joined()
        return "CREATE TABLE \(name) (\n\(columns)  id bigint NOT NULL PRIMARY KEY\n);\n"
    }

    /// The `ALTER`s that the server carried out, by database and table.
    private func alters(_ fleet: FleetFixture) throws -> [String: Int] {
        let connection = try fleet.server.connect()
        var counts: [String: Int] = [:]
        for log in try connection.query("SHOW BINARY LOGS").compactMap({ $0[0] }) {
            for row in try connection.query("SHOW BINLOG EVENTS IN \(SQL.literal(log))") {
                guard let info = row[5], info.contains("ALTER TABLE"),
                    let database = info.firstMatch(of: /use `(test_[^`]*)`; ALTER TABLE `(\w+)`/)
                else { continue }
                counts["\(database.1).\(database.2)", default: 0] += 1
            }
        }
        return counts
    }

    private func workspaces(_ fleet: FleetFixture) throws -> [String] {
        try fleet.server.connect().query("SHOW DATABASES LIKE '\\_plumb\\_ws%'").compactMap {
            $0[0]
        }
    }

    @Test func killedRolloutsAreFinishedByTheNextRun() throws {
        let fleet = try loggingFleet()
        var random = SeededGenerator(seed: 20)
        var unfinished = 0
        let rounds = 24
        for round in 1...rounds {
            for name in ["a", "b"] {
                try fleet.write("schema/app/\(name).sql", Self.table(name, round))
            }
            try fleet.commit("Step \(round)")
            let running = try fleet.start("reconcile")
            // Half of them in the middle of the rollout, the others wherever they are.
            if round.isMultiple(of: 2) {
                try running.says("ompleted", times: Int.random(in: 1...12, using: &random))
                usleep(UInt32.random(in: 0...5_000, using: &random))
            } else {
                usleep(UInt32.random(in: 20_000...400_000, using: &random))
            }
            running.send(SIGKILL)
            _ = try running.wait()
            unfinished +=
                try fleet.table("b", on: Self.shardCount - 1)?
                .contains("c\(round - 1)") == true ? 0 : 1
            let next = try fleet.expect(0, "reconcile")
            #expect(next.status == 0, "round \(round): \(next)")
            let expected = Dictionary(
                uniqueKeysWithValues: fleet.file.shards.flatMap { shard in
                    ["a", "b"].map { ("\(shard.database).\($0)", round) }
                })
            #expect(try alters(fleet) == expected, "round \(round)")
        }
        #expect(unfinished > rounds / 3)
        try fleet.expect(0, "drift")
        try fleet.expect(0, "store", "verify")
        try fleet.ledgerGit("fsck", "--strict", "--no-dangling")
        let completed = try fleet.events().compactMap { event -> String? in
            guard event["event"] as? String == "operation-completed" else { return nil }
            return event["subject"] as? String
        }
        let counts = Dictionary(grouping: completed, by: { $0 }).mapValues(\.count)
        #expect(counts.count == Self.shardCount * 2)
        #expect(counts.values.allSatisfy { $0 == rounds + 1 }, "\(counts)")
        // The server may have been at the last statement of a dead run's workspace until now: the
        // next run that needs one removes it.
        try fleet.change("c.sql", Self.table("c", 1))
        try fleet.expect(0, "reconcile")
        #expect(try workspaces(fleet) == [])
    }

    @Test func statementThatOutlivesItsWorkerIsWaitedFor() throws {
        let fleet = try FleetFixture(schema: ["orders.sql": FleetFixture.orders])
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", StoryTests.withStatus)
        try killWorkerUnderItsStatement(fleet)
        #expect(try fleet.eventCount("operation-completed") == 4)
        #expect(try fleet.table("orders", on: 0)?.contains("by_status") == true)
        try fleet.expect(0, "drift")
    }

    /// A reader keeps the statement waiting on the server while its worker is killed; the next
    /// run waits for it, and ends well.
    ///
    /// - Parameter isReady: what else must have happened before the kill.
    private func killWorkerUnderItsStatement(
        _ fleet: FleetFixture, once isReady: () throws -> Bool = { true }
    ) throws {
        let reader = try fleet.server.connect(database: fleet.database(0))
        try reader.execute("START TRANSACTION")
        _ = try reader.query("SELECT * FROM orders")
        let running = try fleet.start("reconcile")
        try waitForAlter(fleet)
        let limit = Date().addingTimeInterval(60)
        while try !isReady() {
            try #require(Date() < limit, "what had to happen before the kill did not")
            usleep(20_000)
        }
        running.send(SIGKILL)
        _ = try running.wait()
        let next = try fleet.start("reconcile")
        try waitForLock(fleet)
        reader.close()
        let done = try next.wait()
        #expect(done.status == 0, "\(done)")
    }

    @Test func statementsThatRunBesideEachOtherAreAllWaitedFor() throws {
        let names = ["a", "b", "c"]
        let fleet = try FleetFixture(
            shards: 1,
            schema: Dictionary(
                uniqueKeysWithValues: names.map { ("\($0).sql", Self.table($0, 0)) }))
        fleet.file.policy = ["rollout: {concurrency: {total: 8, per_host: 3}}"]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        let readers = try names.map { name in
            let reader = try fleet.server.connect(database: fleet.database(0))
            try reader.execute("START TRANSACTION")
            _ = try reader.query("SELECT * FROM \(name)")
            return reader
        }
        for name in names {
            try fleet.write("schema/app/\(name).sql", Self.table(name, 1))
        }
        try fleet.commit("Step 1")
        let running = try fleet.start("reconcile")
        let connection = try fleet.server.connect()
        let waiting =
            "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'ALTER TABLE%' "
            + "AND STATE LIKE 'Waiting for table%' AND DB = \(SQL.literal(fleet.database(0)))"
        let limit = Date().addingTimeInterval(60)
        while try connection.query(waiting).count < names.count {
            guard Date() < limit else { throw TestSupportError("never seen: three ALTERs") }
            usleep(2_000)
        }
        running.send(SIGKILL)
        _ = try running.wait()
        let next = try fleet.start("reconcile")
        try waitForLock(fleet)
        for reader in readers { reader.close() }
        let done = try next.wait()
        #expect(done.status == 0, "\(done)")
        #expect(try fleet.eventCount("operation-completed") == 6)
        try fleet.expect(0, "drift")
    }

    @Test func renameThatOutlivesItsWorkerIsFoundUnderItsNewName() throws {
        let fleet = try FleetFixture(schema: ["orders.sql": FleetFixture.orders])
        try fleet.expect(0, "reconcile")
        try fleet.sql(0, "INSERT INTO orders (customer) VALUES (7)")
        try fleet.remove("schema/app/orders.sql")
        fleet.file.namespace = ["renames: [{table: {from: orders, to: purchases}}]"]
        try fleet.change("purchases.sql", RenameTests.renamed(FleetFixture.orders))
        // A kill between the start of the other shard's statement and the statement would have it
        // started again.
        try killWorkerUnderItsStatement(fleet) { try fleet.table("purchases", on: 1) != nil }
        #expect(try fleet.table("orders", on: 0) == nil)
        #expect(try fleet.sql(0, "SELECT count(*) FROM purchases").first?[0] == "1")
        #expect(try fleet.eventCount("operation-completed") == 4)
        #expect(try fleet.eventCount("operation-started") == 4)
        try fleet.expect(0, "reconcile")
        try fleet.expectUntouched {
            for command in ["reconcile", "drift"] { try fleet.expect(0, command) }
        }
    }

    func waitForAlter(_ fleet: FleetFixture) throws {
        try waitUntil("an ALTER that waits for the reader", fleet) {
            "INFO LIKE 'ALTER TABLE%' AND STATE LIKE 'Waiting for table%' AND DB = \(SQL.literal($0))"
        }
    }

    private func waitForLock(_ fleet: FleetFixture) throws {
        try waitUntil("a worker that waits for the shard's lock", fleet) {
            "STATE = 'User lock' AND DB = \(SQL.literal($0))"
        }
    }

    private func waitUntil(
        _ what: String, _ fleet: FleetFixture, _ condition: (String) -> String
    ) throws {
        let connection = try fleet.server.connect()
        let limit = Date().addingTimeInterval(60)
        let query =
            "SELECT ID FROM information_schema.PROCESSLIST WHERE "
            + condition(fleet.database(0))
        while try connection.query(query).isEmpty {
            guard Date() < limit else { throw TestSupportError("never seen: \(what)") }
            usleep(2_000)
        }
    }
}
