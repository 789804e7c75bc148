import Basics
import Testing

@testable import Observed
@testable import TestSupport

@Suite("The workspace normalises what git holds")
struct WorkspaceTests {
    @Test("a text comes back as the server writes it, in the character set of the shards")
    func normalises() throws {
        let fixture = try WorkspaceFixture(characterSet: "latin2", collation: "latin2_bin")
        let tables = try fixture.normalise([
            "CREATE TABLE a (id SERIAL, n INTEGER DEFAULT '007', t TEXT(10)) AUTO_INCREMENT=9"
        ])
        #expect(
            tables.mapValues(\.text) == [
                "a": """
                CREATE TABLE `a` (
                  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
                  `n` int(11) DEFAULT 7,
                  `t` tinytext DEFAULT NULL,
                  UNIQUE KEY `id` (`id`)
                ) ENGINE=InnoDB DEFAULT CHARSET=latin2 COLLATE=latin2_bin
                """
            ])
        #expect(try fixture.leftOvers() == [])
    }

    @Test("normalising what was normalised changes nothing")
    func idempotent() throws {
        let fixture = try WorkspaceFixture()
        let once = try fixture.normal(
            "CREATE TABLE t (a INT CHECK (a > 0), b VARCHAR(9) DEFAULT 'x', KEY (b), KEY (a))")
        #expect(try fixture.normal(once.text.replacing("`t`", with: "t")).digest == once.digest)
    }

    @Test("children before parents, self-references and cycles")
    func foreignKeys() throws {
        let tables = try WorkspaceFixture().normalise([
            "CREATE TABLE child (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES parent (id))",
            "CREATE TABLE parent (id INT PRIMARY KEY)",
            "CREATE TABLE tree (id INT PRIMARY KEY, up INT, FOREIGN KEY (up) REFERENCES tree (id))",
            "CREATE TABLE x (id INT PRIMARY KEY, y INT, FOREIGN KEY (y) REFERENCES y (id))",
            "CREATE TABLE y (id INT PRIMARY KEY, x INT, FOREIGN KEY (x) REFERENCES x (id))",
        ])
        #expect(tables.count == 5)
        #expect(
            tables.values.allSatisfy {
                $0.text.contains("FOREIGN KEY") == ($0.table?.name != "parent")
            })
    }

    @Test("a key has the letters of its parent's columns, whichever of the two is made first")
    func lettersOfParents() throws {
        for (child, parent) in [("a", "b"), ("b", "a")] {
            let tables = try WorkspaceFixture().normalise([
                "CREATE TABLE \(child) (id INT PRIMARY KEY, p INT, "
                    + "CONSTRAINT f FOREIGN KEY (P) REFERENCES \(parent) (ID))",
                "CREATE TABLE \(parent) (Id INT PRIMARY KEY)",
            ])
            let text = tables[child]?.text ?? ""
            #expect(text.contains("FOREIGN KEY (`p`) REFERENCES `\(parent)` (`Id`)"), "\(text)")
        }
    }

    @Test("every table that the server refuses is named with its place and the server's words")
    func rejected() throws {
        let fixture = try WorkspaceFixture()
        let error = #expect(throws: WorkspaceError.self) {
            _ = try fixture.normalise([
                "CREATE TABLE good (id INT PRIMARY KEY)",
                "CREATE TABLE bad (id INT PRIMARY KEY, KEY (nope))",
                "CREATE TABLE worse (id INT PRIMARY KEY) ENGINE=NoSuchEngine",
                "CREATE TABLE typo (id INTT)",
            ])
        }
        #expect(error?.code == .rejected)
        #expect(error?.rejections.map(\.table) == ["bad", "typo", "worse"])
        #expect(error?.rejections.map { "\($0.location)" }.first == "schema/bad.sql:3:1")
        #expect(
            error?.message.hasPrefix(
                "schema/bad.sql:3:1: table `bad`: Key column 'nope' doesn't exist") == true)
        #expect(error?.retry == .permanent)
        #expect(try fixture.leftOvers() == [])
    }

    @Test(
        "foreign keys that cannot hold are refused, in cycles too",
        arguments: [
            (
                ["c", "CREATE TABLE c (p INT, FOREIGN KEY (p) REFERENCES nowhere (id))"],
                "`nowhere`"
            ),
            (
                [
                    "c", "CREATE TABLE c (p BIGINT, FOREIGN KEY (p) REFERENCES p (id))",
                    "CREATE TABLE p (id INT PRIMARY KEY)",
                ], "incorrectly formed"
            ),
            (
                [
                    "c", "CREATE TABLE c (p INT, FOREIGN KEY (p) REFERENCES p (n))",
                    "CREATE TABLE p (id INT PRIMARY KEY, n INT)",
                ], "incorrectly formed"
            ),
            (
                [
                    "x",
                    "CREATE TABLE x (id INT PRIMARY KEY, y INT UNSIGNED, "
                        + "FOREIGN KEY (y) REFERENCES y (id))",
                    "CREATE TABLE y (id INT PRIMARY KEY, x INT, FOREIGN KEY (x) REFERENCES x (id))",
                ], "incorrectly formed"
            ),
        ])
    func badForeignKeys(texts: [String], reason: String) throws {
        let fixture = try WorkspaceFixture()
        let error = #expect(throws: WorkspaceError.self) {
            _ = try fixture.normalise(Array(texts.dropFirst()))
        }
        #expect(error?.rejections.map(\.table) == [texts[0]])
        #expect(error?.message.contains(reason) == true)
        #expect(error?.message.contains(fixture.prefix) == false)
    }

    @Test("a table refused for its text is not blamed on its children")
    func refusedParent() throws {
        let fixture = try WorkspaceFixture()
        let error = #expect(throws: WorkspaceError.self) {
            _ = try fixture.normalise([
                "CREATE TABLE c (p INT, FOREIGN KEY (p) REFERENCES p (id))",
                "CREATE TABLE p (id INTT PRIMARY KEY)",
            ])
        }
        #expect(error?.rejections.map(\.table) == ["p"])
    }

    @Test(
        "texts that would reach beyond the workspace never run",
        arguments: [
            "CREATE TABLE %.t (id INT)", "CREATE TABLE `%` . `t` (id INT)",
            "CREATE OR REPLACE TABLE t (id INT)", "CREATE TEMPORARY TABLE t (id INT)",
            "CREATE TABLE t LIKE %.p", "CREATE TABLE t AS SELECT * FROM %.p",
            "CREATE TABLE t (id INT) SELECT * FROM %.p", "DROP DATABASE %",
            "/*!100000 DROP DATABASE % */", "CREATE TABLE /*! %. */ t (id INT)",
            "CREATE TABLE t (id INT); DROP DATABASE %", "INSERT INTO %.p VALUES (2)", "",
        ])
    func reachingBeyond(text: String) throws {
        let fixture = try WorkspaceFixture()
        let database = try fixture.server.freshDatabase()
        let root = try fixture.server.connect(database: database)
        try root.execute("CREATE TABLE p (id INT PRIMARY KEY)")
        try root.execute("INSERT INTO p VALUES (1)")
        let error = #expect(throws: WorkspaceError.self) {
            _ = try fixture.use { workspace throws(WorkspaceError) in
                try workspace.normalise([
                    TableToNormalise(
                        name: "t", text: text.replacing("%", with: database),
                        location: SourceLocation(file: "t.sql", line: 1, column: 1))
                ])
            }
        }
        #expect(error?.rejections.map(\.table) == ["t"])
        #expect(try root.query("SHOW TABLES").map { $0[0] } == ["p"])
        #expect(try root.query("SELECT id FROM p").count == 1)
    }

    @Test("a text that creates another table than it says")
    func otherName() throws {
        let fixture = try WorkspaceFixture()
        let error = #expect(throws: WorkspaceError.self) {
            _ = try fixture.use { workspace throws(WorkspaceError) in
                try workspace.normalise([
                    TableToNormalise(
                        name: "a", text: "CREATE TABLE b (id INT)",
                        location: SourceLocation(file: "a.sql", line: 1, column: 1))
                ])
            }
        }
        #expect(error?.message.contains("does not create a table of that name") == true)
    }

    @Test("the workspace is empty for the next user of it")
    func reused() throws {
        let fixture = try WorkspaceFixture()
        try fixture.use { workspace throws(WorkspaceError) in
            for text in ["CREATE TABLE t (a INT)", "CREATE TABLE t (b INT)"] {
                let tables = try workspace.normalise(WorkspaceFixture.tables([text]))
                #expect(
                    tables["t"]?.table?.columns.map(\.name) == [text.contains("a INT") ? "a" : "b"])
            }
            #expect(throws: WorkspaceError.self) {
                _ = try workspace.normalise(WorkspaceFixture.tables(["CREATE TABLE t (a INTT)"]))
            }
            let tables = try workspace.normalise(
                WorkspaceFixture.tables(["CREATE TABLE t (c INT)"]))
            #expect(tables["t"]?.table?.columns.map(\.name) == ["c"])
        }
    }

    @Test("a session that is lost is an error that may pass, and leaves only what is swept")
    func lostSession() throws {
        let fixture = try WorkspaceFixture()
        let root = try fixture.server.connect()
        let error = #expect(throws: WorkspaceError.self) {
            _ = try fixture.use { workspace throws(WorkspaceError) in
                try? root.execute("KILL \(workspace.connection.threadID)")
                return try workspace.normalise(
                    WorkspaceFixture.tables(["CREATE TABLE t (id INT)"]))
            }
        }
        #expect(error?.code == .unavailable)
        #expect(error?.retry == .retryable)
        var swept: [String] = []
        // The server ends a killed session a moment later than it says so.
        while try !fixture.leftOvers().isEmpty {
            swept += try Workspace.sweep(
                on: fixture.server.address, pool: fixture.pool, prefix: fixture.prefix)
        }
        #expect(swept.count == 1)
    }

    @Test("a left-over that one account cannot drop is not held against the next sweep")
    func sweepWithoutTheRight() throws {
        let fixture = try WorkspaceFixture()
        let root = try fixture.server.connect()
        let name = WorkspaceName.make(prefix: fixture.prefix, number: 8)
        try root.execute("CREATE DATABASE \(name)")
        try WorkspaceMark(of: name, on: root).set(on: root)
        let user = "sweeper_\(UInt32.random(in: 0 ..< .max))"
        try root.execute("CREATE USER \(user)@localhost IDENTIFIED BY 'pw'")
        try root.execute("GRANT SELECT ON \(name).* TO \(user)@localhost")
        var settings = fixture.server.settings
        settings.credentials = Credentials(user: user, password: Secret("pw"))
        let pool = ConnectionPool(limitPerServer: 1) { [settings] _ in settings }
        #expect(throws: WorkspaceError.self) {
            try Workspace.sweep(on: fixture.server.address, pool: pool, prefix: fixture.prefix)
        }
        #expect(try AdvisoryLock.holderThreadID(of: name, on: root) == nil)
        let swept = try Workspace.sweep(
            on: fixture.server.address, pool: fixture.pool, prefix: fixture.prefix)
        #expect(swept == [name])
    }
}
