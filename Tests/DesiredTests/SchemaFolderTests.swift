import Basics
import Schema
import Testing

@testable import Desired
import Git

/// What a schema folder may hold, and how everything else is refused.
@Suite struct SchemaFolderTests {
    @Test func filesAreReadInAllFoldersAndTablesAreSorted() {
        let tree = repository(
            fleetText(),
            [
                "schema/commerce/z/more/items.sql":
                    "CREATE TABLE IF NOT EXISTS items (id int PRIMARY KEY);\n"
                    + "CREATE TABLE Zebra (id int PRIMARY KEY);",
                "schema/commerce/a.SQL": "CREATE TABLE apple (id int PRIMARY KEY)",
                "schema/commerce/routing.json": "{}", "schema/commerce/README.md": "DROP DATABASE",
                "schema/other/x.sql": "nonsense",
            ])
        #expect(outcome(tree) == ["a,b: Zebra+apple+items+orders"])
    }

    @Test func aTableIsFoundByItsExactNameAndElseInOtherLetters() throws {
        let names = ["Zebra", "apple", "Apple", "b", "é", "c1", "c10", "c2"]
        let files = names.enumerated().map {
            ("schema/commerce/\($0.offset).sql", "CREATE TABLE \($0.element) (id int);")
        }
        let tree = repository(fleetText(), Dictionary(uniqueKeysWithValues: files))
        let state = try SchemaRepository.load(
            tree, revision: Revision(commit: nil), environment: nil,
            pinned: { _ in tree }, discovered: { _, _ in [] })
        let schema = try #require(state.schemas.first)
        for name in names { #expect(schema.table(name)?.name == name) }
        for (name, found) in [("ZEBRA", "Zebra"), ("aPPLE", "Apple"), ("É", "é"), ("C10", "c10")] {
            #expect(schema.table(name)?.name == found)
        }
        for name in ["", "a", "c", "c11", "zz", "ê"] { #expect(schema.table(name) == nil) }
    }

    @Test func aTableKnowsItsTextAndPlaces() throws {
        let text =
            "-- all of them\nCREATE TABLE orders (\n  id int,\n  é int,\n  KEY by_id (id)\n);\n"
        let tree = repository(fleetText(), ["schema/commerce/orders.sql": text])
        let state = try SchemaRepository.load(
            tree, revision: Revision(commit: nil), environment: nil,
            pinned: { _ in tree }, discovered: { _, _ in [] })
        let table = try #require(state.schemas.first?.table("ORDERS"))
        #expect(table.text == "CREATE TABLE orders (\n  id int,\n  é int,\n  KEY by_id (id)\n)")
        #expect(table.textDigest == Digest(of: table.text))
        #expect(table.file == "schema/commerce/orders.sql")
        #expect(table.location.description == "schema/commerce/orders.sql:2:14")
        #expect(
            table.location(ofColumn: "É")?.description == "schema/commerce/orders.sql:4:3")
        #expect(
            table.location(ofConstraint: "by_id")?.description == "schema/commerce/orders.sql:5:3")
        #expect(state.schema(of: ShardID(namespace: "commerce", shard: "b"))?.tables == [table])
    }

    @Test(arguments: [
        (
            "CREATE VIEW v AS SELECT 1;",
            "x.sql:1:13: error: the view `v` is not a table, and the namespace manages no "
                + "views [unsupported-statement]; add `views` to `manage`, or move it out of the "
                + "schema folder"
        ),
        (
            "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET NEW.id = 1;",
            "x.sql:1:16: error: the trigger `t` is not a table, and the namespace manages "
                + "no triggers [unsupported-statement]; add `triggers` to `manage`, or move it "
                + "out of the schema folder"
        ),
        (
            "CREATE TABLE shop.x (id int);",
            "x.sql:1:19: error: the table `x` is written with the database `shop` "
                + "[qualified-table]; write the name alone: each shard has a database of its own"
        ),
        (
            "CREATE TEMPORARY TABLE x (id int);",
            "x.sql:1:1: error: the table `x` is temporary, and no shard keeps it "
                + "[unsupported-statement]; remove TEMPORARY"
        ),
        (
            "CREATE OR REPLACE TABLE x (id int);",
            "x.sql:1:1: error: the table `x` is written with OR REPLACE, which drops data "
                + "[unsupported-statement]; remove OR REPLACE: changes are planned"
        ),
        (
            "CREATE TABLE x AS SELECT 1 AS a;",
            "x.sql:1:1: error: the table `x` is defined by a SELECT [unsupported-statement]; "
                + "write its columns out"
        ),
        (
            "CREATE INDEX i ON orders (id);",
            "x.sql:1:1: error: CREATE INDEX on `orders` is a change, and a schema file says what "
                + "tables are [unsupported-statement]; write the index into the CREATE TABLE of "
                + "`orders`"
        ),
        (
            "ALTER TABLE orders ADD x int;",
            "x.sql:1:1: error: ALTER TABLE `orders` is a change, and a schema file says what "
                + "tables are [unsupported-statement]; change the CREATE TABLE of `orders`"
        ),
        (
            "DROP TABLE orders;",
            "x.sql:1:1: error: DROP TABLE is not a CREATE TABLE [unsupported-statement]; "
                + "remove the statement"
        ),
        (
            "CREATE TABLE y (id int);\n\nCREATE TABLE orders (id int);",
            "x.sql:3:14: error: the table `orders` is defined for the second time; the first is "
                + "at schema/commerce/orders.sql:1:14 [duplicate-table]; keep one of the two"
        ),
        (
            "CREATE TABLE x (\n  id int,\n  o int REFERENCES oders (id));",
            "x.sql:3:20: error: `x` refers to the table `oders`, which `commerce` does not have "
                + "[dangling-foreign-key]; did you mean `orders`?"
        ),
        (
            "CREATE TABLE x (id int, FOREIGN KEY (id) REFERENCES parents (id));",
            "x.sql:1:53: error: `x` refers to the table `parents`, which `commerce` does not have "
                + "[dangling-foreign-key]; define the table, or remove the foreign key"
        ),
        (
            "CREATE TABLE x (id int, FOREIGN KEY (id) REFERENCES other.parents (id));",
            "x.sql:1:53: error: a table of another database is named [invalid-sql]; "
                + "write the name alone: each shard has a database of its own"
        ),
        (
            "CREATE TABLE x (id decimel);",
            "x.sql:1:20: error: unknown column type `decimel` [invalid-sql]; "
                + "did you mean `decimal`?"
        ),
    ])
    func everythingButPlainTablesIsRefused(text: String, expected: String) {
        let tree = repository(fleetText(), ["schema/commerce/x.sql": text])
        #expect(outcome(tree) == ["schema/commerce/" + expected])
    }

