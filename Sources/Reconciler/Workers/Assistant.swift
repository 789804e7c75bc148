import Basics
import Execution
import Foundation
import Ledger
import Model
import Observed
import Reports
import Schema

/// Carries out what other processes offer of their rollouts: takes a server, does what is offered
/// there, and gives it back.
///
/// It makes no plan. What it reads is looked at as a whole before it is believed.
package final class Assistant: @unchecked Sendable {
    // Sendable because what changes is used with `mutex` locked, and the rest is constant.

    /// What it needs to work, which may change while it does.
    package struct Means: Sendable {
        package let store: LedgerStore
        package let access: any FleetAccess
        /// Whether this process may change the shards of a server.
        package let mayChange: @Sendable (ServerAddress) -> Bool
        /// Only servers are taken whose offered shards all have these labels.
        package let labels: [String: String]
        /// How many operations it is at, at most.
        package let total: Int
        /// What the operator's file allows to be sent.
        let permissions: StatementText.Permissions

        package init(
            store: LedgerStore, access: any FleetAccess, total: Int,
            labels: [String: String] = [:],
            permissions: StatementText.Permissions,
            mayChange: @escaping @Sendable (ServerAddress) -> Bool
        ) {
            self.store = store
            self.access = access
            self.total = max(1, total)
            self.permissions = permissions
            self.mayChange = mayChange
            self.labels = labels
        }
    }

    /// What it tells.
    package enum Event: Sendable {
        /// It begins with what is offered on a server.
        case took(ServerAddress, rollout: String, operations: Int)
        /// Something cannot be done here; it is tried again later.
        case failed(ServerAddress?, message: String)
    }

    private let sharing: WorkSharing
    private let hooks: PassHooks
    private let faults: FaultPoints
    private let notify: @Sendable (Event) -> Void
    private let mutex = NSLock()
    private let work = DispatchGroup()
    /// Raised to end; nudged where somebody has time for more.
    private let wakening: Interrupt
    private var means: Means
    /// What is at work or done, by offer and server.
    private var taken: Set<String> = []
    private var active = 0
    private let backOff = BackOffs<String>(firstSeconds: 2, longestSeconds: 120)
    private var lastFault: String?

    package init(
        _ means: Means, sharing: WorkSharing, hooks: PassHooks, faults: FaultPoints = .asked,
        notify: @escaping @Sendable (Event) -> Void
    ) {
        self.means = means
        self.sharing = sharing
        self.hooks = hooks
        self.faults = faults
        self.notify = notify
        wakening = hooks.interrupt.follower()
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        mutex.lock()
        defer { mutex.unlock() }
        return body()
    }

    /// Goes on with other accounts and limits.
    package func use(_ means: Means) { locked { self.means = means } }

    /// Begins nothing more; ``run()`` ends once nothing is at work.
    package func stop() { wakening.raise() }

    /// Works until the interrupt is raised or it is stopped, and ends once nothing that it began is
    /// at work.
    ///
    /// Costs one question to the store each second while nothing is offered.
    ///
    /// - Parameter alive: called with each look at the store.
    package func run(alive: () -> Void = {}) {
        var seen: ObjectID?
        var pause = Self.shortest
        while !wakening.isRaised {
            alive()
            do {
                let store = locked { means }.store
                let snapshot = try store.snapshot()
                if snapshot?.commit != seen { pause = Self.shortest }
                if let snapshot, try !snapshot.offeredRollouts().isEmpty {
                    try look(at: snapshot, store)
                }
                seen = snapshot?.commit
                locked { lastFault = nil }
            } catch {
                tell(error)
            }
            guard wakening.wait(seconds: pause) else { break }
            pause = min(Self.longest, pause * 1.5)
        }
        work.wait()
    }

    private static let shortest = 0.05
    private static let longest = 1.0

    private func tell(_ error: any Error) {
        let message = "\(error)"
        let isNew = locked {
            defer { lastFault = message }
            return lastFault != message
        }
        if isNew { notify(.failed(nil, message: message)) }
    }

    /// Takes what it may of what is offered.
    private func look(at snapshot: RecordSnapshot, _ store: LedgerStore) throws {
        var offers: [OfferRecord] = []
        for id in try snapshot.offeredRollouts() {
            guard let offer = try snapshot.offer(of: id), offer.by != sharing.name.text,
                Timestamp(iso: offer.until).map({ store.now < $0 }) == true
            else { continue }
            offers.append(offer)
        }
        // What is not offered any more is not offered again.
        let known = offers.map { Self.key($0) }
        locked { taken = taken.filter { key in known.contains { key.hasPrefix($0) } } }
        for offer in offers {
            for name in try snapshot.offeredServers(offer.rollout) {
                guard let server = ServerAddress(name) else { continue }
                try take(server, name, of: offer, in: snapshot)
            }
        }
    }

    private func take(
        _ server: ServerAddress, _ name: String, of offer: OfferRecord, in snapshot: RecordSnapshot
    ) throws {
        let key = Self.key(offer) + name
        let means = locked { self.means }
        let limit = Self.servers(means.total, perServer: Self.perServer(offer))
        let isFree = locked { active < limit && !taken.contains(key) }
        guard isFree, backOff.wait(for: name, now: hooks.clock.now) == nil, means.mayChange(server)
        else { return }
        if !means.labels.isEmpty,
            try snapshot.offered(offer, on: name)?.allHave(means.labels) != true
        {
            return locked { _ = taken.insert(key) }
        }
        try sharing.claims.share()
        guard case let entry = try sharing.claims.enter(server, limit: limit), entry != .elsewhere
        else { return }
        locked {
            active += 1
            taken.insert(key)
        }
        work.enter()
        let thread = Thread { [self] in
            let isDone = carryOut(offer, on: server, name, means, isNew: entry == .new)
            sharing.claims.leave(server)
            if isDone {
                backOff.succeeded(name)
            } else {
                backOff.failed(name, now: hooks.clock.now)
            }
            locked {
                active -= 1
                if !isDone { taken.remove(key) }
            }
            wakening.nudge()
            work.leave()
        }
        thread.name = "plumb-assistant"
        thread.stackSize = 8 << 20
        thread.start()
    }

    private static func key(_ offer: OfferRecord) -> String { "\(offer.rollout) \(offer.id) " }

    /// How many servers this process works on at once.
    static func servers(_ total: Int, perServer: Int) -> Int {
        max(1, (total + perServer - 1) / max(1, perServer))
    }

    private static func perServer(_ offer: OfferRecord) -> Int { min(max(1, offer.perServer), 256) }

    /// Does what is offered on one server; false where something is to be tried again.
    private func carryOut(
        _ offer: OfferRecord, on server: ServerAddress, _ name: String, _ means: Means, isNew: Bool
    ) -> Bool {
        do {
            let claims = sharing.claims
            if isNew {
                defer { claims.settled(server) }
                let left = LeftOnServer(
                    store: means.store, access: means.access, engines: hooks.engines,
                    faults: faults, claim: { claims.claim(of: $0) })
                let found = try left.settle(on: server)
                if let unknown = found.unknown.min(by: { $0.key < $1.key }) {
                    notify(.failed(server, message: "\(unknown.key): \(unknown.value)"))
                }
            }
            guard let snapshot = try means.store.snapshot(),
                try snapshot.offer(of: offer.rollout)?.id == offer.id,
                let offered = try OfferedWork(
                    offer, on: name, in: snapshot, by: means.store.actor.name, now: means.store.now,
                    allowing: means.permissions)
            else { return true }
            for (_, reason) in offered.refused.sorted(by: { $0.key < $1.key }) {
                notify(.failed(server, message: reason))
            }
            guard !offered.works.isEmpty else { return true }
            let count = offered.works.reduce(0) { $0 + $1.records.count }
            notify(.took(server, rollout: offer.rollout, operations: count))
            let result = try run(offered, means, snapshot)
            if let failure = result.journalFailure { throw failure }
            if let obstacle = result.obstacles.min(by: { $0.key < $1.key }) {
                notify(.failed(server, message: obstacle.value.message))
                return false
            }
            return true
        } catch {
            notify(.failed(server, message: "\(error)"))
            return false
        }
    }

    private func run(
        _ offered: OfferedWork, _ means: Means, _ snapshot: RecordSnapshot
    ) throws -> RolloutRunner.Result {
        let (offer, rollout, claims) = (offered.offer, offered.rollout, sharing.claims)
        let (store, clock) = (means.store, hooks.clock)
        var memory = FailureMemory()
        let failures = try memory.records(in: snapshot).values.count { $0.rollout == rollout.id }
        let earlier = EarlierLook(
            EarlierEnvironments(names: offer.after ?? [], store: store), clock: clock)
        let control = RolloutControl(
            rule: rollout.failureRule, failures: failures, interrupt: wakening,
            closed: {
                let until = Timestamp(iso: offer.until) ?? clock.now
                return clock.now >= until || earlier.reason != nil
            }, renewal: { earlier.renew() })
        let perServer = Self.perServer(offer)
        return RolloutRunner(
            opener: means.access.opener(
                of: offered.targets, waitSeconds: 0, isForChanges: true),
            journal: LedgerJournal(
                store: store, offer: offer, claim: { _ in claims.claim(of: offered.server) }),
            clock: clock, control: control, total: perServer + RolloutRunner.ahead,
            perServer: perServer, faults: faults, listener: hooks.listener,
            engines: hooks.engines, budget: rollout.retries ?? .standard, leavesToOthers: true
        ).run(offered.works)
    }
}

extension Assistant.Event {
    /// The event as a loop tells it.
    package var event: ReconcileEvent {
        switch self {
        case .took(let server, let rollout, let operations):
            .assisting(server: server.description, rollout: rollout, operations: operations)
        case .failed(let server, let message):
            .assistanceFailed(server: server?.description, message: message)
        }
    }
}
