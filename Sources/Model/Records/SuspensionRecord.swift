import Basics
import Schema

/// A namespace, or one shard of it, on which nothing is changed because somebody asked for that.
package struct SuspensionRecord: Codable, Hashable, Sendable {
    /// The version of the record's format.
    package var version: Int
    package var namespace: String
    /// Nil where the whole namespace is meant.
    package var shard: String?
    /// Who asked for it, and why.
    package var actor: String
    package var reason: String
    /// ISO 8601 in UTC, as `until`.
    package var at: String
    /// When it ends by itself; nil where it does not.
    package var until: String?
    /// Why it cannot be read; nil where it can. It is never written.
    package private(set) var damage: String?

    private enum CodingKeys: String, CodingKey {
        case version, namespace, shard, actor, reason, at, until
    }

    /// One that cannot be read, for this reason: what is known of it is its name.
    package init(namespace: String, shard: String?, damage: String) {
        self.init(namespace: namespace, shard: shard, actor: "somebody", reason: "", at: "")
        self.damage = damage
    }

    package init(
        namespace: String, shard: String?, actor: String, reason: String, at: String,
        until: String? = nil
    ) {
        version = 1
        self.namespace = namespace
        self.shard = shard
        self.actor = actor
        self.reason = reason
        self.at = at
        self.until = until
    }

    /// What is suspended: `app` or `app/s1`.
    package var subject: String { [namespace, shard].compactMap(\.self).joined(separator: "/") }

    /// Whether it is over; one of which the end cannot be read is not.
    package func isOver(at now: Timestamp) -> Bool {
        guard let end = until.flatMap(Timestamp.init(iso:)) else { return false }
        return end <= now
    }

    /// Whether it is about the shard.
    package func covers(_ id: ShardID) -> Bool {
        namespace == id.namespace && (shard == nil || shard == id.shard)
    }

    /// Who suspended what, why and until when, as a sentence for people.
    package var words: String {
        if let damage {
            return "\(subject) may be suspended, and by whom and until when cannot be read "
                + "(\(damage)): `plumb resume \(subject)` lets changes go on"
        }
        let end = until.map { " until \($0)" } ?? ""
        return "\(subject) is suspended by \(actor)\(end) (\(reason)): `plumb resume \(subject)` "
            + "lets changes go on"
    }
}
