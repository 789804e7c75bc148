import Desired
import Foundation
@testable import Import
import Ledger
import Model
import Observed
import Testing

@testable import Reconciler
@testable import TestSupport

/// Databases on a real server, and a folder that becomes their schema repository.
final class ImportFixture {
    let server: MariaDBServer
    let root: MySQLClient.Connection
    private let temporary: TemporaryFolder
    private(set) var databases: [String] = []

    init(on own: MariaDBServer? = nil) throws {
        server = try own ?? MariaDBServer.shared
        root = try server.connect()
        temporary = try TemporaryFolder()
    }

    /// What an import writes to; it is not there yet.
    var folder: String { temporary.path + "/repository" }
    var ledgerPath: String { temporary.path + "/ledger.git" }

    /// Makes a database with what `statements` make in it.
    @discardableResult
    func database(_ statements: String..., named name: String? = nil) throws -> String {
        var database = name ?? ""
        if let name {
            try root.execute("CREATE DATABASE \(SQL.identifier(name))")
        } else {
            database = try server.freshDatabase()
        }
        databases.append(database)
        try root.select(database: database)
        for statement in statements { try root.execute(statement) }
        return database
    }

    /// A name that no other test has, for databases that a pattern finds.
    func uniquePrefix() -> String { "imp\(UInt32.random(in: 0 ..< .max))x" }

    func request(_ databases: [String]? = nil, namespace: String? = "shop") -> ImportRequest {
        ImportRequest(
            server: server.address, databases: databases ?? self.databases,
            connection: .init(credentials: .user("root", password: .none)), namespace: namespace,
            folder: folder, workingFolder: temporary.path)
    }

    func `import`(
        _ databases: [String]? = nil, namespace: String? = "shop"
    ) throws -> ImportReport {
        try DatabaseImport.run(request(databases, namespace: namespace))
    }

    // MARK: Files

    func read(_ file: String) throws -> String {
        try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
    }

    func write(_ text: String, to file: String) throws {
        try temporary.write(text, to: "repository/" + file)
    }

    /// Every file and folder below the schema repository but git's own, sorted.
    func everything() -> [String] {
        let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }
        return (paths ?? []).filter { $0 != ".git" && !$0.hasPrefix(".git/") }.sorted()
    }

    func removeLedger() throws {
        try FileManager.default.removeItem(atPath: ledgerPath)
    }

    // MARK: Git and passes

    @discardableResult
    func git(_ arguments: String...) throws -> String {
        try GitCommand.run(arguments, in: folder, date: nil)
    }

    /// Commits all files, in a repository that is made at the first commit.
    func commit(_ message: String = "Import the schema") throws {
        if !FileManager.default.fileExists(atPath: folder + "/.git") {
            try git("init", "--quiet", "--initial-branch=main")
        }
        try git("add", "--all")
        try git("commit", "--quiet", "-m", message)
    }

    var pass: PassRequest {
        PassRequest(
            source: SourceRequest(location: .repository(folder: folder)),
            scope: .init(environment: nil, namespaces: nil, shards: []), ledger: ledgerPath,
            folder: temporary.path, actor: LedgerActor(name: "Ada", email: "ada@example.com"))
    }

    func passContext() throws -> PassContext { try PassContext.open(pass, PassHooks()) }

    /// Approves what waits, for a time by a clock.
    func approve(seconds: Int64, by clock: any Clock) throws {
        let pass = try PassContext.open(self.pass, PassHooks(clock: clock))
        _ = try DecisionRecorder(session: pass.ledgerSession).record(
            .init(
                decision: .approve, digests: [], approver: LedgerActor(name: "Eve", email: "Eve"),
                reason: "known", holdsSeconds: seconds))
    }

    func snapshot() throws -> RecordSnapshot? {
        try Ledger.open(path: ledgerPath).snapshot("production").map(RecordSnapshot.init)
    }

    func records() throws -> [String: [String]] {
        guard let snapshot = try snapshot() else { return [:] }
        var result: [String: [String]] = [:]
        for (id, record) in try LedgerQueries.shards(in: snapshot) {
            result[id.shard] = record.tables.keys.sorted()
        }
        return result
    }

    /// What git says of the ledger.
    func ledgerGit(_ arguments: String...) throws -> String {
        try GitCommand.run(arguments, in: ledgerPath)
    }

    func rebuild() throws -> RebuildReport { try LedgerRebuild(pass: try passContext()).run() }
}

/// The tables of a small shop, with what makes a schema interesting.
enum ShopTables {
    static let customers = """
        CREATE TABLE customers (
          id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
          email VARCHAR(255) NOT NULL DEFAULT 'a;b' COMMENT 'it''s; -- here',
          UNIQUE KEY by_email (email)
        ) AUTO_INCREMENT=4711
        """
    static let invoices = """
        CREATE TABLE invoices (
          id INT, total DECIMAL(10,2) CHECK (total >= 0), wide DECIMAL(12,3) AS (total * 2),
          at TIMESTAMP NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
          PRIMARY KEY (id)
        ) COMMENT='100%; `done`' PARTITION BY HASH (id) PARTITIONS 2
        """
    static let orders = """
        CREATE TABLE orders (
          id INT PRIMARY KEY, customer BIGINT UNSIGNED NOT NULL,
          CONSTRAINT of_customer FOREIGN KEY (customer) REFERENCES customers (id) ON DELETE CASCADE
        )
        """
}
