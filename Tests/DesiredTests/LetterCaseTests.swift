import Diff
import Git
import Schema
import Testing

@testable import Desired

@Suite("Names that differ by letter case are one name on some servers, and two on others")
struct LetterCaseTests {
    private static let managed = "manage: all"

    /// The one schema of a repository with `files`.
    private func schema(
        _ files: [String: String], namespace: String = managed
    ) throws -> DesiredSchema {
        var all = ["plumb.yaml": fleetText(namespace: namespace, shards: "[{name: a, host: db-0}]")]
        all.merge(files) { $1 }
        let state = try SchemaRepository.load(
            MemoryTree(all), revision: Revision(commit: nil), environment: nil,
            pinned: { _ in throw GitError(.notFound, "no pins") }, discovered: { _, _ in [] })
        return try #require(state.schemas.first)
    }

    /// What servers make of a schema: its names, or why there are none.
    private func stored(
        _ schema: DesiredSchema, _ setting: String, on flavour: ServerProfile.Flavour = .mariadb
    ) -> [String] {
        switch schema.stored(by: NameFolding(setting: setting), on: flavour) {
        case .success(let found): found.tables.map(\.name) + found.objects.map(\.name.encoded)
        case .failure(let clash): clash.reasons
        }
    }

    private static let twins = [
        "schema/commerce/a.sql": "CREATE TABLE V1 (a int);\n",
        "schema/commerce/b.sql": "CREATE TABLE v1 (b int);\n",
    ]

