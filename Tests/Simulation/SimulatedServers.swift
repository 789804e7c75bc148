import Basics
import Diff
import Observed
import Reconciler
import Schema

/// The servers of a world, as one process reaches them.
struct SimulatedServers: FleetAccess, ShardOpener {
    let world: World
    let process: SimulatedProcess
    let catalog: ObjectCatalog

    static let profile = ServerProfile(
        flavour: .mariadb, version: "10.11.6", sqlMode: "", characterSet: "utf8mb4",
        collation: "utf8mb4_general_ci")

    // MARK: Reading

    func observe(
        _ targets: [ObservationTarget], mode: Observer.Mode
    ) -> [ShardID: ShardObservation] {
        var result: [ShardID: ShardObservation] = [:]
        for target in targets {
            process.moment()
            do {
                try process.connect(to: target.id)
                result[target.id] = .known(seen(target.id))
            } catch {
                result[target.id] = .unknown(
                    ShardProblem(code: "unreachable", reason: error.message, retry: error.retry))
            }
        }
        return result
    }

    private func seen(_ id: ShardID) -> KnownShard {
        let live = world.locked { world.shards[id]?.tables ?? [:] }
        var tables: [String: Digest] = [:]
        for (table, columns) in live {
            let found = Shapes.table(Shape(table: table, columns: columns))
            catalog.insert(found)
            tables[Shape.name(table)] = found.digest
        }
        return KnownShard(
            schema: catalog.schema(of: tables), profile: Self.profile, observedAt: world.time)
    }

    func sizes(of tables: [ObservationTarget: Set<String>]) -> TableSizes.Answers {
        TableSizes.Answers()
    }

    func health(_ questions: [HealthQuestion]) -> [ShardID: HealthQuestion.Answer] {
        var answers: [ShardID: HealthQuestion.Answer] = [:]
        for id in questions.map(\.request.target.id) {
            process.moment()
            do throws(ShardFailure) {
                try process.connect(to: id)
                answers[id] = .value(
                    world.locked { world.shards[id]?.isUnwell } == true ? "3" : "0")
            } catch {
                answers[id] = .unanswered(error.message)
            }
            world.locked { process.wellbeing[id] = answers[id] == .value("0") }
        }
        return answers
    }

    // MARK: Changing

    func opener(
        of targets: [ShardID: ObservationTarget], waitSeconds: Int, isForChanges: Bool
    ) -> any ShardOpener {
        SimulatedOpener(servers: self, waitSeconds: Int64(waitSeconds))
    }

    func withShard<Result>(
        _ shard: ShardID, _ body: (any ShardPort) throws(ShardFailure) -> Result
    ) throws(ShardFailure) -> Result {
        try SimulatedOpener(servers: self, waitSeconds: 0).withShard(shard, body)
    }
}

/// Opens shards for changes, each with the lock that the whole of a session holds.
private struct SimulatedOpener: ShardOpener {
    let servers: SimulatedServers
    let waitSeconds: Int64

    func withShard<Result>(
        _ shard: ShardID, _ body: (any ShardPort) throws(ShardFailure) -> Result
    ) throws(ShardFailure) -> Result {
        let (world, process) = (servers.world, servers.process)
        process.moment()
        if world.auditor.hasParked(on: shard) {
            world.locked { process.cutoverVisits[shard, default: 0] += 1 }
        }
        try process.connect(to: shard)
        let session = process.newSession()
        try lock(shard, for: session)
        defer {
            world.locked {
                // A process that died left its statement behind, with the lock.
                if world.shards[shard]?.owner == session, world.shards[shard]?.leftBehind == nil {
                    world.shards[shard]?.owner = nil
                }
            }
            process.end(session)
        }
        return try body(
            SimulatedSession(world: world, process: process, shard: shard, number: session))
    }

    private func lock(_ shard: ShardID, for session: Int) throws(ShardFailure) {
        let world = servers.world
        for isPatient in [true, false] {
            let isTaken = world.locked { () -> Bool in
                guard let found = world.shards[shard] else { return true }
                guard found.owner == nil, found.takenUntil <= world.secondsNow else { return true }
                world.shards[shard]?.owner = session
                return false
            }
            guard isTaken else { return }
            if isPatient, waitSeconds > 0 { world.pass(seconds: waitSeconds) }
        }
        servers.process.end(session)
        throw ShardFailure(
            "\(shard): another session holds its lock", retry: .retryable, isLocked: true)
    }
}

/// A session that holds a shard's lock, as long as its connection lasts.
private final class SimulatedSession: ShardPort, @unchecked Sendable {
    private let world: World
    private let process: SimulatedProcess
    private let shard: ShardID
    private let number: Int
    /// Whether another session holds the lock for it.
    private let isHelper: Bool
    private var isBroken = false
    /// Each table as it was read last.
    private var seen: [String: Digest?] = [:]

    init(
        world: World, process: SimulatedProcess, shard: ShardID, number: Int,
        isHelper: Bool = false
    ) {
        self.isHelper = isHelper
        self.world = world
        self.process = process
        self.shard = shard
        self.number = number
    }

    var helpers: (any ShardHelpers)? {
        guard world.hasThreads, !isHelper else { return nil }
        return SimulatedHelpers(world: world, process: process, shard: shard, leader: number)
    }

