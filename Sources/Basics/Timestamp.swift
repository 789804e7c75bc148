import Foundation

/// A point in time in whole seconds, written as ISO 8601 in UTC: `2026-11-21T09:12:44Z`.
package struct Timestamp: Hashable, Sendable {
    package let secondsSince1970: Int64

    package init(secondsSince1970: Int64) {
        self.secondsSince1970 = secondsSince1970
    }

    package init(_ date: Date) {
        secondsSince1970 = Int64(date.timeIntervalSince1970.rounded(.down))
    }

    /// Reads an ISO 8601 date and time with a zone; nil for anything else.
    package init?(iso text: String) {
        guard let date = try? Date.ISO8601FormatStyle().parse(text) else { return nil }
        self.init(date)
    }

    /// The same point in time as Foundation's type.
    package var date: Date { Date(timeIntervalSince1970: TimeInterval(secondsSince1970)) }

    /// As ISO 8601 in UTC: `2026-11-21T09:12:44Z`.
    package var iso: String { date.formatted(Date.ISO8601FormatStyle()) }

    /// The point in time this many seconds later.
    package func adding(seconds: Int64) -> Timestamp {
        Timestamp(secondsSince1970: secondsSince1970 + seconds)
    }
}

extension Timestamp: Comparable {
    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.secondsSince1970 < right.secondsSince1970
    }
}

extension Timestamp: CustomStringConvertible {
    package var description: String { iso }
}