    @Test(arguments: [
        "CREATE TABLE x (id int, FOREIGN KEY (id) REFERENCES X (id));",
        "CREATE TABLE x (id int, FOREIGN KEY (id) REFERENCES ORDERS (id));",
    ])
    func parentsAreFoundWhateverTheirCase(text: String) {
        #expect(
            outcome(repository(fleetText(), ["schema/commerce/x.sql": text])) == [
                "a,b: orders+x"
            ])
    }

    @Test func aFileMustHaveAStatement() {
        for text in ["", "-- nothing\n", ";\n"] {
            let tree = repository(fleetText(), ["schema/commerce/empty.sql": text])
            let faults = outcome(tree)
            #expect(faults.count == 1)
            #expect(faults.first?.hasPrefix("schema/commerce/empty.sql:1:1: error: ") == true)
            #expect(faults.first?.contains("[empty-file]") == true)
        }
    }

    @Test func anEmptySchemaIsNeverDropEverything() {
        let none = [
            "plumb.yaml:4:13: error: the folder `schema/commerce` has no `.sql` file "
                + "[empty-schema]; add a file with a CREATE TABLE, remove what names the "
                + "folder, or say `allow_empty: true` where no tables are meant"
        ]
        #expect(
            outcome(
                MemoryTree(["plumb.yaml": fleetText(), "schema/commerce/README": "x"])) == none)
        #expect(
            outcome(MemoryTree(["plumb.yaml": fleetText()])) == [
                "plumb.yaml:4:13: error: there is no folder `schema/commerce` [dangling-path]; "
                    + "create it, or correct the path"
            ])
    }

    @Test func linksAndSubmodulesAreRefused() {
        let tree = repository(
            special: ["schema/commerce/link": .symlink, "schema/commerce/sub/mod": .submodule])
        #expect(
            outcome(tree) == [
                "schema/commerce/link:1:1: error: `schema/commerce/link` is a symbolic link, and "
                    + "links are not followed [refused-entry]; put a file there",
                "schema/commerce/sub/mod:1:1: error: `schema/commerce/sub/mod` is a submodule, "
                    + "and submodules are not read [refused-entry]; put the files there",
            ])
    }

    @Test func whatCannotBeReadIsAnErrorWithItsCause() throws {
        for path in ["schema/commerce", "schema/commerce/orders.sql", "plumb.yaml"] {
            let error = #expect(throws: DesiredError.self) {
                try SchemaRepository.load(
                    repository(unreadable: [path]), revision: Revision(commit: nil),
                    environment: nil, pinned: { _ in MemoryTree([:]) },
                    discovered: { _, _ in [] })
            }
            #expect(error?.diagnostics.map(\.code) == [.unreadableSource])
            #expect((error?.cause as? GitError)?.retry == .retryable)
        }
    }

    @Test func aMissingFleetFileIsReported() {
        #expect(
            outcome(MemoryTree(["x": "y"])) == [
                "error: there is no `plumb.yaml` in the files in memory [dangling-path]; name the "
                    + "schema repository with `--source`, or write one with `plumb import`"
            ])
    }

    @Test func everyFaultOfEveryFileIsReported() {
        let tree = repository(
            fleetText(),
            [
                "schema/commerce/a.sql": "CREATE TABLE a (id intt);",
                "schema/commerce/b.sql": "CREATE VIEW b AS SELECT 1; DROP TABLE c;",
            ])
        #expect(outcome(tree).count == 3)
    }
}
