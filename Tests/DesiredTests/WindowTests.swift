import Foundation
import Testing

@testable import Desired

@Suite struct WindowTests {
    private func date(_ text: String) throws -> Date {
        try Date(text, strategy: .iso8601)
    }

    @Test(arguments: [
        // 2026-11-20 is a Friday; Berlin is one hour ahead of UTC in winter.
        ("Mon-Fri 09:00-16:00", "Europe/Berlin", "2026-11-20T07:59:59Z", false),
        ("Mon-Fri 09:00-16:00", "Europe/Berlin", "2026-11-20T08:00:00Z", true),
        ("Mon-Fri 09:00-16:00", "Europe/Berlin", "2026-11-20T14:59:59Z", true),
        ("Mon-Fri 09:00-16:00", "Europe/Berlin", "2026-11-20T15:00:00Z", false),
        ("Mon-Fri 09:00-16:00", "Europe/Berlin", "2026-11-21T10:00:00Z", false),
        ("Mon-Fri 09:00-16:00", "Europe/Berlin", "2026-07-17T07:00:00Z", true),
        ("sat,SUN 00:00-24:00", "UTC", "2026-11-21T00:00:00Z", true),
        ("Sat,Sun 00:00-24:00", "UTC", "2026-11-22T23:59:59Z", true),
        ("Sat,Sun 00:00-24:00", "UTC", "2026-11-23T00:00:00Z", false),
        ("Fri-Mon 10:00-11:00", "UTC", "2026-11-23T10:30:00Z", true),
        ("Fri-Mon 10:00-11:00", "UTC", "2026-11-24T10:30:00Z", false),
        ("Fri 22:00-04:00", "UTC", "2026-11-20T22:00:00Z", true),
        ("Fri 22:00-04:00", "UTC", "2026-11-21T03:59:59Z", true),
        ("Fri 22:00-04:00", "UTC", "2026-11-21T04:00:00Z", false),
        ("Fri 22:00-04:00", "UTC", "2026-11-20T03:00:00Z", false),
        ("daily 01:00-02:00", "Asia/Kolkata", "2026-11-20T19:45:00Z", true),
        ("Thu 00:00-01:00", "UTC", "1969-12-25T00:30:00Z", true),
        // Clocks go from 02:00 to 03:00 on 2026-03-29, from 03:00 to 02:00 on 2026-10-25.
        ("Sun 02:15-02:45", "Europe/Berlin", "2026-03-29T01:20:00Z", false),
        ("Sun 02:15-02:45", "Europe/Berlin", "2026-10-25T00:20:00Z", true),
        ("Sun 02:15-02:45", "Europe/Berlin", "2026-10-25T00:50:00Z", false),
        ("Sun 02:15-02:45", "Europe/Berlin", "2026-10-25T01:20:00Z", true),
    ])
    func opensByTheClocksOfItsZone(
        text: String, zone: String, time: String, isOpen: Bool
    ) throws {
        #expect(try Window(text, zone: zone).isOpen(at: date(time)) == isOpen)
    }

