/// How a column keeps dates and times.
///
/// The forms since MySQL 5.6 and MariaDB 10.1 say how many digits their fractions have. Those
/// before, which MariaDB still uses with `mysql56_temporal_format=OFF`, do not.
enum TemporalForm: Hashable, Sendable {
    case date
    case time(digits: Int)
    case datetime(digits: Int)
    case timestamp(digits: Int)
    /// Of old tables; the number of digits is the column's definition's to say.
    case oldTime(digits: Int)
    case oldDatetime(digits: Int)
    case oldTimestamp(digits: Int)

    func value(from cursor: inout ByteCursor) throws(BinlogError) -> TemporalValue {
        switch self {
        case .date:
            let packed = Int(try cursor.little(3))
            return try TemporalValue(date: packed >> 9, packed >> 5 & 15, packed & 31)
        case .time(let digits): return try Self.time(digits, &cursor)
        case .datetime(let digits): return try Self.datetime(digits, &cursor)
        case .timestamp(let digits):
            let seconds = Int(try cursor.big(4))
            let fraction = Int(try cursor.big((digits + 1) / 2))
            return try TemporalValue(
                timestamp: seconds, microsecond: fraction * Self.unit(digits), digits: digits)
        case .oldTime(let digits): return try OldTemporals.time(digits, &cursor)
        case .oldDatetime(let digits): return try OldTemporals.datetime(digits, &cursor)
        case .oldTimestamp(let digits): return try OldTemporals.timestamp(digits, &cursor)
        }
    }

    /// Microseconds for each unit of a fraction, which has two digits for each byte.
    private static func unit(_ digits: Int) -> Int {
        switch (digits + 1) / 2 {
        case 1: 10_000
        case 2: 100
        default: 1
        }
    }

    /// Three bytes of hours, minutes and seconds with the fraction behind them, all as one number
    /// around a middle: below it are the negative times.
    private static func time(
        _ digits: Int, _ cursor: inout ByteCursor
    ) throws(BinlogError) -> TemporalValue {
        let size = (digits + 1) / 2
        let packed = Int(try cursor.big(3 + size)) - 0x80_0000 << (8 * size)
        let magnitude = abs(packed)
        let seconds = magnitude >> (8 * size)
        let fraction = magnitude & (1 << (8 * size) - 1)
        return try TemporalValue(
            time: seconds >> 12, seconds >> 6 & 63, seconds & 63,
            microsecond: fraction * unit(digits), digits: digits, isNegative: packed < 0)
    }

    /// Five bytes: 13 times the year and the month, day, hour, minute, second, above a middle.
    private static func datetime(
        _ digits: Int, _ cursor: inout ByteCursor
    ) throws(BinlogError) -> TemporalValue {
        let packed = Int(try cursor.big(5)) - 0x80_0000_0000
        let fraction = Int(try cursor.big((digits + 1) / 2)) * unit(digits)
        guard packed >= 0 else {
            throw BinlogError(.damaged, "a DATETIME column holds a negative number")
        }
        let date = packed >> 17
        return try TemporalValue(
            datetime: ((date >> 5) / 13, (date >> 5) % 13, date & 31),
            packed >> 12 & 31, packed >> 6 & 63, packed & 63,
            microsecond: fraction, digits: digits)
    }
}

/// The forms before MySQL 5.6, and MariaDB's own ones with fractions from 5.3 on.
private enum OldTemporals {
    private static let secondsOfTime = 839 * 3_600

    static func time(
        _ digits: Int, _ cursor: inout ByteCursor
    ) throws(BinlogError) -> TemporalValue {
        guard digits > 0 else {
            let packed = Int(try cursor.little(3))
            let number = packed >= 0x80_0000 ? packed - 0x100_0000 : packed
            let size = abs(number)
            return try TemporalValue(
                time: size / 10_000, size / 100 % 100, size % 100, microsecond: 0, digits: 0,
                isNegative: number < 0)
        }
        // Around the longest time that there is.
        let middle = secondsOfTime * 1_000_000 / unit(digits)
        let packed = Int(try cursor.big([3, 4, 4, 5, 5, 5, 6][digits])) - middle
        let size = abs(packed) * unit(digits)
        let seconds = size / 1_000_000
        return try TemporalValue(
            time: seconds / 3_600, seconds / 60 % 60, seconds % 60,
            microsecond: size % 1_000_000, digits: digits, isNegative: packed < 0)
    }

    static func datetime(
        _ digits: Int, _ cursor: inout ByteCursor
    ) throws(BinlogError) -> TemporalValue {
        guard digits > 0 else {
            guard let number = Int(exactly: try cursor.little(8)) else {
                throw BinlogError(.damaged, "a DATETIME column holds too great a number")
            }
            let (date, time) = (number / 1_000_000, number % 1_000_000)
            return try TemporalValue(
                datetime: (date / 10_000, date / 100 % 100, date % 100),
                time / 10_000, time / 100 % 100, time % 100, microsecond: 0, digits: 0)
        }
        let (size, overflow) = Int(
            truncatingIfNeeded: try cursor.big([5, 6, 6, 7, 7, 7, 8][digits])
        )
        .multipliedReportingOverflow(by: unit(digits))
        guard !overflow, size >= 0 else {
            throw BinlogError(.damaged, "a DATETIME column holds too great a number")
        }
        let seconds = size / 1_000_000
        let days = seconds / 86_400
        return try TemporalValue(
            datetime: (days / 32 / 13, days / 32 % 13, days % 32),
            seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60,
            microsecond: size % 1_000_000, digits: digits)
    }

    static func timestamp(
        _ digits: Int, _ cursor: inout ByteCursor
    ) throws(BinlogError) -> TemporalValue {
        guard digits > 0 else {
            return try TemporalValue(
                timestamp: Int(try cursor.little(4)), microsecond: 0, digits: 0)
        }
        let seconds = Int(try cursor.big(4))
        let fraction = Int(try cursor.big((digits + 1) / 2)) * unit(digits)
        return try TemporalValue(timestamp: seconds, microsecond: fraction, digits: digits)
    }

    /// Microseconds for each unit of a number with so many digits of fraction.
    private static func unit(_ digits: Int) -> Int {
        [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1][digits]
    }
}
