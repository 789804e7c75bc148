import Basics
import MySQLClient
import Schema
import Testing

@testable import Observed
@testable import TestSupport

@Suite("Tables in the server's own words are written back without being made")
struct NormalisingTemporarilyTests {
    /// Texts as a server prints them, with what their foreign keys refer to.
    private static func tables(_ texts: [String]) throws -> [TableToNormalise] {
        try texts.map { text in
            let read = try SQLScript.statements(in: Array(text.utf8), file: "t.sql")
            let source = try #require(read.first?.table)
            let name = String(try #require(text.split(separator: "`").dropFirst().first))
            var table = TableToNormalise(
                name: name, text: text,
                location: SourceLocation(file: "schema/\(name).sql", line: 1, column: 1),
                like: source.like?.table)
            table.references = source.references
            return table
        }
    }

    private enum Answer: Equatable {
        case tables([String: String])
        case refused([String])
    }

    /// What the server makes of the texts, and how many tables were made for it.
    private static func answer(
        _ fixture: WorkspaceFixture, _ texts: [String], live: [String: CatalogTable],
        pool: ConnectionPool? = nil
    ) throws -> (answer: Answer, made: Int) {
        let tables = try tables(texts)
        var answer = Answer.tables([:])
        let made = try Workspace.use(
            on: fixture.server.address, pool: pool ?? fixture.pool, catalog: fixture.catalog,
            profile: fixture.profile, prefix: fixture.prefix
        ) { workspace throws(WorkspaceError) in
            func work() throws(WorkspaceError) {
                do throws(WorkspaceError) {
                    let made = try workspace.normalise(tables, live: live)
                    answer = .tables(made.mapValues(\.text))
                } catch {
                    guard error.code == .rejected else { throw error }
                    answer = .refused(
                        error.rejections.map { "\($0.table): \($0.reason)" }.sorted())
                }
            }
            var dropped = 0
            let made = try NormalisingTogetherTests.count("Com_create_table", in: workspace) {
                () throws(WorkspaceError) in
                dropped = try NormalisingTogetherTests.count("Com_drop_table", in: workspace, work)
            }
            // MySQL counts temporary tables, which are all dropped, among the others.
            return fixture.profile.flavour == .mysql ? made - dropped : made
        }
        return (answer, made)
    }

    /// The answer for texts where others are live: that of the server to tables that are made.
    ///
    /// - Returns: how many tables were made for it.
    @discardableResult
    private static func check(
        _ fixture: WorkspaceFixture, _ texts: [String], live: [String: CatalogTable],
        _ comment: Comment? = nil
    ) throws -> Int {
        let plain = try answer(fixture, texts, live: [:])
        let found = try answer(fixture, texts, live: live)
        #expect(found.answer == plain.answer, comment)
        return found.made
    }

    private static func parent(_ more: String = "", key: String = "PRIMARY KEY (`id`)") -> String {
        """
        CREATE TABLE `parent` (
          `id` int(11) NOT NULL,\(more)
          \(key)
        ) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci
        """
    }

    private static func child(
        _ column: String = "`p` int(11) DEFAULT NULL", more: String = "",
        key: String = "KEY `kp` (`p`)", name: String = "child", constraint: String = "fk",
        parent: String = "`parent` (`id`) ON DELETE CASCADE"
    ) -> String {
        """
        CREATE TABLE `\(name)` (
          `id` int(11) NOT NULL,
          \(column),\(more)
          PRIMARY KEY (`id`),
          \(key),
          CONSTRAINT `\(constraint)` FOREIGN KEY (`p`) REFERENCES \(parent)
        ) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci
        """
    }

    private static let more = "\n  `more` varchar(20) DEFAULT NULL,"

    @Test(
        "with foreign keys as they are live none is made, and all are as if they were",
        arguments: TestServer.available)
    func web(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        let own = Self.child(name: "own", constraint: "fk_own", parent: "`own` (`id`)")
        let live = try fixture.use { workspace throws(WorkspaceError) in
            try workspace.normalise(
                (try? Self.tables([Self.parent(), Self.child(), own])) ?? [])
        }
        #expect(live.count == 3)
        let wanted = [Self.parent(Self.more), Self.child(more: Self.more), own]
        #expect(try Self.check(fixture, wanted, live: live) == 0)
        // Nothing is live: all of them will be made.
        #expect(try Self.check(fixture, wanted, live: [:]) == 3)
        // What is new is made, with what it refers to.
        let new = Self.child(name: "new", constraint: "fk_new")
        #expect(try Self.check(fixture, wanted + [new], live: live) == 2)
        #expect(try fixture.leftOvers() == [])
    }

    @Test(
        "where something is another than live the server is asked with tables that are made",
        arguments: TestServer.available)
    func different(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        let live = try fixture.use { workspace throws(WorkspaceError) in
            try workspace.normalise(
                (try? Self.tables([Self.parent(Self.more), Self.child(more: Self.more)])) ?? [])
        }
        let cases: [[String]] = [
            [Self.parent(), Self.child("`p` bigint(20) DEFAULT NULL")],
            [Self.parent(), Self.child("`p` int(10) unsigned DEFAULT NULL")],
            [Self.parent(), Self.child("`p` int(11) NOT NULL")],
            [Self.parent(), Self.child(parent: "`parent` (`id`) ON DELETE SET NULL")],
            [Self.parent(), Self.child(constraint: "other")],
            [Self.parent(), Self.child(key: "KEY `kq` (`p`)")],
            [Self.parent(), Self.child(key: "KEY `kp` (`id`,`p`)")],
            [Self.parent(Self.more, key: "PRIMARY KEY (`more`)"), Self.child()],
            [
                Self.parent(Self.more, key: "PRIMARY KEY (`more`),\n  KEY `k` (`id`)"),
                Self.child(),
            ],
            [Self.parent().replacing("int(11)", with: "bigint(20)"), Self.child()],
            [Self.parent().replacing("InnoDB", with: "MyISAM"), Self.child()],
            [
                Self.parent().replacing("InnoDB", with: "MyISAM"),
                Self.child().replacing("InnoDB", with: "MyISAM"),
            ],
            [Self.child()],
            [Self.parent(), Self.child(), Self.child(name: "second")],
            [
                Self.parent(),
                Self.child(more: "\n  `g` int(11) GENERATED ALWAYS AS (`p`) STORED,"),
            ],
            [Self.parent() + "\n PARTITION BY HASH (`id`)\nPARTITIONS 2", Self.child()],
            [
                Self.parent(),
                Self.child(more: "\n  `t` text DEFAULT NULL,\n  FULLTEXT KEY `f` (`t`),"),
            ],
            [Self.parent(), Self.child(more: "\n  `x` varchar(70000) DEFAULT NULL,")],
            [Self.parent(), Self.child(more: "\n  `x` int(11) NOT NULL DEFAULT 'x',")],
            [Self.parent(), Self.child(more: "\n  `x` char(9) COLLATE nothing DEFAULT NULL,")],
        ]
        for texts in cases {
            let made = try Self.check(
                fixture, texts, live: live, "\(texts.joined(separator: "\n"))")
            #expect(made > 0, "\(texts.joined(separator: "\n"))")
        }
        #expect(try fixture.leftOvers() == [])
    }

    @Test("a foreign key that was made while nobody looked is no proof that it can be made")
    func unlooked() throws {
        let fixture = try WorkspaceFixture()
        // A server shows such a table where it was made without a look at its parent.
        let wrong = Self.child("`p` bigint(20) DEFAULT NULL")
        var live: [String: CatalogTable] = [:]
        for (name, text) in [("parent", Self.parent()), ("child", wrong)] {
            live[name] = CatalogTable(canonicalText: text, flavour: .mariadb)
        }
        try Self.check(fixture, [Self.parent(), wrong], live: live)
        let answer = try Self.answer(fixture, [Self.parent(), wrong], live: live).answer
        guard case .refused(let reasons) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(reasons.count == 1)
    }

    /// Tables without foreign keys, as files may have them, and whether a temporary one is enough.
    private static let plain: [(definitions: String, options: String, isEnough: Bool)] = [
        ("`a` int", "", true),
        ("`a` int(11) NOT NULL DEFAULT 5 COMMENT 'x'", " COMMENT='y'", true),
        ("`a` varchar(20) COLLATE utf8mb4_bin DEFAULT 'x', KEY `k` (`a`(5)) COMMENT 'z'", "", true),
        ("`a` datetime(3) DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3)", "", true),
        ("`a` int, `g` int GENERATED ALWAYS AS (`a` + 1) VIRTUAL, KEY `g` (`g`)", "", true),
        ("`a` enum('x','y') DEFAULT 'x', UNIQUE KEY `u` (`a`,`id`)", " ROW_FORMAT=COMPACT", true),
        ("`a` decimal(65,30), `b` bit(3) DEFAULT b'1', `c` json, `d` timestamp NULL", "", true),
        ("`a` varchar(2000), UNIQUE KEY `k` (`a`)", "", false),
        ("`a` varchar(800), KEY `k` (`a`)", " ROW_FORMAT=COMPACT", false),
        ("`a` text, FULLTEXT KEY `f` (`a`)", "", false),
        ("`a` point NOT NULL, SPATIAL KEY `s` (`a`)", "", false),
        ("`a` int", " ROW_FORMAT=COMPRESSED", false),
        ("`a` int", " KEY_BLOCK_SIZE=8", false),
        ("`a` int", " PARTITION BY HASH (`id`) PARTITIONS 2", false),
        ("`a` int, KEY `k` (`nothing`)", "", false),
    ]

    @Test("other tables are as if they were made", arguments: TestServer.available)
    func others(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        func text(_ definitions: String, _ options: String) -> String {
            "CREATE TABLE `t` (\n  `id` int NOT NULL,\n  \(definitions)\n) \(options)"
        }
        let usual = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci"
        let key = "PRIMARY KEY (`id`)"
        for one in Self.plain {
            let definitions = one.definitions.replacing(", ", with: ",\n  ")
            let made = try Self.check(
                fixture, [text("\(definitions),\n  \(key)", usual + one.options)],
                live: ["t": Self.live], "\(one.definitions) \(one.options)")
            #expect((made == 0) == one.isEnough, "\(one.definitions)\(one.options)")
        }
        func made(_ text: String) throws -> Int {
            try Self.check(fixture, [text], live: ["t": Self.live], "\(text)")
        }
        // Servers choose the engine of a text that names none, and not the same for both.
        #expect(try made(text(key, "DEFAULT CHARSET=utf8mb4")) > 0)
        #expect(try made(text(key, "ENGINE=MyISAM DEFAULT CHARSET=utf8mb4")) > 0)
        // Without a key some servers add one.
        #expect(try made(text("`a` int", usual)) > 0)
        let check = ",\n  CONSTRAINT `c` CHECK (`id` > 0)"
        #expect(try (made(text(key + check, usual)) == 0) == (kind != .mysql9))
        #expect(try made(text(key + check + check.replacing("`c`", with: "`b`"), usual)) >= 0)
        // Nothing tells that a text is the server's own where it is laid out in another way.
        #expect(try made("CREATE TABLE `t` (`id` int NOT NULL, \(key)) \(usual)") > 0)
    }

    private static let live = CatalogTable(
        canonicalText: "CREATE TABLE `t` (\n  `id` int(11) NOT NULL\n) ENGINE=InnoDB",
        flavour: .mariadb)

    @Test(
        "random tables are as if they were made",
        arguments: TestServer.available, Rounds.seeds(4))
    func random(kind: TestServer.Kind, seed: Int) throws {
        let fixture = try WorkspaceFixture(kind)
        var random = RandomTables(seed: UInt64(seed))
        var few = 0
        for _ in 0..<15 {
            var table = random.table()
            if table.primaryKey == nil {
                table.indexes.insert(
                    Index(
                        kind: .primary, name: "",
                        parts: [Index.Part(key: .column(table.columns[0].name))]), at: 0)
            }
            let text = table.showCreate(flavour: .mariadb)
            let made = try Self.check(fixture, [text], live: ["t": Self.live], "\(text)")
            if made == 0 { few += 1 }
        }
        #expect(few > 0)
    }

    @Test(
        "an account that may not make temporary tables makes others",
        arguments: [
            TestServer.Kind.mariadb1011, .mysql9,
        ])
    func account(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        let user = "ws_\(UInt32.random(in: 0 ..< .max))"
        let settings = try fixture.server.account(
            user, password: "secret",
            privileges: "SELECT, INSERT, CREATE, ALTER, INDEX, DROP, REFERENCES ON *.*")
        let pool = ConnectionPool(limitPerServer: 4) { _ in settings }
        let texts = [Self.parent(), Self.child()]
        let (plain, _) = try Self.answer(fixture, texts, live: [:])
        let live = try fixture.use { workspace throws(WorkspaceError) in
            try workspace.normalise((try? Self.tables(texts)) ?? [])
        }
        let (answer, made) = try Self.answer(fixture, texts, live: live, pool: pool)
        #expect(answer == plain)
        #expect(made == 2)
    }

    @Test("where MySQL encrypts tables, temporary ones, which it does not encrypt, say nothing")
    func encrypted() throws {
        guard TestServer.available.contains(.mysql9) else { return }
        let server = try TestServer.start(.mysql9, options: ["--default-table-encryption=ON"])
        let pool = ConnectionPool(limitPerServer: 4) { [settings = server.settings] _ in settings }
        let profile = try server.connect().profile(database: "information_schema")
        let tables = try Self.tables([Self.parent()])
        // It has no key to encrypt with, and takes no table that stays.
        #expect(throws: WorkspaceError.self) {
            try Workspace.use(
                on: server.address, pool: pool, catalog: ObjectCatalog(), profile: profile
            ) { workspace throws(WorkspaceError) in
                let live = CatalogTable(canonicalText: Self.parent(), flavour: .mysql)
                _ = try workspace.normalise(tables, live: ["parent": live])
            }
        }
    }
}