    private func require() throws(ShardFailure) {
        try process.requireLife()
        if isBroken { throw ShardFailure("\(shard): the connection is gone", retry: .retryable) }
    }

    func digest(
        of object: ObjectName, among chain: [Digest?]
    ) throws(ShardFailure) -> Digest? {
        process.moment()
        try require()
        if process.isUnlucky(.reading) {
            lose()
            throw ShardFailure("\(shard): lost while it was read", retry: .retryable)
        }
        let found = live(object)
        seen[object.name] = .some(found)
        return found
    }

    func digest(ofFormer table: ObjectName) throws(ShardFailure) -> Digest? {
        try digest(of: table, among: [])
    }

    private func live(_ object: ObjectName) -> Digest? {
        let name = object.name.dropFirst()
        if name.hasSuffix("__new"), let table = Int(name.dropLast(5)) {
            return Shapes.digest(
                table, world.locked { world.shards[shard]?.copies[table]?.columns })
        }
        guard let table = Int(name) else { return nil }
        return Shapes.digest(table, world.locked { world.shards[shard]?.tables[table] })
    }

    func ask(_ question: DataQuestion) throws(ShardFailure) -> RowsAnswer { .clear }

    func run(_ statement: PlanStatement) throws(ShardFailure) {
        try require()
        let (meaning, run) = try judged(statement)
        let fate = process.fate(on: shard)
        world.note("\(shard) by process \(process.number): \(statement.sql) - \(fate)")
        switch fate {
        case .runs: try execute(meaning, run)
        case .dies(let effect):
            if effect == .now { try? execute(meaning, run) }
            leave(meaning, run, effect)
            process.die()
            throw ShardFailure("dead", retry: .permanent)
        case .isLost(let effect):
            if effect == .now { try? execute(meaning, run) }
            leave(meaning, run, effect)
            lose(keepingLock: effect == .later || effect == .never)
            throw ShardFailure("\(shard): lost the connection", retry: .indeterminate)
        case .waits: throw ShardFailure("\(shard): lock wait timeout", retry: .retryable)
        case .isRefused: throw ShardFailure("\(shard): refused", retry: .permanent)
        }
        world.pass(seconds: Int64(world.number(0...3)))
    }

    /// Asks the auditor; throws where a helper sees that its leader has lost the lock.
    private func judged(
        _ statement: PlanStatement
    ) throws(ShardFailure) -> (ServerStatement, Auditor.Run?) {
        try world.locked { () throws(ShardFailure) in
            if isHelper, world.shards[shard]?.owner != number {
                throw ShardFailure("\(shard): its leader is gone", retry: .retryable)
            }
            if let meaning = StageMeaning(statement.sql) {
                let seen = seen[Shape.name(meaning.table)]
                if let judged = world.auditor.judge(
                    meaning, on: shard, by: process, number, seen: seen)
                {
                    return (.stage(meaning, judged.place), judged.run)
                }
            } else if let meaning = Shapes.meaning(statement.sql) {
                let seen = seen[Shape.name(meaning.table)]
                return (
                    .change(meaning),
                    world.auditor.judge(
                        meaning, statement, on: shard, by: process, number, seen: seen)
                )
            } else {
                world.fail("\(shard): nobody planned `\(statement.sql)`")
            }
            throw ShardFailure("unknown statement", retry: .permanent)
        }
    }

    /// Leaves the statement to the server, which runs it, or gives it up, some time later.
    private func leave(
        _ statement: ServerStatement, _ run: Auditor.Run?, _ effect: SimulatedProcess.Effect
    ) {
        guard effect == .later || effect == .never else { return }
        let until = world.secondsNow + Int64(world.any([2, 20, 60, 200, 600]))
        world.locked {
            world.shards[shard]?.leftBehind = .init(
                statement: statement, until: until, takesEffect: effect == .later, run: run)
        }
    }

    private func execute(
        _ statement: ServerStatement, _ run: Auditor.Run?
    ) throws(ShardFailure) {
        do throws(RefusedStatement) {
            try world.locked { () throws(RefusedStatement) in
                guard var found = world.shards[shard] else { return }
                try found.execute(statement)
                world.shards[shard] = found
                world.auditor.executed(run)
            }
        } catch {
            throw ShardFailure("\(shard): \(error.reason)", retry: .permanent)
        }
    }

    /// The connection ends; the server lets the lock go once the session's statement has ended.
    private func lose(keepingLock: Bool = false) {
        isBroken = true
        guard !keepingLock, !isHelper else { return }
        world.locked {
            if world.shards[shard]?.owner == number { world.shards[shard]?.owner = nil }
        }
    }
}

/// Sessions beside the one that holds a shard's lock, and under it.
private struct SimulatedHelpers: ShardHelpers {
    let world: World
    let process: SimulatedProcess
    let shard: ShardID
    let leader: Int
    let limit = 2

    func withSession<Result>(
        _ number: Int, _ body: (any ShardPort) throws(ShardFailure) -> Result
    ) throws(ShardFailure) -> Result {
        try process.connect(to: shard)
        guard world.locked({ world.shards[shard]?.owner == leader }) else {
            throw ShardFailure("\(shard): its leader is gone", retry: .retryable)
        }
        return try body(
            SimulatedSession(
                world: world, process: process, shard: shard, number: leader, isHelper: true))
    }
}
