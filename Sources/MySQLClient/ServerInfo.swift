import Schema

extension Connection {
    /// The properties of the server, and of `database` on it, that decide how it prints a schema.
    ///
    /// One round trip. Throws `unknownDatabase` where the database does not exist, and
    /// `configuration` where Plumb does not support the server or its version.
    package func profile(database: String) throws(MySQLError) -> ServerProfile {
        let names = ServerInfo.settings.map(SQL.literal).joined(separator: ", ")
        var answers: [[Row]] = [[], [], [], []]
        var failure: MySQLError?
        try pipeline([
            "SELECT VERSION(), @@version_comment, @@global.sql_mode",
            "SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME "
                + "FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = \(SQL.literal(database))",
            "SHOW GLOBAL VARIABLES WHERE Variable_name IN (\(names))",
            TimeZoneName.question,
        ]) { index, result in
            switch result {
            case .success(let rows):
                while let row = rows.next() { answers[index].append(Row(row)) }
            case .failure(let error): failure = failure ?? error
            }
        }
        if let failure { throw failure }
        guard let version = answers[0].first?[0], let comment = answers[0].first?[1] else {
            throw configuration("the server does not say its version")
        }
        let info = try ServerInfo(version: version, comment: comment, server: server)
        guard let characterSet = answers[1].first?[0], let collation = answers[1].first?[1] else {
            throw MySQLError(
                kind: .unknownDatabase, message: "unknown database \(SQL.identifier(database))",
                server: server)
        }
        let global = answers[0].first?[2] ?? ""
        var settings = Dictionary(
            answers[2].map { ($0[0] ?? "", $0[1] ?? "") }, uniquingKeysWith: { $1 })
        // The default value is left out, so that profiles recorded before it was read stay equal.
        if settings[OldTemporals.setting] == "ON" { settings[OldTemporals.setting] = nil }
        settings["time_zone"] = answers[3].first.flatMap(TimeZoneName.init(of:))?.text
        try renewSession(
            for: SessionBasis(sqlMode: global, timeZone: answers[3].first?[0] ?? "SYSTEM"))
        return ServerProfile(
            flavour: info.flavour, version: info.version,
            sqlMode: SQLMode.sorted(SQLMode.session(from: global)),
            characterSet: characterSet, collation: collation, settings: settings
        ).readingFiles(in: global)
    }

    private func configuration(_ message: String) -> MySQLError {
        MySQLError(kind: .configuration, message: message, server: server)
    }
}

/// The flavour and version of a server.
struct ServerInfo: Equatable {
    let flavour: ServerProfile.Flavour
    /// The numbers only: `10.11.19`.
    let version: String

    /// Server variables that change what `CREATE TABLE` means or how `SHOW CREATE TABLE` prints;
    /// read where the server has them.
    static let settings = [
        "lower_case_table_names", "default_storage_engine", "enforce_storage_engine",
        "innodb_default_row_format", "innodb_file_per_table", "innodb_strict_mode",
        "explicit_defaults_for_timestamp", "character_set_collations", "character_set_server",
        "collation_server", "default_collation_for_utf8mb4", "old_mode",
        "system_versioning_alter_history", "default_table_encryption",
        "sql_generate_invisible_primary_key", "sql_require_primary_key",
        "show_create_table_verbosity", OldTemporals.setting,
    ]

    /// Servers with MySQL's protocol but not exactly its SQL.
    private static let others = [
        "TiDB", "Vitess", "SingleStore", "MemSQL", "OceanBase", "Dolt", "StarRocks", "Doris",
        "TDDL", "PolarDB-X", "ProxySQL", "ClickHouse", "Drizzle",
    ]

    init(version: String, comment: String, server: ServerAddress) throws(MySQLError) {
        func refuse(_ message: String) -> MySQLError {
            MySQLError(kind: .configuration, message: message, server: server)
        }
        let banner = "\(version) \(comment)".lowercased()
        if let other = Self.others.first(where: { banner.contains($0.lowercased()) }) {
            throw refuse(
                "unexpected flavour \(other) (version \(version)): Plumb knows MySQL and MariaDB")
        }
        let numbers = version.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let parts = numbers.split(separator: ".").compactMap { Int($0) }
        guard parts.count >= 2 else { throw refuse("version \(version) is not a version number") }
        let flavour: ServerProfile.Flavour = banner.contains("mariadb") ? .mariadb : .mysql
        let oldest = flavour == .mariadb ? [10, 3] : [5, 7]
        guard !parts.lexicographicallyPrecedes(oldest) else {
            throw refuse(
                "version \(version) is too old: Plumb needs "
                    + "\(flavour == .mariadb ? "MariaDB 10.3" : "MySQL 5.7") or later")
        }
        self.flavour = flavour
        self.version = parts.map(String.init).joined(separator: ".")
    }
}
