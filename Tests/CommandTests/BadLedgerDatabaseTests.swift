import Foundation
import TestSupport
import Testing

/// Ledgers in databases that are down, something else, or run in an unusual way.
@Suite struct BadLedgerDatabaseTests {
    /// Commands that open the ledger, with what they need.
    static let commands: [[String]] = [
        ["plan"], ["drift"], ["reconcile"], ["approve", "--all", "--reason", "x"],
        ["deny", "--all", "--reason", "x"], ["verify-approvals"], ["status"],
        ["stop", "abcdef", "--reason", "x"], ["start", "abcdef", "--reason", "x"],
        ["release", "abcdef", "--reason", "x"],
        ["throttle", "abcdef", "--at-once", "1", "--reason", "x"],
        ["suspend", "app", "--reason", "x"], ["resume", "app", "--reason", "x"],
        ["unlock", "app/s0", "--reason", "x"], ["cutover", "abcdef", "--reason", "x"],
        ["rollback", "abcdef", "--reason", "x"], ["retry", "--reason", "x"], ["show", "abcd"],
        ["log"], ["import", "--record"], ["windows"], ["doctor"], ["store", "verify"],
        ["store", "gc"], ["reconcile", "--output", "json"], ["log", "--output", "json"],
    ]

    @Test func everyCommandSaysThatTheServerIsDown() throws {
        let server = try MariaDBServer.start()
        let fleet = try FleetFixture(shards: 1)
        let ledger = try fleet.keepLedgerInDatabase(on: server)
        try fleet.expect(0, "reconcile")
        server.stop()
        let before = try fleet.state()
        for words in Self.commands + [["store", "copy", ledger.place, "copy.git"]] {
            let run = try fleet.expect(1, words)
            #expect(run.says(ledger.place, "Can't connect", "check that the server runs"), "\(run)")
            #expect(!run.says("disk"), "\(run)")
        }
        #expect(try fleet.state() == before)
        try server.restart()
        try fleet.expect(0, "reconcile")
    }

    /// Whichever of the hosts is away or takes no changes, the next one is used.
    @Test func theHostsAreTriedInTurn() throws {
        let fleet = try FleetFixture(shards: 1)
        let replica = try MariaDBServer.start(options: ["--read-only"])
        let down = "127.0.0.1:\(try LoopbackPort.free())"
        let ledger = try fleet.keepLedgerInDatabase()
        let place = ledger.place(at: "\(down),\(replica.address),\(fleet.server.address)")
        fleet.file.ledgerLine = "\"\(place)\""
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        let verified = try fleet.expect(0, "store", "verify", "--ledger", ledger.place)
        #expect(verified.says("all sound"), "\(verified)")
        let databases = try replica.connect().query("SHOW DATABASES").compactMap { $0[0] }
        #expect(!databases.contains(ledger.database))
        // A replica may lack what was recorded last: it is not even read.
        let two = "\(down),\(replica.address)"
        let stale = try fleet.expect(1, "log", "--ledger", ledger.place(at: two))
        #expect(stale.says(down, "read_only=ON"), "\(stale)")
        // Where none answers, each is said.
        let other = "127.0.0.1:\(try LoopbackPort.free())"
        let none = try fleet.expect(1, "log", "--ledger", ledger.place(at: "\(down),\(other)"))
        #expect(none.says(down, other, "Can't connect"), "\(none)")
    }

    /// A daemon goes on by itself once the server is back, and when tables were gone for a while.
    @Test func aDaemonOutlivesItsLedgersServer() throws {
        let server = try MariaDBServer.start()
        let fleet = try FleetFixture(shards: 1)
        let ledger = try fleet.keepLedgerInDatabase(on: server)
        let daemon = try fleet.start("daemon", "--interval", "1s")
        #expect(try daemon.says("\"outcome\":\"in-sync\""))
        server.stop()
        #expect(try daemon.says("\"event\":\"pass-failed\""))
        try server.restart()
        var columns = ""
        func goesOn(_ column: String) throws {
            columns += ", \(column) int"
            try fleet.change(
                "orders.sql",
                FleetFixture.orders.replacingOccurrences(
                    of: "note varchar(100)", with: "note varchar(100)\(columns)"))
            try daemon.reaches(column) { try fleet.table("orders")?.contains(column) == true }
        }
        try goesOn("one")
        try ledger.sql("RENAME TABLE plumb_references TO away")
        #expect(try daemon.says("plumb_references' doesn't exist"))
        try ledger.sql("RENAME TABLE away TO plumb_references")
        try goesOn("two")
        daemon.send(SIGTERM)
        #expect(try daemon.wait().status == 0)
        try fleet.expect(0, "store", "verify")
    }

