import Testing
import TestSupport

@testable import MySQLClient

@Suite struct SessionTests {
    @Test func everySessionIsSetUp() throws {
        var settings = try MariaDBServer.shared.settings
        settings.lockWaitTimeoutSeconds = 3
        let connection = try Connection(
            to: MariaDBServer.shared.address, settings: settings)
        let row = try connection.query(
            "SELECT @@lock_wait_timeout, @@innodb_lock_wait_timeout, @@character_set_client, "
                + "@@character_set_results, @@sql_quote_show_create, @@autocommit, "
                + "@@time_zone = @@global.time_zone, CONNECTION_ID(), VERSION()"
        ).first
        #expect(
            (0..<7).map { row?[$0] } == ["3", "3", "utf8mb4", "utf8mb4", "1", "1", "1"])
        #expect(row?[7] == "\(connection.threadID)")
        #expect(row?[8] == connection.serverVersion)
    }

    @Test func modesThatChangeHowASchemaReadsAreTakenOut() throws {
        let server = try MariaDBServer.start()
        try server.connect().execute(
            "SET GLOBAL sql_quote_show_create = 0, GLOBAL sql_mode = "
                + "'ORACLE,ANSI,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES,NO_ZERO_DATE'")
        let database = try server.freshDatabase()
        let connection = try server.connect(database: database)
        let mode = try connection.query("SELECT @@sql_mode").first?[0]
        #expect(
            mode == "REAL_AS_FLOAT,IGNORE_SPACE,STRICT_ALL_TABLES,NO_ZERO_DATE,NO_AUTO_CREATE_USER,"
                + "SIMULTANEOUS_ASSIGNMENT")
        try connection.execute("CREATE TABLE t (a INT COMMENT 'it''s \\\\ here') ENGINE=InnoDB")
        let text = try connection.query("SHOW CREATE TABLE t").first?[1]
        #expect(text?.contains("CREATE TABLE `t`") == true)
        #expect(text?.contains("'it''s \\\\ here'") == true)
        #expect(text?.contains("ENGINE=InnoDB") == true)
    }

    @Test func timesAreReadAndShownInTheZoneOfTheServer() throws {
        let server = try MariaDBServer.start()
        let database = try server.freshDatabase()
        let texts = try ["+02:00", "-11:30"].map { zone in
            try server.connect().execute("SET GLOBAL time_zone = '\(zone)'")
            let connection = try server.connect(database: database)
            try connection.execute(
                "CREATE OR REPLACE TABLE t (a TIMESTAMP DEFAULT '2020-01-02 03:04:05')")
            return try connection.query("SHOW CREATE TABLE t").first?[1]
        }
        #expect(texts[0] == texts[1])
        #expect(texts[0]?.contains("'2020-01-02 03:04:05'") == true)
    }

    /// A process that lives long meets servers whose settings somebody changes.
    @Test func aKeptSessionFollowsTheServersSettings() throws {
        let server = try MariaDBServer.start()
        let database = try server.freshDatabase()
        let pool = ConnectionPool(limitPerServer: 2) { _ in server.settings }
        func zone(_ connection: Connection) throws -> String? {
            try connection.query("SELECT @@time_zone").first?[0]
        }
        // Two idle sessions.
        try pool.withConnection(to: server.address, purpose: .read) { _ in
            try pool.withConnection(to: server.address, purpose: .read) { _ in }
        }
        try server.connect().execute("SET GLOBAL time_zone = '+05:00'")
        try pool.withConnection(to: server.address, purpose: .read) { first in
            let profile = try first.profile(database: database)
            #expect(profile.settings["time_zone"] == "+05:00")
            let seen = try zone(first)
            #expect(seen == "+05:00")
        }
        try pool.withConnection(to: server.address, purpose: .read) { first in
            try pool.withConnection(to: server.address, purpose: .read) { second in
                let seen = [try zone(first), try zone(second)]
                #expect(seen == ["+05:00", "+05:00"])
            }
        }
    }

    @Test func noSettingOfTheServerHidesRowsOrChecks() throws {
        let server = try MariaDBServer.start()
        try server.connect().execute(
            "SET GLOBAL sql_select_limit = 1, GLOBAL check_constraint_checks = 0, "
                + "GLOBAL foreign_key_checks = 0, GLOBAL unique_checks = 0, "
                + "GLOBAL sql_if_exists = 1, GLOBAL system_versioning_asof = '2020-01-01'")
        let row = try server.connect().query(
            "SELECT @@check_constraint_checks, @@foreign_key_checks, @@unique_checks, "
                + "@@sql_if_exists, @@system_versioning_asof, @@sql_select_limit"
        ).first
        #expect(
            (0..<6).map { row?[$0] } == ["1", "1", "1", "0", "DEFAULT", "18446744073709551615"])
    }

    @Test func aProcedureThatReturnsManyResultsLeavesTheSessionInStep() throws {
        let server = try MariaDBServer.shared
        let connection = try server.connect(database: try server.freshDatabase())
        try connection.execute("CREATE PROCEDURE p () BEGIN SELECT 1; SELECT 2; DO 1; END")
        try connection.execute("CREATE PROCEDURE q () BEGIN SELECT 1; SELECT * FROM absent; END")
        #expect(try connection.query("CALL p()").map { $0[0] } == ["1"])
        #expect(mysqlError { try connection.execute("CALL q()") }?.kind == .unknownTable)
        #expect(try connection.query("SELECT 3").first?[0] == "3")
        var values: [String?] = []
        try connection.pipeline(["CALL p()", "CALL q()", "SELECT 4"]) { _, result in
            values.append(
                (try? result.get().next()?[0]).map { String(decoding: $0, as: UTF8.self) })
        }
        #expect(values == ["1", nil, "4"])
    }

    @Test func theServerCannotAskForLocalFiles() throws {
        let server = try MariaDBServer.shared
        let connection = try server.connect(database: try server.freshDatabase())
        try connection.execute("CREATE TABLE t (a TEXT)")
        let file = try server.folder.write("secret\n", to: "local.txt")
        let error = mysqlError {
            try connection.execute("LOAD DATA LOCAL INFILE '\(file)' INTO TABLE t")
        }
        #expect(error != nil)
        #expect(try server.connect().query("SELECT 1").count == 1)
    }

    @Test func aDatabaseCanBeSelected() throws {
        let server = try MariaDBServer.shared
        let database = try server.freshDatabase()
        let connection = try server.connect()
        try connection.select(database: database)
        #expect(try connection.query("SELECT DATABASE()").first?[0] == database)
        #expect(mysqlError { try connection.select(database: "absent") }?.kind == .unknownDatabase)
        #expect(connection.isUsable)
    }

    @Test func aResetSessionIsAsGoodAsNew() throws {
        let connection = try MariaDBServer.shared.connect()
        try connection.execute("SET @x = 1, foreign_key_checks = 0, lock_wait_timeout = 77")
        _ = try AdvisoryLock.acquire(name: "reset", on: connection)
        try connection.reset()
        let row = try connection.query(
            "SELECT @x, @@foreign_key_checks, @@lock_wait_timeout, @@character_set_client, "
                + "IS_USED_LOCK('reset')"
        ).first
        #expect((0..<5).map { row?[$0] } == [nil, "1", "5", "utf8mb4", nil])
    }

    @Test func secretsAreInNoDescription() throws {
        let secret = Secret("hunter2")
        var settings = ConnectionSettings(credentials: Credentials(user: "u", password: secret))
        settings.optionFile = "/nowhere"
        var texts = ["\(secret)", String(reflecting: secret), "\(settings)"]
        texts.append(String(reflecting: settings))
        texts.append("\(settings.credentials as Any)")
        for subject in [secret, settings, settings.credentials] as [Any] {
            var text = ""
            dump(subject, to: &text)
            texts.append(text)
        }
        for text in texts { #expect(!text.contains("hunter2"), "\(text)") }
        #expect("\(secret)" == "(secret)")
    }
}
