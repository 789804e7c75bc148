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
        map(items, total: total, limit: { _ in perKey }, key: key, hands: { _ in 1 }) { item, _ in
            body(item)
        }
    }

    /// The same where the work on one item can be shared: `body` may call threads that have
    /// nothing else to do to its ``Crew``. They count towards both limits.
    ///
    /// - Parameters:
    ///   - limit: how many may work under a key, one at least; asked whenever one could begin.
    ///   - hands: how many threads could work on an item at once.
    package static func map<Item: Sendable, Key: Hashable & Sendable, Result: Sendable>(
        _ items: [Item], total: Int, limit: @escaping @Sendable (Key) -> Int,
        key: (Item) -> Key, hands: (Item) -> Int,
        _ body: @escaping @Sendable (Item, Crew) -> Result
    ) -> [Result] {
        guard !items.isEmpty else { return [] }
        let board = Board<Item, Key, Result>(
            items: items, turns: Turns(items.map(key), limit: limit))
        var count = 0
        for item in items where count < total { count += max(1, hands(item)) }
        let group = DispatchGroup()
        for number in 0..<min(max(1, total), count) {
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
    CrewBoard, @unchecked Sendable
{
    /// What a thread does next: an item, or help with one that another thread works on.
    private enum Duty {
        case item(Int)
        case help(CrewCall, item: Int)
    }

    private let condition = NSCondition()
    private let items: [Item]
    private var turns: Turns<Key>
    private var unfinished: Int
    private var results: [Result?]
    /// By item, those that want help now.
    private var calls: [Int: CrewCall] = [:]

    init(items: [Item], turns: Turns<Key>) {
        self.items = items
        self.turns = turns
        unfinished = items.count
        results = Array(repeating: nil, count: items.count)
    }

    func work(_ body: (Item, Crew) -> Result) {
        var duty = next { _ in }
        while let current = duty {
            switch current {
            case .item(let item):
                let result = body(items[item], Crew(board: self, item: item))
                duty = next { board in board.finish(item, result) }
            case .help(let call, let item):
                call.work()
                duty = next { board in
                    board.turns.leavePlace(in: board.turns.lane(of: item))
                    call.helpers.leave()
                }
            }
        }
    }

    func collected() -> [Result] {
        condition.lock()
        defer { condition.unlock() }
        return results.compactMap { $0 }
    }

    /// Gives back what the thread did before, and waits for its next duty; nil when all is done.
    private func next(after giveBack: (Board) -> Void) -> Duty? {
        condition.lock()
        defer { condition.unlock() }
        giveBack(self)
        while unfinished > 0 {
            if let duty = take() {
                // One thread wakes the next as long as there is something for it.
                if turns.hasTurn || callThatCanBeHeard != nil { condition.signal() }
                return duty
            }
            condition.wait()
        }
        return nil
    }

    /// An item whose key is below its limit; where there is none, somebody who wants help.
    private func take() -> Duty? {
        if let item = turns.take() { return .item(item) }
        guard let (item, call) = callThatCanBeHeard else { return nil }
        turns.takePlace(in: turns.lane(of: item))
        call.wanted -= 1
        call.helpers.enter()
        return .help(call, item: item)
    }

    /// Somebody who wants help, and whose key is below its limit. There are no more calls than
    /// threads.
    private var callThatCanBeHeard: (item: Int, call: CrewCall)? {
        calls.first { $0.value.wanted > 0 && turns.hasPlace(in: turns.lane(of: $0.key)) }
            .map { ($0.key, $0.value) }
    }

    private func finish(_ item: Int, _ result: Result) {
        results[item] = result
        calls[item] = nil
        turns.leavePlace(in: turns.lane(of: item))
        unfinished -= 1
        if unfinished == 0 { condition.broadcast() }
    }

    func call(_ count: Int, to item: Int, _ work: @escaping @Sendable () -> Void) {
        condition.lock()
        defer { condition.unlock() }
        let call = calls[item] ?? CrewCall(work)
        // Those that came may still ask for others, while they are waited for.
        guard !call.isOver else { return }
        calls[item] = call
        call.wanted = count
        // Who gives a place back looks for calls itself.
        if count > 0, turns.hasPlace(in: turns.lane(of: item)) { condition.signal() }
    }

    func dismiss(from item: Int) {
        condition.lock()
        let call = calls[item]
        call?.isOver = true
        call?.wanted = 0
        condition.unlock()
        guard let call else { return }
        call.helpers.wait()
        condition.lock()
        calls[item] = nil
        condition.unlock()
    }
}
