import Testing

@testable import Observed
@testable import TestSupport

/// By the server's own general log, and by what is there afterwards.
@Suite("attack: whatever is accepted, the server runs one statement of that form on that name")
struct HostileTextTests {
    @Test("Random hostile texts", arguments: TestServer.available)
    func random(kind: TestServer.Kind) throws {
        let target = try Target(kind)
        var accepted = 0
        for seed in Rounds.seeds(400) {
            var texts = HostileTexts(seed: UInt64(seed))
            let (name, text) = texts.hostile()
            guard let sql = target.accepts(text, name) else { continue }
            accepted += 1
            try target.run(sql, name, "seed \(seed): \(text)")
        }
        #expect(accepted > 40, "\(accepted) accepted")
    }

    @Test(
        "Texts that worked once, and their like", arguments: TestServer.available)
    func known(kind: TestServer.Kind) throws {
        let target = try Target(kind)
        let reach = [
            "TABLE t (a int) /*!999999 x */ OR REPLACE TABLE canary.orders (a int)",
            "/*!999999 TABLE t (id int primary key) */ OR REPLACE TABLE canary.orders (a int)",
            "/*!90705 TABLE t (id int) */ /*M!999999 TABLE t (id int) */ DATABASE mallory",
            "/*!999999 TABLE t (id int) */ USER mallory",
            "TABLE t (id int) ((SELECT * FROM canary.orders))",
            "TABLE t (id int) /*!50000 AS */ /*M!100000 SELECT */ /*!40000 * FROM canary.orders */",
            "/*!999999 VIEW t AS SELECT 1 */ OR REPLACE VIEW canary.v AS SELECT 1",
            "/*!999999 EVENT t ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1 */ EVENT canary.e ON "
                + "SCHEDULE EVERY 1 SECOND DO DROP TABLE canary.orders",
            "EVENT t ON SCHEDULE EVERY 1 SECOND /*!999999 DISABLE */ ENABLE DO DROP TABLE canary.orders",
            "EVENT t ON SCHEDULE EVERY 1 SECOND /*!999999 DO DISABLE */ DO DROP TABLE canary.orders",
            "FUNCTION t RETURNS INTEGER SONAME 'x.so'",
            "FUNCTION /*!999999 t() RETURNS int RETURN 1 */ t RETURNS INTEGER SONAME 'x.so'",
            "TABLE t (a int) DATA DIRECTORY='/tmp'",
        ]
        for text in reach {
            for kind in [ObjectName.Kind.table, .view, .event, .function] {
                let name = ObjectName(kind, "t")
                guard let sql = target.accepts("CREATE \(text)", name) else { continue }
                try target.run(sql, name, text)
            }
        }
    }

    @Test("An SQL mode that a file asks for does not move the end of a string")
    func modes() throws {
        let target = try Target(.mariadb1011)
        for mode in ["NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "ORACLE", "MSSQL", "ANSI", "DB2"] {
            for body in [
                #"SELECT 'a\'; DROP TABLE canary.orders; -- '"#, #"SELECT "a\"" FROM base"#,
            ] {
                let object = ObjectToNormalise(
                    name: ObjectName(.procedure, "p"),
                    text: ObjectDefinition.marked(
                        "CREATE PROCEDURE p() \(body)", CreationSettings(sqlMode: mode)),
                    location: Target.place)
                guard case .success(let definition) = target.guard.definition(of: object) else {
                    continue
                }
                // What is accepted is read alike by the server under that mode, or refused by it.
                try? target.connection.executeUnderItsSettings(definition.text)
                try target.expectCanary("\(mode): \(body)")
                try target.connection.execute("DROP PROCEDURE IF EXISTS p")
            }
        }
    }

    /// A server with something on it that no text may touch.
    private struct Target {
        static let place = SourceLocation(file: "schema/t.sql", line: 1, column: 1)
        let server: TestServer
        let connection: Connection
        let `guard`: TextGuard
        private let observer: Connection
        private let before: [String]

