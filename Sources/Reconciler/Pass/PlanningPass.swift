import Basics
import Desired
import Diff
import Execution
import Ledger
import Model
import MySQLClient
import Observed
import Schema

/// The first half of every pass: fetches, reads the desired schema, observes, normalises, compares
/// and plans.
///
/// It changes no shard, and holds no connection that may.
package struct PlanningPass {
    /// The result of the first half.
    package struct Result {
        package var source: FetchedSource
        package var desired: DesiredState
        /// The shards in the command's scope.
        package var shards: [Shard]
        package var observation: [ShardID: ShardObservation]
        package var normalised: NormaliseStage.Output
        package var recorded: [ShardID: ShardRecord]
        /// Shards whose record names objects in other letter case than the shard does.
        package var respelled: Set<ShardID>
        package var comparison: Comparison
        package var plan: Plan
        /// The rollouts that were taken back.
        package var rollbacks: RollbackStanding
        /// The ledger as it was when the pass began.
        package var snapshot: RecordSnapshot?
        package var notices: [Notice]
        /// The shards that others read, as this process cannot reach them.
        package var far = FarShards()
        /// What was tried in; all but one of them are dropped, and that one is about to be.
        let workspaces: WorkspacePool

        package var targets: [ShardID: ObservationTarget] { shards.targets }

        package init(
            source: FetchedSource, desired: DesiredState, shards: [Shard],
            observation: [ShardID: ShardObservation], normalised: NormaliseStage.Output,
            recorded: [ShardID: ShardRecord], respelled: Set<ShardID> = [],
            comparison: Comparison, plan: Plan, rollbacks: RollbackStanding = .init(records: []),
            snapshot: RecordSnapshot?, notices: [Notice] = [], workspaces: WorkspacePool
        ) {
            self.source = source
            self.desired = desired
            self.shards = shards
            self.observation = observation
            self.normalised = normalised
            self.recorded = recorded
            self.respelled = respelled
            self.comparison = comparison
            self.plan = plan
            self.rollbacks = rollbacks
            self.snapshot = snapshot
            self.notices = notices
            self.workspaces = workspaces
        }
    }

    private let request: PassRequest
    private let hooks: PassHooks
    private let context: ReconcileContext

    package init(request: PassRequest, hooks: PassHooks, context: ReconcileContext) {
        self.request = request
        self.hooks = hooks
        self.context = context
    }

    /// Runs the first half of the pass; throws where there can be no plan at all.
    ///
    /// - Parameters:
    ///   - asksRows: whether the rows are asked the questions of the plan.
    ///   - mayAsk: whether it may be recorded which shards workers are to read.
    package func run(
        _ source: FetchedSource, fleet: Fleet, store: LedgerStore, asksRows: Bool,
        mayAsk: Bool = false
    ) throws -> Result {
        let desiredStage = DesiredStage(scope: request.scope)
        hooks.stage("reading the desired schema")
        func read(_ modes: SourceModes) throws -> DesiredState {
            try context.memory.desired(source, request.scope, modes: modes) {
                try desiredStage.run(source, fleet: fleet, modes: modes) { server, like in
                    try context.discover(server, like: like)
                }
            }
        }
        var desired = try read(SourceModes())
        let shards = desiredStage.selected(desired.shards)
        let snapshot = try store.snapshot()
        let kinds = Dictionary(
            uniqueKeysWithValues: desired.fleet.namespaces.map { ($0.name, $0.managedObjects) })
        hooks.stage("observing \(Count.of(shards.count, "shard"))")
        var observation = observe(shards, kinds: kinds)
        let places = whereabouts(in: desired)
        let far = try FarObservation(
            store: store, cache: context.cache, hooks: hooks, mayAsk: mayAsk,
            waits: !request.backsOff
        ).complete(
            &observation, shards, kinds: kinds, snapshot, isOther: places.mayHave)
        let near = shards.filter { far.readers[$0.server] == nil }
        let shared = SharedDatabases(
            known(in: desired), profiles: Self.known(shards, observation)
        ).problems
        for shard in shards { shared[shard.id].map { observation[shard.id] = .unknown($0) } }
        // How the servers read the files (their `sql_mode`) is known only now.
        let known = Self.known(shards, observation)
        let modes = SourceModes(
            known.map { ($0.shard.id, $0.profile.fileMode) }, of: desired.fleet)
        if !desired.modes.agrees(with: modes, on: known.map(\.shard.id)) {
            desired = try read(modes)
        }
        let workspaces = WorkspacePool(
            pool: context.pool, catalog: context.catalog,
            preferred: desired.fleet.namedWorkspace(desired.environment),
            prefix: desired.fleet.workspace.prefix,
            servers: WorkspaceServers(near, observation), unreached: far.obstacles,
            hands: WorkspacePool.hands(beside: context.concurrency.perHost),
            allowing: StatementText.Permissions(
                directories: request.operator?.allowsDataDirectory ?? false))
        hooks.stage("normalising")
        var normalised = try NormaliseStage(
            cache: context.cache, snapshot: snapshot, workspaces: workspaces
        ).run(desired, known: known) { [catalog = context.catalog] id, name in
            guard case .known(let known) = observation[id] else { return nil }
            return known.schema.tables[name].flatMap { catalog[$0] }
        }
        for (id, error) in normalised.unread {
            observation[id] = .unknown(
                ShardProblem(code: "no-workspace", reason: "\(error)", retry: error.retry))
        }
        for shard in shards {
            guard let clash = normalised.clashes[shard.id] else { continue }
            observation[shard.id] = .unknown(ShardProblem(clash, on: shard))
        }
        context.cache.keep(normalised.align(with: observation, in: context.catalog))
        let inLedger = try context.memory.recorded(in: snapshot)
        let setAside = try context.memory.setAside(in: snapshot) { places }
        for (id, reason) in setAside.reasons where observation[id] != nil {
            observation[id] = .unknown(
                ShardProblem(code: "set-aside", reason: reason, retry: .permanent))
        }
        // Only now: of a shard that is set aside nobody knows what is still to be taken back.
        var rollbacks = try takeBack(&normalised, desired, observation, inLedger, snapshot)
        rollbacks.isStale = source.stale != nil
        try recallRecorded(inLedger, observation, snapshot)
        var recorded = normalised.aligned(inLedger, with: observation, in: context.catalog)
        let respelled = Set(
            recorded.filter { inLedger[$0.key]?.tables != $0.value.tables }.map(\.key))
        let pending = try PendingTables(snapshot)
        pending.note(in: &recorded, observation)
        hooks.stage("planning")
        var output = try PlanStage(
            cache: context.cache, catalog: context.catalog, snapshot: snapshot,
            workspaces: workspaces
        ).run(
            .init(
                source: source, desired: desired, shards: shards, observation: observation,
                normalised: normalised, recorded: recorded))
        output.plan.unknown += left(setAside, behind: shards)
        // They are dropped while other things are done.
        workspaces.beginClosing()
        let sizes = Sizes.added(
            to: output.plan,
            targets: shards.map { Self.stored(ObservationTarget($0), observation) }, far: far,
            access: hooks.access ?? context)
        output.plan = sizes.plan
        if asksRows {
            output.plan = Probes(
                policy: desired.fleet.policy.probe, context: context, far: far,
                now: hooks.clock.now, stage: hooks.stage
            ).added(to: output.plan, shards: Self.known(shards, observation))
        }
        hooks.stage("asking who wrote what waits for an approval")
        output.plan = try AuthorSearch(
            source: source, desired: desired, recorded: recorded, settings: request.approvals
        ).added(to: output.plan, snapshot: snapshot)
        workspaces.awaitAllButOne()
        var result = Result(
            source: source, desired: desired, shards: shards, observation: observation,
            normalised: normalised, recorded: recorded,
            respelled: respelled,
            comparison: output.comparison,
            plan: output.plan, rollbacks: rollbacks, snapshot: snapshot,
            notices: source.notices + pending.notices
                + rollbacks.notices(in: desired.environment.name)
                + RolloutLedger.notices(
                    desired.fleet, desired.environment, Set(output.plan.steps.map(\.namespace)),
                    request.operator)
                + wire(shards.map(\.server) + [workshopServer(desired)].compactMap(\.self))
                + Self.notices(desired, observation) + workspaces.notices
                + normalised.differences.map(\.notice) + sizes.notices
                + output.comparison.oldTemporals() + far.notices, workspaces: workspaces)
        result.far = far
        return result
    }

    /// Every shard of the environment; in namespaces outside the scope, those that are listed
    /// without asking a server.
    private func known(in desired: DesiredState) -> [Shard] {
        guard request.scope.namespaces != nil else { return desired.shards }
        let names = Set(desired.shards.map(\.id.namespace))
        return desired.shards
            + desired.fleet.listedShards(of: desired.environment)
            .filter { !names.contains($0.id.namespace) }
    }

    /// Where the shards are, as far as this pass knows all of them.
    private func whereabouts(in desired: DesiredState) -> Whereabouts {
        let (wanted, fleet) = (request.scope.namespaces, desired.fleet)
        return Whereabouts(known(in: desired)) { name in
            wanted?.contains(name) != false || fleet.listsAllShards(of: name)
        }
    }

    /// The shards that left the fleet while a statement ran there, where the pass is about them.
    private func left(_ setAside: SetAside, behind shards: [Shard]) -> [UnknownShard] {
        guard request.scope.shards.isEmpty, !setAside.astray.isEmpty else { return [] }
        let present = Set(shards.map(\.id))
        let left = Set(setAside.astray.map(\.shardID)).subtracting(present).filter {
            request.scope.namespaces?.contains($0.namespace) != false
        }
        return left.sorted().compactMap { shard in
            setAside.reasons[shard].map {
                UnknownShard(shard: shard, code: "set-aside", reason: $0)
            }
        }
    }

    /// The target with the database's name as the server writes it in `information_schema`.
    private static func stored(
        _ target: ObservationTarget, _ observation: [ShardID: ShardObservation]
    ) -> ObservationTarget {
        guard case .known(let shard) = observation[target.id] else { return target }
        return target.stored(by: NameFolding(shard.profile))
    }

    private func workshopServer(_ desired: DesiredState) -> ServerAddress? {
        desired.fleet.namedWorkspace(desired.environment)
    }

    /// Notices for servers whose identity TLS does not verify; those with the same settings are one
    /// notice.
    private func wire(_ servers: [ServerAddress]) -> [Notice] {
        var groups: [(tls: TLSOptions, servers: [ServerAddress])] = []
        for server in Set(servers).sorted() {
            guard let tls = context.tls(to: server) else { continue }
            if let place = groups.firstIndex(where: { $0.tls == tls }) {
                groups[place].servers.append(server)
            } else {
                groups.append((tls, [server]))
            }
        }
        return groups.flatMap { Notice.wire($0.tls, to: $0.servers) }
    }

    /// Observes every shard; a loop does not ask those that failed recently.
    ///
    /// - Parameter kinds: the kinds of objects to read besides tables, by namespace.
    private func observe(
        _ shards: [Shard], kinds: [String: Set<ObjectName.Kind>]
    ) -> [ShardID: ShardObservation] {
        let now = hooks.clock.now
        let backOffs = context.shardBackOff
        var observation: [ShardID: ShardObservation] = [:]
        var due: [ObservationTarget] = []
        for shard in shards {
            if request.backsOff, let time = backOffs.wait(for: shard.id, now: now) {
                observation[shard.id] = .unknown(
                    ShardProblem(
                        code: FarObservation.untriedCode,
                        reason: "\(shard.id) on \(shard.server) could not be read before: "
                            + "tried again at \(time)", retry: .retryable))
            } else {
                due.append(ObservationTarget(shard, kinds: kinds[shard.id.namespace] ?? []))
            }
        }
        let access = hooks.access ?? context
        for (id, result) in access.observe(due, mode: request.mode) {
            observation[id] = result
            switch result {
            case .known: backOffs.succeeded(id)
            case .unknown: backOffs.failed(id, now: now)
            }
        }
        return observation
    }

    private static func known(
        _ shards: [Shard], _ observation: [ShardID: ShardObservation]
    ) -> [(shard: Shard, profile: ServerProfile)] {
        shards.compactMap { shard in
            guard case .known(let known) = observation[shard.id] else { return nil }
            return (shard, known.profile)
        }
    }

    /// Takes back what somebody rolled back, whatever git has.
    private func takeBack(
        _ normalised: inout NormaliseStage.Output, _ desired: DesiredState,
        _ observation: [ShardID: ShardObservation], _ recorded: [ShardID: ShardRecord],
        _ snapshot: RecordSnapshot?
    ) throws(LedgerError) -> RollbackStanding {
        var standing = RollbackStanding(records: try snapshot?.rollbacks() ?? [])
        guard !standing.records.isEmpty else { return standing }
        let isWhole = request.scope.namespaces == nil
        let fleet = Set(desired.shards.map(\.id))
        try normalised.takeBack(
            &standing, observation: observation, recorded: recorded, in: context.catalog,
            hasLeft: { isWhole && !fleet.contains($0) },
            operations: OpenOperations(of: snapshot),
            load: { digest, flavour throws(LedgerError) in
                try context.cache.table(digest, flavour: flavour, in: snapshot)
            })
        return standing
    }

    /// Loads the texts of recorded tables, so that equivalent definitions compare as equal.
    private func recallRecorded(
        _ recorded: [ShardID: ShardRecord], _ observation: [ShardID: ShardObservation],
        _ snapshot: RecordSnapshot?
    ) throws(LedgerError) {
        var asked: Set<Digest> = []
        var last: [String: Digest]?
        for (id, record) in recorded where record.tables != last {
            guard case .known(let known) = observation[id] else { continue }
            last = record.tables
            for digest in record.tables.values where asked.insert(digest).inserted {
                _ = try context.cache.table(
                    digest, flavour: known.profile.flavour, in: snapshot)
            }
        }
    }

    private static func notices(
        _ desired: DesiredState, _ observation: [ShardID: ShardObservation]
    ) -> [Notice] {
        var notices = desired.fleet.warnings.map {
            Notice(code: $0.code.rawValue, message: $0.description)
        }
        struct Group: Hashable {
            let kind: CountedObjectKind
            let manage: String
        }
        var others: [Group: (shards: Int, objects: Int)] = [:]
        var uncounted: [String: Int] = [:]
        for (id, observation) in observation {
            guard case .known(let shard) = observation else { continue }
            if let reason = shard.uncounted { uncounted[reason, default: 0] += 1 }
            let manage = desired.fleet.namespace(id.namespace)?.manage ?? [.tables]
            let words = manage.map(\.rawValue).sorted().joined(separator: ", ")
            for (kind, count) in shard.otherObjects where count > 0 {
                let group = Group(kind: kind, manage: words)
                others[group, default: (0, 0)].shards += 1
                others[group, default: (0, 0)].objects += count
            }
        }
        for (reason, shards) in uncounted.sorted(by: { $0.key < $1.key }) {
            notices.append(
                Notice(
                    code: "not-counted",
                    message: "triggers, routines and events that are not managed could not be "
                        + "counted on \(Count.of(shards, "shard")): \(reason)"))
        }
        for (group, count) in others.sorted(by: {
            ($0.key.kind, $0.key.manage) < ($1.key.kind, $1.key.manage)
        }) {
            let place = "on \(Count.of(count.shards, "shard"))"
            guard group.kind != .onlineCopy else {
                notices.append(
                    Notice(
                        code: "online-copy",
                        message: "\(Count.of(count.objects, "table")) of online copies \(place): "
                            + "they go with their rollout, or when they were kept for long enough"))
                continue
            }
            notices.append(
                Notice(
                    code: "not-managed",
                    message: "\(Count.of(count.objects, group.kind.rawValue)) \(place) left "
                        + "alone, as not managed (manage: [\(group.manage)])"))
        }
        return notices
    }
}

