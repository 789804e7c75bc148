import Basics
import Model
import Reconciler
import Reports
import Schema

/// One simulated history of a fleet, which a seed repeats exactly: processes run, die and are
/// followed by others, people act in between, and in the end everything has to come right.
package struct Simulation {
    /// What came of it.
    package struct Outcome: Sendable {
        package let seed: UInt64
        /// What must never have been; empty where all is well.
        package let violations: [String]
        package let effects: Int
        package let statements: Int
        package let commits: Int
        package let kills: Int
        package let operations: Int
        package let passes: Int
        package let finalizers: Int
        /// Which of the effects were statements, counted from 1.
        package let statementPlaces: [Int]
        /// What happened, where that was asked for.
        package let diary: [String]
    }

    private let world: World

    /// - Parameters:
    ///   - threads: how many operations run at once; what happens is repeated exactly with one.
    ///   - keepsDiary: whether the outcome tells what happened.
    package init(seed: UInt64, threads: Int = 1, keepsDiary: Bool = false) throws {
        world = try World(seed: seed, threads: threads)
        world.keepsDiary = keepsDiary
    }

    /// Runs it to its end.
    package func run() -> Outcome {
        let people = People(world)
        for round in 0..<(world.conditions.swings ? 8 : world.number(2...5))
        where world.violations.isEmpty {
            if world.conditions.swings {
                people.swing(round)
            } else if world.chance(800) {
                people.commit()
            }
            for _ in 0..<world.number(0...2) { people.act() }
            runProcess()
            world.auditor.auditRest()
            world.pass(seconds: Int64(world.any([0, 1, 10, 100, 1_000])))
        }
        if world.violations.isEmpty { Settling(world).run() }
        return Self.outcome(of: world)
    }

    static func outcome(of world: World) -> Outcome {
        Outcome(
            seed: world.seed, violations: world.violations, effects: world.count.effects,
            statements: world.count.statements, commits: world.count.commits,
            kills: world.count.kills, operations: world.count.operations,
            passes: world.count.passes, finalizers: world.count.finalizers,
            statementPlaces: world.statementPlaces, diary: world.diary)
    }

    private func runProcess() {
        let process = SimulatedProcess(world)
        process.hasEngine = world.conditions.copiedTables.isEmpty || !world.chance(50)
        var order = SimulatedProcess.Order()
        order.waitsForBakes = world.chance(500)
        order.heals = world.chance(100)
        if world.chance(150) { order.shards = [world.any(world.shards.keys.sorted()).shard] }
        if world.chance(200) {
            process.daemon(passes: world.number(1...4))
        } else {
            let result = process.reconcile(order)
            world.note("process \(process.number) ended: \(result.map(\.exitStatus))")
        }
        process.leave()
    }
}

/// The end of a history: nothing fails any more, people release and approve what waits, and a few
/// passes have to bring every shard to git, or say what holds it.
struct Settling {
    private let world: World

    init(_ world: World) { self.world = world }

    /// How many passes may be needed.
    private static let limit = 16

    func run() {
        world.locked {
            world.isMean = false
            world.isDiskFull = false
            world.killsAt = nil
        }
        world.locked { world.programs = [:] }
        for id in world.shards.keys.sorted() {
            world.endStatements(on: id, atOnce: true)
            world.locked {
                world.shards[id]?.downUntil = 0
                world.shards[id]?.takenUntil = 0
                world.shards[id]?.busyUntil = 0
                world.shards[id]?.isUnwell = false
            }
        }
        var last: ReconcileReport?
        var before: ObjectID?
        for round in 0..<Self.limit {
            before = world.auditor.tip
            let people = PeopleRequests(world: world)
            people.unlock()
            people.resume()
            people.start()
            people.release()
            people.cutOver(ofAll: true)
            people.retryFinalizers(isLast: round > Self.limit / 2)
            for step in last?.plan.steps ?? [] where step.holds.contains(where: \.isOpen) {
                People(world).decide(.approve, [step.approval.hex])
            }
            if let opening = world.fleet.policy.changeWindows.nextOpening(after: world.time.date) {
                world.pass(seconds: Timestamp(opening).secondsSince1970 - world.secondsNow)
            }
            last = pass()
            world.auditor.auditRest()
            guard world.violations.isEmpty else { return }
            if let last, isSettled(last), before == world.auditor.tip { break }
        }
        guard let last, isSettled(last), before == world.auditor.tip else {
            return world.fail(
                "not settled after \(Self.limit) passes: \(last.map(describe) ?? "no report")")
        }
        compare(last)
        let tip = world.auditor.tip
        let again = pass()
        if world.auditor.tip != tip { world.fail("a pass with nothing to do wrote") }
        if again?.exitStatus != last.exitStatus {
            world.fail("\(last.exitStatus) and then \(again.map(describe) ?? "no report")")
        }
    }

