import MySQLClient

/// How far a copy is.
package enum CopyStatus: Hashable, Sendable {
    case copying, indexing, comparing
    /// Every row is in the copy, and was compared.
    case ready
}

/// The order in which a copy does what it has to do.
extension TableCopy {
    /// Keys above which rows that changed come before further ones.
    private static let backlog = 2_000

    /// Works for about so many seconds, or until nothing is left to do but to follow.
    package func work(seconds: Double) throws(CopyFailure) -> CopyStatus {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        while true {
            if !holdsChangesBack || pending.count < Self.mostNoted { try listen() }
            if !holdsChangesBack {
                while pending.count > Self.backlog, try follow() > 0 { try listen() }
                try follow()
            }
            if status == .ready {
                waitsFor = nil
                if pending.needsMark { try settle() }
                return .ready
            }
            waitsFor = brake?.reason()
            if waitsFor == nil || build != nil {
                try goOn()
            } else {
                try rest(seconds: (end - clock.now) / .seconds(1))
            }
            measure()
            if clock.now >= end { return status }
        }
    }

    private func goOn() throws(CopyFailure) {
        switch progress.phase {
        case .copying: _ = try copyChunk()
        case .indexing: try buildIndexes()
        case .following, .swapped, .reverted, .leaving: _ = try compareRange()
        }
    }

    /// How long it waits at most before it asks again whether it may go on.
    private static let restSeconds = 0.2
    /// How often it commits a number while it waits, by which replicas are seen to come nearer.
    private static let beatSeconds = 1.0

    /// Waits for what the log tells, for a moment.
    private func rest(seconds: Double) throws(CopyFailure) {
        if silenceSeconds >= Self.beatSeconds { _ = try writingMark() }
        try listen(waiting: min(max(seconds, 0.01), Self.restSeconds))
    }

    package var status: CopyStatus {
        switch progress.phase {
        case .copying: .copying
        case .indexing: .indexing
        case .following, .swapped, .reverted, .leaving:
            progress.isCompared ? .ready : .comparing
        }
    }
}

/// The end of a copy.
extension TableCopy {
    /// Brings over the last changes, while nobody can write.
    ///
    /// - Returns: false where the log was not read to its end within `seconds`, which others would
    ///   wait for.
    func finish(within seconds: Double) throws(CopyFailure) -> Bool {
        guard try hears(upTo: writingMark(), within: seconds) else { return false }
        while try follow(all: true) > 0 {}
        return true
    }

    /// Records that the copy is the table, or on the way back that the former one is.
    func noteSwap() throws(CopyFailure) {
        try write { next throws(CopyFailure) in next.phase = job.phaseBehindSwap }
    }
}
