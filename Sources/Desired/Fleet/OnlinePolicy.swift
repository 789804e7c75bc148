import Schema

/// When a table is copied beside the application instead of altered under it, and how.
package struct OnlinePolicy: Hashable, Sendable {
    /// Whether the server may rebuild a table in place, with its writers going on: each replica
    /// falls behind by as long as that takes.
    package enum InPlace: String, CaseIterable, Sendable {
        case allow, small, never
    }

    package var inPlace: InPlace
    /// The largest table, in bytes, that is rebuilt in place under ``InPlace/small``.
    package var smallBytes: UInt64
    /// Up to so many bytes a table is altered under a lock: that is over in a moment.
    package var belowBytes: UInt64
    /// How long the former table is kept behind the cutover.
    package var keepSeconds: Int

    /// How far replicas may be behind while a table is copied, and which are asked.
    package var maxLagSeconds = 10
    package var replicas: [ServerAddress] = []
    /// What a server may be at while a table is copied: running threads, the length of a commit,
    /// and what stays free on its disk, where it tells.
    package var maxThreadsRunning = 60
    package var maxCommitMilliseconds = 500
    package var minFreeBytes: UInt64 = 1 << 30

    package static let standard = OnlinePolicy(
        inPlace: .allow, smallBytes: 1 << 30, belowBytes: 4 << 20, keepSeconds: 86_400)

    package init(inPlace: InPlace, smallBytes: UInt64, belowBytes: UInt64, keepSeconds: Int) {
        self.inPlace = inPlace
        self.smallBytes = smallBytes
        self.belowBytes = belowBytes
        self.keepSeconds = keepSeconds
    }
}

extension OnlinePolicy.InPlace: FleetChoice {
    static var title: String { "inplace" }
}
