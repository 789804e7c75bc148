import Basics
import Foundation
import TestSupport
import Testing

@testable import MySQLClient

/// Settings of a server, and limits of an account, that would end or change Plumb's statements.
@Suite struct SessionLimitTests {
    /// What an administrator may have set, on each kind of server.
    private static func hostile(_ kind: TestServer.Kind) -> [String] {
        let common = [
            "sql_safe_updates = 1", "max_join_size = 1", "sql_select_limit = 1",
            "completion_type = 2", "autocommit = 0", "foreign_key_checks = 0", "unique_checks = 0",
            "wait_timeout = 1", "net_read_timeout = 1", "net_write_timeout = 1",
        ]
        return kind.flavour == .mysql
            ? common + ["max_execution_time = 20", "transaction_read_only = 1"]
            : common + [
                "max_statement_time = 0.02", "check_constraint_checks = 0", "tx_read_only = 1",
                "idle_transaction_timeout = 1", "idle_write_transaction_timeout = 1",
            ]
    }

    private static let asked =
        "SELECT @@sql_safe_updates, @@sql_big_selects, @@sql_select_limit, @@completion_type, "
        + "@@autocommit, @@foreign_key_checks, @@unique_checks, @@wait_timeout, "
        + "@@net_read_timeout, @@net_write_timeout"
    private static let wanted = [
        "0", "1", "18446744073709551615", "NO_CHAIN", "1", "1", "1", "28800", "60", "120",
    ]

    @Test(
        "what would end or change a statement is lifted, for an account without any privilege",
        arguments: TestServer.available)
    func lifted(_ kind: TestServer.Kind) throws {
        let server = try TestServer.start(kind)
        let administrator = try server.connect()
        try administrator.execute("CREATE DATABASE d")
        try administrator.execute("CREATE USER poor@'%'")
        try administrator.execute("GRANT ALL ON d.* TO poor@'%'")
        for setting in Self.hostile(kind) { try administrator.execute("SET GLOBAL \(setting)") }
        let settings = {
            var settings = server.settings
            settings.credentials = Credentials(user: "poor")
            return settings
        }()
        let pool = ConnectionPool(limitPerServer: 1) { _ in settings }
        // The second time the session is reset, and lifted again.
        for purpose in [ConnectionPool.Purpose.change, .change, .read, .workspace] {
            try pool.withConnection(to: server.address, purpose: purpose, database: "d") {
                connection in
                let row = try connection.query(Self.asked).first
                #expect(Self.wanted.indices.map { row?[$0] ?? "" } == Self.wanted, "\(purpose)")
                // Longer than the server's limit, which `SLEEP` gives back as 1.
                #expect(try connection.query("SELECT SLEEP(0.1)").first?[0] == "0")
                guard purpose == .change else { return }
                try connection.execute("CREATE OR REPLACE VIEW v AS SELECT 1 AS one")
                try connection.execute("CREATE TABLE IF NOT EXISTS t (a int, b int CHECK (b > 1))")
                let refusal = mysqlError { try connection.execute("INSERT INTO t VALUES (1, 1)") }
                #expect(refusal?.number == (kind.flavour == .mysql ? 3819 : 4025))
            }
        }
        // A reader's statement ends when nobody waits for it any more.
        let name = kind.flavour == .mysql ? "@@max_execution_time / 1000" : "@@max_statement_time"
        for (purpose, seconds) in [(ConnectionPool.Purpose.read, 60.0), (.change, 0)] {
            let text = try pool.withConnection(to: server.address, purpose: purpose) {
                try $0.query("SELECT \(name)").first?[0]
            }
            #expect(text.flatMap { Double($0) } == seconds)
        }
    }

    @Test func anAccountsOwnLimitIsLiftedToo() throws {
        let server = try MariaDBServer.shared
        let settings = try server.account(
            "hurried", password: "p", requirements: "WITH MAX_STATEMENT_TIME 0.02")
        let pool = ConnectionPool(limitPerServer: 1) { _ in settings }
        try pool.withConnection(to: server.address, purpose: .change) { connection in
            let slept = try connection.query("SELECT SLEEP(0.1)").first?[0]
            #expect(slept == "0")
        }
    }

