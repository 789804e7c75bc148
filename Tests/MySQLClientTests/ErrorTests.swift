import Basics
import TestSupport
import Testing

@testable import MySQLClient

@Suite struct ErrorTests {
    @Test func aServerThatIsDownIsUnreachable() throws {
        let folder = try TemporaryFolder()
        let socket = ServerAddress.socket(path: folder.path + "/none.sock")
        let port = ServerAddress.tcp(host: "127.0.0.1", port: try LoopbackPort.free())
        let noHost = ServerAddress.tcp(host: "no-such-host.invalid", port: 3306)
        for server in [socket, port, noHost] {
            let error = mysqlError { _ = try Connection(to: server, settings: .init()) }
            #expect(error?.kind == .unreachable, "\(server)")
            #expect(error?.retry == .retryable)
            #expect(error?.server == server)
            #expect("\(error as Any)".contains("\(server)"))
        }
    }

    @Test func aWrongPasswordIsAccessDenied() throws {
        let server = try MariaDBServer.shared
        var settings = try server.account("wrong_password", password: "right")
        #expect(mysqlError { _ = try Connection(to: server.address, settings: settings) } == nil)
        settings.credentials.password = Secret("hunter2")
        let error = mysqlError { _ = try Connection(to: server.address, settings: settings) }
        #expect(error?.kind == .accessDenied)
        #expect(error?.number == 1045)
        #expect(error?.sqlState == "28000")
        #expect(error?.retry == .permanent)
        #expect(!"\(error as Any)".contains("hunter2"))
    }

    @Test func anUnknownDatabaseAndAMissingGrantAreToldApart() throws {
        let server = try MariaDBServer.shared
        let database = try server.freshDatabase()
        let poor = try server.account("no_grants", password: "p")
        #expect(mysqlError { _ = try server.connect(database: "absent") }?.kind == .unknownDatabase)
        let denied = mysqlError {
            _ = try Connection(to: server.address, settings: poor, database: database)
        }
        #expect(denied?.kind == .missingGrant)
    }

    /// Statements against `t (id INT PRIMARY KEY, name VARCHAR(9) NULL)` with two rows.
    @Test(arguments: [
        ("SELEC 1", MySQLError.Kind.syntax, RetryClass.permanent),
        ("SELECT * FROM absent", .unknownTable, .permanent),
        ("DROP TABLE absent", .unknownTable, .permanent),
        ("CREATE TABLE t (a INT)", .tableExists, .permanent),
        ("USE absent", .unknownDatabase, .permanent),
        ("INSERT INTO t VALUES (1, 'again')", .dataConflict, .permanent),
        ("ALTER TABLE t ADD UNIQUE (name)", .dataConflict, .permanent),
        ("ALTER TABLE t MODIFY name VARCHAR(2)", .dataConflict, .permanent),
        ("ALTER TABLE t ADD CHECK (id > 1)", .dataConflict, .permanent),
        (
            "ALTER TABLE t ADD FOREIGN KEY (id) REFERENCES u (id)",
            .dataConflict, .permanent
        ),
        ("ALTER TABLE t MODIFY name INT, ALGORITHM=INSTANT", .algorithmUnsupported, .permanent),
        (
            "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (name), ALGORITHM=COPY, LOCK=NONE",
            .algorithmUnsupported, .permanent
        ),
        ("SET STATEMENT max_statement_time=0.01 FOR SELECT SLEEP(5)", .timeout, .permanent),
        ("SET GLOBAL server_id = 'x'", .other, .permanent),
    ])
    func aStatementsErrorIsTyped(
        statement: String, kind: MySQLError.Kind, retry: RetryClass
    ) throws {
        let server = try MariaDBServer.shared
        let connection = try server.connect(database: try server.freshDatabase())
        try connection.execute("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(9) NULL)")
        try connection.execute("CREATE TABLE u (id INT PRIMARY KEY)")
        try connection.execute("INSERT INTO t VALUES (1, 'same'), (2, 'same')")
        let error = mysqlError { try connection.execute(statement) }
        #expect(error?.kind == kind, "\(error as Any)")
        #expect(error?.retry == retry)
        #expect(connection.isUsable)
        #expect(try connection.query("SELECT 1").first?[0] == "1")
    }

