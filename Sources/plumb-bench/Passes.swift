import Execution
import Foundation
import Observed
import Reconciler
import Reports

/// Measures how long each stage of a pass takes, by the names that the pass reports.
final class StageTimes: Sendable {
    private let state = Lock(State())

    private struct State {
        var marks: [(name: String, at: UInt64)] = []
    }

    func begin(_ name: String) {
        // The first word is the stage: "observing 1000 shards".
        let word = name.split(separator: " ").first.map(String.init) ?? name
        state.withLock { $0.marks.append((word, DispatchTime.now().uptimeNanoseconds)) }
    }

    /// Ends the last stage and returns all of them in order, in seconds.
    func finish() -> [(name: String, seconds: Double)] {
        let end = DispatchTime.now().uptimeNanoseconds
        let marks = state.withLock { $0.marks }
        return marks.enumerated().map { index, mark in
            let next = index + 1 < marks.count ? marks[index + 1].at : end
            return (mark.name, Double(next - mark.at) / 1e9)
        }
    }

    static func text(_ stages: [(name: String, seconds: Double)]) -> String {
        stages.map { "\($0.name) \(Text.seconds($0.seconds))" }.joined(separator: ", ")
    }
}

/// Passes of the product over the fleet, as its commands run them.
struct Passes {
    let fleet: BenchFleet
    /// What stands in for the servers; nil without it.
    var access: (any FleetAccess)?

    struct Done<Value> {
        let value: Value
        let context: ReconcileContext
        let seconds: Double
        let stages: [(name: String, seconds: Double)]
    }

    /// A whole reconcile pass; after `limitSeconds` it begins no more operations.
    func reconcile(
        _ branch: BenchFleet.Branch, mode: Observer.Mode, context: ReconcileContext? = nil,
        limitSeconds: Double? = nil
    ) throws -> Done<ReconcileReport> {
        try timed(branch, mode, context, limitSeconds) { try ReconcilePass(pass: $0).run() }
    }

    /// The first half of a pass, which is the work of `plumb plan`.
    func plan(
        _ branch: BenchFleet.Branch, mode: Observer.Mode, context: ReconcileContext? = nil
    ) throws -> Done<PlanningPass.Result> {
        try timed(branch, mode, context, nil) { try $0.plan() }
    }

    private func timed<Value>(
        _ branch: BenchFleet.Branch, _ mode: Observer.Mode, _ context: ReconcileContext?,
        _ limitSeconds: Double?, _ body: (PassContext) throws -> Value
    ) throws -> Done<Value> {
        let times = StageTimes()
        let interrupt = Interrupt()
        if let limitSeconds {
            DispatchQueue.global().asyncAfter(deadline: .now() + limitSeconds) {
                interrupt.raise()
            }
        }
        var hooks = PassHooks(interrupt: interrupt, stage: { times.begin($0) })
        hooks.access = access
        let (seconds, result) = try Stopwatch.time {
            let pass = try PassContext.open(
                fleet.request(branch, mode: mode), hooks, context: context)
            return (try body(pass), pass.context)
        }
        return Done(value: result.0, context: result.1, seconds: seconds, stages: times.finish())
    }
}