    @Test func aStatementThatATimeLimitEndedIsNotTriedAgain() throws {
        for number: UInt32 in [1969, 3024] {
            let error = MySQLError.translated(
                number: number, sqlState: "70100", message: "ended", server: .socket(path: "/s"),
                during: .changing)
            #expect(error.retry == .permanent)
            #expect(error.remedy?.contains("max_statement_time") == true)
        }
    }

    @Test("a session whose changes no replica would see is refused")
    func changesThatAreNotLogged() throws {
        let server = try MariaDBServer.start(options: ["--log-bin", "--server-id=1"])
        let administrator = try server.connect()
        try administrator.execute("CREATE USER quiet@'%'")
        try administrator.execute("GRANT BINLOG ADMIN ON *.* TO quiet@'%'")
        try administrator.execute("SET GLOBAL init_connect = 'SET SESSION sql_log_bin = 0'")
        var settings = server.settings
        settings.credentials = Credentials(user: "quiet")
        let pool = ConnectionPool(limitPerServer: 1) { [settings] _ in settings }
        let error = mysqlError {
            try pool.withConnection(to: server.address, purpose: .change) { _ in }
        }
        #expect(error?.kind == .configuration)
        #expect("\(error as Any)".contains("sql_log_bin"), "\(error as Any)")
    }

    // MARK: Read-only servers

    @Test(arguments: [
        (["read_only": "OFF"], ReadOnlyState.writable),
        (["read_only": "OFF", "super_read_only": "OFF", "innodb_read_only": "OFF"], .writable),
        (["read_only": "0"], .writable),
        (["read_only": "ON"], .readOnlyForMost(setting: "read_only=ON")),
        (["read_only": "NO_LOCK"], .readOnlyForMost(setting: "read_only=NO_LOCK")),
        (["read_only": "NO_LOCK_NO_ADMIN"], .readOnlyForAll(setting: "read_only=NO_LOCK_NO_ADMIN")),
        (["read_only": "something new"], .readOnlyForAll(setting: "read_only=SOMETHING NEW")),
        (
            ["read_only": "ON", "super_read_only": "ON"],
            .readOnlyForAll(setting: "super_read_only=ON")
        ),
        (
            ["read_only": "OFF", "innodb_read_only": "ON"],
            .readOnlyForAll(setting: "innodb_read_only=ON")
        ),
        ([:], .readOnlyForAll(setting: "read_only is not shown")),
    ])
    func readOnlyIsRead(variables: [String: String], state: ReadOnlyState) {
        #expect(ReadOnlyState(variables) == state)
    }

    @Test(arguments: TestServer.available)
    func everyServerSaysWhetherItTakesChanges(_ kind: TestServer.Kind) throws {
        let connection = try TestServer.shared(kind).connect()
        #expect(try ReadOnlyState(on: connection) == .writable)
        // What is asked before each change must not have the server list its variables.
        let before = try handlerWrites(connection)
        _ = try ReadOnlyState(on: connection)
        #expect(try handlerWrites(connection) - before < 100)
    }

    /// How many rows the session has had written to tables, those that answers are put together in
    /// included.
    private func handlerWrites(_ connection: Connection) throws -> Int {
        try connection.query("SHOW SESSION STATUS LIKE 'Handler%write'")
            .reduce(0) { $0 + (Int($1[1] ?? "") ?? 0) }
    }

    @Test("a server that takes no changes says by which setting", arguments: TestServer.available)
    func readOnlyServers(_ kind: TestServer.Kind) throws {
        let server = try TestServer.start(kind)
        let connection = try server.connect()
        try connection.execute("SET GLOBAL read_only = 1")
        let state = try ReadOnlyState(on: connection)
        #expect(state == .readOnlyForMost(setting: "read_only=ON"))
        guard kind == .mysql9 else { return }
        try connection.execute("SET GLOBAL super_read_only = 1")
        let strict = try ReadOnlyState(on: connection)
        #expect(strict == .readOnlyForAll(setting: "super_read_only=ON"))
    }
}
