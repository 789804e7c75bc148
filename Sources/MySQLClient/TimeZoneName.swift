import Schema

/// The time zone of a server, as far as it decides what a schema means.
///
/// Literals of `TIMESTAMP` columns are read and printed in it, and `UNIX_TIMESTAMP('…')` depends on
/// it. It is identified by its offsets over a year: the system's name for it may be that of the
/// season in which the server was started.
struct TimeZoneName {
    /// `+02:00`, `Europe/Berlin`, `SYSTEM +01:00 +02:00 …`.
    let text: String

    /// The first of each month: offsets that alternate over the year show on two of them.
    private static let moments = (1...12).map { month in
        "2030-\(month < 10 ? "0" : "")\(month)-01 00:00:00"
    }

    /// A query for one row: the zone's name, and the local times at ``moments`` in UTC.
    static var question: String {
        let times = moments.map { "CONVERT_TZ('\($0)', '+00:00', @@global.time_zone)" }
        return "SELECT @@global.time_zone, \(times.joined(separator: ", "))"
    }

    /// Nil for UTC.
    init?(of answer: Row) {
        self.init(
            name: answer[0] ?? "",
            shown: (1...Self.moments.count).map { $0 < answer.count ? answer[$0] : nil })
    }

    /// - Parameter shown: the local time at each of the moments.
    init?(name: String, shown: [String?]) {
        // A zone that the server no longer knows is identified by its name alone.
        guard shown.allSatisfy({ $0 != nil }) else {
            text = name
            return
        }
        let offsets = zip(Self.moments, shown).map { Self.offset(from: $0, to: $1 ?? "") }
        if let only = offsets.first, offsets.allSatisfy({ $0 == only }) {
            guard only != "+00:00" else { return nil }
            text = only
        } else {
            text = name == "SYSTEM" ? "SYSTEM " + offsets.joined(separator: " ") : name
        }
    }

    /// The offset of the second time from the first: `+02:00`.
    private static func offset(from first: String, to second: String) -> String {
        let minutes = minutes(of: second) - minutes(of: first)
        let sign = minutes < 0 ? "-" : "+"
        func digits(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return sign + digits(abs(minutes) / 60) + ":" + digits(abs(minutes) % 60)
    }

    /// The minutes of `2030-01-01 02:00:00` since the first of March of the year 0.
    private static func minutes(of time: String) -> Int {
        let parts = time.split { !$0.isNumber }.prefix(5).compactMap { Int($0.prefix(5)) }
        guard parts.count == 5 else { return 0 }
        return (days(parts[0], parts[1], parts[2]) * 24 + parts[3]) * 60 + parts[4]
    }

    /// The days since the first of March of the year 0, in the Gregorian calendar.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let ofYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return 365 * year + year / 4 - year / 100 + year / 400 + ofYear
    }
}
