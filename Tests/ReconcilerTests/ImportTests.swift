import Basics
import Desired
import Foundation
import Git
@testable import Import
import Model
import Observed
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("Import: live databases become a schema repository")
struct ImportTests {
    @Test func whatIsImportedIsValidAndHasAnEmptyPlan() throws {
        let fixture = try ImportFixture()
        let database = try fixture.database(
            ShopTables.customers, ShopTables.orders, ShopTables.invoices,
            "CREATE VIEW seen AS SELECT id FROM customers",
            "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET NEW.id = 1",
            "CREATE PROCEDURE p() SELECT 1", "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
            "CREATE SEQUENCE s")
        let report = try fixture.import()
        #expect(
            report
                == ImportReport(
                    folder: fixture.folder,
                    files: [
                        "plumb.yaml", "schema/shop/customers.sql", "schema/shop/invoices.sql",
                        "schema/shop/orders.sql",
                    ],
                    namespaces: [
                        .init(
                            name: "shop", shards: [.init(name: database, database: database)],
                            tables: [
                                .init(
                                    name: "customers", file: "schema/shop/customers.sql",
                                    isManaged: true),
                                .init(
                                    name: "invoices", file: "schema/shop/invoices.sql",
                                    isManaged: true),
                                .init(
                                    name: "orders", file: "schema/shop/orders.sql",
                                    isManaged: true),
                            ])
                    ], differing: [], unknown: [], empty: [],
                    skipped: [
                        .init(database: database, kind: "event", name: "e"),
                        .init(database: database, kind: "procedure", name: "p"),
                        .init(database: database, kind: "sequence", name: "s"),
                        .init(database: database, kind: "trigger", name: "t"),
                        .init(database: database, kind: "view", name: "seen"),
                    ], exitStatus: .done))
        #expect(
            try fixture.read("schema/shop/customers.sql") == """
                CREATE TABLE `customers` (
                  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
                  `email` varchar(255) NOT NULL DEFAULT 'a;b' COMMENT 'it''s; -- here',
                  PRIMARY KEY (`id`),
                  UNIQUE KEY `by_email` (`email`)
                ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

                """)
        #expect(
            try fixture.read("plumb.yaml") == """
                version: 1
                namespaces:
                  shop:
                    schema: schema/shop
                    shards:
                      - {name: \(database), host: "\(fixture.server.address)"}
                environments:
                  production:
                    namespaces: [shop]
                    connection: {user: root}

                """)
        #expect(SchemaRepository.validate(WorkingTree(folder: fixture.folder)).isEmpty)
        try fixture.commit()
        let planned = try fixture.passContext().plan()
        #expect(planned.plan.steps.isEmpty)
        #expect(planned.plan.unsupported.isEmpty)
        #expect(planned.comparison.inSyncCount == 1)
    }

    @Test func hostileNamesBecomeSafeFilesAndMeanTheSameTables() throws {
        let names = [
            "a`b", "with space", "..", "../../etc/passwd", "/", "схема", "🙂",
            String(repeating: "x", count: 64), "back\\slash", "semi;colon", "quo'te\"s", ".git",
            "-- no comment", "con", "table-1",
        ]
        let fixture = try ImportFixture()
        try fixture.database()
        var made: [String] = []
        for name in names {
            // The server refuses some of them itself, which is as good.
            let sql = "CREATE TABLE \(SQL.identifier(name)) (`c``1` INT COMMENT ';')"
            if (try? fixture.root.execute(sql)) != nil { made.append(name) }
        }
        #expect(made.count >= names.count - 3)
        let report = try fixture.import()
        #expect(Set(report.namespaces.flatMap(\.tables).map(\.name)) == Set(made))
        #expect(report.unsupported.isEmpty)
        for file in report.files.dropFirst() {
            #expect(file.wholeMatch(of: /schema\/shop\/[A-Za-z0-9_-]+\.sql/) != nil, "\(file)")
        }
        #expect(Set(report.files.map { $0.lowercased() }).count == made.count + 1)
        try fixture.commit()
        let planned = try fixture.passContext().plan()
        #expect(planned.plan.steps.isEmpty)
        #expect(planned.comparison.inSyncCount == 1)
    }

    @Test("attack: a table with a line break in its name is kept beside, and stops no other")
    func controlCharactersAreKeptButNotManaged() throws {
        let fixture = try ImportFixture()
        try fixture.database("CREATE TABLE `new\nline` (id INT)", "CREATE TABLE t (id INT)")
        let report = try fixture.import()
        #expect(report.unsupported.map(\.name) == ["new\nline"])
        #expect(report.unsupported.first?.problem?.hasPrefix("the name `new\\u{a}line`") == true)
        #expect(report.unsupported.first?.file.contains("\n") == false)
        try fixture.commit()
        #expect(try fixture.passContext().plan().plan.steps.isEmpty)
    }

    @Test func tablesThatDifferByLetterCaseOnlyAreTwoTables() throws {
        let fixture = try ImportFixture()
        try fixture.database(
            "CREATE TABLE Orders (id INT)", "CREATE TABLE orders (id INT, more INT)")
        let report = try fixture.import()
        #expect(report.unsupported.isEmpty)
        let files = report.files.filter { $0.hasSuffix(".sql") }
        // On some file systems two such files would be one.
        #expect(Set(files.map { $0.lowercased() }).count == 2)
        #expect(try files.map(fixture.read).contains { $0.contains("`more`") })
        #expect(report.exitStatus == .done)
        try fixture.commit()
        #expect(try fixture.passContext().plan().plan.steps.isEmpty)
    }

    @Test func whatPlumbDoesNotUnderstandIsKeptAndReported() throws {
        let fixture = try ImportFixture()
        let database = try fixture.database(ShopTables.invoices)
        // A comment that was stored as bytes of another character set.
        let text = try fixture.root.query("SHOW CREATE TABLE invoices").first?[1] ?? ""
        let bytes = Array(text.replacing("100%", with: "100").utf8) + [0xFF]
        let catalog = ObjectCatalog()
        let table = CatalogTable(canonicalText: bytes, flavour: .mariadb)
        catalog.insert(table)
        #expect(table.unsupported == "its definition is not UTF-8")
        let groups = DatabaseGroups(groups: [
            .init(databases: [database], tables: ["invoices": table.digest])
        ])
        let layout = ImportLayout(groups: groups, request: fixture.request(), catalog: catalog)
        #expect(
            layout.report.first?.tables == [
                .init(
                    name: "invoices", file: "schema/shop/invoices.sql.unmanaged",
                    isManaged: false, problem: "its definition is not UTF-8")
            ])
    }

    @Test func aDatabaseThatIsSeenOnlyInPartIsUnknownAndNotImported() throws {
        let fixture = try ImportFixture()
        let prefix = fixture.uniquePrefix()
        for name in ["a", "b"] {
            try fixture.database(
                ShopTables.customers, ShopTables.orders, named: "\(prefix)\(name)")
        }
        let user = "u\(UInt32.random(in: 0 ..< .max))"
        try fixture.root.execute("CREATE USER \(user)@localhost")
        try fixture.root.execute("GRANT SELECT ON \(prefix)a.* TO \(user)@localhost")
        try fixture.root.execute("GRANT SELECT ON \(prefix)b.orders TO \(user)@localhost")
        var request = fixture.request(["\(prefix)%"])
        request.connection.credentials = .user(user, password: .none)
        let report = try DatabaseImport.run(request)
        #expect(report.exitStatus == .incomplete)
        #expect(report.namespaces.flatMap(\.shards).map(\.database) == ["\(prefix)a"])
        #expect(report.unknown.map(\.database) == ["\(prefix)b"])
        #expect(report.unknown.first?.code == "missing-grant")
    }

    @Test func aDatabaseNameThatNoFleetFileCanHaveIsReported() throws {
        let fixture = try ImportFixture()
        let prefix = fixture.uniquePrefix()
        try fixture.database("CREATE TABLE t (id INT)", named: "\(prefix)a")
        try fixture.database("CREATE TABLE t (id INT)", named: "\(prefix){b}")
        let report = try fixture.import(["\(prefix)%"])
        #expect(report.shardCount == 1)
        #expect(report.unknown.map(\.code) == ["invalid-name"])
    }

    @Test func oddDatabaseNamesGetAShardNameOfTheirOwn() throws {
        let fixture = try ImportFixture()
        let name = "my shop `\(fixture.uniquePrefix())` é"
        try fixture.database("CREATE TABLE t (id INT)", named: name)
        let report = try fixture.import([name], namespace: nil)
        let shard = try #require(report.namespaces.first?.shards.first)
        #expect(shard.database == name)
        #expect(shard.name.wholeMatch(of: /my_shop__imp[0-9]+x___-[0-9a-f]{8}/) != nil)
        try fixture.commit()
        #expect(try fixture.passContext().plan().comparison.inSyncCount == 1)
    }
}

