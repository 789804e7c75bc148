@testable import Desired
import Schema
import Testing

@testable import Reconciler

@Suite("Waves: canaries first, every shard once")
struct WavesTests {
    private static let server = ServerAddress.tcp(host: "db", port: 3306)
    private static let place = SourceLocation(file: "plumb.yaml", line: 1, column: 1)

    /// Of which those with the numbers in `canaries` have the label `tier: canary`.
    private func shards(_ count: Int, canaries: Set<Int> = []) -> [Shard] {
        (0..<count).map { number in
            Shard(
                id: ShardID(namespace: "n", shard: "s\(100 + number)"), server: Self.server,
                database: "d\(number)", labels: canaries.contains(number) ? ["tier": "canary"] : [:]
            )
        }
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
        #expect(waves.flatMap(\.shards) == all.map(\.id))
    }

    @Test(
        "a wave of labelled shards takes these, wherever they stand, and the next ones count them")
    func labels() {
        let selector = Selector(labels: ["tier": "canary"], shard: nil, location: Self.place)
        let waves = [.selected(selector), .shards(3), .percent(100)].map {
            Wave(size: $0, bakeSeconds: 60)
        }
        let cuts = Waves.cut(shards(8, canaries: [2, 6]), into: waves)
        #expect(
            cuts.map { $0.shards.map(\.shard) } == [
                ["s102", "s106"], ["s100"], ["s101", "s103", "s104", "s105", "s107"],
            ])
        // Where a change concerns no canary, there is no such wave.
        #expect(Waves.cut(shards(8), into: waves).map(\.shards.count) == [3, 5])
    }
}
