import Foundation

/// The commit message of events: a subject, and trailers that git's own tools read.
///
/// One event has a trailer for each of its parts. Several have one line each, with tabs between
/// kind, key and subject, and the reason on lines that begin with a blank.
enum EventMessage {
    private static let kind = "Plumb-Event"
    private static let key = "Plumb-Key"
    private static let reason = "Plumb-Reason"
    private static let environment = "Plumb-Environment"
    private static let separator: Character = "\t"

    /// Throws `invalid` for an event that no message can hold.
    static func check(_ event: LedgerEvent) throws(LedgerError) {
        try requireLine(event.kind, "the kind of an event")
        if let key = event.key { try requireLine(key, "the key of an event") }
    }

    /// The message of `events`, of which there is at least one.
    ///
    /// - Parameter environment: for a signed transition, the environment to name in the message:
    ///   without it, a branch could be moved to another environment's name unnoticed.
    static func format(
        _ events: [LedgerEvent], environment: String? = nil
    ) throws(LedgerError) -> String {
        for event in events { try check(event) }
        guard let first = events.first else {
            throw LedgerError(.invalid, "a transition without an event")
        }
        let named = environment.map { ["\(self.environment): \($0)"] } ?? []
        guard events.count > 1 else {
            let parts = trailers(of: first)
            return message(subject(of: first), parts.prefix(1) + named + parts.dropFirst())
        }
        return message(
            "\(subject(of: first)), and \(events.count - 1) more", named + events.map(line))
    }

    private static func message(_ subject: String, _ trailers: [String]) -> String {
        "\(subject)\n\n" + trailers.joined(separator: "\n") + "\n"
    }

    private static func subject(of event: LedgerEvent) -> String {
        let subject = clean(event.subject)
        return subject.isEmpty ? event.kind : subject
    }

    /// The trailers of the only event of a message.
    private static func trailers(of event: LedgerEvent) -> [String] {
        var trailers = ["\(kind): \(event.kind)"]
        if let key = event.key { trailers.append("\(self.key): \(key)") }
        let reason = reasonLines(of: event)
        // A line that starts with a blank continues the trailer before it.
        if !reason.isEmpty {
            trailers.append("\(self.reason): \(reason.joined(separator: "\n "))")
        }
        return trailers
    }

    /// The line of one of several events. `clean` leaves no tab in any part of it.
    private static func line(of event: LedgerEvent) -> String {
        let parts = [event.kind, event.key ?? "", subject(of: event)]
        return
            (["\(kind): \(parts.joined(separator: String(separator)))"]
            + reasonLines(of: event)).joined(separator: "\n ")
    }

    private static func reasonLines(of event: LedgerEvent) -> [String] {
        (event.reason ?? "").split(whereSeparator: \.isNewline).map(clean)
            .filter { !$0.isEmpty }
    }

    /// Whether the ledger wrote the message.
    static func isWritten(_ message: String) -> Bool { !parse(message).isEmpty }

    /// The events of a message, in their order; none where the ledger did not write it.
    static func parse(_ message: String) -> [LedgerEvent] {
        let all = trailers(of: message)
        let kinds = all.filter { $0.name == kind }.map(\.value)
        guard let first = kinds.first else { return [] }
        guard first.contains(separator) else {
            let subject = message.prefix { $0 != "\n" }
            return [
                LedgerEvent(
                    first, subject: String(subject), key: value(of: key, in: all),
                    reason: value(of: reason, in: all))
            ]
        }
        let events = kinds.compactMap(event)
        return events.count == kinds.count ? events : []
    }

    /// One of several events.
    private static func event(of value: String) -> LedgerEvent? {
        let lines = value.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = (lines.first ?? "").split(
            separator: separator, maxSplits: 2, omittingEmptySubsequences: false
        ).map(String.init)
        guard parts.count == 3 else { return nil }
        return LedgerEvent(
            parts[0], subject: parts[2], key: parts[1].isEmpty ? nil : parts[1],
            reason: lines.count > 1 ? String(lines[1]) : nil)
    }

    /// The environment that a signed transition names; nil where it names none.
    static func environment(of message: String) -> String? {
        value(of: environment, in: trailers(of: message))
    }

    private static func value(
        of name: String, in trailers: [(name: String, value: String)]
    ) -> String? {
        trailers.last { $0.name == name }?.value
    }

    private static func trailers(of message: String) -> [(name: String, value: String)] {
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        var trailers: [(name: String, value: String)] = []
        for line in lines.dropFirst() {
            if line.hasPrefix(" "), let last = trailers.indices.last {
                trailers[last].value += "\n" + line.dropFirst()
            } else if let colon = line.range(of: ": ") {
                trailers.append(
                    (String(line[..<colon.lowerBound]), String(line[colon.upperBound...])))
            }
        }
        return trailers
    }

    private static func requireLine(_ text: String, _ what: String) throws(LedgerError) {
        guard !text.isEmpty, text == clean(text) else {
            throw LedgerError(
                .invalid, "\(what) must be one line without control characters, not \"\(text)\"")
        }
    }

    /// The text on one line: control characters and line breaks become spaces.
    private static func clean(_ text: some StringProtocol) -> String {
        let blank = UInt8(ascii: " ")
        if text.utf8.allSatisfy({ (blank..<0x7f).contains($0) }), text.utf8.first != blank,
            text.last != " "
        {
            return String(text)
        }
        let line = text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control || scalar.value == 0x2028
                || scalar.value == 0x2029 ? " " : Character(scalar)
        }
        return String(line).trimmingCharacters(in: .whitespaces)
    }
}
