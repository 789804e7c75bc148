import Schema

/// Where a table of a shard stands between git, what was recorded and what is live.
package enum TableStatus: String, Hashable, Sendable, Codable, CaseIterable {
    /// Live equals git.
    case inSync
    /// Git moved, and this shard has not followed yet.
    case pending
    /// Someone changed the live table out of band.
    case drifted
    /// Git moved and the live table moved.
    case conflict
    /// A table that git never owned: reported, never touched.
    case unmanaged
    /// It left git and is still live: dropping it is irreversible and gated.
    case retired
    /// The shard cannot be read: the table is never taken for absent, nor for in sync.
    case unknown
}

/// What was seen of a table on its shard.
package enum TableObservation: Hashable, Sendable {
    case present(Digest)
    case absent
    case unreadable
}

/// The three-way comparison of one table.
package struct TableStanding: Hashable, Sendable {
    package var status: TableStatus
    /// True for a retired table that was changed after it was last recorded.
    package var isChangedSinceRecorded: Bool

    package init(status: TableStatus, isChangedSinceRecorded: Bool = false) {
        self.status = status
        self.isChangedSinceRecorded = isChangedSinceRecorded
    }

    /// Compares git, the record and the shard; nil where the table is in neither git nor live.
    ///
    /// Absence is a value like any other: a table that is recorded and not live has drifted.
    package static func of(
        desired: Digest?, recorded: Digest?, observed: TableObservation
    ) -> TableStanding? {
        let live: Digest?
        switch observed {
        case .unreadable: return TableStanding(status: .unknown)
        case .absent: live = nil
        case .present(let digest): live = digest
        }
        guard let desired else {
            guard let live else { return nil }
            guard let recorded else { return TableStanding(status: .unmanaged) }
            return TableStanding(status: .retired, isChangedSinceRecorded: live != recorded)
        }
        if live == desired { return TableStanding(status: .inSync) }
        guard let recorded, live != recorded else { return TableStanding(status: .pending) }
        return TableStanding(status: recorded == desired ? .drifted : .conflict)
    }
}
