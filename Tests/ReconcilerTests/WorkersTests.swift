import Execution
import Foundation
import Testing

@Suite("Work on threads, bounded in total and for each key")
struct WorkersTests {
    /// How many are at work, and how many there were at most: over all, and by key.
    private struct Load {
        var running: [Int: Int] = [:]
        var most: [Int: Int] = [:]
        var mostInAll = 0

        mutating func begin(_ key: Int) {
            running[key, default: 0] += 1
            most[key] = max(most[key] ?? 0, running[key] ?? 0)
            mostInAll = max(mostInAll, running.values.reduce(0, +))
        }

        mutating func end(_ key: Int) { running[key, default: 0] -= 1 }
    }

    @Test("every item once, results in order, both limits reached and kept")
    func limits() {
        let load = Lock(Load())
        let items = (0..<60).map { (number: $0, key: $0 < 40 ? 0 : $0 % 5) }
        let results = Workers.map(items, total: 6, perKey: 2, key: \.key) { item in
            load.withLock { $0.begin(item.key) }
            // The first ones wait for each other, so that the limit is reached for sure.
            while load.withLock({ $0.mostInAll < 6 }) { usleep(100) }
            load.withLock { $0.end(item.key) }
            return item.number
        }
        #expect(results == Array(0..<60))
        #expect(load.withLock { $0.mostInAll } == 6)
        #expect(load.withLock { $0.most.values.max() } == 2)
    }

    @Test("keys take turns, however many items one of them has")
    func turns() {
        let seen = Lock<[Int]>([])
        let keys = Array(repeating: 0, count: 5) + [1, 2, 1]
        _ = Workers.map(keys, total: 1, perKey: 1, key: { $0 }) { key in
            seen.withLock { $0.append(key) }
        }
        #expect(seen.withLock { $0 } == [0, 1, 2, 0, 1, 0, 0, 0])
    }

    @Test(
        "the cost of an item does not grow with keys or items",
        arguments: [(keys: 60_000, items: 60_000), (keys: 20_000, items: 60_000)])
    func linear(keys: Int, items: Int) {
        // The first key has all the items that the others leave.
        let list = (0..<items).map { max(0, $0 - (items - keys)) }
        let start = Date()
        let results = Workers.map(list, total: 4, perKey: 1, key: { $0 }) { $0 }
        #expect(results == list)
        // Where each looks through the keys it takes minutes.
        #expect(Date().timeIntervalSince(start) < 20)
    }

    @Test("threads without work help with one item, within both limits, and are waited for")
    func crew() {
        for (total, perKey, helpers) in [(8, 4, 3), (3, 8, 2), (8, 1, 0), (1, 4, 0)] {
            let load = Lock(Load())
            let ended = Lock(0)
            let come = Lock(0)
            _ = Workers.map(
                [7], total: total, limit: { _ in perKey }, key: { $0 }, hands: { _ in 10 }
            ) {
                key, crew in
                load.withLock { $0.begin(key) }
                crew.call(10) {
                    load.withLock { $0.begin(key) }
                    come.withLock { $0 += 1 }
                    while come.withLock({ $0 < helpers }) { usleep(100) }
                    load.withLock { $0.end(key) }
                    ended.withLock { $0 += 1 }
                }
                while come.withLock({ $0 < helpers }) { usleep(100) }
                crew.dismiss()
                let count = ended.withLock { $0 }
                crew.dismiss()
                #expect(count >= helpers && ended.withLock { $0 } == count)
                load.withLock { $0.end(key) }
            }
            #expect(load.withLock { $0.mostInAll } == helpers + 1)
        }
    }

    @Test("no more come than were called, and items go before help")
    func itemsFirst() {
        let order = Lock<[String]>([])
        _ = Workers.map([0, 1, 2], total: 2, limit: { _ in 2 }, key: { _ in 0 }, hands: { _ in 2 })
        {
            item, crew in
            guard item == 0 else { return order.withLock { $0.append("item \(item)") } }
            crew.call(1) { order.withLock { $0.append("help") } }
            while order.withLock({ $0.count < 3 }) { usleep(100) }
            crew.call(0) {}
            crew.dismiss()
        }
        #expect(order.withLock { $0 } == ["item 1", "item 2", "help"])
    }

    @Test("a limit that rises lets more begin, and one that sinks keeps those that have not begun")
    func changingLimit() {
        let limit = Lock(1)
        let load = Lock(Load())
        let most = Lock<[Int]>([])
        _ = Workers.map(
            Array(0..<9), total: 8, limit: { _ in limit.withLock { $0 } }, key: { _ in 0 },
            hands: { _ in 1 }
        ) { item, _ in
            load.withLock { $0.begin(0) }
            switch item {
            case 0: limit.withLock { $0 = 4 }
            case 1...4:
                // All four are at work at once, before the limit sinks.
                while load.withLock({ $0.mostInAll < 4 }) { usleep(100) }
                limit.withLock { $0 = 1 }
            default: most.withLock { $0.append(load.withLock { $0.running[0] ?? 0 }) }
            }
            if item > 4 { usleep(1000) }
            load.withLock { $0.end(0) }
        }
        #expect(load.withLock { $0.mostInAll } == 4)
        #expect(most.withLock { $0 }.last == 1)
    }
}
