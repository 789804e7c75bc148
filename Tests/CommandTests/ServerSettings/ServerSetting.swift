import TestSupport

/// Settings of a server under which the same files have to make the same tables as for everybody
/// else on it.
struct ServerSetting: Sendable, CustomStringConvertible {
    enum Servers: Sendable {
        case all, mariadb, mysql
    }

    let name: String
    var on = Servers.all
    /// Global variables with their values, as `SET GLOBAL` takes them.
    var globals: [String]
    /// Modes beside those that the server has.
    var modes: [String] = []
    /// Statements of the schema folder beside those that every setting has.
    var statements: [String] = []
    /// What each database is made with.
    var database = ""
    /// Without programs and views, whose language is another one in some modes.
    var hasPrograms = true

    var description: String { name }

    func runs(on flavour: ServerProfile.Flavour) -> Bool {
        switch on {
        case .all: true
        case .mariadb: flavour == .mariadb
        case .mysql: flavour == .mysql
        }
    }
}

extension ServerSetting {
    /// What every test run tries: settings that go together are set together.
    static let groups = [
        mode(
            "strings", ["PIPES_AS_CONCAT", "NO_BACKSLASH_ESCAPES"],
            [
                #"CREATE TABLE win (p varchar(9) DEFAULT 'C:\' COMMENT 'it''s \', q char(9) DEFAULT '\')"#
            ]
        ),
        mode(
            "names", quotingModes,
            [
                #"CREATE TABLE "q" ("id" int NOT NULL, "a b" int COMMENT 'say "x"', PRIMARY KEY ("id"))"#,
                #"CREATE VIEW "vq" AS SELECT "id", "a b" FROM "q""#,
                """
                CREATE TABLE neg (a int unsigned) ENGINE=InnoDB PARTITION BY RANGE (a - 10)
                  (PARTITION p0 VALUES LESS THAN (-5), PARTITION p1 VALUES LESS THAN MAXVALUE)
                """,
            ]),
        mode("empty", ["EMPTY_STRING_IS_NULL", "TIME_ROUND_FRACTIONAL"], on: .mariadb),
        ServerSetting(
            name: "oracle", on: .mariadb, globals: [], modes: ["ORACLE"],
            statements: [
                "CREATE TABLE o (id int PRIMARY KEY, a varchar2(9), b number(9,2), c date)"
            ],
            hasPrograms: false),
        ServerSetting(
            name: "zone and defaults",
            globals: [
                "time_zone = '+02:00'", "explicit_defaults_for_timestamp = 0",
                "innodb_strict_mode = 0", "innodb_default_row_format = compact",
                "character_set_server = latin1", "div_precision_increment = 9",
            ] + sessionDefaults,
            statements: [
                "CREATE TABLE ts (id int PRIMARY KEY, a timestamp, b timestamp NULL)",
                "CREATE TABLE dv (id int PRIMARY KEY, a int, q decimal(30,15) AS (a / 3) STORED)",
            ], database: "CHARACTER SET utf8mb4 COLLATE utf8mb4_spanish_ci"),
        ServerSetting(
            name: "sessions of MariaDB", on: .mariadb,
            globals: [
                "check_constraint_checks = 0", "old_mode = ''", "sql_if_exists = 1",
                "system_versioning_asof = '2020-01-01 00:00:00'", "default_storage_engine = Aria",
                "collation_server = utf8mb4_bin", "time_zone = '-11:30'",
            ],
            statements: [
                "CREATE TABLE om (a varchar(9) CHARACTER SET utf8)",
                """
                CREATE TABLE iv (a int) ENGINE=InnoDB WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME
                  INTERVAL 1 DAY STARTS '2030-01-01 00:00:00' PARTITIONS 3
                """,
            ], database: "CHARACTER SET latin1 COLLATE latin1_bin"),
        ServerSetting(
            name: "keys of MySQL", on: .mysql,
            globals: [
                "sql_require_primary_key = 1", "sql_generate_invisible_primary_key = 1",
                "show_create_table_verbosity = 1", "time_zone = '+05:30'",
            ], modes: ["TIME_TRUNCATE_FRACTIONAL"], statements: ["CREATE TABLE nopk (a int)"]),
    ]

    private static let quotingModes = [
        "ANSI_QUOTES", "IGNORE_SPACE", "HIGH_NOT_PRECEDENCE", "REAL_AS_FLOAT",
        "NO_UNSIGNED_SUBTRACTION", "PAD_CHAR_TO_FULL_LENGTH",
    ]

    /// What sessions begin with, on every server.
    private static let sessionDefaults = [
        "autocommit = 0", "foreign_key_checks = 0", "unique_checks = 0", "sql_select_limit = 1",
        "event_scheduler = 0",
    ]

    /// Each alone, for long searches.
    static var apart: [ServerSetting] {
        groups.flatMap { group in
            group.globals.map { global in
                var one = group
                one = ServerSetting(
                    name: global, on: one.on, globals: [global], statements: one.statements,
                    database: one.database, hasPrograms: one.hasPrograms)
                return one
            }
        } + [
            ServerSetting(
                name: "default_storage_engine", globals: ["default_storage_engine = MyISAM"])
        ]
    }

    private static func mode(
        _ name: String, _ modes: [String], _ statements: [String] = [], on servers: Servers = .all
    ) -> ServerSetting {
        ServerSetting(
            name: name, on: servers, globals: [], modes: modes, statements: statements)
    }
}
