/// The settings of a server under which the same SQL file means something else than on most
/// servers.
struct FileMeaningSettings {
    struct Finding: Equatable {
        let status: DoctorReport.Check.Status
        let message: String
        let remedy: String?
    }

    let findings: [Finding]

    /// - Parameters:
    ///   - sqlMode: the server's global `sql_mode`.
    ///   - settings: the settings of the profile.
    init(sqlMode: String, settings: [String: String]) {
        findings = Self.modes(sqlMode) + Self.others(settings)
    }

    private static func modes(_ sqlMode: String) -> [Finding] {
        let words = Set(sqlMode.uppercased().split(separator: ",").map(String.init))
        let found = meanings.filter { words.contains($0.mode) }
        guard !found.isEmpty else { return [] }
        let meaning = found.map { "\($0.mode) (\($0.meaning))" }.joined(separator: ", ")
        return [
            Finding(
                status: .warning,
                message: "sql_mode has \(meaning): files are read and run in it here",
                remedy: "say `sql_mode` of the namespace in plumb.yaml where its files are to mean "
                    + "the same on every server")
        ]
    }

    private static let meanings: [(mode: String, meaning: String)] = [
        ("ORACLE", "types, operators and programs of another language"),
        ("MSSQL", "names in square brackets, which are refused"),
        ("ANSI_QUOTES", "\"…\" is a name"),
        ("NO_BACKSLASH_ESCAPES", "a backslash in a string is a character like any other"),
        ("PIPES_AS_CONCAT", "|| joins strings"),
        ("HIGH_NOT_PRECEDENCE", "NOT a BETWEEN b AND c is (NOT a) BETWEEN b AND c"),
        ("IGNORE_SPACE", "blanks may stand before the parenthesis of a function"),
        ("REAL_AS_FLOAT", "REAL is FLOAT"),
        ("NO_UNSIGNED_SUBTRACTION", "a difference of unsigned numbers may be negative"),
        ("PAD_CHAR_TO_FULL_LENGTH", "CHAR keeps its blanks"),
        ("EMPTY_STRING_IS_NULL", "'' is NULL"),
        ("TIME_ROUND_FRACTIONAL", "fractions of seconds are rounded"),
        ("TIME_TRUNCATE_FRACTIONAL", "fractions of seconds are cut off"),
    ]

    private static func others(_ settings: [String: String]) -> [Finding] {
        func value(_ name: String) -> String { settings[name] ?? "" }
        func isOff(_ name: String) -> Bool { ["OFF", "0"].contains(value(name)) }
        func isOn(_ name: String) -> Bool { ["ON", "1"].contains(value(name)) }
        var found: [Finding] = []
        func add(
            _ name: String, _ meaning: String, _ status: DoctorReport.Check.Status = .warning,
            _ remedy: String? = nil
        ) {
            found.append(
                Finding(
                    status: status, message: "\(name) \(value(name)): \(meaning)", remedy: remedy))
        }
        if !value("time_zone").isEmpty {
            add(
                "time_zone",
                "the literals of TIMESTAMP columns, and UNIX_TIMESTAMP('…'), are read in it", .ok)
        }
        if isOff("explicit_defaults_for_timestamp") {
            add(
                "explicit_defaults_for_timestamp",
                "a TIMESTAMP column that says neither NULL nor a default gets both",
                .warning, "write NULL or NOT NULL, and DEFAULT, in every TIMESTAMP column")
        }
        if isOn("sql_generate_invisible_primary_key") {
            add(
                "sql_generate_invisible_primary_key",
                "a table without a primary key gets an invisible one", .warning,
                "give every table a primary key")
        }
        for name in ["default_storage_engine", "enforce_storage_engine"]
        where !value(name).isEmpty && value(name).lowercased() != "innodb" {
            add(name, "tables may not be InnoDB's", .warning, "write ENGINE=InnoDB")
        }
        let rowFormat = "innodb_default_row_format"
        if !value(rowFormat).isEmpty, value(rowFormat).lowercased() != "dynamic" {
            add(rowFormat, "that of every table without ROW_FORMAT", .ok)
        }
        if settings["old_mode"]?.uppercased().contains("UTF8_IS_UTF8MB3") == false {
            add("old_mode", "utf8 is utf8mb4", .warning, "write utf8mb3 or utf8mb4")
        }
        return found
    }
}
