import Foundation
import MySQLClient
import TestSupport
import Testing

@testable import OnlineCopy

/// A server with a replica, and a copy that looks at it.
@Suite("A copy waits for the replicas of its server", .serialized)
struct ReplicaBrakeTests {
    /// Two servers, the second of which follows the first.
    private struct Pair {
        let source: TestServer
        let replica: TestServer
        let control: Connection

        init() throws {
            source = try TestServer.start(
                options: [
                    "--log-bin=log", "--server-id=1", "--binlog-format=ROW", "--sync-binlog=0",
                    "--innodb-flush-log-at-trx-commit=0",
                ], listensOnTCP: true)
            replica = try TestServer.start(options: ["--server-id=2"], listensOnTCP: true)
            guard case .tcp(let host, let port)? = source.tcpAddress else {
                throw TestSupportError("the source has no port")
            }
            for server in [source, replica] {
                let root = try server.connect()
                try root.execute("CREATE USER plumb@'%' IDENTIFIED BY 'secret'")
                try root.execute("GRANT ALL ON *.* TO plumb@'%'")
            }
            control = try replica.connect()
            let root = try source.connect()
            try control.execute(
                "CHANGE MASTER TO MASTER_HOST = '\(host)', MASTER_PORT = \(port), "
                    + "MASTER_USER = 'plumb', MASTER_PASSWORD = 'secret', MASTER_USE_GTID = no, "
                    + "MASTER_LOG_FILE = 'log.000001', MASTER_LOG_POS = "
                    + "\(try root.query("SHOW MASTER STATUS").first?[1] ?? "4")")
            try control.execute("START SLAVE")
            let end = Date(timeIntervalSinceNow: 60)
            while try root.query("SHOW SLAVE HOSTS").isEmpty {
                guard Date() < end else { throw TestSupportError("the replica does not connect") }
            }
        }

        var name: String { replica.tcpAddress.map { "\($0)" } ?? "" }

        /// Watches it, with a second as the limit.
        func watch(
            _ fixture: CopyFixture, _ replicas: BrakeWatcher.Replicas
        ) throws -> BrakeWatcher {
            BrakeWatcher(
                try #require(source.tcpAddress), replicas: replicas,
                table: "`\(fixture.database)`.`\(fixture.job.names.progress)`",
                limits: {
                    BrakeLimits(maxLagSeconds: 1, maxCommitSeconds: 30, minFreeBytes: nil)
                },
                connect: { address throws(MySQLError) in
                    var settings = ConnectionSettings(
                        credentials: Credentials(user: "plumb", password: Secret("secret")))
                    settings.tls.mode = .disabled
                    return try Connection(to: address, settings: settings)
                })
        }
    }

    /// So many that copying them in the smallest chunks takes longer than a replica may lag.
    private static let rows = 300_000

    private func fixture(_ pair: Pair) throws -> CopyFixture {
        let fixture = try CopyFixture(
            on: pair.source, "(id int NOT NULL PRIMARY KEY, k int)", becomes: "MODIFY k bigint")
        try fixture.root.execute("INSERT INTO t SELECT seq, seq FROM seq_1_to_\(Self.rows)")
        return fixture
    }

    /// Works on until the copy waits for this.
    private func work(_ copy: TableCopy, until isWanted: (String) -> Bool) throws {
        let end = Date(timeIntervalSinceNow: 60)
        while !(copy.waitsFor.map(isWanted) ?? false), Date() < end {
            _ = try copy.work(seconds: 0)
        }
        #expect(copy.waitsFor.map(isWanted) == true, "\(copy.waitsFor ?? "it does not wait")")
    }

    @Test func aReplicaThatStopsIsWaitedFor() throws {
        let pair = try Pair()
        let fixture = try fixture(pair)
        let copy = try fixture.copy(chunkSeconds: 0.0001)
        let watcher = try pair.watch(fixture, .discovered)
        defer { watcher.end() }
        copy.brake = watcher
        try pair.control.execute("STOP SLAVE SQL_THREAD")
        try work(copy) { $0.hasPrefix("replica \(pair.name) is ") }
        #expect(copy.status == .copying)
        #expect(copy.waitsFor?.hasSuffix(" behind, and may be 1 s") == true)
        let rows = copy.progress.rows
        _ = try copy.work(seconds: 1)
        #expect(copy.progress.rows == rows)
        try pair.control.execute("START SLAVE SQL_THREAD")
        try fixture.finish(copy)
        #expect(copy.progress.rows == Self.rows)
    }

    @Test func aReplicaThatCannotBeAskedIsWaitedFor() throws {
        let pair = try Pair()
        let fixture = try fixture(pair)
        let copy = try fixture.copy(chunkSeconds: 0.0001)
        let replica = try #require(pair.replica.tcpAddress)
        let watcher = try pair.watch(fixture, .named([replica]))
        defer { watcher.end() }
        copy.brake = watcher
        pair.replica.kill()
        try work(copy) { $0.hasPrefix("it is not known how far replica \(pair.name) is: ") }
        try pair.replica.restart()
        try fixture.finish(copy)
    }

    @Test(arguments: [
        ("db2", "3306", "db2:3306" as String?), ("10.0.0.2", "3307", "10.0.0.2:3307"),
        ("2001:db8::2", "3306", "[2001:db8::2]:3306"), ("", "3306", nil), (nil, nil, nil),
        ("db 2", "3306", nil), ("db2", "0", nil), ("db2", "70000", nil),
    ]) func theAddressOfAReplicaIsReadOrMissed(host: String?, port: String?, address: String?) {
        #expect(ServerWatch.address(host: host, port: port).map { "\($0)" } == address)
    }
}
