/// A DATE, TIME, DATETIME or TIMESTAMP.
package struct TemporalValue: Hashable, Sendable {
    package enum Kind: Hashable, Sendable { case date, time, datetime, timestamp }

    package let kind: Kind
    /// Of a TIME.
    package let isNegative: Bool
    /// 0 in a TIME; a zero date, or one with a month or day 0, is as it was written.
    package let year: Int, month: Int, day: Int
    /// Up to 838 in a TIME.
    package let hour: Int, minute: Int, second: Int
    package let microsecond: Int
    /// How many digits the fraction of a second has in this column, 0 to 6.
    package let digits: Int

    init(date year: Int, _ month: Int, _ day: Int) throws(BinlogError) {
        kind = .date
        isNegative = false
        (self.year, self.month, self.day) = (year, month, day)
        (hour, minute, second, microsecond, digits) = (0, 0, 0, 0, 0)
        try check()
    }

    init(
        time hour: Int, _ minute: Int, _ second: Int, microsecond: Int, digits: Int,
        isNegative: Bool
    ) throws(BinlogError) {
        kind = .time
        self.isNegative = isNegative
        (year, month, day) = (0, 0, 0)
        (self.hour, self.minute, self.second) = (hour, minute, second)
        (self.microsecond, self.digits) = (microsecond, digits)
        try check()
    }

    init(
        datetime date: (Int, Int, Int), _ hour: Int, _ minute: Int, _ second: Int,
        microsecond: Int, digits: Int
    ) throws(BinlogError) {
        kind = .datetime
        isNegative = false
        (year, month, day) = date
        (self.hour, self.minute, self.second) = (hour, minute, second)
        (self.microsecond, self.digits) = (microsecond, digits)
        try check()
    }

    /// - Parameter seconds: since 1970 in UTC; 0 is `0000-00-00 00:00:00`.
    init(timestamp seconds: Int, microsecond: Int, digits: Int) throws(BinlogError) {
        kind = .timestamp
        isNegative = false
        let isZero = seconds == 0 && microsecond == 0
        (year, month, day) = isZero ? (0, 0, 0) : Self.date(of: seconds / 86_400)
        (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60)
        (self.microsecond, self.digits) = (microsecond, digits)
        try check()
    }

    private func check() throws(BinlogError) {
        let lastHour = kind == .time ? 838 : 23
        guard (0...9_999).contains(year), (0...12).contains(month), (0...31).contains(day),
            (0...lastHour).contains(hour), (0...59).contains(minute), (0...59).contains(second),
            (0...999_999).contains(microsecond), (0...6).contains(digits)
        else { throw BinlogError(.damaged, "a column holds no date or time: \(text)") }
    }

    /// Year, month and day of a number of days since 1970, in the Gregorian calendar.
    private static func date(of days: Int) -> (Int, Int, Int) {
        // Years that begin in March have their leap day at their end; 400 of them repeat.
        let since0 = days + 719_468
        let era = since0 / 146_097
        let dayOfEra = since0 % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// As `SELECT` shows it: `2026-11-21`, `-838:59:59.5`, `2026-11-21 09:12:44.120`.
    package var text: String {
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        guard kind != .date else { return date }
        var time = "\(Self.padded(hour, 2)):\(Self.padded(minute, 2)):\(Self.padded(second, 2))"
        if digits > 0 { time += "." + Self.padded(microsecond, 6).prefix(digits) }
        guard kind != .time else { return (isNegative ? "-" : "") + time }
        return "\(date) \(time)"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
