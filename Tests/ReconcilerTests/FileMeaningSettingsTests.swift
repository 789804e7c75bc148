@testable import Doctor
import Testing

@testable import Reconciler

/// `plumb doctor` names each setting by which a text means something else.
@Suite struct FileMeaningSettingsTests {
    private func lines(_ mode: String, _ settings: [String: String] = [:]) -> [String] {
        FileMeaningSettings(sqlMode: mode, settings: settings).findings.map {
            "\($0.status.rawValue) \($0.message)"
        }
    }

    @Test func nothingIsSaidOfWhatIsUsual() {
        let usual = [
            "explicit_defaults_for_timestamp": "ON", "default_storage_engine": "InnoDB",
            "enforce_storage_engine": "", "innodb_default_row_format": "dynamic",
            "sql_generate_invisible_primary_key": "OFF", "old_mode": "UTF8_IS_UTF8MB3",
        ]
        #expect(lines("STRICT_TRANS_TABLES,NO_ZERO_DATE", usual).isEmpty)
    }

    @Test(arguments: [
        "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "PIPES_AS_CONCAT", "IGNORE_SPACE",
        "HIGH_NOT_PRECEDENCE", "REAL_AS_FLOAT", "NO_UNSIGNED_SUBTRACTION",
        "PAD_CHAR_TO_FULL_LENGTH", "EMPTY_STRING_IS_NULL", "MSSQL", "ORACLE",
        "TIME_ROUND_FRACTIONAL", "TIME_TRUNCATE_FRACTIONAL",
    ])
    func everyModeThatChangesATextIsNamed(mode: String) {
        let found = lines("STRICT_TRANS_TABLES,\(mode)")
        #expect(found.count == 1 && found[0].hasPrefix("warning sql_mode has \(mode) ("))
    }

    @Test(arguments: [
        ("time_zone", "+02:00", "ok"), ("explicit_defaults_for_timestamp", "OFF", "warning"),
        ("sql_generate_invisible_primary_key", "ON", "warning"),
        ("default_storage_engine", "MyISAM", "warning"), ("old_mode", "", "warning"),
        ("innodb_default_row_format", "compact", "ok"),
    ])
    func everySettingIsNamedWithItsValue(name: String, value: String, status: String) {
        let found = lines("", [name: value])
        #expect(found.count == 1 && found[0].hasPrefix("\(status) \(name) \(value): "))
    }
}
