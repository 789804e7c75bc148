import Foundation
import TestSupport
import Testing

/// Servers that compare the names of tables in lower case, worked on with the program.
@Suite("Names compare as the server compares them")
struct LetterCaseTests {
    private static let option = ["--lower-case-table-names=1"]
    private static let mariadb = Result { try TestServer.start(.mariadb1011, options: option) }
    private static let mysql = Result { try TestServer.start(.mysql9, options: option) }

    /// One server of a kind for all these tests, that compares names in lower case.
    private static func folding(_ kind: TestServer.Kind) throws -> TestServer {
        try kind == .mysql9 ? mysql.get() : mariadb.get()
    }

    private static let kinds = TestServer.available.filter { $0 != .mariadb118 }

    private static let tables = """
        CREATE TABLE Customers (Id int NOT NULL PRIMARY KEY, Name varchar(20), Seen int);
        CREATE TABLE Orders (Id int NOT NULL PRIMARY KEY, c int,
          FOREIGN KEY (c) REFERENCES Customers (Id));
        CREATE TABLE Copies LIKE Customers;

        """

    private static let programs = """
        CREATE VIEW Names AS SELECT C.Name FROM Customers C;
        CREATE VIEW Again AS SELECT * FROM Names;
        CREATE TRIGGER First BEFORE INSERT ON Customers FOR EACH ROW SET NEW.Seen = 1;
        CREATE TRIGGER Second BEFORE INSERT ON Customers FOR EACH ROW FOLLOWS First SET NEW.Seen = 2;
        CREATE PROCEDURE Show_All() SELECT * FROM Customers;
        CREATE EVENT Nightly ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1;

        """

    private static let rows = "INSERT INTO customers VALUES (1, 'a', 0), (2, 'b', 0)"

    private func fleet(
        on server: TestServer, shards: Int = 1, _ files: [String: String],
        namespace: [String] = ["manage: all", "prune: all"]
    ) throws -> FleetFixture {
        let fleet = try FleetFixture(on: server, shards: shards, schema: files)
        fleet.file.namespace = namespace
        try fleet.commit()
        return fleet
    }

    private func count(_ fleet: FleetFixture, _ table: String, on shard: Int = 0) throws -> String?
    {
        try fleet.sql(shard, "SELECT COUNT(*) FROM \(table)").first?[0]
    }

    /// Expects that a plan is empty and that nothing has drifted.
    private func expectQuiet(
        _ fleet: FleetFixture, at location: Testing.SourceLocation = #_sourceLocation
    ) throws {
        try fleet.expect(0, "plan", at: location)
        try fleet.expect(0, "drift", at: location)
    }

    @Test("what was made is there, changes, and is dropped by nobody", arguments: kinds)
    func converges(kind: TestServer.Kind) throws {
        let fleet = try fleet(
            on: Self.folding(kind), ["a.sql": Self.tables, "b.sql": Self.programs])
        // A database's name is compared so, too.
        fleet.file.shards[0].database = fleet.database(0).uppercased()
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        try fleet.sql(0, Self.rows)
        try fleet.sql(0, "INSERT INTO orders VALUES (1, 2)")
        try expectQuiet(fleet)
        // Other letters in git are no difference.
        try fleet.write(
            "schema/app/a.sql", Self.tables.replacing("Customers", with: "cUSTOMERs"))
        try fleet.write(
            "schema/app/b.sql",
            Self.programs.replacing("ON Customers", with: "ON CUSTOMERS")
                .replacing("VIEW Names", with: "VIEW NAMES").replacing(
                    "FROM Names", with: "FROM nameS"
                )
                .replacing("PROCEDURE Show_All", with: "PROCEDURE SHOW_all")
                .replacing("EVENT Nightly", with: "EVENT nightly")
                .replacing("TRIGGER First", with: "TRIGGER FIRST"))
        try fleet.commit()
        try expectQuiet(fleet)
        // A change goes on from what is live.
        try fleet.change(
            "a.sql", Self.tables.replacing("Name varchar(20)", with: "Name varchar(30), More int"))
        let plan = try fleet.expect(2, "plan")
        #expect(plan.stdout.contains("ALTER TABLE `customers` "))
        #expect(!plan.stdout.contains("DROP"))
        try fleet.expect(0, "reconcile")
        try expectQuiet(fleet)
        #expect(try count(fleet, "Customers") == "2")
        #expect(try count(fleet, "Orders") == "1")
    }