    @Test(arguments: [
        ("Mon-Fri 09:00-16:00", "Europe/Berlin", "2026-11-20T15:00:00Z", "2026-11-23T08:00:00Z"),
        ("Mon-Fri 09:00-16:00", "Europe/Berlin", "2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"),
        // Over the change to summer time: nine o'clock is an hour earlier in UTC.
        ("Mon 09:00-16:00", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-30T07:00:00Z"),
        ("Mon 09:00-16:00", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-26T08:00:00Z"),
        // A skipped start opens when the clocks have jumped; a skipped window waits a week.
        ("Sun 02:30-05:00", "Europe/Berlin", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"),
        ("Sun 02:15-02:45", "Europe/Berlin", "2026-03-29T00:00:00Z", "2026-04-05T00:15:00Z"),
        // A repeated window opens again.
        ("Sun 02:15-02:45", "Europe/Berlin", "2026-10-25T00:50:00Z", "2026-10-25T01:15:00Z"),
        ("Fri 22:00-04:00", "UTC", "2026-11-21T04:00:00Z", "2026-11-27T22:00:00Z"),
        ("Sat 00:00-24:00", "UTC", "2026-11-22T00:00:00Z", "2026-11-28T00:00:00Z"),
    ])
    func theNextOpeningIsTheFirstOpenMoment(
        text: String, zone: String, time: String, opening: String
    ) throws {
        let window = try Window(text, zone: zone)
        #expect(try window.nextOpening(after: date(time)) == date(opening))
    }

    @Test func nothingIsOpenBeforeTheNextOpening() throws {
        // A walk in steps of five minutes over both changes of the clocks.
        let windows = try [
            Window("Sun 02:15-02:45", zone: "Europe/Berlin"),
            Window("Sat-Mon 23:50-00:10", zone: "America/New_York"),
            Window("daily 03:00-02:55", zone: "Australia/Lord_Howe"),
        ]
        for (window, start) in windows.flatMap({ window in
            ["2026-03-27T00:00:00Z", "2026-10-23T00:00:00Z"].map { (window, $0) }
        }) {
            var time = try date(start)
            let end = time + 11 * 86_400
            while time < end {
                let opening = try #require(window.nextOpening(after: time))
                #expect(window.isOpen(at: opening))
                #expect((opening == time) == window.isOpen(at: time))
                #expect(opening == time || !window.isOpen(at: opening - 1))
                time += 300
            }
        }
    }

    @Test(arguments: [
        ("Mon-Fri", "UTC", "`Mon-Fri` is not days and times like `Mon-Fri 09:00-16:00`"),
        (
            "Mon-Fry 09:00-10:00", "UTC",
            "`Mon-Fry` is not a day or span of days like `Mon` or `Mon-Fri`"
        ),
        ("Mon 9:00-10:00", "UTC", "`9:00-10:00` is not a span of times like `09:00-16:00`"),
        ("Mon 09:00-25:00", "UTC", "`09:00-25:00` is not a span of times like `09:00-16:00`"),
        ("Mon 24:00-01:00", "UTC", "`24:00-01:00` is not a span of times like `09:00-16:00`"),
        (
            "Mon 09:00-09:00", "UTC",
            "`09:00-09:00` is never open; a whole day is `00:00-24:00`"
        ),
        ("Mon 09:00-10:00", "CEST", "`CEST` is not an IANA time zone like `Europe/Berlin`"),
        (
            "Mon 09:00-10:00", "Europe/Atlantis",
            "`Europe/Atlantis` is not an IANA time zone like `Europe/Berlin`"
        ),
    ])
    func badWindowsAreRefused(text: String, zone: String, message: String) {
        #expect(throws: Window.Fault(message: message)) { try Window(text, zone: zone) }
    }

    @Test(arguments: [
        ("30s", 30), ("10m", 600), ("1h30m", 5_400), ("2d", 172_800), ("0s", 0),
        ("1d1h1m1s", 90_061), ("", nil), ("10", nil), ("m", nil), ("1m1h", nil), ("1m1m", nil),
        ("-1m", nil), ("1.5h", nil), ("10 m", nil), ("1w", nil), ("999999d", nil),
    ])
    func durationsAreNumbersWithUnits(text: String, seconds: Int?) {
        #expect(DurationText.seconds(text) == seconds)
    }

    @Test("of two sets both have to be open, and the next time is one at which they are")
    func sets() throws {
        let work = try Window("Mon-Fri 09:00-17:00", zone: "Europe/Berlin")
        let night = try Window("daily 15:00-06:00", zone: "UTC")
        let none = ChangeWindows(sets: [.init(name: "a", windows: [])])
        let one = ChangeWindows(sets: [
            .init(name: "a", windows: [work]), .init(name: "b", windows: []),
        ])
        let both = ChangeWindows(sets: [
            .init(name: "a", windows: [work]), .init(name: "b", windows: [night]),
        ])
        // A Friday; Berlin is one hour ahead.
        let noon = try date("2026-11-20T11:00:00Z")
        #expect(none.closed(at: noon) == nil)
        #expect(one.closed(at: noon) == nil)
        #expect(one.nextOpening(after: noon) == noon)
        #expect(both.closed(at: noon)?.name == "b")
        #expect(try both.nextOpening(after: noon) == date("2026-11-20T15:00:00Z"))
        let evening = try date("2026-11-20T16:00:00Z")
        #expect(both.closed(at: evening)?.name == "a")
        // On Monday from nine, and at night: neither meets the other before three.
        #expect(try both.nextOpening(after: evening) == date("2026-11-23T15:00:00Z"))
        let never = ChangeWindows(sets: [
            .init(name: "a", windows: [work]),
            .init(name: "b", windows: [try Window("Sat 00:00-24:00", zone: "UTC")]),
        ])
        #expect(never.nextOpening(after: noon) == nil)
    }
}
