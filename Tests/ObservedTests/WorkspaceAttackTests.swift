import Basics
import Testing

@testable import Observed
@testable import TestSupport

@Suite("attack: a database that is not Plumb's own is never dropped")
struct WorkspaceAttackTests {
    @Test(
        "attack: only prefix, sixteen hex digits and the mark make a left-over that is swept",
        arguments: kinds)
    func sweep(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        let root = try fixture.server.connect()
        let old = "Workspace of Plumb: dropped when its owner is gone"
        let wanted: (String) throws -> String = { name in
            try WorkspaceMark(of: name, on: root).comment
        }
        func make(_ tail: String, _ statements: [String]) throws -> String {
            let name = fixture.prefix + tail
            try root.execute("CREATE DATABASE \(SQL.identifier(name))")
            try root.select(database: name)
            for statement in statements { try root.execute(statement) }
            return name
        }
        func mark(_ comment: String) -> String {
            "CREATE TABLE _plumb_owner (id INT PRIMARY KEY) COMMENT = \(SQL.literal(comment))"
        }
        let dead = fixture.prefix + "_00000000000000aa"
        _ = try make("_00000000000000aa", [mark(wanted(dead)), "CREATE TABLE t (id INT)"])
        let spared = [
            try make("_00000000000000ab", []),
            try make("_00000000000000ac", ["CREATE TABLE t (id INT)"]),
            try make("_00000000000000ad", ["CREATE TABLE _plumb_owner (id INT)"]),
            try make("_00000000000000ae", ["CREATE PROCEDURE p() SELECT 1"]),
            try make("_00000000000000af", [mark(old)]),
            try make("_00000000000000b0", [mark(wanted(dead))]),
            try make(
                "_00000000000000b1",
                [mark(wanted(fixture.prefix + "_00000000000000b1") + " ")]),
            try make(
                "_00000000000000b2",
                ["CREATE VIEW _plumb_owner AS SELECT '\(wanted(dead))' AS TABLE_COMMENT"]),
            try make("_dead", [mark(wanted(fixture.prefix + "_dead"))]),
            try make("_00000000000000AA0", []), try make("_0000000000000ga", []),
            try make("x0000000000000000a", [mark(wanted(fixture.prefix + "x0000000000000000a"))]),
        ]
        let (living, swept) = try fixture.use { workspace throws(WorkspaceError) in
            let swept = try Workspace.sweep(
                on: fixture.server.address, pool: fixture.pool, prefix: fixture.prefix)
            let tables = try workspace.normalise(
                WorkspaceFixture.tables(["CREATE TABLE t (id INT)"]))
            #expect(tables.count == 1)
            return (workspace.name, swept)
        }
        #expect(swept == [dead])
        #expect(!swept.contains(living))
        #expect(try fixture.leftOvers().sorted() == spared.sorted())
        for name in spared { try root.execute("DROP DATABASE \(SQL.identifier(name))") }
    }

