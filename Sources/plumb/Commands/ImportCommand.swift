import Desired
import Import
import Model
import Reconciler
import Reports
import Schema
import Service
import Views

/// `plumb import`.
enum ImportCommand {
    static let command = Command(
        name: "import",
        summary: "write plumb.yaml and schema files from databases; or refill a ledger",
        details: """
            With --host and --database: reads every table, and every object of the kinds that
            --manage names, and writes a schema repository whose plan is empty. Databases that are
            alike become the shards of one namespace. Nothing is overwritten. With --record:
            records in the ledger what is live and equal to git.
            """,
        options: [
            .host, .databases, .manage, .user, .passwordEnvironment, .optionFile, .into, .record,
        ] + Option.fleet + [.output, .noColor],
        run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        if invocation.has(.record) { return try record(invocation) }
        let format = try invocation.format()
        guard let host = invocation.value(.host), !invocation.values(.databases).isEmpty else {
            throw UsageError(
                message: "no database is named to import from",
                remedy: "give --host and --database, or --record")
        }
        guard let server = ServerAddress(host) else {
            throw UsageError(
                message: "--host \(host): no such address",
                remedy: "use name:port, [v6]:port or unix:/path")
        }
        if let rules = try invocation.operatorFile(), !rules.allows(server) {
            throw ConfigurationError(
                "\(server): not reached: none of the `hosts` in \(rules.file) matches it",
                remedy: "name a server that may be reached")
        }
        let credentials: ImportRequest.Connection.Credentials
        if let file = invocation.value(.optionFile) {
            credentials = .optionFile(file)
        } else {
            let password = invocation.value(.passwordEnvironment)
            credentials = .user(
                invocation.value(.user) ?? "root",
                password: password.map { .environment($0) } ?? .none)
        }
        let report = try DatabaseImport.run(
            ImportRequest(
                server: server, databases: invocation.values(.databases),
                connection: .init(credentials: credentials),
                environment: invocation.value(.environment) ?? "production",
                manage: try managed(invocation.value(.manage)),
                namespace: invocation.value(.namespace),
                folder: invocation.value(.into) ?? ".", workingFolder: invocation.folder))
        if format == .json {
            invocation.terminal.answer(json(report), as: .json)
        } else {
            let style = format == .markdown ? Style.plain : invocation.style
            invocation.answer(text(report, style), as: format)
        }
        return report.exitStatus
    }

    /// The kinds of objects in the value of `--manage`.
    private static func managed(_ text: String?) throws -> Set<ManagedKind> {
        guard let text else { return [.tables] }
        let words = text.split(separator: ",").map { $0.trimmingPrefix(" ") }
        return try words.reduce(into: []) { kinds, word in
            guard let kind = ManagedKind(rawValue: String(word)) else {
                let all = ManagedKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError(
                    message: "--manage \(text): no such kind",
                    remedy: "use \(all), with commas between")
            }
            kinds.insert(kind)
        }
    }

    private static func text(_ report: ImportReport, _ style: Style) -> String {
        var text = ""
        for namespace in report.namespaces {
            text += "\(namespace.name)  \(contents(of: namespace))  "
            text += ShardNames.compact(namespace.shards.map(\.name)) + "\n"
        }
        for table in report.unsupported {
            text += Visible.line("not managed: \(table.file): \(table.problem ?? "")") + "\n"
        }
        for object in report.namespaces.flatMap(\.objects) where !object.leftOut.isEmpty {
            text +=
                "\(object.file): without \(object.leftOut.joined(separator: " and ")), in which "
                + "the databases differ\n"
        }
        for difference in report.differing {
            text += "\(difference.database) differs from \(difference.reference):\n"
            for line in difference.lines {
                text += "  " + Visible.line("\(line.table): \(line.text)") + "\n"
            }
        }
        for problem in report.unknown {
            text += Visible.line("\(problem.database): unknown: \(problem.reason)") + "\n"
        }
        text += skipped(report)
        let files = "\(Count.of(report.files.count, "file")) in \(report.folder)"
        return text + "\(files): \(summary(report))  exit \(report.exitStatus.rawValue)\n"
    }

    private static func contents(of namespace: ImportReport.Namespace) -> String {
        let tables = Count.of(namespace.tables.count, "table")
        guard !namespace.objects.isEmpty else { return tables }
        return tables + ", \(Count.of(namespace.objects.count, "other object"))"
    }

    private static func summary(_ report: ImportReport) -> String {
        let objects =
            report.objectCount == 0 ? "" : ", \(Count.of(report.objectCount, "other object"))"
        return
            "\(Count.of(report.tableCount, "table"))\(objects), \(Count.of(report.shardCount, "shard"))"
    }

    /// One line for each kind that was left out, whatever the number of databases.
    private static func skipped(_ report: ImportReport) -> String {
        let kinds = Dictionary(grouping: report.skipped, by: \.kind)
        return kinds.sorted { $0.key < $1.key }.map { kind, objects in
            let names = Set(objects.map(\.name)).sorted()
            let databases = Set(objects.map(\.database)).count
            let managing = ObjectName.Kind(rawValue: kind).map { ManagedKind.managing($0).rawValue }
            return
                "not imported: \(Count.of(names.count, kind)) in \(Count.of(databases, "database")): "
                + Visible.line(names.joined(separator: ", "))
                + (managing.map { "; add `--manage \($0)`" } ?? "") + "\n"
        }.joined()
    }

    private static func json(_ report: ImportReport) -> String {
        JSONView.table(
            kind: "import", rows: report.files.map { ["file": $0] },
            summary: summary(report),
            exit: report.exitStatus) + "\n"
    }

    // MARK: --record

    private static func record(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format()
        let pass = try PassContext.open(try invocation.request(), PassHooks())
        let report = try LedgerRebuild(pass: pass).run()
        let summary =
            Count.of(report.recordedTableCount, "table") + " on "
            + Count.of(report.recordedShardCount, "shard") + " recorded, "
            + Count.of(report.inSyncCount, of: report.shardCount, "shard") + " in sync"
        if format == .json {
            let rows = report.differing.map { finding in
                [
                    "namespace": finding.namespace, "table": finding.object.encoded,
                    "status": finding.status.rawValue,
                    "shards": finding.shards.joined(separator: ","),
                ]
            }
            invocation.terminal.answer(
                JSONView.table(
                    kind: "import-record", rows: rows, summary: summary, exit: report.exitStatus)
                    + "\n")
            return report.exitStatus
        }
        let left =
            report.differing.map {
                "not recorded: \($0.namespace).\($0.object.encoded) differs on "
                    + ShardNames.compact($0.shards)
            } + report.unknown.map { "not recorded: \($0.shard): \($0.reason)" }
        invocation.answer(
            left.map { Visible.line($0) + "\n" }.joined()
                + "\(summary)  exit \(report.exitStatus.rawValue)\n", as: format)
        return report.exitStatus
    }
}