        init(_ kind: TestServer.Kind) throws {
            server = try TestServer.start(kind, options: ["--log-output=TABLE"])
            observer = try server.connect()
            for sql in [
                "CREATE DATABASE canary",
                "CREATE TABLE canary.orders (id int PRIMARY KEY, note text)",
                "INSERT INTO canary.orders VALUES (1, 'kept')", "CREATE DATABASE workspace",
                "CREATE TABLE workspace.base (a int, b int)", "SET GLOBAL event_scheduler = ON",
                "SET GLOBAL general_log = ON",
            ] { try observer.execute(sql) }
            connection = try server.connect(database: "workspace")
            `guard` = TextGuard(
                profile: try connection.profile(database: "workspace"),
                permissions: StatementText.Permissions())
            before = try Self.state(observer)
        }

        /// The text to send; nil where the text is refused.
        func accepts(_ text: String, _ name: ObjectName) -> String? {
            if name.kind == .table {
                let table = TableToNormalise(name: name.name, text: text, location: Self.place)
                return try? `guard`.checked(table).get().text
            }
            let object = ObjectToNormalise(name: name, text: text, location: Self.place)
            return try? `guard`.definition(of: object).get().disabled.text
        }

        func run(_ sql: String, _ name: ObjectName, _ text: String) throws {
            try observer.execute("TRUNCATE mysql.general_log")
            let isMade = (try? connection.execute(sql)) != nil
            let kind = name.kind.rawValue.uppercased()
            let log = try observer.query(
                "SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log WHERE thread_id = "
                    + "\(connection.threadID) AND command_type = 'Query'"
            ).compactMap { $0[0] }
            // A log leaves out what ends a statement, and MySQL's what is none.
            let isMissing = log.isEmpty && !isMade && server.kind == .mysql9
            #expect(isMissing || log.map(Self.trimmed) == [Self.trimmed(sql)], "\(text)")
            #expect(!sql.contains("/*!") || sql.contains("'") || sql.contains("\""), "\(text)")
            let made = try objects()
            #expect(made == (isMade ? ["\(kind) \(name.name)"] : []), "\(text)")
            if name.kind == .event, isMade {
                let status = try observer.query(
                    "SELECT STATUS FROM information_schema.EVENTS WHERE EVENT_NAME = 't' OR EVENT_NAME = 'e'"
                ).compactMap { $0[0] }
                #expect(status.allSatisfy { $0 != "ENABLED" }, "\(text)")
            }
            try expectCanary(text)
            if isMade { try connection.execute("DROP \(kind) \(SQL.identifier(name.name))") }
        }

        private static func trimmed(_ sql: String) -> Substring {
            var sql = sql[...]
            while let last = sql.last, last.isWhitespace || last == ";" { sql.removeLast() }
            return sql
        }

        func expectCanary(_ text: String) throws {
            #expect(try Self.state(observer) == before, "\(text)")
        }

        private func objects() throws -> [String] {
            try observer.query(
                """
                SELECT IF(TABLE_TYPE = 'VIEW', 'VIEW', 'TABLE'), TABLE_NAME FROM information_schema.TABLES
                WHERE TABLE_SCHEMA = 'workspace' AND TABLE_NAME <> 'base'
                UNION ALL SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES
                WHERE ROUTINE_SCHEMA = 'workspace'
                UNION ALL SELECT 'TRIGGER', TRIGGER_NAME FROM information_schema.TRIGGERS
                WHERE TRIGGER_SCHEMA = 'workspace'
                UNION ALL SELECT 'EVENT', EVENT_NAME FROM information_schema.EVENTS
                WHERE EVENT_SCHEMA = 'workspace'
                """
            ).map { "\($0[0] ?? "") \($0[1] ?? "")" }
        }

        /// All that is not the workspace's.
        private static func state(_ connection: Connection) throws -> [String] {
            try [
                "SHOW DATABASES", "SHOW CREATE TABLE canary.orders", "SELECT * FROM canary.orders",
                "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'canary'",
                "SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = 'canary'",
                "SELECT User, Host FROM mysql.user", "SELECT * FROM mysql.func",
                "SELECT @@global.max_connections, @@global.sql_mode",
            ].flatMap { sql in
                try connection.query(sql).map { row in
                    (0..<row.count).map { row[$0] ?? "" }.joined(separator: "|")
                }
            }
        }
    }
}
