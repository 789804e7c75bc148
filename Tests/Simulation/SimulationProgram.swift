import Foundation

/// What `make simulate` runs: many seeds, or one with all that happens in it.
package enum SimulationProgram {
    private struct Options {
        var first: UInt64 = 1
        var count = 1_000
        var threads = 1
        var tells = false
    }

    /// Returns the exit status: 1 where a seed violates something.
    ///
    /// - Parameter arguments: `[--seed N] [--seeds COUNT] [--threads N] [--tell]`.
    package static func run(_ arguments: [String]) -> Int32 {
        if arguments == ["--sweep"] { return sweep() }
        guard let options = options(arguments) else {
            print(
                "usage: plumb-simulate [--seed FIRST] [--seeds COUNT] [--threads N] [--tell] | --sweep"
            )
            return 64
        }
        let start = Date()
        var whole = SimulationTotals()
        for seed in options.first..<options.first + UInt64(options.count) {
            let outcome: Simulation.Outcome
            do {
                outcome = try Simulation(
                    seed: seed, threads: options.threads, keepsDiary: options.tells
                ).run()
            } catch {
                print("seed \(seed): the world could not be made: \(error)")
                return 1
            }
            whole.add(outcome)
            if whole.seeds % 2_000 == 0 {
                print(whole.line(seconds: Date().timeIntervalSince(start)))
                fflush(nil)
            }
            if options.tells { outcome.diary.forEach { print($0) } }
            guard outcome.violations.isEmpty else {
                outcome.violations.forEach { print("seed \(seed): \($0)") }
                print("again with: make simulate SEED=\(seed)")
                print(whole.line(seconds: Date().timeIntervalSince(start)))
                return 1
            }
        }
        print(whole.line(seconds: Date().timeIntervalSince(start)))
        return 0
    }

    /// Kills at each durable effect of a story.
    private static func sweep() -> Int32 {
        do {
            let sweep = KillSweep()
            let whole = try sweep.run(killAt: nil, .isNotSent)
            whole.violations.forEach { print("without a kill: \($0)") }
            var failed = !whole.violations.isEmpty
            for statement in KillSweep.Statement.allCases {
                for place in sweep.places(in: whole, statement) {
                    let outcome = try sweep.run(killAt: place, statement)
                    failed = failed || !outcome.violations.isEmpty
                    outcome.violations.forEach { print("killed at \(place), \(statement): \($0)") }
                }
            }
            print("\(whole.effects) effects, \(whole.statementPlaces.count) of them statements")
            return failed ? 1 : 0
        } catch {
            print("the story could not be told: \(error)")
            return 1
        }
    }

    private static func options(_ arguments: [String]) -> Options? {
        var options = Options()
        var rest = arguments[...]
        while let word = rest.popFirst() {
            if word == "--tell" {
                options.tells = true
                continue
            }
            guard let value = rest.popFirst().flatMap({ UInt64($0) }) else { return nil }
            switch word {
            case "--seed":
                options.first = value
                options.count = 1
            case "--from": options.first = value
            case "--seeds": options.count = Int(value)
            case "--threads": options.threads = Int(value)
            default: return nil
            }
        }
        return options
    }
}

/// What many simulations came to.
package struct SimulationTotals: Sendable {
    fileprivate var seeds = 0
    private var effects = 0
    private var statements = 0
    private var commits = 0
    private var kills = 0
    private var operations = 0
    private var passes = 0
    private var finalizers = 0

    package init() {}

    package mutating func add(_ outcome: Simulation.Outcome) {
        seeds += 1
        effects += outcome.effects
        statements += outcome.statements
        commits += outcome.commits
        kills += outcome.kills
        operations += outcome.operations
        passes += outcome.passes
        finalizers += outcome.finalizers
    }

    package func line(seconds: Double) -> String {
        let rate = Double(seeds) / max(seconds, 0.001)
        return
            "\(seeds) seeds, \(passes) passes, \(operations) operations, \(statements) statements, "
            + "\(finalizers) finalizers, \(commits) commits, \(kills) kills, \(Int(rate.rounded())) seeds per second"
    }
}
