import Foundation
import TestSupport
import Testing

/// What a plain client gets on a server is right there, and Plumb gets the same.
@Suite("The same files mean the same to Plumb and to a plain client, however a server is set")
struct ServerSettingTests {
    private static var settings: [ServerSetting] {
        Rounds.seeds(1).count > 1
            ? ServerSetting.groups + ServerSetting.apart : ServerSetting.groups
    }

    @Test(arguments: TestServer.available)
    func matrix(kind: TestServer.Kind) throws {
        let server = try TestServer.start(kind)
        for setting in Self.settings where setting.runs(on: kind.flavour) {
            try SettingTrial(setting, on: server).run()
        }
    }
}

/// One setting on one server: made by both, changed by both, and imported.
private struct SettingTrial {
    let setting: ServerSetting
    let server: TestServer
    let fleet: FleetFixture

    init(_ setting: ServerSetting, on server: TestServer) throws {
        self.setting = setting
        self.server = server
        fleet = try FleetFixture(on: server, schema: [:])
        fleet.file.namespace = ["manage: all"]
        let modes = setting.modes.joined(separator: ",")
        let globals =
            setting.globals
            + (modes.isEmpty ? [] : ["sql_mode = CONCAT(@@global.sql_mode, ',\(modes)')"])
        let root = try server.connect()
        for global in globals { try root.execute("SET GLOBAL \(global)") }
        for shard in fleet.file.shards.indices where !setting.database.isEmpty {
            let name = SQL.identifier(fleet.database(shard))
            try root.execute("ALTER DATABASE \(name) \(setting.database)")
        }
    }

    func run() throws {
        defer { restore() }
        let texts = Self.tables(people: Self.people) + setting.statements
        let programs = setting.hasPrograms ? Self.programs : []
        try fleet.change("a.sql", Self.file(texts + programs))
        try makePlainly(texts + programs, in: fleet.database(1))
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "plan")
        try expectSame(fleet.database(1), "made")

        let changed = Self.tables(people: Self.people + Self.more) + setting.statements
        try fleet.change("a.sql", Self.file(changed + programs))
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "plan")
        let fresh = try server.freshDatabase(setting.database)
        try makePlainly(changed + programs, in: fresh)
        try expectSame(fresh, "changed")
        try expectEmptyImport()
    }

    private func restore() {
        let root = try? server.connect()
        for global in setting.globals + ["sql_mode"] {
            let name = global.prefix { $0 != " " }
            try? root?.execute("SET GLOBAL \(name) = DEFAULT")
        }
    }

    /// Runs statements in a session that has what the server gives to everybody.
    private func makePlainly(_ statements: [String], in database: String) throws {
        let client = try server.connect(database: database)
        try client.execute(
            "SET SESSION time_zone = @@global.time_zone, foreign_key_checks = "
                + "@@global.foreign_key_checks, sql_mode = @@global.sql_mode")
        for statement in statements { try client.execute(statement) }
    }

    /// The tables of both databases, as one session shows them.
    private func expectSame(_ other: String, _ what: String) throws {
        let names = try fleet.sql(0, "SHOW FULL TABLES WHERE Table_type <> 'VIEW'")
            .compactMap { $0[0] }
        #expect(names.count >= 3, "\(setting): \(names)")
        // MySQL remembers that a collation was written out, and then says the character set, too.
        func plain(_ texts: [String]) -> [String] {
            texts.map { $0.replacing("CHARACTER SET utf8mb4 COLLATE", with: "COLLATE") }
        }
        let ours = plain(try shown(fleet.database(0), names))
        let theirs = plain(try shown(other, names))
        #expect(ours == theirs, "\(setting): \(what)")
    }

    private func shown(_ database: String, _ names: [String]) throws -> [String] {
        let client = try server.connect(database: database)
        try client.execute("SET SESSION time_zone = '+00:00'")
        return try names.map {
            try client.query("SHOW CREATE TABLE \(SQL.identifier($0))").first?[1] ?? "none"
        }
    }

    /// What is live becomes files that say it.
    private func expectEmptyImport() throws {
        let folder = fleet.folder.path + "/imported"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let host = fleet.file.shards[0].host
        try fleet.expect(
            0, "import", "--host", host, "--database", fleet.database(0), "--manage", "all",
            "--into",
            folder)
        let run = try Shell.run(
            PlumbProgram.path,
            ["plan", "--working-tree", "--ledger", "file:\(fleet.folder.path)/imported.git"],
            environment: fleet.environment(nil), folder: folder)
        #expect(run.status == 0, "\(setting): \(run.stdout)\(run.stderr)")
    }

    private static func file(_ statements: [String]) -> String {
        statements.map { $0 + ";\n" }.joined()
    }

    private static func tables(people columns: String) -> [String] {
        [
            "CREATE TABLE people (\n\(columns)  CHECK (u < 100000)\n)",
            """
            CREATE TABLE log (id int NOT NULL, made timestamp NOT NULL, PRIMARY KEY (id, made))
              ENGINE=InnoDB PARTITION BY RANGE (UNIX_TIMESTAMP(made))
              (PARTITION p0 VALUES LESS THAN (UNIX_TIMESTAMP('2030-01-01 00:00:00')),
               PARTITION p1 VALUES LESS THAN MAXVALUE)
            """,
            """
            CREATE TABLE child (id bigint PRIMARY KEY, person int, KEY (person),
              CONSTRAINT p FOREIGN KEY (person) REFERENCES people (id))
            """,
        ]
    }

    private static let people = #"""
          id int NOT NULL PRIMARY KEY,
          first varchar(20) NOT NULL, last varchar(20) NOT NULL,
          r real, u int unsigned NOT NULL DEFAULT 0, c char(5), e varchar(5) DEFAULT '',
          made timestamp NOT NULL DEFAULT '2030-01-01 00:00:00',
          seen timestamp(3) NULL DEFAULT '2031-07-01 00:00:00.5',
          d datetime DEFAULT '2020-01-01 10:10:10.6',
          whole varchar(60) AS (first || ' ' || last) VIRTUAL,
          n int AS (NOT u BETWEEN 1 AND 3) VIRTUAL,
          k varchar(20) AS (upper (last)) VIRTUAL,
          path varchar(20) DEFAULT 'C:\temp' COMMENT 'a\b',
          kind enum('a\n','b'),

        """#

    private static let more = #"""
          added varchar(30) DEFAULT 'D:\new' COMMENT 'x\y',
          moved timestamp NOT NULL DEFAULT '2032-02-02 02:02:02',
          twice varchar(60) AS (first || '\t' || last) VIRTUAL,

        """#

    private static let programs = [
        #"""
        CREATE VIEW folk AS SELECT id, first || last AS nm, 'C:\temp' AS p,
          NOT u BETWEEN 1 AND 3 AS n FROM people
        """#,
        #"CREATE TRIGGER tr BEFORE INSERT ON people FOR EACH ROW SET @a = 'C:\temp' || NEW.first"#,
        #"CREATE PROCEDURE pr() SELECT first || 'x\y' FROM people"#,
        #"""
        CREATE EVENT ev ON SCHEDULE EVERY 1 DAY STARTS '2035-01-01 03:00:00' DO
          SET @a = 'b\c' || 'd'
        """#,
    ]
}
