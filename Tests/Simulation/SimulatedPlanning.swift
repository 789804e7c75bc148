import Desired
import Diff
import Ledger
import Model
import Observed
import Reconciler
import Schema

/// The first half of a pass without a schema repository and a server that proves changes: the real
/// comparison and the real planner, for whom each change of the simulation is proved already.
struct SimulatedPlanning {
    let world: World

    func plan(_ pass: PassContext) throws -> PlanningPass.Result {
        let fleet = pass.fleet
        let shards = try fleet.resolve(pass.environment) { _, _ in [] }
        let selected = DesiredStage(scope: pass.request.scope).selected(shards)
        let access = pass.hooks.access ?? pass.context
        var observation = access.observe(
            selected.map { ObservationTarget($0) }, mode: pass.request.mode)
        let snapshot = try pass.store.snapshot()
        let recorded = try pass.context.memory.recorded(in: snapshot)
        for (id, reason) in try pass.context.memory.setAside(in: snapshot).reasons
        where observation[id] != nil {
            observation[id] = .unknown(
                ShardProblem(code: "set-aside", reason: reason, retry: .permanent))
        }
        var wanted = self.wanted(pass, selected, recorded)
        let rollbacks = try takeBack(
            &wanted, observation, recorded, snapshot, pass.context.catalog)
        let comparison = compare(pass, wanted, selected, observation, recorded)
        var planner = Planner(
            comparison: comparison, removals: removals(fleet),
            renames: { _ in Renames() },
            ports: try ports(pass.context.catalog, snapshot))
        let result = try planner.plan()
        let desired = DesiredState(
            fleet: fleet, environment: pass.environment, revision: pass.source.revision,
            schemas: [], assignment: [:], shards: shards)
        var steps = result.steps
        pass.hooks.engines.share(&steps) { _ in nil }
        return PlanningPass.Result(
            source: pass.source, desired: desired, shards: selected, observation: observation,
            normalised: wanted, recorded: recorded,
            comparison: comparison,
            plan: Plan(
                environment: pass.environment.name, revision: pass.source.planRevision,
                steps: steps, unknown: unknown(selected, observation),
                unsupported: result.unsupported, shardCount: selected.count),
            rollbacks: rollbacks, snapshot: snapshot,
            workspaces: WorkspacePool(
                pool: pass.context.pool, catalog: pass.context.catalog, preferred: nil,
                prefix: "_plumb_ws"))
    }

    /// What git wants of each shard.
    private func wanted(
        _ pass: PassContext, _ shards: [Shard], _ recorded: [ShardID: ShardRecord]
    ) -> NormaliseStage.Output {
        let catalog = pass.context.catalog
        var tables: [String: CatalogTable] = [:]
        for (table, columns) in world.revision(of: pass.source.commit) {
            let found = Shapes.table(Shape(table: table, columns: columns))
            catalog.insert(found)
            tables[Shape.name(table)] = found
        }
        for record in recorded.values {
            for digest in record.tables.values {
                if let shape = Shapes.shape(digest) { catalog.insert(Shapes.table(shape)) }
            }
        }
        let schema = Comparison.Schema(
            namespace: "app", profile: SimulatedServers.profile, tables: tables)
        return NormaliseStage.Output(
            schemas: [schema],
            assignment: Dictionary(uniqueKeysWithValues: shards.map { ($0.id, 0) }))
    }

    /// What somebody rolled back is wanted as it was before, by the product's own rule.
    private func takeBack(
        _ wanted: inout NormaliseStage.Output, _ observation: [ShardID: ShardObservation],
        _ recorded: [ShardID: ShardRecord], _ snapshot: RecordSnapshot?, _ catalog: ObjectCatalog
    ) throws -> RollbackStanding {
        var standing = RollbackStanding(records: try snapshot?.rollbacks() ?? [])
        try wanted.takeBack(
            &standing, observation: observation, recorded: recorded, in: catalog,
            hasLeft: { _ in false }, operations: OpenOperations(of: snapshot),
            load: { digest, _ in
                let table = Shapes.shape(digest).map(Shapes.table)
                if let table { catalog.insert(table) }
                return table
            })
        return standing
    }

    private func compare(
        _ pass: PassContext, _ wanted: NormaliseStage.Output, _ shards: [Shard],
        _ observation: [ShardID: ShardObservation], _ recorded: [ShardID: ShardRecord]
    ) -> Comparison {
        let catalog = pass.context.catalog
        return Comparison(
            schemas: wanted.schemas,
            shards: shards.compactMap { shard in
                guard case .known(let known) = observation[shard.id] else { return nil }
                return Comparison.Shard(
                    id: shard.id, schema: wanted.assignment[shard.id] ?? 0,
                    live: .init(digest: known.schema.digest, tables: known.schema.tables),
                    recorded: recorded[shard.id])
            }, lookup: { catalog[$0] })
    }

    private func unknown(
        _ shards: [Shard], _ observation: [ShardID: ShardObservation]
    ) -> [UnknownShard] {
        shards.compactMap { shard in
            guard case .unknown(let problem) = observation[shard.id] else { return nil }
            return UnknownShard(shard: shard.id, code: problem.code, reason: problem.reason)
        }
    }

    private func removals(_ fleet: Fleet) -> [String: Planner.Removal] {
        Dictionary(
            uniqueKeysWithValues: fleet.namespaces.map { namespace in
                (
                    namespace.name,
                    Planner.Removal(
                        retire: Set(namespace.retire.map { ObjectName(encoded: $0.value) }),
                        prunesAll: false)
                )
            })
    }

    private func ports(
        _ catalog: ObjectCatalog, _ snapshot: RecordSnapshot?
    ) throws -> Planner.Ports {
        var ports = Planner.Ports(
            lookup: { catalog[$0] },
            prove: { change, _ in
                let statements = statements(change)
                for digest in statements.compactMap(\.after) {
                    if let shape = Shapes.shape(digest) { catalog.insert(Shapes.table(shape)) }
                }
                return statements
            },
            proveGroup: { _, _ in throw NotProved(reason: "no groups here") },
            proveObject: { _, _ in throw NotProved(reason: "no objects here") },
            cause: { _, _ in PlanCause(kind: .git) }, location: { _, _, _ in nil })
        if let snapshot { ports.refusals = try LedgerQueries.refusals(in: snapshot) }
        return ports
    }

    private func statements(_ change: Planner.Change) -> [PlanStatement] {
        let table = Int(change.table.dropFirst()) ?? 0
        let from = change.from.flatMap { Shapes.shape($0.digest) }?.columns
        let to = change.kind == .drop ? nil : change.to.flatMap { Shapes.shape($0.digest) }?.columns
        return Shapes.statements(table, from: from, to: to)
    }
}