@Suite("Import: which databases form a namespace")
struct ImportGroupTests {
    @Test func equalDatabasesAreShardsAndTheOddOneIsReportedWithItsDifference() throws {
        let fixture = try ImportFixture()
        let prefix = fixture.uniquePrefix()
        for number in 0..<3 {
            try fixture.database(
                ShopTables.customers, ShopTables.orders, named: "\(prefix)_\(number)")
        }
        try fixture.database(
            ShopTables.customers, "CREATE TABLE extra (id INT)", named: "\(prefix)_odd")
        try fixture.root.execute("ALTER TABLE customers ADD COLUMN note TEXT")
        let report = try fixture.import(["\(prefix)\\_%"], namespace: nil)
        #expect(report.namespaces.map(\.name) == [prefix])
        #expect(
            report.namespaces.first?.shards.map(\.database) == (0..<3).map { "\(prefix)_\($0)" })
        #expect(
            report.differing == [
                .init(
                    database: "\(prefix)_odd", reference: "\(prefix)_0",
                    lines: [
                        .init(table: "customers", text: "+ note text DEFAULT NULL"),
                        .init(table: "extra", text: "+ TABLE extra"),
                        .init(table: "orders", text: "- TABLE orders"),
                    ])
            ])
        #expect(report.exitStatus == .difference)
        #expect(try !fixture.read("plumb.yaml").contains("_odd"))
        try fixture.commit()
        #expect(try fixture.passContext().plan().comparison.inSyncCount == 3)
    }

    @Test func ofTwoThatDifferTheFirstIsImportedAndTheOtherReported() throws {
        let fixture = try ImportFixture()
        let prefix = fixture.uniquePrefix()
        try fixture.database("CREATE TABLE t (id INT)", named: "\(prefix)a")
        try fixture.database("CREATE TABLE t (id BIGINT)", named: "\(prefix)b")
        let report = try fixture.import(["\(prefix)%"])
        #expect(report.namespaces.map { $0.shards.map(\.database) } == [["\(prefix)a"]])
        #expect(report.differing.map(\.database) == ["\(prefix)b"])
        #expect(report.differing.first?.lines.isEmpty == false)
    }

    @Test func databasesNamedOneByOneThatDifferAreNamespacesOfTheirOwn() throws {
        let fixture = try ImportFixture()
        let prefix = fixture.uniquePrefix()
        try fixture.database("CREATE TABLE t (id INT)", named: "\(prefix)_shop")
        try fixture.database("CREATE TABLE u (id INT)", named: "\(prefix)_billing")
        let report = try fixture.import(namespace: nil)
        #expect(report.namespaces.map(\.name) == ["\(prefix)_billing", "\(prefix)_shop"])
        #expect(report.differing.isEmpty)
        #expect(report.exitStatus == .done)
        try fixture.commit()
        #expect(try fixture.passContext().plan().comparison.inSyncCount == 2)
    }

    @Test func databasesWithoutTablesAreNamedAndLeftOut() throws {
        let fixture = try ImportFixture()
        let prefix = fixture.uniquePrefix()
        try fixture.database("CREATE TABLE t (id INT)", named: "\(prefix)_0")
        try fixture.database(named: "\(prefix)_1")
        let report = try fixture.import(["\(prefix)%"])
        #expect(report.empty == ["\(prefix)_1"])
        #expect(report.shardCount == 1)
    }

    @Test func aDatabaseThatIsNotThereIsAnErrorThatNamesTheNearest() throws {
        let fixture = try ImportFixture()
        let database = try fixture.database("CREATE TABLE t (id INT)")
        let error = #expect(throws: ImportError.self) {
            try fixture.import([database + "q"])
        }
        #expect(error?.code == .noDatabase)
        #expect(error?.message.contains("did you mean `test_") == true)
        #expect(fixture.everything().isEmpty)
        #expect(!FileManager.default.fileExists(atPath: fixture.folder))
    }
}

