import Basics
import MySQLClient
import Schema

/// The result of observing a shard.
package enum ShardObservation: Sendable {
    case known(KnownShard)
    /// It could not be read completely, which is never the same as having no tables.
    case unknown(ShardProblem)
}

/// A shard whose tables were all read.
package struct KnownShard: Sendable {
    package let schema: ShardSchema
    package let profile: ServerProfile
    /// The numbers of objects of kinds that Plumb does not manage; kinds without objects are left
    /// out, and objects that the account cannot see are not counted. For display only.
    package let otherObjects: [CountedObjectKind: Int]
    /// Why triggers, routines and events are not among `otherObjects`, though there may be some;
    /// nil where they were counted.
    package let uncounted: String?
    package let observedAt: Timestamp
    /// Whether it was not read, because nothing can have changed since the last exact reading.
    package let isRemembered: Bool
    /// Whether its server accepts changes at present.
    package let readOnly: ReadOnlyState

    package init(
        schema: ShardSchema, profile: ServerProfile,
        otherObjects: [CountedObjectKind: Int] = [:], uncounted: String? = nil,
        observedAt: Timestamp, isRemembered: Bool = false,
        readOnly: ReadOnlyState = .writable
    ) {
        self.schema = schema
        self.profile = profile
        self.otherObjects = otherObjects
        self.uncounted = uncounted
        self.observedAt = observedAt
        self.isRemembered = isRemembered
        self.readOnly = readOnly
    }
}

/// A kind of object other than tables.
package enum CountedObjectKind: String, Hashable, Sendable, CaseIterable, Comparable {
    case view, sequence, trigger, procedure, function, package, event
    /// A table that an online copy has made, or left.
    case onlineCopy = "online copy"
    /// A kind of routine that this release does not know.
    case other

    /// Whether objects of this kind are among those of `kinds`.
    func isAmong(_ kinds: Set<ObjectName.Kind>) -> Bool {
        ObjectName.Kind(rawValue: rawValue).map(kinds.contains) ?? false
    }

    package static func < (left: CountedObjectKind, right: CountedObjectKind) -> Bool {
        left.rawValue < right.rawValue
    }
}
