import Desired
import Diff
import Ledger
import Model
import Observed
import Schema

/// Stage 5: compares the schemas, proves the changes and makes the plan.
package struct PlanStage {
    /// The results of the stages before.
    package struct Input {
        package var source: FetchedSource
        package var desired: DesiredState
        package var shards: [Shard]
        package var observation: [ShardID: ShardObservation]
        package var normalised: NormaliseStage.Output
        package var recorded: [ShardID: ShardRecord]
    }

    /// The comparison, and the plan that follows from it.
    package struct Output {
        package var comparison: Comparison
        package var plan: Plan
    }

    let cache: ProofCache
    let catalog: ObjectCatalog
    let snapshot: RecordSnapshot?
    let workspaces: WorkspacePool

    package init(
        cache: ProofCache, catalog: ObjectCatalog, snapshot: RecordSnapshot?,
        workspaces: WorkspacePool
    ) {
        self.cache = cache
        self.catalog = catalog
        self.snapshot = snapshot
        self.workspaces = workspaces
    }

    /// Compares, proves and plans; throws where the ledger fails.
    package func run(_ input: Input) throws -> Output {
        let lookup: (Digest) -> CatalogTable? = { catalog[$0] }
        let comparison = Comparison(
            schemas: input.normalised.schemas, shards: compared(input), lookup: lookup)
        var ports = ports(input, servers: Self.servers(input), lookup: lookup)
        if let snapshot { ports.refusals = try LedgerQueries.refusals(in: snapshot) }
        var planner = Planner(
            comparison: comparison, removals: Self.removals(input.desired),
            renames: { index in
                let schema = input.normalised.stored[index]
                let back = input.normalised.schemas[index].takenBack.values.flatMap(\.columns)
                return Renames(columns: schema.renames + back, indexes: schema.indexRenames)
            },
            ports: ports)
        let result = try planner.plan()
        let unknown = input.shards.compactMap { shard -> UnknownShard? in
            guard case .unknown(let problem) = input.observation[shard.id] else { return nil }
            return UnknownShard(shard: shard.id, code: problem.code, reason: problem.reason)
        }
        let plan = Plan(
            environment: input.desired.environment.name,
            revision: input.source.planRevision, steps: result.steps, unknown: unknown,
            unsupported: result.unsupported,
            shardCount: input.shards.count)
        return Output(comparison: comparison, plan: plan)
    }

    private func compared(_ input: Input) -> [Comparison.Shard] {
        input.shards.compactMap { shard in
            guard case .known(let known) = input.observation[shard.id],
                let schema = input.normalised.assignment[shard.id]
            else { return nil }
            return Comparison.Shard(
                id: shard.id, schema: schema,
                live: .init(digest: known.schema.digest, tables: known.schema.tables),
                recorded: input.recorded[shard.id])
        }
    }

    private static func removals(_ desired: DesiredState) -> [String: Planner.Removal] {
        var removals: [String: Planner.Removal] = [:]
        for namespace in desired.fleet.namespaces {
            removals[namespace.name] = Planner.Removal(
                retire: Set(namespace.retire.map { ObjectName(encoded: $0.value) }),
                prunesAll: namespace.prune == .all)
        }
        return removals
    }

    /// For each profile of a normalised schema a server that has it.
    private static func servers(_ input: Input) -> [ServerProfile: ServerAddress] {
        var servers: [ServerProfile: ServerAddress] = [:]
        for shard in input.shards {
            // This is the profile with the `sql_mode` of the fleet file, where it sets one.
            guard case .known = input.observation[shard.id],
                let place = input.normalised.assignment[shard.id]
            else { continue }
            let profile = input.normalised.schemas[place].profile
            if servers[profile] == nil { servers[profile] = shard.server }
        }
        return servers
    }

    private func ports(
        _ input: Input, servers: [ServerProfile: ServerAddress],
        lookup: @escaping (Digest) -> CatalogTable?
    ) -> Planner.Ports {
        let stored = input.normalised.stored
        func schema(_ index: Int) -> DesiredSchema { stored[index] }
        let causes = Causes(input.source, input.desired.fleet)
        var ports = Planner.Ports(
            lookup: lookup,
            prove: { change, profile in
                try prove(change, profile: profile, server: servers[profile])
            },
            proveGroup: { group, profile in
                try prove(group, profile: profile, server: servers[profile])
            },
            proveObject: { change, profile in
                try prove(change, profile: profile, server: servers[profile])
            },
            cause: { causes.cause(of: $1, in: schema($0)) },
            location: { Causes.location(of: $2, object: $1, in: schema($0)) })
        ports.proveTogether = { changes, profile in
            try proveTogether(changes, profile: profile, server: servers[profile])
        }
        return ports
    }

    /// The statements for an object other than a table. Its text was proved when it was normalised;
    /// only the result of `ALTER SEQUENCE` depends on the sequence before, and is proved here.
    private func prove(
        _ change: ObjectChange, profile: ServerProfile, server: ServerAddress?
    ) throws -> [PlanStatement] {
        let statements = change.statements(profile: profile)
        guard change.name.kind == .sequence, let from = change.from, let to = change.to else {
            return statements
        }
        guard let server else {
            throw NotProved(reason: "no server of its kind can be reached to prove the change")
        }
        do throws(WorkspaceError) {
            try workspaces.use(for: profile, server: server) {
                (workspace) throws(WorkspaceError) in
                try workspace.prove(sequence: from, becomes: to)
            }
            return statements
        } catch {
            switch error.code {
            case .notProved, .rejected: throw NotProved(reason: "\(error)")
            case .unavailable: throw error
            }
        }
    }

    /// The statements of a change, remembered or proved in the workspace.
    private func prove(
        _ change: Planner.Change, profile: ServerProfile, server: ServerAddress?
    ) throws -> [PlanStatement] {
        if change.kind == .drop {
            let sql = "DROP TABLE \(SQL.identifier(change.table))"
            return [
                PlanStatement(sql: sql, checksForeignKeys: change.checksForeignKeys, after: nil)
            ]
        }
        let identity = try change.identity(flavour: profile.flavour)
        if let known = try cache.proof(of: identity, profile: profile, in: snapshot) {
            return known
        }
        guard let server else {
            throw NotProved(reason: "no server of its kind can be reached to prove the change")
        }
        let question = ChangeToProve(change)
        do throws(WorkspaceError) {
            let proof = try workspaces.use(for: profile, server: server) {
                (workspace) throws(WorkspaceError) in try workspace.prove(question)
            }
            cache.keep(proof.statements.compactMap { $0.after })
            cache.remember(proof.statements, for: identity, profile: profile)
            return proof.statements
        } catch {
            switch error.code {
            case .notProved, .rejected: throw NotProved(reason: "\(error)")
            case .unavailable: throw error
            }
        }
    }
}
