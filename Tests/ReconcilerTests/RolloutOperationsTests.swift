import Basics
import Diff
import Model
import Schema
import TestSupport
import Testing

@Suite("What is open of a rollout is kept with its operations, whoever changes one")
struct RolloutOperationsTests {
    private static let start = RolloutProgressTests.start

    private static func keys(_ count: Int) -> [OperationKey] {
        (0..<count).map { number in
            OperationKey(
                shard: ShardID(namespace: "commerce", shard: "s\(number / 2)"),
                object: ObjectName(.table, "t\(number % 2)"))
        }
    }

    /// Anything that a record may say; often that it is done, so that later waves are met.
    private static func operation(
        _ key: OperationKey, _ random: inout SeededGenerator
    ) -> OperationRecord {
        let state = random.maybe(40, [.completed]) ?? random.any(OperationState.allCases)
        var record = OperationRecord(key: key, state: state, from: digest("a"), to: digest("b"))
        let times = (0..<3).map { start.adding(seconds: Int64($0) * 300).iso }
        record.nextAttemptAt = random.maybe(30, times)
        if state.isTerminal { record.endedAt = random.maybe(90, times) }
        record.engine = random.maybe(30, [EngineName(rawValue: "copying")])
        return record
    }

    private static func rollout(
        _ keys: [OperationKey], _ random: inout SeededGenerator
    ) -> RolloutRecord {
        var waves: [[OperationKey]] = []
        var rest = keys[...]
        while !rest.isEmpty {
            let count = random.chance(30) ? rest.count : Int.random(in: 0...2, using: &random)
            waves.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        var record = RolloutRecord(
            id: "r1", plan: digest("plan"), policy: random.any(FailurePolicy.allCases),
            waves: waves, bakeSeconds: waves.map { _ in random.any([0, 600]) },
            startedAt: start.iso, actor: "ada")
        record.cutover = random.any(CutoverPolicy.allCases)
        record.maxFailures = random.maybe(50, [2])
        return record
    }

    private static func cutovers(
        _ keys: [OperationKey], _ random: inout SeededGenerator
    ) -> [CutoverRequest] {
        guard random.chance(50) else { return [] }
        let shards = random.maybe(50, [keys.prefix(3).map(\.shardID)])
        return [CutoverRequest(actor: "ada", reason: "now", at: start.iso, shards: shards)]
    }

    @Test("kept while operations change, it says what one says that is made anew")
    func kept() {
        var met: Set<String> = []
        for seed in Rounds.seeds(100) {
            var random = SeededGenerator(seed: UInt64(seed))
            let keys = Self.keys(random.chance(20) ? 200 : Int.random(in: 1...7, using: &random))
            let record = Self.rollout(keys, &random)
            let cutovers = Self.cutovers(keys, &random)
            let progress = RolloutProgress(record, cutovers: cutovers)
            var known: [OperationKey: OperationRecord] = [:]
            for key in keys where random.chance(90) { known[key] = Self.operation(key, &random) }
            var kept = RolloutOperations(record, known)
            let held = Set(keys.filter { _ in random.chance(20) })
            for _ in 0..<12 {
                let key = random.any(keys)
                let operation = random.chance(90) ? Self.operation(key, &random) : nil
                known[key] = operation
                kept[key] = operation
                let now = Self.start.adding(seconds: Int64(random.any([0, 300, 600, 1200])))
                let next = progress.next(kept, now: now) { !held.contains($0) }
                #expect(
                    next == progress.next(known, now: now) { !held.contains($0) }, "seed \(seed)")
                met.insert(String("\(next)".prefix { $0 != "(" }))
            }
            #expect(kept.failures == known.values.count { $0.state == .failed })
            #expect(
                kept.open == keys.filter { known[$0].map { !$0.state.isTerminal } ?? false })
            #expect(
                Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) }) == known)
        }
        #expect(met.count == 10, "\(met)")
    }

    @Test("only what is open is asked whether it may start, however much has ended")
    func cost() {
        let keys = Self.keys(1000)
        var record = RolloutRecord(
            id: "r1", plan: digest("plan"), policy: .halt,
            waves: [Array(keys.prefix(500)), Array(keys.dropFirst(500))], bakeSeconds: [600, 0],
            startedAt: Self.start.iso, actor: "ada")
        var operations: [OperationKey: OperationRecord] = [:]
        for (place, key) in keys.enumerated() {
            let state = place < 997 ? OperationState.completed : .pending
            operations[key] = OperationRecord(
                key: key, state: state, from: digest("a"), to: digest("b"))
        }
        for cutover in [CutoverPolicy.rolling, .barrier] {
            record.cutover = cutover
            var asked: [OperationKey] = []
            let next = RolloutProgress(record).next(
                RolloutOperations(record, operations), now: Self.start
            ) {
                asked.append($0)
                return true
            }
            #expect(next == .run(wave: 1, Array(keys.suffix(3))))
            #expect(asked == Array(keys.suffix(3)))
        }
    }
}
