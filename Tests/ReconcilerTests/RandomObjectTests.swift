import TestSupport
import Testing

/// Views, triggers, routines, events and sequences, from any schema to any other, on real servers.
@Suite struct RandomObjectTests {
    /// Pairs in one schema repository: fewer passes, the same statements.
    private static let most = 12

    @Test(arguments: TestServer.available)
    func reachesRandomObjects(kind: TestServer.Kind) throws {
        let seeds = Rounds.seeds(3)
        for first in stride(from: seeds.lowerBound, to: seeds.upperBound, by: Self.most) {
            try reach(kind, seeds: first..<min(first + Self.most, seeds.upperBound))
        }
    }

    private func reach(_ kind: TestServer.Kind, seeds: Range<Int>) throws {
        let fleet = try TransitionFleet(kind)
        defer { try? fleet.clear() }
        for seed in seeds {
            var random = RandomObjects(seed: seed, flavour: kind.flavour)
            let pair = random.pair()
            try fleet.add("seed \(seed)", from: pair.from, to: pair.to)
        }
        for fault in try fleet.run() { Issue.record("\(fault)") }
    }
}
