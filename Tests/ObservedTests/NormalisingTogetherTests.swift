import Basics
import Diff
import MySQLClient
import Schema
import Testing

@testable import Observed
@testable import TestSupport

@Suite("A whole schema is normalised at once")
struct NormalisingTogetherTests {
    /// The texts with what their foreign keys refer to, as a schema's files give it.
    static func tables(_ texts: [String]) throws -> [TableToNormalise] {
        try texts.map { text in
            let read = try SQLScript.statements(in: Array(text.utf8), file: "t.sql")
            let source = try #require(read.first?.table)
            let name = String(text.split(separator: " ")[2])
            var table = TableToNormalise(
                name: name, text: text,
                location: SourceLocation(file: "schema/\(name).sql", line: 1, column: 1),
                like: source.like?.table)
            table.references = source.references
            return table
        }
    }

    /// Tables by name with the parents of their foreign keys, which are made from their names.
    private static func web(_ parents: KeyValuePairs<String, [String]>) throws -> [TableToNormalise]
    {
        try tables(
            parents.map { name, parents in
                let columns = parents.map { ", \($0)_id INT" }.joined()
                let keys = parents.map { parent in
                    ", FOREIGN KEY (\(parent)_id) REFERENCES \(parent) (id)"
                }
                return "CREATE TABLE \(name) (id INT PRIMARY KEY\(columns)\(keys.joined()))"
            })
    }

    struct Order: Sendable {
        let parents: KeyValuePairs<String, [String]>
        let order: [String]
        let unchecked: Set<String>
    }

    @Test(
        "parents come first, and only what stands in a circle is not checked at once",
        arguments: [
            Order(
                parents: ["a": ["b"], "b": ["c"], "c": []], order: ["c", "b", "a"], unchecked: []),
            Order(parents: ["a": ["a"], "b": ["a"]], order: ["a", "b"], unchecked: []),
            Order(
                parents: ["a": ["b"], "b": ["a"], "c": ["a", "b"]], order: ["b", "a", "c"],
                unchecked: ["b"]),
            Order(parents: ["a": ["missing"]], order: ["a"], unchecked: []),
        ])
    func order(_ sample: Order) throws {
        let order = CreationOrder(try Self.web(sample.parents), folding: .bytes)
        #expect(order.tables.map(\.name) == sample.order)
        #expect(order.unchecked == sample.unchecked)
    }

    @Test("names are compared as the server compares them, and other databases are not checked")
    func foldedOrder() throws {
        let tables = try Self.tables([
            "CREATE TABLE a (id INT, FOREIGN KEY (id) REFERENCES B (id))",
            "CREATE TABLE b (id INT PRIMARY KEY)",
            "CREATE TABLE c (id INT, FOREIGN KEY (id) REFERENCES other.b (id))",
        ])
        let order = CreationOrder(tables, folding: .lowerCase)
        #expect(order.tables.map(\.name) == ["b", "a", "c"])
        #expect(order.unchecked == ["c"])
        #expect(CreationOrder(tables, folding: .bytes).tables.map(\.name) == ["a", "b", "c"])
    }

    /// How often the session did what a status variable counts, while `body` ran.
    static func count(
        _ name: String, in workspace: Workspace, _ body: () throws(WorkspaceError) -> Void
    ) throws(WorkspaceError) -> Int {
        func now() -> Int {
            let rows = try? workspace.connection.query("SHOW SESSION STATUS LIKE '\(name)'")
            return rows?.first?[1].flatMap { Int($0) } ?? 0
        }
        let before = now()
        try body()
        return now() - before
    }

    /// `count` tables, each of which refers to one before it and one at the start, in no order.
    private static func wide(_ count: Int) throws -> [TableToNormalise] {
        try tables(
            (0..<count).map { number in
                let parents =
                    number == 0 ? [] : Set([number / 2, number % 7]).subtracting([number])
                return "CREATE TABLE t\(number) (id INT PRIMARY KEY, p INT"
                    + parents.sorted().map { ", FOREIGN KEY (p) REFERENCES t\($0) (id)" }.joined()
                    + ")"
            }.shuffled())
    }

    @Test(
        "several sessions make the tables of a wide schema, with the same result as one",
        arguments: [TestServer.Kind.mariadb1011, .mysql9])
    func shared(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        let tables = try Self.wide(Workspace.worthSharing + 20)
        func made(hands: Int) throws -> (tables: [String: CatalogTable], own: Int) {
            try Workspace.use(
                on: fixture.server.address, pool: fixture.pool, catalog: fixture.catalog,
                profile: fixture.profile, prefix: fixture.prefix, hands: hands
            ) { workspace throws(WorkspaceError) in
                var made: [String: CatalogTable] = [:]
                let own = try Self.count("Com_create_table", in: workspace) {
                    () throws(WorkspaceError) in made = try workspace.normalise(tables)
                }
                return (made, own)
            }
        }
        let (shared, alone) = (try made(hands: 3), try made(hands: 1))
        #expect(shared.own < tables.count)
        #expect(alone.own == tables.count)
        #expect(shared.tables.mapValues(\.text) == alone.tables.mapValues(\.text))
        #expect(shared.tables.count == tables.count)
        #expect(try fixture.leftOvers() == [])
    }