    @Test(
        "what a client made under other letters is git's, and recorded as it is", arguments: kinds)
    func adopted(kind: TestServer.Kind) throws {
        let fleet = try fleet(
            on: Self.folding(kind), ["a.sql": Self.tables, "b.sql": Self.programs])
        for text in (Self.tables.replacing("Customers", with: "CUSTOMERS") + Self.programs)
            .split(separator: ";\n")
        {
            let other = text.replacing("TRIGGER First", with: "TRIGGER fIRST")
                .replacing("PROCEDURE Show_All", with: "PROCEDURE show_all")
                .replacing("EVENT Nightly", with: "EVENT NIGHTLY")
                .replacing("ON Customers", with: "ON CUSTOMERS")
            try fleet.sql(0, String(other))
        }
        try fleet.sql(0, Self.rows)
        try fleet.expect(0, "reconcile")
        try expectQuiet(fleet)
        try fleet.change("b.sql", Self.programs.replacing("Seen = 1", with: "Seen = 3"))
        try fleet.expect(0, "reconcile")
        try expectQuiet(fleet)
        #expect(try count(fleet, "customers") == "2")
    }

    @Test("two files that are one table: the shards there are left alone, the others go on")
    func twins() throws {
        let folding = try Self.folding(.mariadb1011)
        let files = ["a.sql": "CREATE TABLE v1 (a int PRIMARY KEY);\n"]
        let fleet = try fleet(on: TestServer.shared, files)
        guard case .socket(let socket) = folding.address else { return }
        let database = try folding.freshDatabase()
        fleet.file.shards.append(.init(name: "other", host: "unix:\(socket)", database: database))
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        let there = try folding.connect(database: database)
        try there.execute("INSERT INTO V1 VALUES (1)")
        try fleet.sql(0, "INSERT INTO v1 VALUES (1)")
        try fleet.change("b.sql", "CREATE TABLE V1 (b int PRIMARY KEY);\n")
        let validated = try fleet.expect(0, "validate")
        #expect(validated.stdout.contains("have one name where lower_case_table_names is 1 or 2"))
        let run = try fleet.run("reconcile")
        #expect(run.status != 0)
        #expect(run.all.contains("the table `V1` at schema/app/b.sql:1:14"))
        #expect(run.all.contains("the table `v1` at schema/app/a.sql:1:14"))
        #expect(run.all.contains("1 done"))
        #expect(try fleet.table("V1")?.contains("`b` int") == true)
        #expect(try count(fleet, "v1") == "1")
        #expect(try there.query("SELECT COUNT(*) FROM v1").first?[0] == "1")
        // Where the twin goes again, the server with 0 drops it alone.
        try fleet.remove("schema/app/b.sql")
        try fleet.commit("No twin")
        try fleet.expect(3, "reconcile")
        try fleet.expect(0, "approve", "--all", "--reason", "a twin")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("V1") == nil)
        #expect(try count(fleet, "v1") == "1")
        #expect(try there.query("SELECT COUNT(*) FROM v1").first?[0] == "1")
    }

    @Test("a hint that changes the letters alone: a rename with 0, nothing with 1")
    func hints() throws {
        let folding = try Self.folding(.mariadb1011)
        let fleet = try fleet(
            on: TestServer.shared, ["a.sql": "CREATE TABLE orders (a int PRIMARY KEY);\n"])
        guard case .socket(let socket) = folding.address else { return }
        let database = try folding.freshDatabase()
        fleet.file.shards.append(.init(name: "other", host: "unix:\(socket)", database: database))
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        let there = try folding.connect(database: database)
        try there.execute("INSERT INTO orders VALUES (1)")
        try fleet.sql(0, "INSERT INTO orders VALUES (1)")
        try fleet.change(
            "a.sql", "-- plumb: renamed from orders\nCREATE TABLE Orders (a int PRIMARY KEY);\n")
        let plan = try fleet.expect(2, "plan")
        #expect(plan.stdout.contains("1 change on 1 shard"))
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "plan")
        #expect(try fleet.sql(0, "SHOW TABLES").map { $0[0] } == ["Orders"])
        #expect(try count(fleet, "Orders") == "1")
        #expect(try there.query("SELECT COUNT(*) FROM orders").first?[0] == "1")
        // Renamed for good, on both.
        try fleet.change(
            "a.sql", "-- plumb: renamed from Orders\nCREATE TABLE Bills (a int PRIMARY KEY);\n")
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "plan")
        #expect(try count(fleet, "Bills") == "1")
        #expect(try there.query("SELECT COUNT(*) FROM bills").first?[0] == "1")
    }

    @Test("two shards that are one database of the server are left alone")
    func sharedDatabase() throws {
        let fleet = try fleet(on: Self.folding(.mariadb1011), ["a.sql": Self.tables])
        fleet.file.shards.append(
            .init(
                name: "s1", host: fleet.file.shards[0].host,
                database: fleet.database(0).uppercased()))
        try fleet.commit()
        for words in [["plan"], ["reconcile"], ["reconcile", "--shard", "s1"]] {
            let run = try fleet.run(words)
            #expect(run.status != 0)
            #expect(
                run.all.contains("the shards app/s0 and app/s1 are both its database"), "\(run)")
        }
        #expect(try fleet.sql(0, "SHOW TABLES").isEmpty)
    }

    @Test("retired names and waiting approvals, whatever the letters")
    func retired() throws {
        let fleet = try fleet(
            on: Self.folding(.mariadb1011), ["a.sql": Self.tables],
            namespace: ["retire: [OLD_Things]"])
        try fleet.expect(0, "reconcile")
        try fleet.sql(0, Self.rows)
        try fleet.sql(0, "CREATE TABLE Old_Things (a int)")
        try fleet.sql(0, "CREATE TABLE Stranger (a int)")
        try fleet.change("b.sql", "CREATE TABLE Old_things (a int);\n")
        try fleet.expect(0, "reconcile")
        try fleet.remove("schema/app/b.sql")
        try fleet.commit("Retire it")
        try fleet.expect(3, "reconcile")
        try fleet.expect(0, "approve", "--all", "--reason", "old")
        try fleet.expect(0, "reconcile")
        let left = try fleet.sql(0, "SHOW TABLES").compactMap { $0[0] }
        #expect(left == ["copies", "customers", "orders", "stranger"])
    }

    @Test("a fleet that moves to a server with 1 keeps its records, each once")
    func moved() throws {
        let folding = try Self.folding(.mariadb1011)
        let fleet = try fleet(
            on: TestServer.shared, ["a.sql": Self.tables, "b.sql": Self.programs])
        try fleet.expect(0, "reconcile")
        guard case .socket(let socket) = folding.address else { return }
        let database = try folding.freshDatabase()
        let there = try folding.connect(database: database)
        for text in (Self.tables + Self.programs).split(separator: ";\n") {
            try there.execute(String(text))
        }
        fleet.file.shards[0].host = "unix:\(socket)"
        fleet.file.shards[0].database = database
        try fleet.change("a.sql", Self.tables.replacing("varchar(20)", with: "varchar(30)"))
        let plan = try fleet.expect(2, "plan")
        #expect(!plan.stdout.contains("conflict"), "\(plan)")
        #expect(!plan.stdout.contains("live changed"), "\(plan)")
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "drift")
        let record = try fleet.expect(0, "show", "app/s0").stdout
        #expect(record.contains("\"customers\""))
        #expect(!record.contains("\"Customers\""))
        #expect(record.contains("\"view:names\""))
        #expect(!record.contains("\"view:Names\""))
    }

    @Test("an import from such a server gives an empty plan", arguments: kinds)
    func imported(kind: TestServer.Kind) throws {
        let server = try Self.folding(kind)
        let fleet = try fleet(on: server, ["a.sql": Self.tables])
        for text in (Self.tables + Self.programs).split(separator: ";\n") {
            try fleet.sql(0, String(text))
        }
        guard case .socket(let socket) = server.address else { return }
        let imported = fleet.folder.path + "/imported"
        try fleet.expect(
            0, "import", "--host", "unix:\(socket)", "--database", fleet.database(0), "--user",
            "root", "--manage", "all", "--namespace", "app", "--into", imported)
        try fleet.remove("schema")
        try Shell.check("mv", [imported + "/schema", fleet.repository + "/schema"])
        try fleet.commit("Imported")
        try fleet.expect(0, "reconcile")
        try expectQuiet(fleet)
    }
}
