import Foundation
import TestSupport
import Testing

/// What the doctor says of the servers of a ledger.
@Suite struct LedgerDoctorTests {
    /// `status subject message; remedy` of the checks of the ledger.
    private func checks(_ fleet: FleetFixture, _ words: String...) throws -> [String] {
        let run = try fleet.run(["doctor", "--output", "json"] + words)
        return try run.list("rows").filter { $0["area"] as? String == "ledger" }.map { check in
            ["status", "subject", "message", "remedy"].map { check[$0] as? String ?? "" }
                .joined(separator: " ")
        }
    }

    private func says(
        _ checks: [String], _ start: String, _ words: String...,
        at location: Testing.SourceLocation = #_sourceLocation
    ) {
        let found = checks.contains { check in
            check.hasPrefix(start) && words.allSatisfy(check.contains)
        }
        #expect(
            found, "\(start) … \(words) in\n\(checks.joined(separator: "\n"))",
            sourceLocation: location)
    }

    @Test(arguments: TestServer.available)
    func aSoundServer(kind: TestServer.Kind) throws {
        let server = try TestServer.start(
            kind, options: ["--innodb-flush-log-at-trx-commit=1"])
        let fleet = try FleetFixture(shards: 1)
        try fleet.keepLedgerInDatabase(on: server)
        says(try checks(fleet), "ok", "not there yet")
        try fleet.expect(0, "reconcile")
        let found = try checks(fleet)
        #expect(found.allSatisfy { $0.hasPrefix("ok ") }, "\(found.joined(separator: "\n"))")
        for words in [
            "what is acknowledged outlives a crash", "REPEATABLE-READ in Plumb's sessions",
            "the account has what it needs", "tables of the ledger",
            "no replica, and in no cluster",
            "clock within", "sound: ", "nobody holds a lease",
            kind == .mysql9 ? "MySQL 9" : "MariaDB 1",
        ] {
            says(found, "ok", words)
        }
        try fleet.expect(0, "doctor")
    }

    @Test func theGrantThatIsMissingIsPrintedToPaste() throws {
        let fleet = try FleetFixture(shards: 1)
        fleet.setEnvironment("LEDGER_PW", "s3cret")
        let ledger = try fleet.keepLedgerInDatabase(
            password: "s3cret", connection: "{password_env: LEDGER_PW}")
        let root = try fleet.server.connect()
        try root.execute("REVOKE ALL ON `\(ledger.database)`.* FROM '\(ledger.user)'@'%'")
        try root.execute("CREATE DATABASE \(ledger.database)")
        try root.execute("GRANT SELECT ON `\(ledger.database)`.* TO '\(ledger.user)'@'%'")
        let found = try checks(fleet)
        says(found, "failed", "no INSERT, UPDATE, DELETE, CREATE, ALTER")
        says(found, "ok LEDGER_PW is set")
        let refused = try fleet.expect(1, "reconcile")
        #expect(refused.says("`plumb doctor` says the GRANT"), "\(refused)")
        let grant = try #require(
            found.compactMap { check in
                check.firstRange(of: "GRANT ").map { String(check[$0.lowerBound...]) }
            }.first)
        try root.execute(grant)
        says(try checks(fleet), "ok", "the account has what it needs")
        // No more than that is needed, from the first table on.
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "store", "gc", "--keep", "400d")
        try fleet.expect(0, "store", "verify", "--repair")
    }

    @Test func whatACrashLosesIsSaid() throws {
        let server = try MariaDBServer.start(
            options: [
                "--innodb-flush-log-at-trx-commit=2", "--log-bin", "--server-id=1",
                "--sync-binlog=0", "--max-allowed-packet=512K",
            ])
        let fleet = try FleetFixture(shards: 1)
        let ledger = try fleet.keepLedgerInDatabase(on: server)
        try fleet.expect(0, "reconcile")
        try ledger.sql("ALTER TABLE plumb_heartbeats ENGINE=MyISAM")
        let found = try checks(fleet)
        says(found, "warning", "innodb_flush_log_at_trx_commit 2", "SET GLOBAL")
        says(found, "warning", "sync_binlog 0", "SET GLOBAL")
        says(found, "failed", "max_allowed_packet is 524288 bytes")
        says(
            found, "failed", "`plumb_heartbeats` has engine MyISAM",
            "ALTER TABLE `plumb_heartbeats` ENGINE=InnoDB")
        #expect(try fleet.run("doctor").status == 1)
    }

    @Test func eachHostIsLookedAtByItself() throws {
        let server = try MariaDBServer.start(
            options: ["--server-id=2"], listensOnTCP: true)
        let fleet = try FleetFixture(shards: 1)
        let ledger = try fleet.keepLedgerInDatabase(on: server)
        try fleet.expect(0, "reconcile")
        let address = try #require(server.tcpAddress).description
        let free = "127.0.0.1:\(try LoopbackPort.free())"
        let several = ledger.place(at: "\(server.address),\(address),\(free)")
        fleet.file.ledgerLine = "\"\(several)\""
        try fleet.commit()
        let root = try server.connect()
        try root.execute("SET GLOBAL read_only = 1")
        try root.execute("CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 1")
        let found = try checks(fleet)
        for host in [server.address.description, address] {
            says(found, "warning \(host)", "read_only=ON", "name the primary first")
            says(found, "warning \(host)", "a replica of another server")
        }
        says(found, "warning \(free)", "Can't connect", "the other hosts are used meanwhile")
        // Alone, neither is of use.
        let alone = try checks(fleet, "--ledger", ledger.place)
        says(alone, "failed \(server.address)", "read_only=ON", "name the primary in `ledger`")
        let down = try checks(fleet, "--ledger", ledger.place(at: free))
        says(down, "unknown \(free)", "check that the server runs")
    }

    @Test func whoHoldsALeaseIsNamed() throws {
        let fleet = try FleetFixture(shards: 1)
        try fleet.keepLedgerInDatabase()
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", StoryTests.withStatus)
        let holder = try fleet.server.connect(database: fleet.database(0))
        try holder.execute("LOCK TABLES orders READ")
        let running = try fleet.start("reconcile", by: "eve@example.com")
        #expect(try running.says("started   app/s0/orders"))
        let found = try checks(fleet)
        says(found, "ok", "production is held by", "eve@example.com", "last sign of life")
        let second = try fleet.expect(3, "reconcile")
        #expect(second.says("eve@example.com"), "\(second)")
        holder.close()
        #expect(try running.wait().status == 0)
        says(try checks(fleet), "ok", "nobody holds a lease")
    }

    private static let galera = "/usr/lib/galera/libgalera_smm.so"

    @Test(
        "A node of a Galera cluster, alone and without a majority",
        .enabled(if: FileManager.default.fileExists(atPath: galera), "there is no galera-4 here"))
    func aNodeOfACluster() throws {
        let port = try LoopbackPort.free()
        let server = try MariaDBServer.start(
            options: [
                "--wsrep-on=ON", "--wsrep-provider=\(Self.galera)", "--binlog-format=ROW",
                "--wsrep-cluster-address=gcomm://", "--wsrep-new-cluster",
                "--wsrep-node-address=127.0.0.1",
                "--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:\(port)",
            ])
        let fleet = try FleetFixture(shards: 1)
        try fleet.keepLedgerInDatabase(on: server)
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "store", "verify")
        says(try checks(fleet), "warning", "Galera: Synced, 1 node", "run three or more")
        // As when the others are not to be reached.
        try server.connect().execute(
            "SET GLOBAL wsrep_cluster_address = 'gcomm://127.0.0.1:\(try LoopbackPort.free())'")
        says(try checks(fleet), "failed", "wsrep_ready OFF", "it takes no statements")
        let before = try fleet.state()
        try fleet.change("orders.sql", StoryTests.withStatus)
        let run = try fleet.expect(1, "reconcile")
        #expect(run.says("it is cut off from most of its cluster"), "\(run)")
        #expect(try fleet.state() == before)
    }

    @Test("attack: the operator does not allow a host of the ledger")
    func noHostIsReachedThatIsNotAllowed() throws {
        let fleet = try FleetFixture(shards: 1)
        try fleet.keepLedgerInDatabase()
        let rules = try fleet.folder.write(
            """
            version: 1
            hosts: ["unix:/nowhere/m.sock"]
            environments: {production: [{connection: {user: root}}]}
            approvals: {identity: declared}

            """, to: "operator.yaml")
        says(try checks(fleet, "--operator", rules), "failed", "is not reached", "operator.yaml")
    }
}