    @Test func aMissingPrivilegeIsNotADeniedLogin() throws {
        let server = try MariaDBServer.shared
        let database = try server.freshDatabase()
        try server.connect(database: database).execute("CREATE TABLE t (a INT)")
        let settings = try server.account(
            "reader_only", password: "p", privileges: "SELECT ON \(database).*")
        let connection = try Connection(
            to: server.address, settings: settings, database: database)
        for statement in [
            "ALTER TABLE t ADD b INT", "DROP TABLE t", "CREATE DATABASE other",
            "SET GLOBAL read_only = 1",
        ] {
            let error = mysqlError { try connection.execute(statement) }
            #expect(error?.kind == .missingGrant, "\(statement): \(error as Any)")
        }
    }

    @Test func aLockedTableIsTypedAndDoesNotWaitForADay() throws {
        let server = try MariaDBServer.shared
        let database = try server.freshDatabase()
        let holder = try server.connect(database: database)
        try holder.execute("CREATE TABLE t (a INT PRIMARY KEY)")
        try holder.execute("INSERT INTO t VALUES (1)")
        try holder.execute("BEGIN")
        _ = try holder.query("SELECT * FROM t WHERE a = 1 FOR UPDATE")
        var settings = server.settings
        settings.lockWaitTimeoutSeconds = 1
        let other = try Connection(to: server.address, settings: settings, database: database)
        for statement in ["ALTER TABLE t ADD b INT", "UPDATE t SET a = 2"] {
            let error = mysqlError { try other.execute(statement) }
            #expect(error?.kind == .lockWaitTimeout)
            #expect(error?.retry == .retryable)
        }
        try holder.execute("ROLLBACK")
        try other.execute("ALTER TABLE t ADD b INT")
    }

    @Test func aDeadlockIsTyped() throws {
        let server = try MariaDBServer.shared
        let database = try server.freshDatabase()
        let setup = try server.connect(database: database)
        try setup.execute("CREATE TABLE t (a INT PRIMARY KEY, b INT)")
        try setup.execute("INSERT INTO t VALUES (1, 0), (2, 0)")
        let sessions = try [1, 2].map { row in
            let session = try server.connect(database: database)
            try session.execute("BEGIN")
            try session.execute("UPDATE t SET b = 1 WHERE a = \(row)")
            return (session, other: 3 - row)
        }
        let errors = Workers.map([0, 1], total: 2, perKey: 2, key: { _ in 0 }) { index in
            let (session, other) = sessions[index]
            return mysqlError { try session.execute("UPDATE t SET b = 2 WHERE a = \(other)") }
        }
        let deadlocks = errors.compactMap { $0 }
        #expect(deadlocks.map(\.kind) == [.deadlock])
        #expect(deadlocks.map(\.retry) == [.retryable])
    }

    @Test func aServerKilledDuringAStatementLosesTheConnection() throws {
        let server = try MariaDBServer.start()
        let reader = try server.connect()
        let changer = try server.connect()
        let busy = try server.connect()
        let errors = Workers.map([0, 1, 2], total: 3, perKey: 3, key: { _ in 0 }) { which in
            mysqlError {
                switch which {
                case 0: _ = try reader.query("SELECT SLEEP(60)")
                case 1: try changer.execute("DO SLEEP(60)")
                default:
                    while try busy.query(
                        "SELECT COUNT(*) FROM information_schema.PROCESSLIST "
                            + "WHERE INFO LIKE '%SLEEP(60)' AND ID <> CONNECTION_ID()"
                    ).first?[0] != "2" {}
                    server.kill()
                }
            }
        }
        #expect(errors.map { $0?.kind } == [.lostConnection, .lostConnection, nil])
        #expect(errors.map { $0?.retry } == [.retryable, .indeterminate, nil])
        #expect(!reader.isUsable && !changer.isUsable)
        #expect(mysqlError { _ = try reader.query("SELECT 1") }?.kind == .lostConnection)
        #expect(mysqlError { _ = try server.connect() }?.kind == .unreachable)
        try server.restart()
        #expect(try server.connect().query("SELECT 1").first?[0] == "1")
    }

