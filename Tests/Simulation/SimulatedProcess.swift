import Basics
import Desired
import Execution
import Foundation
import Ledger
import MemoryStore
import Observed
import Reconciler
import Reports
import Schema
import Store

/// One process of the product: what it has in memory is lost when it dies, and nothing that its
/// code does after that has an effect.
final class SimulatedProcess: @unchecked Sendable {
    let world: World
    let number: Int
    /// Whether it is a person's command, which is short and never fails by chance.
    let isQuiet: Bool
    let interrupt = Interrupt()
    /// Whether its release has the engine that copies tables.
    var hasEngine = true
    private var dead = false
    private var isInPass = false
    private var sessions: Set<Int> = []
    /// Operations of which it has sent a statement.
    var attempted: Set<OperationKey> = []
    /// Shards on which an operation failed.
    var failed: Set<ShardID> = []
    /// Whether shards said last that they are well; one that did not answer did not.
    var wellbeing: [ShardID: Bool] = [:]
    /// How often it went to shards on which something waited for its cutover, and the place of the
    /// latest cutover of each rollout.
    var cutoverVisits: [ShardID: Int] = [:]
    var lastCutovers: [String: Int] = [:]
    private var backend: MemoryBackend?

    init(_ world: World, isQuiet: Bool = false) {
        self.world = world
        self.isQuiet = isQuiet
        number = world.locked {
            world.lastNumber += 1
            return world.lastNumber
        }
    }

    var isDead: Bool { world.locked { dead } }

    /// The ledger, through a handle of its own.
    func ledger() throws -> Ledger {
        let backend = MemoryBackend(world.ledgerPlace) { [weak self] (moment) throws(StoreError) in
            try self?.ledgerMoment(moment)
        }
        world.locked { self.backend = backend }
        return try Ledger.open(backend)
    }

    // MARK: Sessions

    func newSession() -> Int {
        world.locked {
            world.lastNumber += 1
            sessions.insert(world.lastNumber)
            return world.lastNumber
        }
    }

    /// The shards whose locks it holds.
    var locked: [ShardID] {
        world.locked {
            world.shards.values.filter { shard in
                shard.owner.map(sessions.contains) == true && shard.leftBehind == nil
            }.map(\.id).sorted()
        }
    }

    func end(_ session: Int) { world.locked { _ = sessions.remove(session) } }

    // MARK: Life and death

    func requireLife() throws(ShardFailure) {
        if isDead { throw ShardFailure("the process is dead", retry: .permanent) }
    }

    /// Ends the process as `kill -9` does.
    func die() {
        world.locked {
            guard !dead else { return }
            dead = true
            world.reconciling.remove(number)
            world.count.kills += 1
            world.note("process \(number) dies")
            interrupt.raise()
            backend?.endLeases()
            for id in world.shards.keys {
                guard let shard = world.shards[id], let owner = shard.owner,
                    sessions.contains(owner), shard.leftBehind == nil
                else { continue }
                world.shards[id]?.owner = nil
            }
        }
    }

    /// Its command has ended.
    func leave() {
        world.locked {
            dead = true
            backend?.endLeases()
        }
    }

    /// Lets it die now where chance, or the sweep, wants it.
    func diesNow(atStatement: Bool = false) -> Bool {
        guard !isQuiet, !isDead, world.isMean, world.depth == 0 else { return false }
        world.locked {
            world.count.effects += 1
            if atStatement { world.statementPlaces.append(world.count.effects) }
        }
        if let place = world.killsAt {
            guard world.count.effects == place else { return false }
        } else {
            guard world.chance(world.conditions.deadliness) else { return false }
        }
        return true
    }

    // MARK: What may happen

    /// A moment at which others may act.
    func moment() {
        guard !isQuiet, !isDead, world.isMean, world.depth == 0, !world.hasThreads,
            world.chance(world.conditions.meanness)
        else { return }
        world.depth += 1
        defer { world.depth -= 1 }
        People(world).act()
    }

    /// What may go wrong with a connection.
    enum Mishap { case connecting, reading }

    func isUnlucky(_ mishap: Mishap) -> Bool {
        guard !isQuiet, world.isMean else { return false }
        switch mishap {
        case .connecting: return world.chance(2 * world.conditions.meanness)
        case .reading: return world.chance(world.conditions.meanness / 4)
        }
    }

    func connect(to shard: ShardID) throws(ShardFailure) {
        try requireLife()
        let isDown = world.locked { (world.shards[shard]?.downUntil ?? .max) > world.secondsNow }
        if isDown || isUnlucky(.connecting) {
            throw ShardFailure("\(shard): cannot connect", retry: .retryable)
        }
    }

    /// Whether a statement that lost its process or connection takes effect.
    enum Effect: Hashable { case none, now, later, never }

    /// What becomes of a statement.
    enum Fate: Hashable {
        case runs, waits, isRefused
        case dies(Effect)
        case isLost(Effect)
    }

    func fate(on shard: ShardID) -> Fate {
        if diesNow(atStatement: true) {
            return .dies(
                world.killsAt == nil
                    ? world.any([.none, .now, .later, .later, .never]) : world.killLeaves)
        }
        if world.locked({ (world.shards[shard]?.busyUntil ?? 0) > world.secondsNow }) {
            world.pass(seconds: 5)
            return .waits
        }
        guard world.isMean, !isQuiet, world.chance(world.conditions.meanness) else { return .runs }
        return world.any([
            .waits, .isRefused, .isRefused, .isLost(.none), .isLost(.now), .isLost(.later),
            .isLost(.never),
        ])
    }

