import Basics
import MySQLClient
import Schema

/// What is known of a shard after looking at it.
package enum ShardObservation: Sendable {
    case known(KnownShard)
    /// It could not be read, wholly or in part: never the same as a shard without tables.
    case unknown(ShardProblem)
}

/// A shard of which every table was read.
package struct KnownShard: Sendable {
    package let schema: ShardSchema
    package let profile: ServerProfile
    /// How many objects there are of kinds that Plumb does not manage; kinds without any are left
    /// out. The count is for the reader: what the account may not see is not counted.
    package let otherObjects: [ObjectKind: Int]
    package let observedAt: Timestamp
    /// True where the last exact reading still holds because nothing moved since.
    package let isFromFingerprint: Bool
    /// Whether its server takes changes at this moment.
    package let readOnly: ReadOnlyState
}

/// A kind of object beside tables.
package enum ObjectKind: String, Hashable, Sendable, CaseIterable, Comparable {
    case view, sequence, trigger, procedure, function, package, event
    /// A kind of routine that this release does not know.
    case other

    /// Whether objects of this kind are among those of `kinds`.
    func isAmong(_ kinds: Set<ObjectName.Kind>) -> Bool {
        ObjectName.Kind(rawValue: rawValue).map(kinds.contains) ?? false
    }

    package static func < (left: ObjectKind, right: ObjectKind) -> Bool {
        left.rawValue < right.rawValue
    }
}
