import Basics
import Desired
import Execution
import Foundation
import Git
import MemoryStore
import Model
import Schema
import Store
import TestSupport

/// Everything outside of the processes that are simulated: the time, the servers, the schema
/// repository, the people, the place of the ledger, and chance, which a seed repeats exactly.
///
/// It is used by one thread at a time where one operation runs at once.
final class World: @unchecked Sendable {
    let seed: UInt64
    let conditions: Conditions
    let fleet: Fleet
    let tree: FleetTree
    let ledgerPlace: MemoryStore
    let hasThreads: Bool

    /// Guards all that follows where several operations run at once.
    private let guardLock = NSRecursiveLock()
    private var random: SeededGenerator
    private var now: Int64
    /// The latest time that there was: what is due once stays due where a clock is set back.
    private var latest: Int64
    /// By how much the clock was set back in all. A bake may be shorter by that: a process that
    /// runs a wave takes its end for that of the last operation.
    private var setBack: Int64 = 0
    private(set) var revisions: [SimulatedRevision]
    var shards: [ShardID: SimulatedShard] = [:]
    /// Whether faults happen.
    var isMean = true
    /// Whether the ledger's disk is full.
    var isDiskFull = false
    /// How deep people and other processes act in the middle of what a process does.
    var depth = 0
    /// The last number that a process or session has.
    var lastNumber = 0
    var count = Counts()
    /// The processes, by number, that are in the middle of a pass in which they wrote, and live.
    var reconciling: Set<Int> = []
    /// Until when programs run whose process died, by their numbers.
    var programs: [Int32: Int64] = [:]
    /// The tables that somebody changed by hand.
    var touched: Set<OperationKey> = []
    /// Which of the durable effects were statements, counted from 1.
    var statementPlaces: [Int] = []
    private(set) var violations: [String] = []
    /// Kills at this durable effect, counted from 1; nil for chance.
    var killsAt: Int?
    /// What becomes of the statement at which that kill is.
    var killLeaves = SimulatedProcess.Effect.none
    /// What happened, for whoever looks for the reason of a violation.
    private(set) var diary: [String] = []
    var keepsDiary = false
    lazy var auditor = Auditor(self)

    /// What happened, in numbers.
    struct Counts: Sendable {
        var effects = 0
        var statements = 0
        var commits = 0
        var kills = 0
        var operations = 0
        var passes = 0
        var finalizers = 0
    }

    init(seed: UInt64, threads: Int = 1, tame: Bool = false) throws {
        self.seed = seed
        var random = SeededGenerator(seed: seed)
        conditions = Conditions(&random, tame: tame)
        tree = FleetTree(conditions.fleetText(threads: threads))
        fleet = try SchemaRepository.fleet(tree)
        hasThreads = threads > 1
        now = 1_800_000_000 + Int64.random(in: 0..<86_400, using: &random)
        latest = now
        let clock = Lock<Hook<Void, Date>?>(nil)
        ledgerPlace = MemoryStore(place: "ledger.git") {
            clock.withLock { $0 }?.call(()) ?? Date(timeIntervalSince1970: 0)
        }
        revisions = [SimulatedRevision(0, Self.firstTables(conditions, &random))]
        self.random = random
        for number in 0..<conditions.shardCount {
            let id = ShardID(namespace: "app", shard: "s\(number)")
            shards[id] = SimulatedShard(id: id)
        }
        clock.withLock { $0 = Hook { [weak self] in self?.time.date ?? Date() } }
    }

    private static func firstTables(
        _ conditions: Conditions, _ random: inout SeededGenerator
    ) -> [Int: UInt8] {
        var tables: [Int: UInt8] = [:]
        for table in 0..<conditions.tableCount where table == 0 || random.chance(80) {
            tables[table] = UInt8.random(in: 0..<(1 << Shape.columnCount), using: &random)
        }
        return tables
    }

