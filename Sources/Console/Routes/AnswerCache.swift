import Foundation

/// Answers as they were rendered, so that many who ask the same cost one rendering.
///
/// What is kept is a second old at most, as an answer may depend on the time, on leases and on
/// files; and it is good only while the ledger and what the loops found are what they were.
final class AnswerCache: @unchecked Sendable {
    /// What an answer depends on, beside the time.
    struct Key: Hashable {
        var environment: String
        /// The commit of the ledger.
        var head: String
        /// How often the loops told something.
        var generation: Int
        var endpoint: String
        /// The path and the query as they were asked.
        var asked: [String]
        var format: String
    }

    private struct Kept {
        let answer: RenderedAnswer
        let since: Double
    }

    private let condition = NSCondition()
    private let clock: @Sendable () -> Double
    private var kept: [Key: Kept] = [:]
    private var rendering: Set<Key> = []

    /// How long an answer is good, in seconds.
    static let lifeSeconds = 1.0
    /// How many bytes are kept at most.
    static let byteLimit = 32 << 20

    /// - Parameter clock: seconds that only grow.
    init(
        clock: @escaping @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime }
    ) { self.clock = clock }

    /// The answer that is kept, or the one that `render` makes; whoever asks the same meanwhile
    /// waits for it. Nothing is kept where `render` throws.
    func answer(_ key: Key, _ render: () throws -> RenderedAnswer) rethrows -> RenderedAnswer {
        if let known = begin(key) { return known }
        var answer: RenderedAnswer?
        defer { end(key, answer) }
        let made = try render()
        answer = made
        return made
    }

    /// How many bytes are kept.
    var byteCount: Int {
        condition.lock()
        defer { condition.unlock() }
        return kept.values.reduce(0) { $0 + $1.answer.byteCount }
    }

    /// The kept answer; nil where the caller has to render it, and call ``end(_:_:)``.
    private func begin(_ key: Key) -> RenderedAnswer? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let found = kept[key], clock() - found.since < Self.lifeSeconds {
                return found.answer
            }
            guard rendering.contains(key) else { break }
            condition.wait()
        }
        rendering.insert(key)
        return nil
    }

    private func end(_ key: Key, _ answer: RenderedAnswer?) {
        condition.lock()
        defer { condition.unlock() }
        rendering.remove(key)
        condition.broadcast()
        let now = clock()
        kept = kept.filter { now - $0.value.since < Self.lifeSeconds }
        guard let answer else { return }
        let size = kept.values.reduce(answer.byteCount) { $0 + $1.answer.byteCount }
        if size > Self.byteLimit { kept = [:] }
        if answer.byteCount <= Self.byteLimit { kept[key] = Kept(answer: answer, since: now) }
    }
}
