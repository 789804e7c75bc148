import Foundation

/// The signs of life of a process's loops: each says within which time the next one comes, and one
/// that is late stands still.
///
/// A loop that waits, or starts something with a time limit of its own, says so; what takes long
/// without a word is told from a wait this way.
package final class LoopPulse: Sendable {
    private struct Beat {
        let time: Double
        let seconds: Double
    }

    private let beats = Lock<[String: Beat]>([:])
    private let isOver = Lock(false)
    private let now: @Sendable () -> Double

    /// - Parameter now: seconds of a clock that nobody sets.
    package init(now: @escaping @Sendable () -> Double = LoopPulse.monotonicSeconds) {
        self.now = now
    }

    /// Says that a loop is at work, or waits, for so many seconds at most beside what is allowed to
    /// each of its steps.
    package func beat(_ loop: String, within seconds: Double = 0) {
        let beat = Beat(time: now(), seconds: seconds)
        beats.withLock { $0[loop] = beat }
    }

    /// Says that a loop has ended.
    package func end(_ loop: String) {
        _ = beats.withLock { $0.removeValue(forKey: loop) }
    }

    /// Says that the process ends: its loops wait for running statements, and no more is asked.
    package func end() { isOver.withLock { $0 = true } }

    /// The loops that stand still, sorted.
    ///
    /// - Parameter allowance: how long one step may take, in seconds.
    package func late(allowance: Double) -> [String] {
        guard !isOver.withLock({ $0 }) else { return [] }
        let time = now()
        return beats.withLock { beats in
            beats.filter { time - $0.value.time > $0.value.seconds + allowance }.map(\.key)
        }.sorted()
    }

    /// Seconds since the machine was started, without those in which it slept.
    package static func monotonicSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
