import Basics
import Execution
import Foundation
import MySQLClient
import Store
import TestSupport
import Testing

@testable import MySQLStore

/// Tables that an earlier release made, or a later one.
@Suite struct TableVersionTests {
    private static let branch = "refs/heads/production"

    /// A store in a database of its own with the tables and rows that the first version wrote.
    private func first(_ kind: TestServer.Kind) throws -> ServerStore {
        let store = try ServerStore(kind)
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/tables1.sql")
        let text = try String(contentsOf: file, encoding: .utf8)
        let connection = try store.connect()
        for statement in text.components(separatedBy: ";\n") {
            let lines = statement.split(separator: "\n").filter { !$0.hasPrefix("--") }
            guard !lines.isEmpty else { continue }
            try connection.execute(lines.joined(separator: "\n"))
        }
        return store
    }

    private func version(_ store: ServerStore) throws -> String? {
        try store.connect().query("SELECT version FROM plumb_store WHERE id = 2").first?[0]
    }

    private static let current = "\(TableVersion.current)"

    @Test(arguments: TestServer.available)
    func theFirstVersionIsReadAsItIsAndUpgradedByTheFirstWrite(_ kind: TestServer.Kind) throws {
        let store = try first(kind)
        let backend = store.open()
        let tip = try #require(try backend.reference(Self.branch))
        #expect(try backend.version() == 2)
        #expect(try backend.listing(page: 2).allSatisfy { try backend.get($0)?.id == $0 })
        #expect(try backend.leases(below: "").isEmpty)
        #expect(try backend.lease("production") == nil)
        #expect(try version(store) == nil, "who reads changes nothing")
        try backend.put([blob(1)])
        #expect(try version(store) == Self.current)
        #expect(try backend.reference(Self.branch) == tip)
        // What came later works.
        let lease = try backend.take("production", owner: "me")
        defer { withExtendedLifetime(lease) {} }
        try backend.write("moving", under: []) {
            let old = try #require(try backend.get(tip))
            return StoreWrite(
                objects: [], moves: [ReferenceMove("refs/heads/other", from: nil, to: old.id)])
        }
        #expect(try store.open().reference("refs/heads/other") == tip)
    }

    /// Each way in upgrades: which one comes first is the caller's affair.
    @Test(arguments: ["put", "write", "lease", "version", "replace"])
    func everyWriteUpgrades(_ way: String) throws {
        let store = try first(.mariadb1011)
        let backend = store.open()
        switch way {
        case "put": try backend.put([blob(1)])
        case "write": try backend.write("nothing", under: []) { nil }
        case "lease": _ = try backend.take("production", owner: "me")
        case "version": try backend.setVersion(2)
        default: try backend.replace([blob(2)])
        }
        #expect(try version(store) == Self.current)
    }

    @Test(arguments: TestServer.available)
    func severalProcessesUpgradeAtOnce(_ kind: TestServer.Kind) throws {
        let store = try first(kind)
        let backends = (0..<8).map { _ in store.open() }
        let failures = Workers.map(Array(0..<8), total: 8, perKey: 8, key: { _ in 0 }) { number in
            storeFailure { try backends[number].put([blob(number)]) }
        }
        #expect(failures.compactMap(\.self).isEmpty, "\(failures)")
        #expect(try version(store) == Self.current)
        #expect(try store.open().absent(of: (0..<8).map { blob($0).id }).isEmpty)
        // As a database that was made by this release.
        let fresh = try ServerStore(kind)
        try fresh.open().make(version: 2)
        #expect(try shape(store) == shape(fresh))
    }

    /// Columns and keys of all tables.
    private func shape(_ store: ServerStore) throws -> [String] {
        let connection = try store.connect()
        return try ["columns", "statistics"].flatMap { list in
            let name = list == "columns" ? "column_name, column_type" : "index_name, non_unique"
            return try connection.query(
                "SELECT table_name, \(name) FROM information_schema.\(list) "
                    + "WHERE table_schema = '\(store.database)'"
            ).map { "\($0[0] ?? "") \($0[1] ?? "") \($0[2] ?? "")" }.sorted()
        }
    }