    @Test("attack: a database whose name another Plumb has locked is left alone", arguments: kinds)
    func locked(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        let owner = try fixture.server.connect()
        let name = WorkspaceName.make(prefix: fixture.prefix, number: 7)
        let lock = try #require(try AdvisoryLock.acquire(name: name, on: owner))
        try owner.execute("CREATE DATABASE \(name)")
        try WorkspaceMark(of: name, on: owner).set(on: owner)
        func sweep() throws -> [String] {
            try Workspace.sweep(
                on: fixture.server.address, pool: fixture.pool, prefix: fixture.prefix)
        }
        #expect(try sweep() == [])
        #expect(try Workspace.leftOvers(on: owner, prefix: fixture.prefix) == [])
        #expect(try fixture.leftOvers() == [name])
        try lock.release()
        #expect(
            try Workspace.leftOvers(on: owner, prefix: fixture.prefix) == [
                .init(name: name, state: .marked)
            ])
        #expect(try sweep() == [name])
    }

    @Test(
        "attack: a database that took the workspace's place is not dropped when the work ends",
        arguments: kinds)
    func replaced(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        let root = try fixture.server.connect()
        let error = #expect(throws: WorkspaceError.self) {
            try fixture.use { workspace throws(WorkspaceError) in
                Self.replace(workspace.name, root)
            }
        }
        #expect(error?.message.contains("does not bear the mark") == true)
        #expect(error?.message.contains("DROP DATABASE `\(fixture.prefix)_") == true)
        try expectCustomers(fixture, root)
    }

    @Test("attack: nor when the workspace is emptied for the next work", arguments: kinds)
    func replacedBeforeReset(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        let root = try fixture.server.connect()
        let error = #expect(throws: WorkspaceError.self) {
            try fixture.use { workspace throws(WorkspaceError) in
                let tables = WorkspaceFixture.tables(["CREATE TABLE t (id INT)"])
                _ = try workspace.normalise(tables)
                Self.replace(workspace.name, root)
                _ = try workspace.normalise(tables)
            }
        }
        #expect(error?.message.contains("emptying database") == true)
        try expectCustomers(fixture, root)
    }

    @Test("attack: what a shard says of its character set is not sent on as it is")
    func characterSet() throws {
        let fixture = try WorkspaceFixture()
        for text in ["latin1 COMMENT 'x'", "latin1; DROP DATABASE customers", "`latin1`", ""] {
            for isCollation in [false, true] {
                var profile = fixture.profile
                if isCollation { profile.collation = text } else { profile.characterSet = text }
                let error = #expect(throws: WorkspaceError.self) {
                    try Workspace.use(
                        on: fixture.server.address, pool: fixture.pool, catalog: fixture.catalog,
                        profile: profile, prefix: fixture.prefix
                    ) { (workspace) throws(WorkspaceError) in }
                }
                #expect(error?.message.contains("cannot be one") == true)
            }
        }
        #expect(try fixture.leftOvers() == [])
    }

    @Test(
        "attack: an account that may not drop leaves a database with its mark, which is swept",
        arguments: kinds)
    func undroppable(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        let root = try fixture.server.connect()
        let user = "ws_\(UInt32.random(in: 0 ..< .max))"
        try root.execute("CREATE USER \(user)@localhost IDENTIFIED BY 'pw'")
        try root.execute("GRANT CREATE ON *.* TO \(user)@localhost")
        var settings = fixture.server.settings
        settings.credentials = Credentials(user: user, password: Secret("pw"))
        let limited = settings
        let pool = ConnectionPool(limitPerServer: 2) { _ in limited }
        let error = #expect(throws: WorkspaceError.self) {
            try Workspace.use(
                on: fixture.server.address, pool: pool, catalog: fixture.catalog,
                profile: fixture.profile, prefix: fixture.prefix
            ) { (workspace) throws(WorkspaceError) in }
        }
        #expect(error?.message.contains("dropping database") == true)
        let left = try Workspace.leftOvers(on: root, prefix: fixture.prefix)
        #expect(left.map(\.state) == [.marked])
        let swept = try Workspace.sweep(
            on: fixture.server.address, pool: fixture.pool, prefix: fixture.prefix)
        #expect(swept == left.map(\.name))
        try root.execute("DROP USER \(user)@localhost")
    }

    @Test("attack: an owner that died before it set the mark leaves what doctor names")
    func diedBetween() throws {
        let fixture = try WorkspaceFixture()
        let root = try fixture.server.connect()
        let empty = WorkspaceName.make(prefix: fixture.prefix, number: 1)
        let full = WorkspaceName.make(prefix: fixture.prefix, number: 2)
        try root.execute("CREATE DATABASE \(empty)")
        try root.execute("CREATE DATABASE \(full)")
        try root.execute("CREATE TABLE \(full).customers (id INT)")
        #expect(
            try Workspace.leftOvers(on: root, prefix: fixture.prefix) == [
                .init(name: empty, state: .unmarked(isEmpty: true)),
                .init(name: full, state: .unmarked(isEmpty: false)),
            ])
        for name in [empty, full] { try root.execute("DROP DATABASE \(name)") }
    }

    @Test(
        "attack: no text of a schema takes the mark, or sets one",
        arguments: [
            "CREATE TABLE _plumb_owner (id INT PRIMARY KEY)",
            "CREATE TABLE IF NOT EXISTS _plumb_owner (id INT PRIMARY KEY)",
            "CREATE TABLE _PLUMB_OWNER (id INT PRIMARY KEY)",
        ])
    func takesTheMark(text: String) throws {
        let fixture = try WorkspaceFixture()
        let name = text.split(separator: " ").first { $0.lowercased() == "_plumb_owner" } ?? ""
        let error = #expect(throws: WorkspaceError.self) {
            try fixture.use { workspace throws(WorkspaceError) in
                _ = try workspace.normalise([
                    TableToNormalise(
                        name: String(name), text: text,
                        location: SourceLocation(file: "t.sql", line: 1, column: 1))
                ])
            }
        }
        #expect(error?.message.contains("Plumb's own mark") == true)
        #expect(try fixture.leftOvers() == [])
    }

    @Test(
        "attack: a prefix with a capital, a wildcard or a quote makes no workspace",
        arguments: ["", "_Plumb", "cust%", "a`b", "a'b", String(repeating: "a", count: 33)])
    func badPrefix(prefix: String) throws {
        let fixture = try WorkspaceFixture()
        let error = #expect(throws: WorkspaceError.self) {
            try Workspace.use(
                on: fixture.server.address, pool: fixture.pool, catalog: fixture.catalog,
                profile: fixture.profile, prefix: prefix
            ) { (workspace) throws(WorkspaceError) in }
        }
        #expect(error?.message.contains("its prefix") == true)
    }

    private static func replace(_ name: String, _ root: Connection) {
        do throws(MySQLError) {
            try root.execute("DROP DATABASE \(name)")
            try root.execute("CREATE DATABASE \(name)")
            try root.execute("CREATE TABLE \(name).customers (id INT)")
        } catch {
            Issue.record("\(error)")
        }
    }

    /// What took the place is there with its table, and nothing else.
    private func expectCustomers(_ fixture: WorkspaceFixture, _ root: Connection) throws {
        let left = try fixture.leftOvers()
        #expect(left.count == 1)
        let name = try #require(left.first)
        #expect(try root.query("SHOW TABLES FROM \(name)").map { $0[0] } == ["customers"])
        try root.execute("DROP DATABASE \(name)")
    }

    static let kinds = TestServer.available
}