    @Test("two tables where names are bytes; elsewhere both places are named")
    func tables() throws {
        let schema = try schema(Self.twins)
        #expect(stored(schema, "0") == ["V1", "v1"])
        for setting in ["1", "2"] {
            #expect(
                stored(schema, setting) == [
                    "the table `V1` at schema/commerce/a.sql:1:14 and the table `v1` at "
                        + "schema/commerce/b.sql:1:14 have one name there: give them names that "
                        + "differ by more than letter case"
                ])
        }
    }

    struct Case: Sendable {
        let text: String
        var bytes: [String]?
        var mysql: [String]?
        var folded: [String]?
    }

    @Test(
        "what clashes, where; nil stands for a clash",
        arguments: [
            Case(
                text: "CREATE TABLE Big (a int); CREATE VIEW Seen AS SELECT 1 AS A;",
                bytes: ["Big", "view:Seen"], mysql: ["Big", "view:Seen"],
                folded: ["big", "view:seen"]),
            Case(
                text: "CREATE TABLE Orders (a int); CREATE VIEW orders AS SELECT 1 AS a;",
                bytes: ["Orders", "view:orders"], mysql: ["Orders", "view:orders"]),
            Case(
                text: """
                    CREATE TABLE t (a int);
                    CREATE TRIGGER Go BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1;
                    CREATE TRIGGER go BEFORE UPDATE ON t FOR EACH ROW SET NEW.a = 1;
                    """, bytes: ["t", "trigger:Go", "trigger:go"]),
            // A trigger shares its name with no table.
            Case(
                text: """
                    CREATE TABLE T (a int);
                    CREATE TRIGGER t BEFORE INSERT ON T FOR EACH ROW SET NEW.a = 1;
                    CREATE PROCEDURE t() SELECT 1;
                    """, bytes: ["T", "procedure:t", "trigger:t"],
                mysql: ["T", "procedure:t", "trigger:t"],
                folded: ["t", "procedure:t", "trigger:t"]),
        ])
    func clashes(sample: Case) throws {
        let schema = try schema(["schema/commerce/a.sql": sample.text])
        func names(_ setting: String, _ flavour: ServerProfile.Flavour) -> [String]? {
            guard case .success = schema.stored(by: NameFolding(setting: setting), on: flavour)
            else { return nil }
            return stored(schema, setting, on: flavour)
        }
        #expect(names("0", .mariadb) == sample.bytes)
        #expect(names("0", .mysql) == sample.mysql)
        #expect(names("1", .mariadb) == sample.folded)
        #expect(names("2", .mysql) == sample.folded)
    }

    @Test("names that no server tells apart are refused at once")
    func neverApart() throws {
        for statement in ["PROCEDURE Go() SELECT 1", "FUNCTION Go() RETURNS int RETURN 1"] {
            let text = "CREATE \(statement); CREATE \(statement.replacing("Go", with: "go"));"
            #expect(throws: DesiredError.self) { try schema(["schema/commerce/a.sql": text]) }
        }
    }

    private static let overlay = """
        manage: all
            overlays: [{selector: {shard: a}, path: schema/over}]
        """

    @Test("an overlay's table takes the place of the one that has its name on the server")
    func overlays() throws {
        let schema = try schema(
            [
                "schema/commerce/a.sql": "CREATE TABLE Orders (a int);",
                "schema/over/a.sql": "CREATE TABLE orders (a int, b int);",
            ], namespace: Self.overlay)
        #expect(stored(schema, "0") == ["Orders", "orders"])
        guard case .success(let found) = schema.stored(by: .lowerCase, on: .mysql) else {
            Issue.record("a clash")
            return
        }
        #expect(found.tables.map(\.location.file) == ["schema/over/a.sql"])
        #expect(found.digest != schema.digest)
    }

    @Test("hints and retired names follow the server's way")
    func hints() throws {
        let schema = try schema(
            [
                "schema/commerce/a.sql": """
                -- plumb: renamed from customers
                CREATE TABLE Customers (
                  a int, b int -- plumb: renamed from B2
                );
                -- plumb: renamed from Purchases
                CREATE TABLE Orders (a int, KEY y (a));
                """
            ],
            namespace: """
                retire: [Old, customerS]
                    renames: [{table: ORDERS, index: {from: x, to: y}}]
                """)
        #expect(
            schema.tableRenames == [
                TableRename(from: "customers", to: "Customers"),
                TableRename(from: "Purchases", to: "Orders"),
            ])
        #expect(schema.retire == ["Old", "customerS"])
        #expect(schema.indexRenames.map(\.table) == ["Orders"])
        guard case .success(let found) = schema.stored(by: .asGiven, on: .mysql) else {
            Issue.record("a clash")
            return
        }
        // The letters alone say nothing there; and what git has is not retired.
        #expect(found.tableRenames == [TableRename(from: "purchases", to: "orders")])
        #expect(found.renames == [ColumnRename(table: "customers", from: "B2", to: "b")])
        #expect(found.indexRenames.map(\.table) == ["orders"])
        #expect(found.retire == ["old"])
    }

    @Test("a table that stays under the old name of another one")
    func renameOfPresent() throws {
        let schema = try schema([
            "schema/commerce/a.sql": """
            CREATE TABLE Orders (a int);
            -- plumb: renamed from orders
            CREATE TABLE purchases (a int);
            """
        ])
        #expect(stored(schema, "0") == ["Orders", "purchases"])
        #expect(
            stored(schema, "1") == [
                "the hint renames table `orders` to `purchases`, and the table `Orders` at "
                    + "schema/commerce/a.sql:1:14 has the old name there: remove one of the two"
            ])
    }

    @Test("without a server it is said what depends on the setting")
    func warnings() throws {
        let tree = MemoryTree([
            "plumb.yaml": fleetText(namespace: Self.managed),
            "schema/commerce/a.sql": """
            CREATE TABLE Customers (Id int PRIMARY KEY);
            CREATE TABLE Copy LIKE customers;
            CREATE TABLE o (c int REFERENCES CUSTOMERS (Id), d int REFERENCES Customers (Id));
            CREATE VIEW v AS SELECT Id FROM customers;
            CREATE TRIGGER t BEFORE INSERT ON customers FOR EACH ROW SET NEW.Id = 1;
            CREATE TRIGGER T BEFORE UPDATE ON Customers FOR EACH ROW SET NEW.Id = 1;
            CREATE VIEW V AS SELECT 1 AS a;
            """,
        ])
        func mention(_ place: String, _ subject: String, _ name: String) -> String {
            "schema/commerce/a.sql:\(place): warning: the \(subject) names `\(name)`, and the table "
                + "at schema/commerce/a.sql:1:14 is `Customers`: two names where "
                + "lower_case_table_names is 0 [letter-case]; write `Customers`"
        }
        func twin(_ place: String, _ one: String, _ other: String, _ servers: String) -> String {
            "schema/commerce/a.sql:\(place): warning: the \(one) and the \(other) have one name "
                + "\(servers): shards there are refused [letter-case]; give them names that differ "
                + "by more than case, or the same name"
        }
        #expect(
            SchemaRepository.validate(tree).map(\.description) == [
                mention("2:24", "table `Copy`", "customers"),
                mention("3:34", "table `o`", "CUSTOMERS"),
                mention("4:33", "view `v`", "customers"),
                mention("5:35", "trigger `t`", "customers"),
                twin(
                    "6:16", "trigger `T`", "trigger `t` at schema/commerce/a.sql:5:16",
                    "on MySQL, and where lower_case_table_names is 1 or 2"),
                twin(
                    "7:13", "view `V`", "view `v` at schema/commerce/a.sql:4:13",
                    "where lower_case_table_names is 1 or 2"),
            ])
    }
}