    @Test(arguments: TestServer.available)
    func whatIsDeclaredIsAddedOnceByWhomeverComes(_ kind: TestServer.Kind) throws {
        let store = try ServerStore(kind)
        let connection = try store.connect()
        try connection.execute("CREATE TABLE plumb_a (id INT NOT NULL, PRIMARY KEY (id))")
        try connection.execute("INSERT INTO plumb_a VALUES (1)")
        let declared = [
            """
            CREATE TABLE IF NOT EXISTS plumb_a (
              id INT NOT NULL,
              token BIGINT NOT NULL COMMENT 'greater, with each',
              name VARBINARY(9) NOT NULL,
              PRIMARY KEY (id),
              UNIQUE KEY (token),
              KEY (name, token)
            ) ENGINE=InnoDB
            """,
            """
            CREATE TABLE IF NOT EXISTS plumb_b (
              id INT NOT NULL,
              PRIMARY KEY (id)
            ) ENGINE=InnoDB
            """,
        ]
        let failures = Workers.map(Array(0..<6), total: 6, perKey: 6, key: { _ in 0 }) { _ in
            storeFailure {
                try TableUpgrade(declared: declared, connection: store.connect()).run()
            }
        }
        #expect(failures.compactMap(\.self).isEmpty, "\(failures)")
        #expect(
            try shape(store).map { $0.replacingOccurrences(of: "(20)", with: "") }
                .map { $0.replacingOccurrences(of: "(11)", with: "") } == [
                    "plumb_a id int", "plumb_a name varbinary(9)", "plumb_a token bigint",
                    "plumb_b id int", "plumb_a PRIMARY 0", "plumb_a name 1", "plumb_a name 1",
                    "plumb_a token 0", "plumb_b PRIMARY 0",
                ])
    }

    @Test(arguments: TestServer.available)
    func newerTablesAreRefusedAlsoUnderARunningWriter(_ kind: TestServer.Kind) throws {
        let store = try ServerStore(kind)
        let running = try store.made()
        let chain = EventChain(backend: running)
        try chain.append("1")
        try store.connect().execute(
            "UPDATE plumb_store SET version = \(TableVersion.current + 1) WHERE id = 2")
        let told = "version \(TableVersion.current + 1), and this plumb knows 1 to"
        for error in [
            storeError { try chain.append("2") }, storeError { _ = try store.open().version() },
            storeError { try store.open().put([blob(1)]) },
            storeError { _ = try store.open().take("production", owner: "me") },
        ] {
            #expect(error?.code == .notAStore)
            #expect(error?.fault.contains(told) == true, "\(String(describing: error))")
            #expect(error?.remedy?.contains("the release of plumb that made them") == true)
        }
        try store.connect().execute(
            "UPDATE plumb_store SET version = \(TableVersion.current) WHERE id = 2")
        #expect(try chain.events() == ["1"])
        // A release never makes them older.
        try store.connect().execute("UPDATE plumb_store SET version = 1 WHERE id = 2")
        try store.open().put([blob(2)])
        #expect(try version(store) == Self.current)
    }

    @Test(
        "A table of another program is left alone",
        arguments: [
            "plumb_store", "plumb_objects", "plumb_references", "plumb_leases", "plumb_heartbeats",
        ])
    func foreignTables(_ table: String) throws {
        let store = try ServerStore(.mariadb1011)
        try store.connect().execute("CREATE TABLE \(table) (id TINYINT, version BIGINT)")
        let error = storeError { try store.open().make(version: 2) }
        #expect(error?.code == .notAStore, "\(String(describing: error))")
        #expect(error?.fault.contains("its table `\(table)` is another one") == true)
        #expect(try store.connect().query("SHOW TABLES").map { $0[0] } == [table])
    }
}

/// What `body` throws, for threads; nil where it throws nothing.
private func storeFailure(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return "\(error)" }
    return nil
}