@Suite("Import: nothing is ever written over")
struct ImportOverwriteTests {
    @Test(arguments: [
        ("plumb.yaml", "/plumb.yaml"), ("schema/shop/old.sql", "/schema/shop/old.sql"),
        ("schema", "/schema"), ("schema/shop", "/schema/shop"),
    ])
    func whatIsThereStopsTheImport(file: String, named: String) throws {
        let fixture = try ImportFixture()
        try fixture.database("CREATE TABLE t (id INT)")
        try fixture.write("mine", to: file)
        let before = fixture.everything()
        let error = #expect(throws: ImportError.self) { try fixture.import() }
        #expect(error?.code == .exists)
        #expect(error?.message.hasPrefix(fixture.folder + named + " exists already") == true)
        #expect(fixture.everything() == before)
        #expect(try fixture.read(file) == "mine")
    }

    @Test func aSecondImportIsRefusedAndOtherFilesAreLeftAlone() throws {
        let fixture = try ImportFixture()
        try fixture.database("CREATE TABLE t (id INT)")
        try fixture.write("hello", to: "README.md")
        try fixture.write("other", to: "schema/other/x.sql")
        _ = try fixture.import()
        let after = [
            "README.md", "plumb.yaml", "schema", "schema/other", "schema/other/x.sql",
            "schema/shop", "schema/shop/t.sql",
        ]
        #expect(fixture.everything() == after)
        #expect(throws: ImportError.self) { try fixture.import() }
        #expect(fixture.everything() == after)
    }

    @Test(arguments: ["../evil", "a/b", "", "1st", "a: {b}", "a b"])
    func aNamespaceThatNoFileCanHaveIsRefused(name: String) throws {
        let fixture = try ImportFixture()
        try fixture.database("CREATE TABLE t (id INT)")
        let error = #expect(throws: ImportError.self) { try fixture.import(namespace: name) }
        #expect(error?.code == .invalidName)
        #expect(!FileManager.default.fileExists(atPath: fixture.folder))
    }

    @Test func thePasswordIsNeverWritten() throws {
        let fixture = try ImportFixture()
        try fixture.database("CREATE TABLE t (id INT)")
        let user = "writer\(UInt32.random(in: 0 ..< .max))"
        try fixture.root.execute("GRANT ALL ON *.* TO \(user)@localhost IDENTIFIED BY 's3cr3t!'")
        let secret = try TemporaryFolder()
        let path = try secret.write("s3cr3t!\n", to: "password")
        var request = fixture.request()
        request.connection.credentials = .user(user, password: .file(path))
        _ = try DatabaseImport.run(request)
        let text = try fixture.read("plumb.yaml")
        #expect(text.contains("password_file: \(path)"))
        #expect(!text.contains("s3cr3t"))
    }
}
