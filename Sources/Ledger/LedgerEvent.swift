import Foundation
import Git

/// The person or program that makes a transition: the author of its commit.
package struct LedgerActor: Hashable, Sendable {
    package let name: String
    package let email: String

    package init(name: String, email: String) {
        self.name = name
        self.email = email
    }
}

/// What a transition records: the message of its commit.
package struct LedgerEvent: Hashable, Sendable {
    /// The kind of event, in lower case with hyphens, as `operation-completed`.
    package var kind: String
    /// One line for readers: the first line of the message.
    package var subject: String
    /// Why it was decided, in the decider's words; may have several lines.
    package var reason: String?
    /// The key of the thing concerned, such as `commerce/0/orders` or a digest.
    package var key: String?

    package init(_ kind: String, subject: String, key: String? = nil, reason: String? = nil) {
        self.kind = kind
        self.subject = subject
        self.key = key
        self.reason = reason
    }
}

/// An event with the commit that recorded it.
package struct LedgerRecord: Hashable, Sendable {
    package let commit: ObjectID
    /// The time of the commit.
    package let time: Date
    package let actor: LedgerActor
    package let event: LedgerEvent
}

/// The commit message of an event: a subject, and trailers that git's own tools read.
enum EventMessage {
    private static let kind = "Plumb-Event"
    private static let key = "Plumb-Key"
    private static let reason = "Plumb-Reason"
    private static let environment = "Plumb-Environment"

    /// - Parameter environment: for a signed transition, the environment to name in the message:
    ///   without it, a branch could be moved to another environment's name unnoticed.
    static func format(
        _ event: LedgerEvent, environment: String? = nil
    ) throws(LedgerError) -> String {
        try requireLine(event.kind, "the kind of an event")
        if let key = event.key { try requireLine(key, "the key of an event") }
        var trailers = ["\(kind): \(event.kind)"]
        if let environment { trailers.append("\(self.environment): \(environment)") }
        if let key = event.key { trailers.append("\(self.key): \(key)") }
        if let text = event.reason {
            // A line that starts with a blank continues the trailer before it.
            let lines = text.split(whereSeparator: \.isNewline).map(clean).filter { !$0.isEmpty }
            if !lines.isEmpty { trailers.append("\(reason): \(lines.joined(separator: "\n "))") }
        }
        let subject = clean(event.subject)
        return "\(subject.isEmpty ? event.kind : subject)\n\n"
            + trailers.joined(separator: "\n") + "\n"
    }

    /// The event of a message; nil where the ledger did not write it.
    static func parse(_ message: String) -> LedgerEvent? {
        guard let subject = message.split(separator: "\n", omittingEmptySubsequences: false).first
        else { return nil }
        let trailers = trailers(of: message)
        guard let kind = trailers[kind] else { return nil }
        return LedgerEvent(
            kind, subject: String(subject), key: trailers[key], reason: trailers[reason])
    }

    /// The environment that a signed transition names; nil where it names none.
    static func environment(of message: String) -> String? { trailers(of: message)[environment] }

    private static func trailers(of message: String) -> [String: String] {
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        var trailers: [String: String] = [:]
        var last: String?
        for line in lines.dropFirst() {
            if line.hasPrefix(" "), let name = last {
                trailers[name, default: ""] += "\n" + line.dropFirst()
            } else if let colon = line.range(of: ": ") {
                let name = String(line[..<colon.lowerBound])
                trailers[name] = String(line[colon.upperBound...])
                last = name
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
        let line = text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control || scalar.value == 0x2028
                || scalar.value == 0x2029 ? " " : Character(scalar)
        }
        return String(line).trimmingCharacters(in: .whitespaces)
    }
}