    func locked<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guardLock.lock()
        defer { guardLock.unlock() }
        return try body()
    }

    // MARK: Chance

    /// Whether something happens that does so in `perThousand` of 1,000 cases.
    func chance(_ perThousand: Int) -> Bool {
        locked { Int.random(in: 0..<1_000, using: &random) < perThousand }
    }

    func number(_ range: ClosedRange<Int>) -> Int {
        locked { Int.random(in: range, using: &random) }
    }

    func any<Choice>(_ choices: [Choice]) -> Choice { choices[number(0...choices.count - 1)] }

    func salt() -> UInt64 { locked { random.next() } }

    // MARK: Time

    var time: Timestamp { Timestamp(secondsSince1970: locked { now }) }

    /// Lets time pass; backwards where somebody sets the clock.
    func pass(seconds: Int64) {
        locked {
            now += seconds
            latest = max(latest, now)
            setBack += max(0, -seconds)
        }
        for id in shards.keys.sorted() { endStatements(on: id) }
    }

    /// Ends what servers still do for processes that have died or lost their connection.
    func endStatements(on id: ShardID, atOnce: Bool = false) {
        locked {
            guard let left = shards[id]?.leftBehind, atOnce || left.until <= now else { return }
            shards[id]?.leftBehind = nil
            shards[id]?.owner = nil
            note("\(id): the statement that was left behind ends")
            guard left.takesEffect, shards[id]?.apply(left.statement) == true else { return }
            auditor.executed(left.run, late: true)
            if case .stage(_, let place) = left.statement { auditor.changedLate(place) }
        }
    }

    var secondsNow: Int64 { locked { now } }
    var latestTime: Timestamp { Timestamp(secondsSince1970: locked { latest + setBack }) }

    // MARK: The schema repository

    var head: SimulatedRevision { locked { revisions[revisions.count - 1] } }

    /// The tables that git defines at a commit.
    func revision(of commit: Commit?) -> [Int: UInt8] {
        locked { revisions.last { $0.commit == commit }?.tables ?? [:] }
    }

    func commit(_ tables: [Int: UInt8]) {
        locked {
            revisions.append(SimulatedRevision(revisions.count, tables))
            note("git: revision \(revisions.count - 1) \(tables.sorted { $0.key < $1.key })")
        }
    }

    /// Whether a process reconciles.
    var isLeased: Bool { ledgerPlace.isHeld("production") }

    // MARK: What is told

    func note(_ text: @autoclosure () -> String) {
        guard keepsDiary else { return }
        locked { diary.append("\(time.iso) \(text())") }
    }

    /// Something that must never be.
    func fail(_ text: String) {
        locked {
            violations.append(text)
            note("VIOLATION: \(text)")
        }
    }
}

/// One shard of the simulation.
struct SimulatedShard {
    let id: ShardID
    /// The columns of the tables that are live.
    var tables: [Int: UInt8] = [:]
    /// What an engine has made beside tables, and the former tables that its cutovers left.
    var copies: [Int: Copy] = [:]
    var former: [Int: LedgerMirror.Place] = [:]
    /// The session that holds the shard's lock, by number.
    var owner: Int?
    /// A statement whose session is gone for its process, and that the server still runs.
    var leftBehind: LeftBehind?
    /// Until when it cannot be connected to, and until when somebody else has its lock.
    var downUntil: Int64 = 0
    var takenUntil: Int64 = 0
    /// Until when whoever uses its tables keeps statements waiting.
    var busyUntil: Int64 = 0
    /// Whether it says that it is not well.
    var isUnwell = false

    struct LeftBehind {
        let statement: ServerStatement
        let until: Int64
        let takesEffect: Bool
        /// What it is a part of.
        let run: Auditor.Run?
    }

    /// Carries out what a server had accepted; false where the table is another one by now.
    mutating func apply(_ statement: ServerStatement) -> Bool {
        do throws(RefusedStatement) {
            try execute(statement)
            return true
        } catch {
            return false
        }
    }
}

/// The time of a world, which waits for nobody.
struct WorldClock: Clock {
    let world: World
    let process: SimulatedProcess

    var now: Timestamp { world.time }

    func wait(seconds: Double, unless interrupt: Interrupt) -> Bool {
        guard !process.isDead, !interrupt.isRaised else { return false }
        // Locks are for work, and not for whoever waits.
        if !world.hasThreads, let shard = process.locked.first {
            world.fail("process \(process.number) waits, and holds the lock of \(shard)")
        }
        world.pass(seconds: Int64(seconds.rounded(.up)))
        process.moment()
        return !process.isDead && !interrupt.isRaised
    }
}
