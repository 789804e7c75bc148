import Basics
import Model
import Reconciler

/// The programs and procedures that run after the shards of a world, as one process starts them.
struct SimulatedFinalizers: FinalizerPort {
    let world: World
    let process: SimulatedProcess

    private static let place = ProcessRecord.Place(
        host: "worker", machine: "1", boot: "1", namespace: "pid:[4026531836]")

    func presence(of record: ProcessRecord) -> ProcessRecord.Presence {
        if process.isUnlucky(.reading) { return .unknown("another machine") }
        return world.locked { world.programs[record.number] ?? 0 > world.secondsNow }
            ? .present : .over
    }

    func prepared(_ record: FinalizerRecord, _ document: FinalizerDocument) -> FinalizerRun {
        let place = LedgerMirror.FinalizerPlace(
            rollout: document.rollout, namespace: document.namespace)
        let number = Int32(process.newSession())
        guard record.call == nil else {
            return FinalizerRun(process: nil) { (call(place, number), "") }
        }
        return FinalizerRun(
            process: ProcessRecord(
                place: Self.place, number: number, startTicks: UInt64(number))
        ) { (run(place, number), "") }
    }

    /// A lock of the server's keeps a second call away while the first one goes on.
    private func call(
        _ place: LedgerMirror.FinalizerPlace, _ number: Int32
    ) -> FinalizerMachine.Attempt {
        let isTaken = world.locked { world.programs.values.contains { $0 > world.secondsNow } }
        return isTaken ? .retryable("an earlier run of it still goes on") : run(place, number)
    }

    private func run(
        _ place: LedgerMirror.FinalizerPlace, _ number: Int32
    ) -> FinalizerMachine.Attempt {
        guard !process.isDead else { return .lost("the process is dead") }
        if process.diesNow() {
            let fate = world.killsAt == nil ? world.any([Fate.isNotBegun, .ends, .goesOn]) : .ends
            world.note("\(place) - dies: \(fate)")
            if fate != .isNotBegun { world.auditor.began(place, by: process) }
            if fate == .goesOn {
                let until = world.secondsNow + Int64(world.any([2, 60, 600]))
                world.locked { world.programs[number] = until }
            }
            process.die()
            return .lost("the process is dead")
        }
        world.auditor.began(place, by: process)
        world.pass(seconds: Int64(world.number(0...3)))
        process.moment()
        let attempt = world.any(isMean ? Self.endings : [.exited(0, complaint: "")])
        world.note("\(place) by process \(process.number): \(attempt)")
        world.auditor.ended(place, attempt)
        return attempt
    }

    private enum Fate { case isNotBegun, ends, goesOn }

    private var isMean: Bool { world.isMean && world.chance(3 * world.conditions.meanness) }

    private static let endings: [FinalizerMachine.Attempt] = [
        .exited(0, complaint: ""), .exited(1, complaint: "no"),
        .exited(FinalizerMachine.retryStatus, complaint: "later"), .retryable("deadlock"),
        .unknown("the connection was lost"),
    ]
}