    @Test func aKilledSessionIsALostConnection() throws {
        let server = try MariaDBServer.shared
        let victim = try server.connect()
        try server.connect().execute("KILL \(victim.threadID)")
        let error = mysqlError { try victim.execute("DO 1") }
        #expect(error?.kind == .lostConnection)
        #expect(error?.retry == .indeterminate)
        #expect(!victim.isUsable)
    }

    @Test func anAnswerThatTakesTooLongIsATimeout() throws {
        var settings = try MariaDBServer.shared.settings
        settings.readTimeoutSeconds = 1
        let address = try MariaDBServer.shared.address
        let reader = try Connection(to: address, settings: settings)
        let reading = mysqlError { _ = try reader.query("SELECT SLEEP(30)") }
        #expect(reading?.kind == .timeout)
        #expect(reading?.retry == .retryable)
        #expect(!reader.isUsable)
        let changer = try Connection(to: address, settings: settings)
        #expect(mysqlError { try changer.execute("DO SLEEP(30)") }?.retry == .indeterminate)
    }

    @Test(arguments: [
        (1021, "Disk full", MySQLError.Kind.diskFull),
        (1114, "The table 't' is full", .diskFull),
        (1030, "Got error 28 \"No space left on device\" from storage engine InnoDB", .diskFull),
        (1030, "Got error 168 from storage engine", .other),
        (1290, "The MariaDB server is running with the --read-only option", .readOnly),
        (1290, "The MySQL server is running with the --super-read-only option", .readOnly),
        (1290, "The MariaDB server is running with the --skip-grant-tables option", .configuration),
        (1004, "Can't create file 'x' (errno: 28 \"No space left on device\")", .diskFull),
        (1005, "Can't create table `a`.`b` (errno: 28 \"No space left on device\")", .diskFull),
        (1006, "Can't create database 'a' (errno: 122 \"Disk quota exceeded\")", .diskFull),
        (3, "Error writing file '/t/x' (Errcode: 28 \"No space left on device\")", .diskFull),
        (1030, "Got error 128 from storage engine", .other),
        (1005, "Can't create table `a`.`error 281` (errno: 150)", .other),
        (1040, "Too many connections", .connectionLimit),
        (1203, "User u already has more than 'max_user_connections' active", .connectionLimit),
        (1226, "User 'u' has exceeded the 'max_user_connections' resource", .connectionLimit),
        (1226, "User 'u' has exceeded the 'max_queries_per_hour' resource", .hourlyLimit),
        (1226, "User 'u' has exceeded the 'max_connections_per_hour' resource", .hourlyLimit),
        (1874, "InnoDB is in read only mode.", .readOnly),
        (1175, "You are using safe update mode", .unsafeStatement),
        (1213, "Deadlock found", .deadlock),
        (1215, "Cannot add foreign key constraint", .other),
        (2026, "TLS/SSL error", .tls),
        (3819, "Check constraint is violated", .dataConflict),
        (9999, "something new", .other),
    ])
    func numbersThatAreHardToProvokeAreTyped(
        number: UInt32, message: String, kind: MySQLError.Kind
    ) {
        #expect(MySQLError.Kind(number: number, message: message) == kind)
    }

    /// A certificate is looked at before there is a session; later on the session has ended.
    @Test(arguments: [
        (Activity.connecting, MySQLError.Kind.tls, RetryClass.permanent),
        (.reading, .lostConnection, .retryable),
        (.changing, .lostConnection, .indeterminate),
    ])
    func brokenEncryption(
        during activity: Activity, kind: MySQLError.Kind, retry: RetryClass
    ) {
        let error = MySQLError.translated(
            number: 2026, sqlState: "HY000", message: "TLS/SSL error: unexpected eof while reading",
            server: .tcp(host: "db1", port: 3306), during: activity)
        #expect(error.kind == kind)
        #expect(error.retry == retry)
    }

    @Test func theDescriptionNamesWhereWhatAndTheRemedy() {
        let error = MySQLError.translated(
            number: 1205, sqlState: "HY000", message: "Lock wait timeout exceeded",
            server: .tcp(host: "db1", port: 3306), during: .changing)
        #expect(
            "\(error)" == "db1:3306: Lock wait timeout exceeded (error 1205, SQLSTATE HY000); "
                + "another session holds the lock: end it or try in a quieter hour")
    }
}
