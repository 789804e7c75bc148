import Diff
import Model
import Schema
import Testing

@testable import Reconciler

@Suite("What a rollout that is taken back has to be")
struct RollbackMakerTests {
    private static let shards = ["s0", "s1", "s2"].map { ShardID(namespace: "commerce", shard: $0) }
    private static let orders = ObjectName(.table, "orders")

    private static func key(_ shard: Int) -> OperationKey {
        OperationKey(shard: shards[shard], object: orders)
    }

    /// A rollout of one step with an operation in each of these states; nil for none.
    private static func past(
        _ states: [OperationState?], step: PlanStep? = nil, id: String = "r1",
        startedAt: String? = "2026-11-29T12:00:00Z"
    ) -> PastRollout {
        var operations: [OperationKey: OperationRecord] = [:]
        for (number, state) in states.enumerated() {
            guard let state else { continue }
            var record = OperationRecord(
                key: key(number), state: state, from: digest("a"), to: digest("b"))
            if [.completed, .failed, .running].contains(state) { record.startedAt = startedAt }
            operations[record.key] = record
        }
        let record = RolloutRecord(
            id: id, plan: digest("plan"), policy: .halt,
            waves: [Array(operations.keys)], bakeSeconds: [0], startedAt: "2026-11-29T12:00:00Z",
            actor: "ada")
        return PastRollout(
            record: record, operations: operations,
            steps: [step ?? sampleStep(shards: ["s0", "s1", "s2"])])
    }

    private static func draft(
        _ rollout: PastRollout, later: [(id: String, touched: [ShardID: Set<ObjectName>])] = [],
        earlier: [PastRollout] = [], holding: Set<String> = [], left: Set<ShardID> = [],
        recorded: Digest? = nil
    ) throws -> RollbackMaker.Draft {
        try RollbackMaker(
            rollout: rollout, later: later, earlier: earlier, holding: holding,
            hasLeft: left.contains, recorded: { _, _ in recorded },
            lookup: { CatalogTable(canonicalText: "CREATE TABLE `\($0.short)`", flavour: .mariadb) }
        ).draft()
    }

    /// Also where nothing has begun, or never was to: the change is not wanted there either.
    @Test func itIsAboutEveryShardOfTheStep() throws {
        let draft = try Self.draft(Self.past([.completed, .failed, nil]))
        #expect(draft.groups.map(\.shards) == [["s0", "s1", "s2"]])
        let object = try #require(draft.groups.first?.objects.first)
        #expect(object.object == Self.orders && object.renamedFrom == nil)
        #expect(object.wanted == digest("a") && object.unwanted == digest("b"))
        #expect(object.change == ["+ total int"])
    }

    @Test func aShardThatLeftIsLeftOut() throws {
        let draft = try Self.draft(
            Self.past([.completed, .completed, .pending]), left: [Self.shards[1]])
        #expect(draft.groups.map(\.shards) == [["s0", "s2"]])
        #expect(draft.left == [Self.shards[1]: "it left the fleet"])
    }

    @Test(arguments: [OperationState.completed, .failed, .running, .superseded, .cancelled])
    func aLaterOneThatHasTheTable(_ state: OperationState) throws {
        let rollout = Self.past([state, .completed, .completed])
        let later = [
            (id: "r2", touched: [Self.shards[0]: [Self.orders]] as [ShardID: Set<ObjectName>])
        ]
        guard [.superseded, .cancelled].contains(state) else {
            #expect(throws: RollbackMaker.Refusal.self) { try Self.draft(rollout, later: later) }
            return
        }
        // It did nothing there, so the shard is the later one's.
        let draft = try Self.draft(rollout, later: later)
        #expect(draft.groups.map(\.shards) == [["s1", "s2"]])
        #expect(draft.left == [Self.shards[0]: "rollout r2 changes it"])
    }

    @Test func anotherTableOrShardIsNoneOfItsBusiness() throws {
        let items: [ShardID: Set<ObjectName>] = [
            Self.shards[0]: [ObjectName(.table, "items")],
            ShardID(namespace: "commerce", shard: "s9"): [Self.orders],
        ]
        let draft = try Self.draft(
            Self.past([.completed, .completed, .completed]), later: [("r2", items)])
        #expect(draft.groups.first?.shards.count == 3)
    }

