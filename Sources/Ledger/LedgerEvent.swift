import Basics
import Foundation

/// The person or program that makes a transition: the author of its commit.
package struct LedgerActor: Hashable, Sendable {
    package let name: String
    package let email: String

    package init(name: String, email: String) {
        self.name = name
        self.email = email
    }
}

/// What a transition records; it stands in the message of its commit.
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
