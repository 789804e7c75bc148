import Foundation

/// Bounds how many threads do the slow part of their work under a key at once, and tells whether
/// that part is short.
///
/// Threads get a place in the order in which they ask for one.
package final class Places<Key: Hashable & Sendable>: @unchecked Sendable {
    /// One thread's right to work under a key, until it is given back.
    package struct Place: Sendable {
        fileprivate let key: Key
        /// When it was taken, in seconds of the clock.
        fileprivate let start: Double
        /// How long the thread waited for it.
        package let wait: Wait
    }

    /// How long a thread waited for a place.
    package enum Wait: Sendable {
        /// Not at all, or for a short time.
        case short
        case long
    }

    private struct Lane {
        /// When each place was taken that was not given back.
        var starts: [Double] = []
        /// How many places threads are on their way to that were woken.
        var promised = 0
        /// The threads that wait for a place, in their order.
        var waiting: [DispatchSemaphore] = []
        /// Whether the last thread that gave its place back had it for a short time.
        var lastWasShort = false
    }

    private let lock = NSLock()
    private var lanes: [Key: Lane] = [:]
    private let perKey: Int
    private let shortSeconds: Double
    private let clock: @Sendable () -> Double

    /// - Parameters:
    ///   - shortSeconds: up to how long a place is held where work is short.
    ///   - clock: a time in seconds that only grows.
    package init(
        perKey: Int, shortSeconds: Double = 0.5,
        clock: @escaping @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime }
    ) {
        self.perKey = max(1, perKey)
        self.shortSeconds = shortSeconds
        self.clock = clock
    }

    /// Waits for a place under `key`.
    package func take(_ key: Key) -> Place {
        let asked = clock()
        lock.lock()
        let taken = lanes[key].map { $0.starts.count + $0.promised } ?? 0
        if taken >= perKey {
            let turn = DispatchSemaphore(value: 0)
            lanes[key]?.waiting.append(turn)
            lock.unlock()
            turn.wait()
            lock.lock()
            lanes[key]?.promised -= 1
        }
        defer { lock.unlock() }
        let now = clock()
        let wait: Wait = now - asked <= shortSeconds ? .short : .long
        let place = Place(key: key, start: now, wait: wait)
        lanes[key, default: Lane()].starts.append(place.start)
        return place
    }

    /// Gives a place back; the thread that has waited longest gets it.
    package func giveBack(_ place: Place) {
        lock.lock()
        defer { lock.unlock() }
        guard var lane = lanes[place.key], let index = lane.starts.firstIndex(of: place.start)
        else { return }
        lane.lastWasShort = clock() - place.start <= shortSeconds
        lane.starts.remove(at: index)
        if !lane.waiting.isEmpty {
            lane.promised += 1
            lane.waiting.removeFirst().signal()
        }
        lanes[place.key] = lane
    }

    /// Whether a place under `key` is soon to be had: the last one was held for a short time, and
    /// none is held for longer just now.
    package func areHeldBriefly(_ key: Key) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        guard let lane = lanes[key], lane.lastWasShort else { return false }
        let now = clock()
        return lane.starts.allSatisfy { now - $0 <= shortSeconds }
    }
}