    private func pass() -> ReconcileReport? {
        let process = SimulatedProcess(world)
        let result = process.reconcile()
        process.leave()
        switch result {
        case .success(let report):
            world.note("settling: \(describe(report))")
            return report
        case .failure(let error):
            world.fail("a pass without faults failed: \(error)")
            return nil
        }
    }

    /// Holds that last until somebody changes git or the policy.
    private static let lasting: Set<String> = ["drift", "denied", "refused"]

    private func isSettled(_ report: ReconcileReport) -> Bool {
        let holds = report.plan.steps.flatMap(\.holds)
        guard holds.allSatisfy({ Self.lasting.contains($0.code) }), report.recovered.isEmpty else {
            return false
        }
        // An operation that is held for good keeps the later waves of its rollout waiting.
        let isKept = !holds.isEmpty && report.rollout.state?.isTerminal == false
        let isHeld = report.plan.steps.allSatisfy { step in
            Set(step.holds.flatMap(\.shards)) == Set(step.step.shards)
        }
        return (isHeld || isKept) && (report.exitStatus == .done || !holds.isEmpty)
    }

    private func describe(_ report: ReconcileReport) -> String {
        let steps = report.plan.steps.map { step in
            "\(step.step.object) on \(step.step.shards) held: \(step.holds.map(\.code))"
        }
        return "\(report.exitStatus) \(report.rollout.state.map(\.rawValue) ?? "-") "
            + "\(report.rollout.message ?? "") \(steps)"
    }

    /// Every table of which nothing is held is what git says.
    private func compare(_ report: ReconcileReport) {
        var held: Set<OperationKey> = []
        for step in report.plan.steps {
            for shard in step.step.shardIDs {
                held.insert(OperationKey(shard: shard, object: step.step.object))
            }
        }
        for step in report.plan.steps {
            for shard in step.holds.filter({ $0.code == "drift" }).flatMap(\.shards) {
                let id = ShardID(namespace: step.step.namespace, shard: shard)
                let key = OperationKey(shard: id, object: step.step.object)
                guard !world.touched.contains(key) else { continue }
                world.fail("\(key) is held as drift, and nobody changed it by hand")
            }
        }
        for (id, shard) in world.shards.sorted(by: { $0.key < $1.key }) {
            for table in 0..<world.conditions.tableCount {
                let wanted = world.auditor.wanted(table, on: id)
                guard shard.tables[table] != wanted else { continue }
                let key = OperationKey(shard: id, object: ObjectName(.table, Shape.name(table)))
                // A table that git never had is nobody's.
                if held.contains(key) || wanted == nil { continue }
                world.fail("\(key) is \(shard.tables[table] as Any), not \(wanted as Any)")
            }
        }
        world.auditor.auditReverts(but: held)
        if !world.auditor.openRollouts.isEmpty, held.isEmpty {
            world.fail("a rollout is open, and nothing is left to do")
        }
        for place in world.auditor.finalizersAtWork where held.isEmpty {
            world.fail("the finalizer \(place) has not ended")
        }
        if world.auditor.hasPending { world.fail("a pending record is left") }
        for shard in world.shards.values.sorted(by: { $0.id < $1.id }) {
            for place in shard.copies.values.map(\.place) + shard.former.values {
                world.fail("\(shard.id): \(shard.leftovers(of: place)) of \(place) is left")
            }
        }
    }
}

extension PlanReport.HoldReport {
    /// Whether an approval would end it.
    fileprivate var isOpen: Bool { code == "approval" }
}
