@testable import Desired
import Schema
import Testing

@testable import Reconciler

@Suite("Waves: canaries first, every shard once")
struct WavesTests {
    private func shards(_ count: Int) -> [ShardID] {
        (0..<count).map { ShardID(namespace: "n", shard: "s\(100 + $0)") }
    }

    struct Case: Sendable {
        let count: Int
        let sizes: [Wave.Size]
        let waves: [Int]
    }

    @Test(arguments: [
        Case(count: 24, sizes: [], waves: [24]),
        Case(count: 24, sizes: [.shards(1), .percent(10), .percent(100)], waves: [1, 2, 21]),
        Case(count: 3, sizes: [.percent(10), .percent(100)], waves: [1, 2]),
        Case(count: 1, sizes: [.shards(1), .percent(100)], waves: [1]),
        Case(count: 10, sizes: [.shards(4), .percent(10)], waves: [4, 6]),
        Case(count: 10, sizes: [.percent(50), .shards(100)], waves: [5, 5]),
        Case(count: 0, sizes: [.shards(1)], waves: []),
    ])
    func cuts(_ sample: Case) {
        let all = shards(sample.count)
        let waves = Waves.cut(all, into: sample.sizes.map { Wave(size: $0, bakeSeconds: 60) })
        #expect(waves.map(\.shards.count) == sample.waves)
        #expect(waves.flatMap(\.shards) == all)
    }
}
