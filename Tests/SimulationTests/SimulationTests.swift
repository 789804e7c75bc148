import Simulation
import TestSupport
import Testing

@Suite("The whole reconciler, simulated")
struct SimulationTests {
    @Test("no seed breaks a rule, and every one comes right in the end", arguments: 0..<2)
    func seeds(_ half: Int) throws {
        for seed in Rounds.seeds(40) where seed % 2 == half {
            let outcome = try Simulation(seed: UInt64(seed)).run()
            #expect(outcome.violations == [], "make simulate SEED=\(seed)")
        }
    }
}
