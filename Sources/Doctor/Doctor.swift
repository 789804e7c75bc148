import Desired
import Execution
import MySQLClient
import Reconciler
import Schema

/// Checks everything that Plumb depends on, and changes nothing.
///
/// A failed check hides no other: what cannot be checked is `unknown`, and the next check goes on.
package struct Doctor {
    typealias Check = DoctorReport.Check

    private let request: PassRequest
    private let hooks: PassHooks

    /// Checks source, secrets, servers, grants and ledger of the request's environment.
    package static func run(
        _ request: PassRequest, _ hooks: PassHooks = PassHooks()
    ) -> DoctorReport {
        DoctorReport(checks: Doctor(request: request, hooks: hooks).checks())
    }

    private func checks() -> [Check] {
        hooks.stage("looking at the schema repository")
        let repository = RepositoryExamination(request: request, now: hooks.clock.now)
        var checks = repository.checks
        if let fleet = repository.fleet, let environment = repository.environment,
            let places = repository.places
        {
            checks += servers(fleet, environment, places: places)
        }
        hooks.stage("verifying the ledger")
        return checks
            + LedgerExamination(
                request: request, fleet: repository.fleet, environment: repository.environment,
                places: repository.places ?? SecretPlaces(folder: nil), clock: hooks.clock
            ).checks
    }

    private func servers(
        _ fleet: Fleet, _ environment: Desired.Environment, places: SecretPlaces
    ) -> [Check] {
        let access: ServerAccess
        let context: ReconcileContext
        var accounts: [Check] = []
        do {
            access = try ServerAccess(
                fleet: fleet, environment: environment, operator: request.operator,
                places: places)
            accounts =
                AccountExamination(
                    access: access, request: request, environment: environment, places: places
                ).checks
            context = try ReconcileContext(
                access: access, purposes: [.read],
                concurrency: fleet.policy.rollout.concurrency, clock: hooks.clock)
        } catch {
            return accounts + [
                Check(
                    .secrets, environment.name, .failed, "\(error)",
                    remedy: "without it no server can be looked at")
            ]
        }
        defer { context.pool.closeIdle() }
        hooks.stage("looking for shards")
        let shards = ShardExamination(
            request: request, fleet: fleet, environment: environment, context: context)
        hooks.stage("looking at \(Count.of(shards.servers.count, "server"))")
        let byServer = Dictionary(grouping: shards.named, by: \.server)
        let results = Workers.map(
            shards.servers, total: max(4, fleet.policy.rollout.concurrency.total), perKey: 1,
            key: { $0 }
        ) { server in
            ServerExamination(
                server: server, shards: byServer[server] ?? [],
                workspacePrefix: fleet.workspace.prefix, context: context, clock: hooks.clock)
        }
        let facts = Dictionary(
            results.compactMap { result in result.facts.map { (result.server, $0) } },
            uniquingKeysWith: { first, _ in first })
        return accounts + shards.checks + results.flatMap(\.checks)
            + grants(shards, fleet, environment, facts, context)
            + ProfileExamination(shards: shards.named, facts: facts).checks
    }
}

extension Doctor {
    /// The privileges that each account lacks.
    private func grants(
        _ shards: ShardExamination, _ fleet: Fleet, _ environment: Desired.Environment,
        _ facts: [ServerAddress: ExaminedServerFacts], _ context: ReconcileContext
    ) -> [Check] {
        let occupied = Set(shards.named.map(\.server))
        let others = facts.map { server, examined in
            let isOccupied = occupied.contains(server)
            return (
                server,
                AccountPrivileges(
                    server: server, examined: examined, as: isOccupied ? .read : .workspace,
                    purposes: isOccupied ? [.workspace, .change] : [], context: context)
            )
        }.sorted { $0.0 < $1.0 }
        let byServer = Dictionary(
            others.map { ($0.0, $0.1) }, uniquingKeysWith: { first, _ in first })
        return others.flatMap(\.1.checks)
            + GrantExamination(
                shards: shards, fleet: fleet, environment: environment, facts: facts,
                others: byServer
            ).checks + online(shards, fleet, facts, byServer, context)
    }

    /// What online copies need and have left, where the policy asks for them.
    private func online(
        _ shards: ShardExamination, _ fleet: Fleet, _ facts: [ServerAddress: ExaminedServerFacts],
        _ others: [ServerAddress: AccountPrivileges], _ context: ReconcileContext
    ) -> [Check] {
        guard fleet.policy.online != nil else { return [] }
        return Dictionary(grouping: shards.named, by: \.server).sorted { $0.key < $1.key }
            .flatMap { server, shards -> [Check] in
                guard let facts = others[server]?.facts[.change] ?? facts[server] else { return [] }
                return OnlineExamination(
                    server: server, shards: shards, facts: facts, context: context
                ).checks
            }
    }
}

/// The servers of an environment, and its shards as far as they can be listed.
struct ShardExamination {
    let named: [Shard]
    /// Every server that the environment names, sorted.
    let servers: [ServerAddress]
    /// The server that the fleet file names for scratch databases.
    let workspace: ServerAddress?
    private(set) var checks: [DoctorReport.Check] = []

    init(
        request: PassRequest, fleet: Fleet, environment: Desired.Environment,
        context: ReconcileContext
    ) {
        var shards: [Shard] = []
        var servers: Set<ServerAddress> = []
        let names = environment.namespaces.map(\.value)
        // One namespace at a time, so that one that cannot be resolved hides no other.
        for name in names where request.scope.namespaces?.contains(name) ?? true {
            var isUnreachable = false
            do {
                shards += try fleet.resolve(environment, namespaces: [name]) { server, like in
                    do {
                        return try context.discover(server, like: like)
                    } catch {
                        isUnreachable = true
                        throw error
                    }
                }
            } catch {
                servers.formUnion(Self.servers(of: fleet.namespace(name), environment))
                checks.append(
                    DoctorReport.Check(
                        .databases, name, isUnreachable ? .unknown : .failed,
                        "the shards of `\(name)` cannot be listed: \(error)",
                        remedy: "until then none of its shards is looked at"))
            }
        }
        named = DesiredStage(scope: request.scope).selected(shards)
        servers.formUnion(named.map(\.server))
        workspace = fleet.namedWorkspace(environment)
        if let workspace { servers.insert(workspace) }
        self.servers = servers.sorted()
        let wanted = request.scope.shards
        if !wanted.isEmpty, named.isEmpty {
            checks.append(
                DoctorReport.Check(
                    .databases, environment.name, .failed,
                    "no shard is called \(wanted.joined(separator: ", "))",
                    remedy: "correct `--shard`"))
        }
    }

    private static func servers(
        of namespace: Namespace?, _ environment: Desired.Environment
    ) -> Set<ServerAddress> {
        var hosts: Set<ServerAddress> = []
        for entry in namespace?.shards ?? [] {
            switch entry.source {
            case .listed(let shards): hosts.formUnion(shards.map(\.host))
            case .discovered(let host, _): hosts.insert(host)
            }
        }
        return Set(hosts.map { environment.hosts?.pairs[$0] ?? $0 })
    }
}