    @Test func whatCarriedOutARollbackEndsIt() throws {
        var cause = PlanCause(kind: .git)
        cause.rollback = PlanRollback(
            id: "b1", rollout: "r0", actor: "ada", reason: "x", at: "2026-11-29T11:00:00Z")
        let step = sampleStep(shards: ["s0", "s1", "s2"], cause: cause)
        let rollout = Self.past([.completed, .completed, .completed], step: step)
        let draft = try Self.draft(rollout, holding: ["b1"])
        #expect(draft.groups.isEmpty && draft.ended == ["b1"])
        // The former one is over: this is a change like any other.
        #expect(try Self.draft(rollout).groups.count == 1)
    }

    /// What an earlier rollout left half done is taken back with the one that went on from there.
    @Test func aChangeInTwoRolloutsIsOne() throws {
        let both = sampleStep(
            shards: ["s0"],
            statements: [
                PlanStatement(
                    sql: "ALTER TABLE `orders` CHANGE COLUMN `x` `y` int", after: digest("m")),
                PlanStatement(sql: "ALTER TABLE `orders` ADD KEY `k` (`y`)", after: digest("b")),
            ])
        let first = Self.past([.failed], step: both, id: "r1")
        let rest = sampleStep(shards: ["s0"], from: "m")
        let second = Self.past([.completed], step: rest, id: "r2")
        let object = try #require(
            try Self.draft(second, earlier: [first]).groups.first?.objects.first)
        #expect(object.wanted == digest("a") && object.unwanted == digest("b"))
        #expect(object.columns == [.init(from: "x", to: "y")])
        // One that ended as it was to is a change of its own.
        let done = Self.past([.completed], step: both, id: "r1")
        #expect(
            try Self.draft(second, earlier: [done]).groups.first?.objects.first?.wanted
                == digest("m"))
    }

    @Test func namesAndColumnsGoBack() throws {
        var step = sampleStep(
            table: "purchases", shards: ["s0"],
            statements: [
                PlanStatement(
                    sql: "ALTER TABLE `orders` RENAME TO `purchases`, CHANGE COLUMN `a` `b` int",
                    after: digest("b"))
            ])
        step.renamedFrom = Self.orders
        let key = OperationKey(shard: Self.shards[0], object: step.object)
        var operation = OperationRecord(
            key: key, state: .completed, from: digest("a"), to: digest("b"))
        operation.startedAt = "2026-11-29T12:00:00Z"
        let record = RolloutRecord(
            id: "r1", plan: digest("plan"), policy: .halt, waves: [[key]], bakeSeconds: [0],
            startedAt: "2026-11-29T12:00:00Z", actor: "ada")
        let rollout = PastRollout(record: record, operations: [key: operation], steps: [step])
        let object = try #require(try Self.draft(rollout).groups.first?.objects.first)
        #expect(object.former == Self.orders && object.object == step.object)
        #expect(object.columns == [.init(from: "a", to: "b")])
        // A later rollout may know the table by either name.
        for name in [Self.orders, step.object] {
            #expect(throws: RollbackMaker.Refusal.self) {
                try Self.draft(rollout, later: [("r2", [Self.shards[0]: [name]])])
            }
        }
    }

    @Test func withoutTheDefinitionNothingIsPromised() throws {
        let maker = RollbackMaker(
            rollout: Self.past([.completed]), later: [], earlier: [], holding: [],
            hasLeft: { _ in false }, recorded: { _, _ in nil }, lookup: { _ in nil })
        #expect(throws: RollbackMaker.Refusal.self) { try maker.draft() }
    }

    /// What a later rollout did and somebody took back is in nobody's way.
    @Test func whatLaterOnesTookBackDoesNotCount() throws {
        let rollout = Self.past([.completed, .completed, .completed])
        let later = [
            ("r2", Dictionary(uniqueKeysWithValues: Self.shards.map { ($0, Set([Self.orders])) }))
        ]
        #expect(throws: RollbackMaker.Refusal.self) {
            try Self.draft(rollout, later: later, recorded: digest("c"))
        }
        let draft = try Self.draft(rollout, later: later, recorded: digest("b"))
        #expect(draft.groups.map(\.shards) == [["s0", "s1", "s2"]])
    }
}
