import Execution
import Basics
import Desired
import Diff
import Git
import Model
import MySQLClient
import Observed
import Reconciler
import Schema

/// Makes a schema repository from databases as they are.
package enum DatabaseImport {
    /// Reads the databases and writes `plumb.yaml` and a file for each table and other object of
    /// the kinds that are to be managed, or nothing at all.
    ///
    /// Throws `ImportError`, `ConfigurationError` for secrets that are not where the request says,
    /// and `MySQLError` when the server cannot be asked for its databases.
    package static func run(
        _ request: ImportRequest, clock: any Clock = SystemClock()
    ) throws -> ImportReport {
        let folder = LocalPath(request.folder).resolved(in: request.workingFolder)
        var target = try ImportFolder(path: folder)
        var draft = FleetDraft(request)
        // Reads the connection back from what will be written, so that both are the same.
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
        try target.publish()
        var outcomes: [Outcome] = []
        if !reading.unknown.isEmpty { outcomes.append(.shardUnknown) }
        if !groups.differing.isEmpty { outcomes.append(.differs) }
        return ImportReport(
            folder: folder, files: layout.files, namespaces: layout.report,
            differing: groups.differing, unknown: reading.unknown, empty: groups.empty,
            skipped: reading.skippedObjects(context, besides: request.objects),
            exitStatus: ExitStatus(outcomes))
    }
}

/// The databases that a request means.
struct DatabaseSelection {
    /// Sorted.
    private(set) var names: [String] = []
    /// Those that the request names one by one.
    private(set) var exact: Set<String> = []
    /// For each pattern the names that are like it.
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

    /// The server's own databases and Plumb's scratch databases are nobody's schema.
    private static func isImported(_ name: String) -> Bool {
        let system: Set<String> = ["mysql", "information_schema", "performance_schema", "sys"]
        return !system.contains(name.lowercased())
            && !WorkspaceName.isOne(name, prefix: WorkspaceName.defaultPrefix)
    }
}

/// What the databases have.
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
    /// The account of Plumb's sessions as servers write it behind `DEFINER=`.
    fileprivate func account(_ server: ServerAddress) throws -> String {
        let account = try pool.withConnection(to: server, purpose: .read) { connection in
            try connection.query("SELECT CURRENT_USER()").first?[0] ?? ""
        }
        // A host has no `@`; a user may.
        let host = account.lastIndex(of: "@") ?? account.endIndex
        return SQL.identifier(String(account[..<host])) + "@"
            + SQL.identifier(String(account[host...].dropFirst()))
    }
}
