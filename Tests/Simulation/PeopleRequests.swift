import Basics
import Ledger
import Model
import Reconciler
import Schema

/// What the people of a world ask of rollouts and shards, by the product's own requests. One that
/// makes no sense is refused.
struct PeopleRequests {
    let world: World

    func stop() {
        guard let rollout = world.auditor.openRollouts.last else { return }
        ask("stop") { _ = try $0.stop(rollout.id, reason: "wait") }
    }

    /// Lets all go on that was stopped.
    func start() {
        for rollout in open where world.auditor.mark(rollout.id)?.stop != nil {
            ask("start") { _ = try $0.start(rollout.id, reason: "go on") }
        }
    }

    /// Lets all go on that waits after a failure, or for its health.
    func release() {
        for rollout in open where world.auditor.mark(rollout.id)?.pause != nil {
            ask("release") { _ = try $0.release(rollout.id, reason: "looked at") }
        }
    }

    func throttle() {
        guard let rollout = open.last else { return }
        let shards = world.any([1, 2, nil])
        ask("throttle") { _ = try $0.throttle(rollout.id, shards: shards, reason: "slowly") }
    }

    /// Lets tables change that are ready: of all shards, or of one.
    func cutOver(ofAll: Bool = false) {
        for rollout in open where rollout.cutover == .manual {
            let shards = ofAll || world.chance(500) ? [] : [anyShard.shard]
            ask("cutover") {
                _ = try $0.cutover(
                    rollout.id, of: .init(namespaces: nil, shards: shards), reason: "now")
            }
        }
    }

    /// Suspends the namespace, or one of its shards.
    func suspend() {
        let shard = world.chance(250) ? nil : anyShard.shard
        let seconds = world.any([nil, 30, 600, 7_200] as [Int64?])
        command("suspend") {
            _ = try Suspensions(store: $0).suspend("app", shard, reason: "busy", seconds: seconds)
        }
    }

    /// Lets changes go on where something is suspended.
    func resume() {
        for suspension in world.auditor.suspensions where !suspension.isOver(at: world.time) {
            command("resume") {
                try Suspensions(store: $0).resume(
                    suspension.namespace, suspension.shard, reason: "done")
            }
        }
    }

    /// A newer release writes what this one cannot read, while no process runs.
    func damage() {
        let open = world.auditor.openOperations
        guard world.depth == 0, !world.isLeased, !open.isEmpty else { return }
        let isPending = world.auditor.hasPending && world.chance(500)
        let place = isPending ? open[0] : world.any(open)
        let path =
            isPending
            ? RecordPath.pending(place.key) : RecordPath.operation(place.rollout, place.key)
        command("a newer release writes \(path)") { store in
            let event = LedgerEvent("damaged", subject: "Write what is newer", key: place.rollout)
            try store.transact(event) { draft throws(LedgerError) in
                guard let bytes = try draft.read(path) else { return .nothing }
                let text = String(decoding: bytes, as: UTF8.self)
                let newer = text.replacing(#/"version": ?1\b/#, with: "\"version\":99")
                try draft.set(path, Array(newer.utf8))
                return .commit
            }
        }
    }

    /// Ends that shards are set aside on which nothing runs any more.
    func unlock() {
        for id in world.auditor.damagedShards where world.shards[id]?.leftBehind == nil {
            command("unlock \(id)") {
                let result = try Unlock(store: $0).unlock(id, reason: "looked at")
                // Whether a statement ran is not recorded, so what is live may count as drift.
                for object in result.operations {
                    let table = Int(object.name.dropFirst()) ?? 0
                    world.locked {
                        world.touched.insert(OperationKey(shard: id, object: object))
                        // Whoever looks takes away what an engine made, which nobody knows of now.
                        world.shards[id]?.copies[table] = nil
                        world.shards[id]?.former[table] = nil
                    }
                }
            }
        }
    }

    /// Has finalizers run again of which nobody knows whether they ran, and of those that failed
    /// the latest.
    ///
    /// - Parameter isLast: whether those that cannot run again are skipped.
    func retryFinalizers(isLast: Bool = false) {
        for rollout in open where rollout.finalizers != nil {
            // Somebody has looked, and it ran; or a later one has run since.
            if isLast || world.chance(200) {
                command("unlock of \(rollout.id)") {
                    _ = try Unlock(store: $0).unlock(rollout: rollout.id, reason: "looked")
                }
            }
            let hasAny = world.chance(500)
            command("retry of \(hasAny ? "what waits" : "the finalizer") of \(rollout.id)") {
                let requests = RetryRequests(store: $0)
                if hasAny {
                    _ = try requests.retry(rollout.id, reason: "looked")
                } else {
                    _ = try requests.retry(
                        finalizerOf: "app", in: rollout.id, reason: "looked")
                }
            }
        }
        guard world.isMean, world.chance(300) else { return }
        command("retry of the latest finalizer") {
            _ = try RetryRequests(store: $0).retry(finalizerOf: "app", in: nil, reason: "looked")
        }
    }

    /// Takes a rollout back, the latest one or any.
    func rollBack() {
        let name = world.chance(300) ? world.auditor.rollouts.last { _ in world.chance(500) } : nil
        command("rollback of \(name ?? "the latest")") {
            _ = try RollbackRequests(store: $0).rollBack(name, reason: "wrong")
        }
    }

    /// Wants git's state again, of what was taken back last.
    func endRollback() {
        guard let record = world.auditor.rollbacks.last else { return }
        command("the end of rollback \(record.id)") {
            _ = try RollbackRequests(store: $0).end(record.id, reason: "right")
        }
    }

    private var open: [RolloutRecord] { world.auditor.openRollouts }

    private var anyShard: ShardID { world.any(world.shards.keys.sorted()) }

    private func ask(_ verb: String, _ body: (RolloutRequests) throws -> Void) {
        command(verb) { try body(RolloutRequests(store: $0)) }
    }

    private func command(_ verb: String, _ body: (LedgerStore) throws -> Void) {
        let process = SimulatedProcess(world, isQuiet: true)
        guard let session = try? process.session(process.request(), process.hooks()) else { return }
        do {
            try body(session.store)
            world.note("people: \(verb)")
        } catch {
            world.note("people: \(verb) was refused: \(error)")
        }
    }
}
