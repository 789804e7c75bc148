import Schema

/// A story without any other fault, in which the process is killed at one durable effect: each
/// write of the ledger and each statement is one, in the order in which they come.
package struct KillSweep {
    private let seed: UInt64

    /// What becomes of a statement whose process is killed: it never arrived, or the server goes on
    /// with it, or gives it up, later.
    package enum Statement: String, CaseIterable, Sendable {
        case isNotSent, takesEffectLater, isGivenUpLater

        fileprivate var effect: SimulatedProcess.Effect {
            switch self {
            case .isNotSent: .none
            case .takesEffectLater: .later
            case .isGivenUpLater: .never
            }
        }
    }

    package init(seed: UInt64 = 1) { self.seed = seed }

    /// The effects to kill at. Where it is no statement, what becomes of one makes no difference.
    ///
    /// - Parameter step: of how many such statements one is killed at.
    package func places(
        in whole: Simulation.Outcome, _ statement: Statement, step: Int = 1
    ) -> [Int] {
        guard statement != .isNotSent else { return Array(1...whole.effects) }
        return stride(from: 0, to: whole.statementPlaces.count, by: step).map {
            whole.statementPlaces[$0]
        }
    }

    /// Runs the story, with a kill at the effect `place`, counted from 1.
    package func run(killAt place: Int?, _ statement: Statement) throws -> Simulation.Outcome {
        let world = try World(seed: seed, tame: true)
        world.killsAt = place
        world.killLeaves = statement.effect
        // Eight shards in two waves; the second table's changes are a statement for each column.
        for tables in [[1: 1], [0: 1, 1: 0b1111]] as [[Int: UInt8]] {
            world.commit(tables)
            try converge(world)
        }
        Settling(world).run()
        return Simulation.outcome(of: world)
    }

    private func converge(_ world: World) throws {
        for _ in 0..<4 {
            let process = SimulatedProcess(world)
            _ = process.reconcile()
            let isDone = !process.isDead
            process.leave()
            world.auditor.auditRest()
            if isDone { return }
        }
    }
}
