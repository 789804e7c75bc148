import Foundation

/// When the next group of transitions begins.
///
/// What a commit costs hardly depends on how much is in it. So where several threads record one
/// thing after another, the ledger rests after each commit, the longer the more of a processor it
/// took, and what comes meanwhile shares the next one. It does not rest once all have come that
/// take part: somebody who is alone never waits.
struct GroupPace {
    private let restFactor: UInt64
    private let longestRest: UInt64
    /// In which group each thread asked last.
    private var lastGroups: [pthread_t: Int] = [:]
    private var groupCount = 0
    /// The end of the rest, in nanoseconds.
    private var restEnd: UInt64 = 0

    /// For how many groups a thread that does not come again counts as one that takes part.
    static let memory = 8

    /// - Parameters:
    ///   - restFactor: the rest, in times of the processor time that the last group took: by
    ///     default commits keep a quarter of a processor busy at most, while others take part.
    ///   - longestRest: in nanoseconds.
    init(restFactor: UInt64 = 3, longestRest: UInt64 = 50_000_000) {
        self.restFactor = restFactor
        self.longestRest = longestRest
    }

    /// Whether all that take part are among those that wait.
    func areAllHere(_ waiting: Set<pthread_t>) -> Bool {
        lastGroups.keys.allSatisfy(waiting.contains)
    }

    /// For how long those that wait, wait for others, in nanoseconds.
    ///
    /// - Parameter now: by a clock in nanoseconds that only grows.
    func rest(_ waiting: Set<pthread_t>, at now: UInt64) -> UInt64 {
        areAllHere(waiting) || now >= restEnd ? 0 : restEnd - now
    }

    /// Notes that a group was carried out.
    ///
    /// - Parameters:
    ///   - threads: those that had asked for it.
    ///   - cost: how long it kept a processor busy, in nanoseconds.
    ///   - end: when it ended, by the clock of `rest`.
    mutating func note(_ threads: [pthread_t], cost: UInt64, end: UInt64) {
        groupCount += 1
        for thread in threads { lastGroups[thread] = groupCount }
        lastGroups = lastGroups.filter { groupCount - $0.value < Self.memory }
        let (rest, isHuge) = cost.multipliedReportingOverflow(by: restFactor)
        restEnd = end + (isHuge ? longestRest : min(rest, longestRest))
    }
}
