import Diff
import Testing

@testable import Observed
@testable import TestSupport

/// What the rows are asked agrees with what the change then does, on real servers.
@Suite struct DataQuestionRunnerTests {
    @Test(arguments: TestServer.available, DataCase.all)
    func agreesWithTheServer(kind: TestServer.Kind, change: DataCase) throws {
        guard change.kinds.contains(kind) else { return }
        let trial = try DataTrial(kind, change)
        #expect(trial.questions.count == trial.probes.count, "\(trial.probes)")
        #expect(!trial.questions.isEmpty)
        let fine = try trial.run(change.fine)
        #expect(fine.answers.allSatisfy { $0 == .clear }, "\(fine) \(trial.questions)")
        #expect(fine.failure == nil && fine.isUnchanged, "\(fine)")
        for row in change.offending {
            let result = try trial.run(change.fine + [row])
            #expect(result.answers.contains(.inTheWay), "\(row): \(result) \(trial.questions)")
            #expect(result.failure != nil || !result.isUnchanged, "\(row): \(result)")
        }
    }
}

/// The change of a case, on a server.
struct DataTrial {
    let server: TestServer
    let change: DataCase
    let target: ObservationTarget
    let table: TableChange
    let probes: [DataProbe]

    var questions: [DataQuestion] { probes.compactMap(\.question) }

    struct Result {
        let answers: [DataProbe.Answer?]
        /// The server's refusal.
        var failure: String?
        var isUnchanged: Bool

        var isFine: Bool { answers.allSatisfy { $0 == .clear } }
    }

    init(_ kind: TestServer.Kind, _ change: DataCase) throws {
        server = try TestServer.shared(kind)
        self.change = change
        let database = try server.freshDatabase(Self.options)
        target = ObservationTarget(
            id: ShardID(namespace: "n", shard: "s"), server: server.address, database: database)
        let from = try Self.shown(change, change.from, "", server)
        let to = try Self.shown(change, change.to, change.partitions, server)
        let live = try #require(from["t"])
        let desired = try #require(to["t"])
        table = TableChange(
            kind: .alter, table: "t", from: live, to: desired,
            alterations: try TableDiff.changes(
                from: live, to: desired,
                renames: change.renames.map { ColumnRename(table: "t", from: $0, to: $1) },
                flavour: kind.flavour))
        let mode = try server.connect().query("SELECT @@sql_mode").first?[0] ?? ""
        probes = try table.probedHazards(
            ProbeContext(flavour: kind.flavour, live: from, desired: to, sqlMode: mode)
        ).compactMap(\.probe)
        for statement in change.parents { try connect().execute(statement) }
    }

    private static let options = "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"

    private func connect() throws -> Connection {
        try server.connect(database: target.database)
    }

    private static func create(_ key: String, _ body: String, _ end: String) -> String {
        "CREATE TABLE t (id int AUTO_INCREMENT \(key), \(body)) \(end)"
    }

    /// The tables of a new database as the server shows them.
    private static func shown(
        _ change: DataCase, _ body: String, _ end: String, _ server: TestServer
    ) throws -> [String: Table] {
        let connection = try server.connect(database: server.freshDatabase(options))
        for statement in change.parents + [create(change.key, body, end)] {
            try connection.execute(statement)
        }
        var tables: [String: Table] = [:]
        for name in try connection.query("SHOW TABLES").compactMap({ $0[0] }) {
            let text = try connection.query("SHOW CREATE TABLE \(name)").first?[1] ?? ""
            tables[name] = try TableParser.parse(text, flavour: server.kind.flavour)
        }
        return tables
    }

    /// Asks the rows, then makes the change and looks what became of them.
    func run(_ rows: [String]) throws -> Result {
        let connection = try connect()
        for name in ["t", "o"] { try connection.execute("DROP TABLE IF EXISTS \(name)") }
        try connection.execute(Self.create(change.key, change.from, ""))
        for row in rows {
            try connection.execute("INSERT INTO t VALUES (NULL, \(row.dropFirst())")
        }
        try connection.execute("CREATE TABLE o AS SELECT * FROM t")
        let settings = server.settings
        let asking = DataQuestionRunner(
            pool: ConnectionPool(limitPerServer: 4) { _ in settings },
            limits: .init(eachSeconds: 20, totalSeconds: 60))
        var result = Result(
            answers: asking.ask(
                questions.map {
                    .init($0, of: target, flavour: server.kind.flavour)
                }, totalConcurrency: 1, perServer: 1), isUnchanged: true)
        for question in questions where question.heedsWarnings != true || result.isFine {
            _ = try looked(question, on: connection)
        }
        do {
            try change(on: connection)
        } catch {
            result.failure = "\(error)"
            return result
        }
        let count = try connection.query(
            "SELECT COUNT(*) FROM t JOIN o ON t.id = o.id WHERE \(change.same)")
        result.isUnchanged = count.first?[0] == "\(rows.count)"
        return result
    }

    /// Makes the change as Plumb does: in a way that reads the rows where they matter.
    private func change(on connection: Connection) throws {
        let flavour = server.kind.flavour
        var current = try #require(table.from)
        for alteration in table.alterations {
            let isCopy = alteration.mustReadRows(of: current, flavour: flavour)
            try connection.execute(
                alteration.sql(table: "t", flavour: flavour, algorithm: isCopy ? .copy : nil))
            current = try current.applying(alteration)
        }
    }

    /// What a person is told to type works too.
    private func looked(_ question: DataQuestion, on connection: Connection) throws -> Int {
        try question.look.split(separator: "; ").reduce(0) { count, sql in
            try count + connection.query(String(sql)).count
        }
    }
}
