import Testing
import TestSupport

@testable import MySQLClient

@Suite struct ProfileTests {
    @Test func theProfileIsWhatTheServerSays() throws {
        let server = try MariaDBServer.shared
        let database = try server.freshDatabase("CHARACTER SET latin1 COLLATE latin1_swedish_ci")
        let connection = try server.connect()
        var profile = try connection.profile(database: database)
        // That of the machine.
        profile.settings["time_zone"] = nil
        let version = String(connection.serverVersion.prefix { $0.isNumber || $0 == "." })
        #expect(
            profile
                == ServerProfile(
                    flavour: .mariadb, version: version,
                    sqlMode: "ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,"
                        + "NO_ENGINE_SUBSTITUTION,STRICT_TRANS_TABLES",
                    characterSet: "latin1", collation: "latin1_swedish_ci",
                    settings: [
                        "lower_case_table_names": "0", "default_storage_engine": "InnoDB",
                        "enforce_storage_engine": "", "innodb_default_row_format": "dynamic",
                        "innodb_file_per_table": "ON", "innodb_strict_mode": "ON",
                        "explicit_defaults_for_timestamp": "ON",
                        "character_set_server": "utf8mb4",
                        "collation_server": "utf8mb4_general_ci",
                        "old_mode": "UTF8_IS_UTF8MB3",
                        "system_versioning_alter_history": "ERROR",
                    ]))
    }

    @Test func anUnknownDatabaseIsSaid() throws {
        let server = try MariaDBServer.shared
        let database = try server.freshDatabase()
        let connection = try server.connect()
        for name in ["absent", database.uppercased(), "it's \\ `absent`", ""] {
            let error = mysqlError { _ = try connection.profile(database: name) }
            #expect(error?.kind == .unknownDatabase, "\(name): \(error as Any)")
        }
    }

    @Test func theSessionsModeIsTheProfiles() throws {
        let server = try MariaDBServer.start()
        let database = try server.freshDatabase()
        try server.connect().execute(
            "SET GLOBAL sql_mode = 'ANSI_QUOTES,TRADITIONAL', GLOBAL default_storage_engine = Aria")
        let connection = try server.connect()
        let profile = try connection.profile(database: database)
        let mode = try connection.query("SELECT @@sql_mode").first?[0] ?? ""
        #expect(profile.sqlMode == mode.split(separator: ",").sorted().joined(separator: ","))
        #expect(!profile.sqlMode.contains("ANSI"))
        // Files mean what they mean to everybody else there.
        #expect(profile.fileMode.contains("ANSI_QUOTES"))
        var usual = profile
        usual.creationMode = nil
        #expect(usual.digest != profile.digest)
        #expect(profile.settings["default_storage_engine"] == "Aria")
    }

    /// A zone is told by its clocks: what is like universal time all the year changes nothing.
    @Test func theZoneIsPartOfTheProfileWhereItMatters() throws {
        let server = try MariaDBServer.start()
        let database = try server.freshDatabase()
        let zones = ["+00:00", "+02:00", "-03:30", "+13:00"].map { zone in
            try? server.connect().execute("SET GLOBAL time_zone = '\(zone)'")
            return try? server.connect().profile(database: database).settings["time_zone"]
        }
        #expect(zones == [nil, "+02:00", "-03:30", "+13:00"])
        func name(_ zone: String?, _ times: [String?]) -> String? {
            TimeZoneName(name: zone ?? "", shown: times)?.text
        }
        let winter = "2030-01-01 01:00:00"
        let summer = "2030-07-01 02:00:00"
        let times = (1...12).map { month in
            let number = month < 10 ? "0\(month)" : "\(month)"
            return "2030-\(number)-01 0\((4...10).contains(month) ? 2 : 1):00:00"
        }
        #expect(times[0] == winter && times[6] == summer)
        #expect(name("Europe/Berlin", times) == "Europe/Berlin")
        // Started in winter or in summer, it is the same zone.
        #expect(
            name("SYSTEM", times)
                == "SYSTEM +01:00 +01:00 +01:00 +02:00 +02:00 +02:00 +02:00 +02:00 +02:00 +02:00 "
                + "+01:00 +01:00")
        #expect(name("Mars/Olympus", Array(repeating: nil, count: 12)) == "Mars/Olympus")
        #expect(name("SYSTEM", Array(repeating: "99999999999999999999999", count: 12)) != nil)
    }

    @Test func aServerThatOnlyPretendsIsRefused() throws {
        let server = try MariaDBServer.start(options: ["--version=8.0.11-TiDB-v7.5.1"])
        let database = try server.freshDatabase()
        let error = mysqlError { _ = try server.connect().profile(database: database) }
        #expect(error?.kind == .configuration)
        #expect(error?.message.hasPrefix("unexpected flavour TiDB") == true, "\(error as Any)")
    }

    @Test(arguments: [
        ("10.11.19-MariaDB-log", "Debian 12", ServerProfile.Flavour.mariadb, "10.11.19"),
        ("11.8.2-MariaDB", "mariadb.org binary distribution", .mariadb, "11.8.2"),
        ("10.3.0-MariaDB", "", .mariadb, "10.3.0"),
        ("8.4.3", "MySQL Community Server - GPL", .mysql, "8.4.3"),
        ("5.7.44-48-log", "Percona Server (GPL)", .mysql, "5.7.44"),
        ("8.0.mysql_aurora.3.04.0", "Source distribution", .mysql, "8.0"),
        ("9.7.0-er", "MySQL Enterprise Server", .mysql, "9.7.0"),
    ])
    func theFlavoursPlumbKnows(
        version: String, comment: String, flavour: ServerProfile.Flavour, numbers: String
    ) throws {
        let info = try ServerInfo(
            version: version, comment: comment, server: .tcp(host: "h", port: 1))
        #expect(info.flavour == flavour)
        #expect(info.version == numbers)
    }

    @Test(arguments: [
        ("10.2.44-MariaDB", "", "version 10.2.44-MariaDB is too old: Plumb needs MariaDB 10.3"),
        ("5.6.51", "", "version 5.6.51 is too old: Plumb needs MySQL 5.7"),
        ("8.0.30-Vitess", "Version: 19", "unexpected flavour Vitess (version 8.0.30-Vitess)"),
        ("8.0.31", "Dolt", "unexpected flavour Dolt (version 8.0.31)"),
        ("5.7.25-OceanBase-v4.2", "", "unexpected flavour OceanBase"),
        ("unknown", "", "version unknown is not a version number"),
    ])
    func theServersPlumbRefuses(version: String, comment: String, message: String) {
        let error = mysqlError {
            _ = try ServerInfo(
                version: version, comment: comment, server: .tcp(host: "h", port: 1))
        }
        #expect(error?.kind == .configuration)
        #expect(error?.message.hasPrefix(message) == true, "\(error as Any)")
    }
}
