import Foundation
import Testing

/// A schema repository, its shards on a real server, and a ledger: what `plumb` works on.
package final class FleetFixture {
    package let server: MariaDBServer
    package let folder: TemporaryFolder
    /// The fleet file, written anew by every commit.
    package var file: FleetFile
    private var extraEnvironment: [String: String] = [:]

    package var repository: String { folder.path + "/repo" }
    package var ledger: String { folder.path + "/ledger.git" }

    /// - Parameters:
    ///   - shards: how many; they are named `s0`, `s1`, …, in fresh databases.
    ///   - schema: the first commit's files below `schema/app`, by name.
    package init(
        on server: MariaDBServer? = nil, shards: Int = 2,
        schema: [String: String] = ["orders.sql": FleetFixture.orders]
    ) throws {
        let server = try server ?? MariaDBServer.shared
        self.server = server
        folder = try TemporaryFolder()
        guard case .socket(let socket) = server.address else {
            throw TestSupportError("the server has no socket")
        }
        file = FleetFile(
            shards: try (0..<shards).map { number in
                FleetFile.Shard(
                    name: "s\(number)", host: "unix:\(socket)",
                    database: try server.freshDatabase())
            }, ledger: "../ledger.git")
        try FileManager.default.createDirectory(
            atPath: repository, withIntermediateDirectories: true)
        try git("init", "-q", "-b", "main")
        for (name, text) in schema { try write("schema/app/\(name)", text) }
        try commit("First")
    }

    package static let orders = """
        CREATE TABLE orders (
          id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
          customer bigint NOT NULL,
          note varchar(100)
        );

        """

    // MARK: The repository

    package func write(_ path: String, _ text: String) throws {
        try folder.write(text, to: "repo/" + path)
    }

    package func remove(_ path: String) throws {
        try FileManager.default.removeItem(atPath: repository + "/" + path)
    }

    @discardableResult
    package func git(_ words: String...) throws -> String {
        try Shell.check("git", words, environment: environment(nil), folder: repository)
    }

    /// Writes the fleet file and commits everything.
    package func commit(_ message: String = "Change", author: String = "ada@example.com") throws {
        try write("plumb.yaml", file.text)
        try commitFiles(message, author: author)
    }

    /// Commits everything as it is; the fleet file may have been written by hand.
    package func commitFiles(_ message: String, author: String = "ada@example.com") throws {
        try git("add", "-A")
        try git(
            "-c", "user.name=\(author)", "-c", "user.email=\(author)", "commit", "-q",
            "--allow-empty", "-m", message)
    }

    /// Commits a changed file below `schema/app`.
    package func change(_ name: String, _ text: String) throws {
        try write("schema/app/\(name)", text)
        try commit("Change \(name)")
    }

    // MARK: The shards

    package func database(_ shard: Int) -> String { file.shards[shard].database }

    @discardableResult
    package func sql(_ shard: Int, _ statement: String) throws -> [Row] {
        try server.connect(database: database(shard)).query(statement)
    }

    /// What `SHOW CREATE TABLE` says on a shard; nil where there is no such table.
    package func table(_ name: String, on shard: Int = 0) throws -> String? {
        let known = try sql(shard, "SHOW TABLES LIKE \(SQL.literal(name))")
        guard !known.isEmpty else { return nil }
        return try sql(shard, "SHOW CREATE TABLE \(SQL.identifier(name))").first?[1]
    }

    /// All that is in the shards, as text: tables and views with their rows, triggers, routines and
    /// events. Equal before and after means that nothing changed.
    package func state() throws -> String {
        try file.shards.indices.map { shard in
            let names = try sql(shard, "SHOW TABLES").compactMap { $0[0] }.sorted()
            var lines = try names.map { "\(shard) \(try table($0, on: shard) ?? "")" }
            if !names.isEmpty {
                let list = names.map(SQL.identifier).joined(separator: ", ")
                lines += try sql(shard, "CHECKSUM TABLE \(list)").map {
                    "\(shard) \($0[0] ?? ""): \($0[1] ?? "-")"
                }
            }
            return (lines + (try programs(of: shard))).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// Triggers, routines and events of a shard, one text each.
    private func programs(of shard: Int) throws -> [String] {
        let mine = SQL.literal(database(shard))
        return try sql(
            shard,
            """
            SELECT CONCAT_WS(' ', 'trigger', TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION,
                EVENT_OBJECT_TABLE, ACTION_ORDER, ACTION_STATEMENT)
              FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = \(mine)
            UNION ALL SELECT CONCAT_WS(' ', ROUTINE_TYPE, ROUTINE_NAME, DTD_IDENTIFIER,
                ROUTINE_DEFINITION)
              FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = \(mine)
            UNION ALL SELECT CONCAT_WS(' ', 'event', EVENT_NAME, STATUS, EVENT_DEFINITION)
              FROM information_schema.EVENTS WHERE EVENT_SCHEMA = \(mine)
            """
        ).compactMap { $0[0] }.sorted().map { "\(shard) \($0)" }
    }

    /// Every reference of the ledger with its commit; empty where there is no ledger.
    package func ledgerState() throws -> String {
        guard access(ledger, F_OK) == 0 else { return "" }
        return try ledgerGit("for-each-ref", "--format=%(refname) %(objectname)")
    }

    /// Runs git's own command on the ledger.
    @discardableResult
    package func ledgerGit(_ words: String..., input: String? = nil) throws -> String {
        try GitCommand.run(words, in: ledger, input: input)
    }

    // MARK: The program

    package func environment(_ actor: String?) -> [String: String] {
        var all = [
            "HOME": folder.path, "PLUMB_ACTOR": actor ?? "ci@example.com", "NO_COLOR": "1",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z",
        ]
        // The tests may run in a pipeline themselves; what they run does not.
        for name in Self.pipelineVariables { all[name] = "" }
        all.merge(extraEnvironment) { $1 }
        return all
    }

    package static let pipelineVariables = [
        "GITHUB_EVENT_NAME", "GITHUB_BASE_REF", "GITHUB_EVENT_PATH",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "CI_MERGE_REQUEST_IID", "CI_PIPELINE_SOURCE",
        "PLUMB_OPERATOR",
    ]

    package func setEnvironment(_ name: String, _ value: String) { extraEnvironment[name] = value }

    /// Runs `plumb` in the repository; text and JSON must agree with the process's exit status.
    package func run(
        _ words: String..., by actor: String? = nil,
        at location: Testing.SourceLocation = #_sourceLocation
    ) throws -> Run {
        try run(words, by: actor, at: location)
    }

    package func run(
        _ words: [String], by actor: String? = nil,
        at location: Testing.SourceLocation = #_sourceLocation
    ) throws -> Run {
        let output = try Shell.run(
            PlumbProgram.path, words, environment: environment(actor), folder: repository)
        let run = Run(words, output)
        try Self.checkStatus(run, at: location)
        return run
    }

    /// As `run`, and expects this exit status.
    @discardableResult
    package func expect(
        _ status: Int32, _ words: String..., by actor: String? = nil,
        at location: Testing.SourceLocation = #_sourceLocation
    ) throws -> Run {
        try expect(status, words, by: actor, at: location)
    }

    @discardableResult
    package func expect(
        _ status: Int32, _ words: [String], by actor: String? = nil,
        at location: Testing.SourceLocation = #_sourceLocation
    ) throws -> Run {
        let run = try run(words, by: actor, at: location)
        #expect(run.status == status, "\(run)", sourceLocation: location)
        return run
    }

    /// Starts `plumb` and leaves it running.
    package func start(_ words: String..., by actor: String? = nil) throws -> RunningPlumb {
        try start(words, by: actor)
    }

    package func start(_ words: [String], by actor: String? = nil) throws -> RunningPlumb {
        try RunningPlumb(words, folder: repository, environment: environment(actor))
    }

    /// One outcome: what is printed and what the shell sees are the same number.
    private static func checkStatus(_ run: Run, at location: Testing.SourceLocation) throws {
        let usesJSON = zip(run.words, run.words.dropFirst()).contains { $0 == ("--output", "json") }
        if usesJSON, run.status != 64 {
            let exit = try run.json["exit"] as? Int
            #expect(exit == Int(run.status), "\(run)", sourceLocation: location)
        }
        let speaksOfExit = ["plan", "reconcile", "drift"].contains(run.words.first ?? "")
        if speaksOfExit, !run.words.contains("--output"), run.status != 64 {
            #expect(
                run.all.contains("exit \(run.status)"), "\(run)", sourceLocation: location)
        }
    }

    /// Runs `action` and expects that it changes neither a shard nor the ledger.
    package func expectUntouched(
        at location: Testing.SourceLocation = #_sourceLocation, _ action: () throws -> Void
    ) throws {
        let before = (try state(), try ledgerState())
        try action()
        #expect(try state() == before.0, sourceLocation: location)
        #expect(try ledgerState() == before.1, sourceLocation: location)
    }

    // MARK: The audit trail

    /// The events of the ledger, newest first.
    package func events() throws -> [[String: Any]] {
        try run("log", "--limit", "10000", "--output", "json").list("rows")
    }

    package func eventCount(_ kind: String) throws -> Int {
        try events().count { $0["event"] as? String == kind }
    }
}
