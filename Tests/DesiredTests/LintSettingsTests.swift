import Model
import Testing

@testable import Desired

@Suite struct LintSettingsTests {
    @Test func everythingIsRead() throws {
        let settings = try fleet(
            fleetText(
                tail: """
                    lint:
                      rules: {float-money: error, zero-date: off}
                      charset: UTF8MB4
                      table_names: upper_camel
                      column_names: any
                      waivers:
                        - {rule: utf8mb3, table: commerce.orders, column: note, owner: ann,
                           reason: "read only", expires: 2028-02-29}
                    """)
        ).lint
        #expect(settings.levels == [.floatMoney: .error, .zeroDate: .off])
        #expect(settings.characterSet == "utf8mb4")
        #expect(settings.tableNames == .upperCamel && settings.columnNames == .any)
        let waiver = try #require(settings.waivers.first)
        #expect(
            "\(waiver.rule) \(waiver.table) \(waiver.column ?? "-") \(waiver.owner) "
                + "\(waiver.reason) \(waiver.expires) \(waiver.location)"
                == "utf8mb3 commerce.orders note ann read only 2028-02-29 plumb.yaml:18:7")
    }

    @Test func whatIsLeftAwayHasDefaults() throws {
        #expect(try fleet(fleetText()).lint == .standard)
        #expect(try fleet(fleetText(tail: "lint: {}")).lint == .standard)
    }

    private static let rest = "table: t, owner: a, reason: r"

    @Test(
        arguments: [
            (
                "{rules: {flaot-money: error}}",
                "plumb.yaml:12:16: error: `flaot-money` is not a lint rule [unknown-key]; "
                    + "did you mean `float-money`?"
            ),
            (
                "{rules: {float-money: fatal}}",
                "plumb.yaml:12:29: error: the level of `float-money` is `fatal` [invalid-value]; "
                    + "the values are `error`, `warning`, `off`"
            ),
            (
                "{waivers: [{rule: utf8mb4, \(rest), expires: 2027-01-01}]}",
                "plumb.yaml:12:25: error: `rule` is `utf8mb4` [invalid-value]; "
                    + "did you mean `utf8mb3`?"
            ),
            (
                "{waivers: [{rule: waiver-unused, \(rest), expires: 2027-01-01}]}",
                "plumb.yaml:12:25: error: `rule` is `waiver-unused`, which cannot be waived "
                    + "[invalid-value]; remove the waiver that it is about"
            ),
            (
                "{waivers: [{rule: utf8mb3, \(rest), expires: 2027-02-29}]}",
                "plumb.yaml:12:74: error: `expires` is `2027-02-29`, which is not a day "
                    + "[invalid-value]; write a day as `2027-01-31`"
            ),
            (
                "{waivers: [{rule: utf8mb3, table: t, owner: a, expires: 2027-01-01}]}",
                "plumb.yaml:12:18: error: a waiver has no `reason` [missing-key]; "
                    + "add the key `reason`"
            ),
            (
                "{charset: \"utf8; DROP\"}",
                "plumb.yaml:12:17: error: `charset` is `utf8; DROP`, which is not a character set "
                    + "[invalid-value]; write `utf8mb4`"
            ),
            (
                "{table_names: snake}",
                "plumb.yaml:12:21: error: `table_names` is `snake` [invalid-value]; "
                    + "the values are `lower_snake`, `lower_camel`, `upper_camel`, `any`"
            ),
        ])
    func faults(lint: String, expected: String) {
        #expect(DesiredTests.faults(fleetText(tail: "lint: \(lint)")) == [expected])
    }

    @Test func daysOfTheCalendar() {
        for text in ["2024-02-29", "2000-02-29", "2026-12-31", "0001-01-01"] {
            #expect(CalendarDay(text)?.description == text)
        }
        for text in [
            "2023-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-04-31", "2026-1-1",
            "26-01-01", "2026-01-01T00", "2026/01/01", "", "-026-01-01",
        ] {
            #expect(CalendarDay(text) == nil, "\(text)")
        }
    }
}