extension PassContext {
    /// Reads and plans; changes nothing.
    ///
    /// - Parameter asksRows: whether the plan says which rows stand in its way.
    package func plan(asksRows: Bool = true) throws -> PlanningPass.Result {
        let planned = try planAhead(asksRows: asksRows)
        planned.workspaces.close()
        return planned
    }

    /// The same, while its last workspace is still being dropped, in a session of its own: the
    /// caller closes the workspaces in the end.
    ///
    /// - Parameter mayAsk: whether it may be recorded which shards workers are to read.
    func planAhead(asksRows: Bool = true, mayAsk: Bool = false) throws -> PlanningPass.Result {
        var planned = try PlanningPass(request: request, hooks: hooks, context: context)
            .run(source, fleet: fleet, store: store, asksRows: asksRows, mayAsk: mayAsk)
        engines.share(&planned.plan.steps) { context.catalog[$0] }
        CopyNeighbours(comparison: planned.comparison) { context.catalog[$0] }
            .withdraw(from: &planned.plan.steps)
        return planned
    }

    /// The engines as the environment's policy wants them.
    var engines: Engines { hooks.engines.under(fleet.policy) }

    /// Which steps policy and approvals allow to run now.
    ///
    /// - Parameter unsettled: shards of which it is not known what an earlier run did.
    func gate(
        _ planned: PlanningPass.Result, unsettled: Set<ShardID> = [],
        atWork: OperationsAtWork = .init()
    ) throws -> GateStage.Output {
        try GateStage(pass: self).run(planned, unsettled: unsettled, atWork: atWork)
    }
}