    @Test func aWrongPasswordIsSaidAndNotRepeated() throws {
        let fleet = try FleetFixture(shards: 1)
        fleet.setEnvironment("LEDGER_PW", "wr0ng")
        let ledger = try fleet.keepLedgerInDatabase(
            password: "s3cret", connection: "{password_env: LEDGER_PW}")
        for words in Self.commands {
            let run = try fleet.expect(1, words)
            #expect(
                run.says(ledger.place, "Access denied", "check the user, the password"), "\(run)")
            #expect(!run.says("wr0ng"), "\(run)")
        }
    }

    @Test("attack: what is in the ledger's database beside it", arguments: TestServer.available)
    func otherTablesStay(kind: TestServer.Kind) throws {
        let server = try TestServer.shared(kind)
        let fleet = try FleetFixture(shards: 1)
        let ledger = try fleet.keepLedgerInDatabase(on: server)
        try server.connect().execute("CREATE DATABASE \(ledger.database)")
        try ledger.sql("CREATE TABLE orders (id int PRIMARY KEY)")
        try ledger.sql("INSERT INTO orders VALUES (7)")
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "store", "verify")
        #expect(try ledger.sql("SELECT id FROM orders").map { $0[0] } == ["7"])
    }

    @Test("attack: the ledger in a shard's database")
    func aShardIsNoPlaceForALedger() throws {
        let fleet = try FleetFixture(shards: 2)
        let place = "mysql://root@\(fleet.server.address)/\(fleet.database(1))"
        let rules = try fleet.folder.write(
            """
            version: 1
            hosts: ["\(fleet.server.address)"]
            environments: {production: [{connection: {user: root}}]}
            approvals: {identity: declared}
            ledger: "\(place)"

            """, to: "operator.yaml")
        try fleet.expectUntouched {
            for words in [["plan"], ["reconcile"], ["drift"], ["import", "--record"]] {
                for named in [["--ledger", place], ["--operator", rules]] {
                    let run = try fleet.expect(78, words + named)
                    #expect(run.says("app/s1", "and the ledger are both the schema"), "\(run)")
                }
            }
        }
    }

    @Test func aNameOfADatabaseIsNoSQL() throws {
        let fleet = try FleetFixture(shards: 1)
        let name = "it's `a\"b` -- \\ \(getpid())"
        let place = "mysql://root@\(fleet.server.address)/\(name)"
        try fleet.expect(0, "reconcile", "--ledger", place)
        try fleet.expect(0, "store", "verify", "--ledger", place)
        let doctor = try fleet.expect(0, "doctor", "--ledger", place)
        #expect(doctor.says("sound: "), "\(doctor)")
        let databases = try fleet.server.connect().query("SHOW DATABASES").compactMap { $0[0] }
        #expect(databases.contains(name))
    }

    @Test(
        "A database that cannot be this ledger is refused and stays as it is",
        arguments: [
            "plumb_store", "plumb_objects", "plumb_references", "plumb_leases", "plumb_heartbeats",
        ])
    func aTableOfTheSameName(table: String) throws {
        let fleet = try FleetFixture(shards: 1)
        let ledger = try fleet.keepLedgerInDatabase()
        try fleet.server.connect().execute("CREATE DATABASE \(ledger.database)")
        try ledger.sql("CREATE TABLE \(table) (code varchar(9) PRIMARY KEY)")
        try fleet.expectUnchanged(ledger) {
            for words in [["reconcile"], ["plan"], ["suspend", "app", "--reason", "x"]] {
                let run = try fleet.expect(1, words)
                #expect(run.says("is not a ledger", table), "\(run)")
            }
        }
    }

    @Test("attack: a server that reads SQL and times otherwise", arguments: TestServer.available)
    func unusualSettings(kind: TestServer.Kind) throws {
        let server = try TestServer.start(
            kind,
            options: [
                "--sql-mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,IGNORE_SPACE",
                "--default-time-zone=+05:30", "--max-allowed-packet=1M",
                "--transaction-isolation=READ-COMMITTED", "--autocommit=0",
                // MySQL takes this only when its data is made.
            ] + (kind == .mysql9 ? [] : ["--lower-case-table-names=1"]))
        let fleet = try FleetFixture(shards: 1)
        let ledger = try fleet.keepLedgerInDatabase(on: server)
        // In this setting names of databases have one case.
        if kind != .mysql9 {
            fleet.file.ledgerLine =
                "\"\(ledger.place(at: server.address.description).uppercasedName)\""
        }
        // A plan of more than a megabyte, which the server takes in no one statement.
        let comment = String(repeating: "é\"", count: 400)
        let columns = (0..<20).map { "c\($0) int COMMENT '\(comment)'" }
        for number in 0..<50 {
            try fleet.write(
                "schema/app/wide\(number).sql",
                "CREATE TABLE wide\(number) (id int PRIMARY KEY, "
                    + "\(columns.joined(separator: ", ")));")
        }
        try fleet.commit()
        let run = try fleet.run("reconcile")
        #expect(run.status == 0, "\(run)")
        let verified = try fleet.expect(0, "store", "verify")
        #expect(verified.says("all sound"), "\(verified)")
        let largest = try ledger.sql("SELECT MAX(length) FROM plumb_objects").first?[0]
        #expect(largest.flatMap { Int($0) } ?? 0 > 1 << 20)
        try fleet.expect(0, "reconcile")
        // The time of events and leases is the same as anywhere.
        let time = try #require(try fleet.events().first?["time"] as? String)
        let age = try #require(ISO8601DateFormatter().date(from: time)).timeIntervalSinceNow
        #expect(abs(age) < 600)
    }
}

extension String {
    /// A location with the name of its database in capitals.
    fileprivate var uppercasedName: String {
        guard let slash = lastIndex(of: "/") else { return self }
        return self[...slash] + self[slash...].dropFirst().uppercased()
    }
}

extension FleetFixture {
    /// Runs `action` and expects the tables of the ledger's database to be the same afterwards.
    fileprivate func expectUnchanged(
        _ ledger: DatabaseLedger, _ action: () throws -> Void
    ) throws {
        func tables() throws -> [String] {
            try ledger.sql("SHOW TABLES").compactMap { $0[0] }
        }
        let before = try tables()
        try action()
        #expect(try tables() == before)
    }
}
