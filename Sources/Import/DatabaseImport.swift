import Execution
import Desired
import Model
import MySQLClient
import Observed
import Reconciler
import Schema

/// Creates a schema repository from existing databases.
package enum DatabaseImport {
    /// Reads the databases and writes `plumb.yaml` and a file for each table, and for each other
    /// object of the kinds to manage; or nothing at all.
    ///
    /// Throws `ImportError`, `ConfigurationError` where a secret is not at its place, and
    /// `MySQLError` where the server's databases cannot be listed.
    package static func run(
        _ request: ImportRequest, clock: any Clock = SystemClock()
    ) throws -> ImportReport {
        let folder = LocalPath(request.folder).resolved(in: request.workingFolder)
        var target = try ImportFolder(path: folder)
        var draft = FleetDraft(request)
        // Uses the connection as it will be written, so that both are the same.
        let (connection, concurrency) = try draft.connection()
        let context = try ReconcileContext(
            access: ServerAccess(
                to: request.server, by: connection, folder: request.workingFolder),
            purposes: [.read], concurrency: concurrency, clock: clock)
        defer { context.pool.closeIdle() }
        let selection = try DatabaseSelection(request, context: context)
        let reading = DatabaseReading(
            server: request.server, databases: selection.names, kinds: request.objects,
            context: context)
        let groups = try DatabaseGroups(
            selection: selection, reading: reading, account: try context.account(request.server),
            context: context)
        draft.sqlMode = groups.sqlMode
        var layout = ImportLayout(groups: groups, request: request, catalog: context.catalog)
        try layout.settle(in: &target, draft: draft)
        let skipped = try reading.skippedObjects(context, besides: request.objects)
        try target.publish()
        var outcomes: [Outcome] = []
        if !reading.unknown.isEmpty { outcomes.append(.shardUnknown) }
        if !groups.differing.isEmpty { outcomes.append(.differs) }
        return ImportReport(
            folder: folder, files: layout.files, namespaces: layout.report,
            differing: groups.differing, unknown: reading.unknown, empty: groups.empty,
            skipped: skipped,
            exitStatus: ExitStatus(outcomes))
    }
}

/// The databases that a request names.
struct DatabaseSelection {
    /// Sorted.
    private(set) var names: [String] = []
    /// The databases that the request names in full.
    private(set) var exact: Set<String> = []
    /// For each pattern the names that match it.
    private(set) var patterns: [[String]] = []

    init(_ request: ImportRequest, context: ReconcileContext) throws {
        let all = try context.discover(request.server, like: "%")
        var found: Set<String> = []
        for text in request.databases {
            if all.contains(text) {
                exact.insert(text)
                found.insert(text)
                continue
            }
            let like =
                text.contains("%") || text.contains("_")
                ? try context.discover(request.server, like: text).filter(Self.isImported) : []
            guard !like.isEmpty else {
                let near = NearestName.suggestion(for: text, among: all)
                throw ImportError(
                    .noDatabase,
                    "\(request.server): no database is called, or LIKE, `\(text)`",
                    remedy: near.map { "did you mean `\($0)`?" }
                        ?? "create it, or grant the account a privilege on it")
            }
            patterns.append(like)
            found.formUnion(like)
        }
        guard !found.isEmpty else {
            throw ImportError(.noDatabase, "no database is named", remedy: "give `--database`")
        }
        names = found.sorted()
    }

    /// Whether it is neither a system database nor one of Plumb's scratch databases.
    private static func isImported(_ name: String) -> Bool {
        let system: Set<String> = ["mysql", "information_schema", "performance_schema", "sys"]
        return !system.contains(name.lowercased())
            && !WorkspaceName.matches(name, prefix: WorkspaceName.defaultPrefix)
    }
}

/// The contents of the databases.
struct DatabaseReading {
    let server: ServerAddress
    /// The databases that could be read.
    private(set) var known: [String: KnownShard] = [:]
    private(set) var unknown: [ImportReport.UnknownDatabase] = []

    init(
        server: ServerAddress, databases: [String], kinds: Set<ObjectName.Kind>,
        context: ReconcileContext
    ) {
        self.server = server
        for name in databases where name.contains(where: { $0 == "{" || $0 == "}" }) {
            unknown.append(
                .init(
                    database: name, code: "invalid-name",
                    reason: "no fleet file can name a database with braces: rename it"))
        }
        let targets = databases.filter { name in
            !unknown.contains { $0.database == name }
        }.map {
            ObservationTarget(
                id: ShardID(namespace: "import", shard: $0), server: server, database: $0,
                kinds: kinds)
        }
        let observation = context.observer.observe(targets, mode: .once)
        for target in targets {
            switch observation[target.id] {
            case .known(let shard): known[target.database] = shard
            case .unknown(let problem):
                unknown.append(
                    .init(database: target.database, code: problem.code, reason: problem.reason))
            case nil: break
            }
        }
    }
}

extension ReconcileContext {
    /// The account of Plumb's sessions, as servers print it after `DEFINER=`.
    fileprivate func account(_ server: ServerAddress) throws -> String {
        let account = try pool.withConnection(to: server, purpose: .read) { connection in
            try connection.query("SELECT CURRENT_USER()").first?[0] ?? ""
        }
        // A user name may contain `@`; a host cannot.
        let host = account.lastIndex(of: "@") ?? account.endIndex
        return SQL.identifier(String(account[..<host])) + "@"
            + SQL.identifier(String(account[host...].dropFirst()))
    }
}