    @Test("a text of a wide schema that is refused is named, as one of a narrow one is")
    func refusedAmongMany() throws {
        let fixture = try WorkspaceFixture()
        var texts = try Self.wide(Workspace.worthSharing + 20)
        texts += try Self.tables([
            "CREATE TABLE bad (id INT PRIMARY KEY, t VARCHAR(70000))",
            "CREATE TABLE worse (id INT, FOREIGN KEY (id) REFERENCES t0 (nothing))",
        ])
        let error = #expect(throws: WorkspaceError.self) {
            try Workspace.use(
                on: fixture.server.address, pool: fixture.pool, catalog: fixture.catalog,
                profile: fixture.profile, prefix: fixture.prefix, hands: 3
            ) { workspace throws(WorkspaceError) in
                _ = try workspace.normalise(texts)
            }
        }
        #expect(error?.rejections.map(\.table) == ["bad", "worse"])
        #expect(try fixture.leftOvers() == [])
    }

    @Test("texts run behind those that they need, on whichever session; a refusal ends them all")
    func crew() throws {
        let fixture = try WorkspaceFixture()
        try fixture.use { workspace throws(WorkspaceError) in
            func crew(_ last: String) -> CreationCrew {
                CreationCrew(
                    (0..<9).reversed().map { "SET @n = IF(@n = \($0), @n + 1, NULL)" } + [last],
                    needs: (0..<9).map { $0 < 8 ? [$0 + 1] : [] } + [[0]])
            }
            try workspace.run("SET @n = 0", while: "counting")
            let done = crew("SET @n = IF(@n = 9, 'in order', NULL)")
            done.work(on: workspace.connection)
            #expect(done.failure == nil)
            let answer = try? workspace.connection.query("SELECT @n").first?[0]
            #expect(answer == "in order")
            let refused = crew("SET nonsense")
            refused.work(on: workspace.connection)
            #expect(refused.failure?.place == 9)
            #expect(refused.failure?.connection === workspace.connection)
        }
    }

    @Test("each table is created once, whatever its foreign keys, and read once")
    func statements() throws {
        let fixture = try WorkspaceFixture()
        func schema(_ count: Int) throws -> [TableToNormalise] {
            try Self.tables(
                (0..<count).reversed().map { number in
                    "CREATE TABLE t\(number) (id INT PRIMARY KEY, p INT"
                        + (number == 0
                            ? ")" : ", FOREIGN KEY (p) REFERENCES t\(number / 2) (id))")
                })
        }
        let (small, large) = (try schema(20), try schema(40))
        try fixture.use { workspace throws(WorkspaceError) in
            _ = try workspace.normalise([])
            var created: [Int] = []
            var asked: [Int] = []
            for tables in [small, large] {
                created.append(
                    try Self.count("Com_create_table", in: workspace) { () throws(WorkspaceError) in
                        _ = try workspace.normalise(tables)
                    })
                asked.append(
                    try Self.count("Questions", in: workspace) { () throws(WorkspaceError) in
                        _ = try workspace.normalise(tables)
                    })
            }
            // The mark of the workspace is one more.
            #expect(created == [21, 41])
            #expect(asked[1] - asked[0] == 40)
        }
    }

    @Test(
        "circles, chains and copies come out as one after the other",
        arguments: TestServer.Kind.allCases)
    func asAlone(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        var tables = try Self.web([
            "a": ["b"], "b": ["a", "b"], "c": ["a", "e"], "d": ["c", "b"], "e": [],
        ])
        tables += try Self.tables([
            "CREATE TABLE f (ID INT PRIMARY KEY, Other INT, FOREIGN KEY (Other) REFERENCES e (Id))",
            "CREATE TABLE g LIKE d",
        ])
        let (together, alone) = try fixture.use { workspace throws(WorkspaceError) in
            let together = try workspace.startingEmpty { () throws(WorkspaceError) in
                try workspace.createTogether(tables)
            }
            return (
                together,
                try workspace.startingEmpty { () throws(WorkspaceError) in
                    try workspace.createAndRead(tables)
                }
            )
        }
        #expect(together?.mapValues(\.text) == alone.mapValues(\.text))
        #expect(together?.count == tables.count)
        #expect(try fixture.leftOvers() == [])
    }

    @Test(
        "what the server refuses is left to the way that tells the reason",
        arguments: [
            "CREATE TABLE x (id INT, KEY (nope))",
            "CREATE TABLE x (id INT, FOREIGN KEY (id) REFERENCES missing (id))",
            "CREATE TABLE x (id VARCHAR(9), FOREIGN KEY (id) REFERENCES a (id))",
            "CREATE TABLE x LIKE missing",
        ])
    func refused(text: String) throws {
        let fixture = try WorkspaceFixture()
        let tables = try Self.web(["a": ["b"], "b": ["a"]]) + Self.tables([text])
        try fixture.use { workspace throws(WorkspaceError) in
            let together = try workspace.startingEmpty { () throws(WorkspaceError) in
                try workspace.createTogether(tables)
            }
            #expect(together == nil)
            let error = #expect(throws: WorkspaceError.self) {
                _ = try workspace.normalise(tables)
            }
            #expect(error?.code == .rejected)
            #expect(error?.rejections.map(\.table) == ["x"])
        }
    }

    @Test("a foreign key in a circle that does not fit is refused")
    func circle() throws {
        let fixture = try WorkspaceFixture()
        let tables = try Self.tables([
            "CREATE TABLE a (id INT PRIMARY KEY, b INT, FOREIGN KEY (b) REFERENCES b (name))",
            "CREATE TABLE b (id INT PRIMARY KEY, name VARCHAR(9) UNIQUE, a INT, "
                + "FOREIGN KEY (a) REFERENCES a (id))",
        ])
        let error = #expect(throws: WorkspaceError.self) {
            _ = try fixture.use { workspace throws(WorkspaceError) in
                try workspace.normalise(tables)
            }
        }
        #expect(error?.rejections.map(\.table) == ["a"])
    }
}
