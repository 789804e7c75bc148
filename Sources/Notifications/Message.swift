import Basics
import Desired
import Schema
import Views

/// One thing that somebody is told.
package struct Message: Hashable, Sendable {
    /// The same each time that it is sent, so that whoever gets it twice can tell.
    package let id: String
    package let event: NotificationTarget.Event
    package let environment: String
    let time: Timestamp
    /// One sentence for people.
    package let text: String
    var namespace: String?
    /// Those that it is about, sorted.
    var shards: [String] = []
    /// The digests of the steps that it is about, sorted.
    var approvals: [String] = []
    var rollout: String?
    var reason: String?

    /// Of how many shards and steps the names are given; of all of them the number is.
    private static let mostNames = 20
    /// The most letters of a sentence: a server's error may be as long as a statement.
    private static let mostLetters = 1_000

    /// - Parameters:
    ///   - key: what no other message to anybody has.
    ///   - text: without the environment, which is put before it.
    init(
        _ event: NotificationTarget.Event, of environment: String, at time: Timestamp,
        key: [String], text: String
    ) {
        self.event = event
        self.environment = environment
        self.time = time
        let whole = [event.rawValue, environment] + key
        id = String(Digest(of: whole.map { "\($0.utf8.count):\($0)" }.joined()).hex.prefix(32))
        self.text = Self.shortened("\(environment): \(text)")
    }

    /// A sentence from outside: without secrets, on one line, and with an end.
    private static func shortened(_ text: String) -> String {
        let line = Visible.line(Redacted.text(String(text.prefix(2 * mostLetters))))
        return line.count > mostLetters ? line.prefix(mostLetters) + "…" : line
    }

    /// Names for a sentence: the first ones, and how many more there are.
    static func names(_ names: [String]) -> String {
        let rest = names.count - mostNames
        return names.prefix(mostNames).joined(separator: ", ")
            + (rest > 0 ? " and \(rest) more" : "")
    }

    /// What is sent.
    func body(_ template: NotificationTarget.Template) -> String {
        switch template {
        case .slack: JSONValue.object(["text": .string(Self.escaped(text))]).encoded()
        case .json: json.encoded()
        }
    }

    private var json: JSONValue {
        .object([
            "id": .string(id), "event": .string(event.rawValue),
            "environment": .string(environment), "time": .string(time.iso),
            "text": .string(text), "namespace": .text(namespace),
            "shards": .strings(Array(shards.prefix(Self.mostNames))),
            "shardCount": .number(shards.count),
            "approvals": .strings(Array(approvals.prefix(Self.mostNames))),
            "approvalCount": .number(approvals.count), "rollout": .text(rollout),
            "reason": .text(reason.map(Self.shortened)),
        ])
    }

    /// Slack takes `<…>` for links and for mentions of everybody.
    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;")
    }
}
