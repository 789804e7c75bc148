import Simulation
import TestSupport
import Testing

@Suite("The whole reconciler, simulated")
struct SimulationTests {
    @Test("no seed breaks a rule, and every one comes right in the end", arguments: 0..<2)
    func seeds(_ half: Int) throws {
        for seed in Rounds.seeds(80) where seed % 2 == half {
            let outcome = try Simulation(seed: UInt64(seed)).run()
            #expect(outcome.violations == [], "make simulate SEED=\(seed)")
        }
    }

    @Test("operations of several threads at once break no rule")
    func threads() throws {
        for seed in Rounds.seeds(4) {
            let outcome = try Simulation(seed: UInt64(seed), threads: 4).run()
            #expect(outcome.violations == [], "seed \(seed)")
        }
    }

    @Test("the same seed is the same history")
    func replays() throws {
        let outcomes = try (0..<2).map { _ in try Simulation(seed: 6, keepsDiary: true).run() }
        #expect(outcomes[0].diary.count > 20)
        #expect(outcomes[0].diary == outcomes[1].diary)
    }

    @Test(
        "killed at any durable effect, the next run goes on, and nothing is done twice",
        arguments: KillSweep.Statement.allCases)
    func sweep(_ statement: KillSweep.Statement) throws {
        let sweep = KillSweep()
        let whole = try sweep.run(killAt: nil, statement)
        #expect(whole.violations == [] && whole.kills == 0)
        #expect(whole.statementPlaces.count > 20 && whole.effects > 80)
        for place in sweep.places(in: whole, statement, step: 4) {
            let outcome = try sweep.run(killAt: place, statement)
            #expect(outcome.violations == [], "at \(place)")
            #expect(outcome.kills == 1, "at \(place)")
        }
    }
}
