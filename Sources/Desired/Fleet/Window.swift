import Foundation

/// Times of the week in which changes may start: `Mon-Fri 09:00-16:00` in a time zone.
///
/// A window is open while the zone's local time is inside of it. When clocks are set back, a
/// repeated hour is open twice; a skipped one does not exist. A window that ends before it starts
/// runs past midnight and belongs to the day on which it starts.
package struct Window: Hashable, Sendable, CustomStringConvertible {
    /// As written.
    package let text: String
    package let zone: TimeZone
    /// The days on which it starts; Monday is 0.
    private let days: Set<Int>
    /// Seconds from midnight.
    private let startSeconds: Int
    /// Seconds from midnight of the starting day; above 86,400 where it runs past midnight.
    private let endSeconds: Int

    package var description: String { "\(text) \(zone.identifier)" }

    private static let secondsPerDay = 86_400

    /// Whether changes may start at `time`.
    package func isOpen(at time: Date) -> Bool {
        isOpen(local: Self.local(Self.seconds(time), in: zone))
    }

    /// The first whole second at or after `time` at which the window is open.
    ///
    /// Nil where the window does not open within three weeks, as one inside of an hour that is
    /// skipped.
    package func nextOpening(after time: Date) -> Date? {
        if isOpen(at: time) { return time }
        let start = Int(time.timeIntervalSince1970.rounded(.up))
        var from = start
        while from < start + 21 * Self.secondsPerDay {
            let offset = Self.offset(from, in: zone)
            let opening = nextOpening(local: from + offset) - offset
            guard let change = Self.firstChange(of: offset, from: from, to: opening, in: zone)
            else { return Date(timeIntervalSince1970: Double(opening)) }
            from = change
        }
        return nil
    }

    // MARK: Local time, as seconds since 1970-01-01 00:00 of the same clock

    private func isOpen(local: Int) -> Bool {
        let (day, second) = Self.split(local)
        if days.contains(Self.weekday(day)), (startSeconds..<endSeconds).contains(second) {
            return true
        }
        return days.contains(Self.weekday(day - 1))
            && (startSeconds..<endSeconds).contains(second + Self.secondsPerDay)
    }

    private func nextOpening(local: Int) -> Int {
        if isOpen(local: local) { return local }
        let (today, _) = Self.split(local)
        let openings = (0...7).map { today + $0 }
            .filter { days.contains(Self.weekday($0)) }
            .map { $0 * Self.secondsPerDay + startSeconds }
        return openings.first { $0 >= local } ?? local + 7 * Self.secondsPerDay
    }

    private static func split(_ local: Int) -> (day: Int, second: Int) {
        let second = ((local % secondsPerDay) + secondsPerDay) % secondsPerDay
        return ((local - second) / secondsPerDay, second)
    }

    /// 1970-01-01 was a Thursday.
    private static func weekday(_ day: Int) -> Int { (((day + 3) % 7) + 7) % 7 }

    private static func seconds(_ time: Date) -> Int {
        Int(time.timeIntervalSince1970.rounded(.down))
    }

    private static func local(_ time: Int, in zone: TimeZone) -> Int {
        time + offset(time, in: zone)
    }

    private static func offset(_ time: Int, in zone: TimeZone) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time)))
    }

    /// The first second in `from...to` with another offset; nil where the last one's is the same.
    private static func firstChange(
        of offset: Int, from: Int, to: Int, in zone: TimeZone
    ) -> Int? {
        guard Self.offset(to, in: zone) != offset else { return nil }
        var (same, other) = (from, to)
        while other - same > 1 {
            let middle = same + (other - same) / 2
            if Self.offset(middle, in: zone) == offset { same = middle } else { other = middle }
        }
        return other
    }
}

extension Window {
    struct Fault: Error, Equatable {
        let message: String
    }

    /// Reads `Mon-Fri 09:00-16:00`, `Sat,Sun 00:00-24:00`, `daily 22:00-04:00`.
    init(_ text: String, zone name: String) throws(Fault) {
        guard name == "UTC" || name.contains("/"), let zone = TimeZone(identifier: name) else {
            throw Fault(message: "`\(name)` is not an IANA time zone like `Europe/Berlin`")
        }
        let parts = text.split(separator: " ")
        guard parts.count == 2 else {
            throw Fault(message: "`\(text)` is not days and times like `Mon-Fri 09:00-16:00`")
        }
        let times = parts[1].split(separator: "-", omittingEmptySubsequences: false)
        guard times.count == 2, let start = Self.time(times[0]), let end = Self.time(times[1]),
            start < Self.secondsPerDay
        else {
            throw Fault(message: "`\(parts[1])` is not a span of times like `09:00-16:00`")
        }
        guard start != end else {
            throw Fault(message: "`\(parts[1])` is never open; a whole day is `00:00-24:00`")
        }
        self.text = text
        self.zone = zone
        days = try Self.days(parts[0])
        startSeconds = start
        endSeconds = end > start ? end : end + Self.secondsPerDay
    }

    private static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    private static func days(_ text: Substring) throws(Fault) -> Set<Int> {
        if text.lowercased() == "daily" { return Set(0..<7) }
        var days: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let bounds = part.split(separator: "-", omittingEmptySubsequences: false)
                .map { names.firstIndex(of: $0.lowercased()) }
            switch (bounds.count, bounds.first ?? nil, bounds.last ?? nil) {
            case (1, let day?, _): days.insert(day)
            case (2, let first?, let last?):
                let length = (last - first + 7) % 7
                days.formUnion((0...length).map { (first + $0) % 7 })
            default:
                throw Fault(
                    message: "`\(part)` is not a day or span of days like `Mon` or `Mon-Fri`")
            }
        }
        return days
    }

    /// `HH:MM` in seconds; `24:00` is the end of the day.
    private static func time(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy(isDigit) }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60,
            hour < 24 || (hour == 24 && minute == 0)
        else { return nil }
        return hour * 3_600 + minute * 60
    }

    private static func isDigit(_ character: Character) -> Bool {
        ("0"..."9").contains(character)
    }
}
