import Foundation

/// Runs blocking work on threads of its own, never on the cooperative pool.
///
/// The C libraries block, and the cooperative pool has one thread per core: one blocked call
/// there stalls everything else. Plumb's shells are therefore plain synchronous code on plain
/// threads, bounded here in total and per key (usually a server).
package enum Workers {
    /// Calls `body` for every item and returns the results in the order of `items`.
    ///
    /// At most `total` items run at once, and at most `perKey` of the same `key`. Blocks the
    /// calling thread until all are done. `body` does not throw: it returns failures as values.
    package static func map<Item: Sendable, Key: Hashable & Sendable, Result: Sendable>(
        _ items: [Item], total: Int, perKey: Int, key: (Item) -> Key,
        _ body: @escaping @Sendable (Item) -> Result
    ) -> [Result] {
        guard !items.isEmpty else { return [] }
        let board = Board<Item, Key, Result>(
            items: items, keys: items.map(key), perKey: max(1, perKey))
        let count = min(max(1, total), items.count)
        let group = DispatchGroup()
        for number in 0..<count {
            group.enter()
            let thread = Thread {
                board.work(body)
                group.leave()
            }
            thread.name = "plumb-worker-\(number)"
            thread.stackSize = 1 << 20
            thread.start()
        }
        group.wait()
        return board.collected()
    }
}

/// The list of items that the worker threads share.
private final class Board<Item: Sendable, Key: Hashable & Sendable, Result: Sendable>:
    @unchecked Sendable
{
    private let condition = NSCondition()
    private let items: [Item]
    private let keys: [Key]
    private let perKey: Int
    private var waiting: [Key: ArraySlice<Int>] = [:]
    private var order: [Key] = []
    private var running: [Key: Int] = [:]
    private var remaining: Int
    private var results: [Result?]

    init(items: [Item], keys: [Key], perKey: Int) {
        self.items = items
        self.keys = keys
        self.perKey = perKey
        remaining = items.count
        results = Array(repeating: nil, count: items.count)
        var byKey: [Key: [Int]] = [:]
        for (index, key) in keys.enumerated() {
            if byKey[key] == nil { order.append(key) }
            byKey[key, default: []].append(index)
        }
        waiting = byKey.mapValues { $0[...] }
    }

    func work(_ body: (Item) -> Result) {
        while let index = take() {
            let result = body(items[index])
            finish(index, result)
        }
    }

    func collected() -> [Result] {
        condition.lock()
        defer { condition.unlock() }
        return results.compactMap { $0 }
    }

    /// The next item whose key is below its limit; nil when none is left to start.
    private func take() -> Int? {
        condition.lock()
        defer { condition.unlock() }
        while remaining > 0 {
            for (place, key) in order.enumerated()
            where running[key, default: 0] < perKey && !(waiting[key]?.isEmpty ?? true) {
                let index = waiting[key]?.popFirst()
                running[key, default: 0] += 1
                remaining -= 1
                // Keys take turns, so that one server does not keep all the threads.
                order.append(order.remove(at: place))
                return index
            }
            condition.wait()
        }
        return nil
    }

    private func finish(_ index: Int, _ result: Result) {
        condition.lock()
        defer { condition.unlock() }
        results[index] = result
        running[keys[index], default: 1] -= 1
        condition.broadcast()
    }
}