    private func ledgerMoment(_ moment: MemoryBackend.Moment) throws(StoreError) {
        guard !isDead else { throw StoreError(.other, "the process is dead") }
        switch moment {
        case .reading: return
        case .before(let purpose):
            self.moment()
            if diesNow() {
                world.note("process \(number) dies before \(purpose)")
                die()
                throw StoreError(.other, "the process is dead")
            }
            if world.isDiskFull || isUnlucky(.reading) {
                world.note("\(purpose) by process \(number): no space left")
                throw StoreError(.diskFull, "no space left")
            }
        case .after(let purpose):
            world.note("\(purpose) by process \(number): written")
            // What it writes in a pass is under the lease of the environment.
            if purpose.hasPrefix("writing ") {
                world.locked { if isInPass { world.reconciling.insert(number) } }
            }
            world.auditor.look(by: isQuiet ? nil : self)
            guard isUnlucky(.reading) else { return }
            world.note("\(purpose) by process \(number): not acknowledged")
            throw StoreError(.indeterminate, "it is not known whether it was written")
        }
    }
}

// MARK: What it runs

extension SimulatedProcess {
    /// What a person, or a loop, asks of a pass.
    struct Order {
        var shards: [String] = []
        var waitsForBakes = true
        var heals = false
    }

    func request(_ order: Order = Order()) -> PassRequest {
        var request = PassRequest(
            source: SourceRequest(location: .workingTree(folder: "/simulated"), reference: "main"),
            scope: .init(environment: nil, namespaces: nil, shards: order.shards),
            folder: "/simulated", heals: order.heals,
            actor: LedgerActor(name: "ada", email: "ada@example.com"))
        request.waitsForBakes = order.waitsForBakes
        return request
    }

    func hooks() -> PassHooks {
        var hooks = PassHooks(
            clock: WorldClock(world: world, process: self), interrupt: interrupt,
            listener: RolloutListener { [weak self] event in self?.hear(event) })
        hooks.salt = { [world] in world.salt() }
        if hasEngine { hooks.engines = Engines([SimulatedEngine(conditions: world.conditions)]) }
        return hooks
    }

    /// What was told of an operation is in the ledger.
    private func hear(_ event: RolloutEvent) {
        guard case .settled(let key, let outcome) = event, !isDead else { return }
        world.auditor.heard(key, outcome)
    }

    func session(_ request: PassRequest, _ hooks: PassHooks) throws -> LedgerSession {
        let source = FetchedSource(
            tree: world.tree, commit: world.head.commit, repository: nil, reference: "main")
        let trusted = TrustedSource(
            source: source, followed: source, fleet: world.fleet, isProposal: false,
            places: SecretPlaces(folder: "/simulated"))
        let environment = try world.fleet.selectEnvironment(nil)
        let store = LedgerStore(
            ledger: try ledger(), environment: environment.name, actor: request.actor,
            clock: hooks.clock)
        return LedgerSession(
            request: request, hooks: hooks, trusted: trusted, environment: environment,
            store: store)
    }

    func open(
        _ request: PassRequest, _ hooks: PassHooks, _ old: ReconcileContext?
    ) throws -> PassContext {
        var hooks = hooks
        let context: ReconcileContext
        if let old {
            context = old
        } else {
            let environment = try world.fleet.selectEnvironment(nil)
            let access = try ServerAccess(
                fleet: world.fleet, environment: environment, operator: nil,
                places: SecretPlaces(folder: "/simulated"))
            context = try ReconcileContext(
                access: access, purposes: [],
                concurrency: world.fleet.policy.rollout.concurrency, clock: hooks.clock,
                interrupt: interrupt)
        }
        hooks.access = SimulatedServers(world: world, process: self, catalog: context.catalog)
        hooks.finalizers = SimulatedFinalizers(world: world, process: self)
        return PassContext(ledgerSession: try session(request, hooks), context: context)
    }

    /// `plumb reconcile`: its report, or what kept it from one.
    func reconcile(_ order: Order = Order()) -> Result<ReconcileReport, any Error> {
        world.locked { world.count.passes += 1 }
        return Result { try run(open(request(order), hooks(), nil)) }
    }

    func run(_ pass: PassContext) throws -> ReconcileReport {
        world.locked {
            failed = []
            attempted = []
            wellbeing = [:]
            cutoverVisits = [:]
            lastCutovers = [:]
            isInPass = true
        }
        defer {
            world.locked {
                isInPass = false
                world.reconciling.remove(number)
            }
        }
        return try ReconcilePass(pass: pass, plan: SimulatedPlanning(world: world).plan).run()
    }

    /// `plumb daemon`, for some passes.
    func daemon(passes: Int) {
        let left = Lock(passes)
        Daemon(
            request: request(), hooks: hooks(),
            settings: .init(intervalSeconds: 30, exactEvery: 4),
            passes: .init(
                open: { [self] in try open($0, $1, $2) },
                run: { [self] pass in
                    world.locked { world.count.passes += 1 }
                    return try run(pass)
                },
                jitter: { [world] in Double(world.number(-10...10)) / 10 }),
            notify: { [self] event in
                guard case .pausing = event else { return }
                let isOver = left.withLock { left in
                    left -= 1
                    return left <= 0
                }
                if isOver { interrupt.raise() }
            }
        ).run { ("\($0)", .error) }
    }
}
