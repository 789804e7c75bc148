import TestSupport
import Testing

/// Views, triggers, routines, events and sequences, from any schema to any other, on real servers.
@Suite struct RandomObjectTests {
    /// Pairs in one schema repository: fewer passes, the same statements.
    private static let pairs = 6

    @Test(arguments: TestServer.available, Rounds.seeds(1))
    func reachesRandomObjects(kind: TestServer.Kind, block: Int) throws {
        let fleet = try TransitionFleet(kind)
        defer { try? fleet.clear() }
        for seed in block * Self.pairs..<(block + 1) * Self.pairs {
            var random = RandomObjects(seed: seed, flavour: kind.flavour)
            let pair = random.pair()
            try fleet.add("seed \(seed)", from: pair.from, to: pair.to)
        }
        for fault in try fleet.run() { Issue.record("\(fault)") }
    }
}
