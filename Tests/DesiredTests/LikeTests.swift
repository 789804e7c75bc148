import Git
import Schema
import Testing

@testable import Desired

/// What `CREATE TABLE … LIKE` means before any server is asked.
@Suite struct LikeTests {
    private let gold = "overlays: [{selector: {shard: b}, path: overlays/gold}]"

    private func schemas(_ tree: MemoryTree) throws -> [DesiredSchema] {
        try SchemaRepository.load(
            tree, revision: Revision(commit: nil), environment: nil, pinned: { _ in tree },
            discovered: { _, _ in [] }
        ).schemas
    }

    @Test("a copy has the columns and keys of the original, with their places, whatever the order")
    func columns() throws {
        let tree = repository(
            fleetText(),
            [
                "schema/commerce/a.sql":
                    "CREATE TABLE archive LIKE old;\nCREATE TABLE old (LIKE Z);",
                "schema/commerce/z.sql": """
                CREATE TABLE z (
                  id int PRIMARY KEY,
                  parent int REFERENCES orders (id),
                  KEY by_parent (parent),
                  CONSTRAINT up FOREIGN KEY (parent) REFERENCES orders (id)
                );
                """,
            ])
        let schema = try #require(try schemas(tree).first)
        let archive = try #require(schema.table("archive"))
        #expect(archive.text == "CREATE TABLE archive LIKE old")
        #expect(archive.location.description == "schema/commerce/a.sql:1:14")
        #expect(archive.source.like?.table == "old")
        #expect(archive.source.columns.map(\.name) == ["id", "parent"])
        #expect(archive.location(ofColumn: "parent")?.description == "schema/commerce/z.sql:3:3")
        #expect(archive.location(ofConstraint: "by_parent") != nil)
        // The server copies no foreign key.
        #expect(archive.source.references.isEmpty && archive.source.foreignKeys.isEmpty)
        #expect(archive.source.columns.allSatisfy { $0.reference == nil })
        #expect(archive.location(ofConstraint: "up") == nil)
    }

    @Test("what is known about a copy is known of one text of the original")
    func digest() throws {
        func copy(_ original: String) throws -> DesiredTable? {
            let tree = repository(
                fleetText(),
                [
                    "schema/commerce/x.sql":
                        "CREATE TABLE x LIKE y;\nCREATE TABLE y LIKE z;\n\(original)"
                ])
            return try schemas(tree).first?.table("x")
        }
        let first = try #require(try copy("CREATE TABLE z (id int)"))
        let second = try #require(try copy("CREATE TABLE z (id bigint)"))
        #expect(first.text == second.text)
        #expect(first.textDigest != second.textDigest)
        #expect(first.textDigest != Digest(of: first.text))
    }

    @Test("each shard copies what it has itself")
    func overlay() throws {
        let tree = repository(
            fleetText(namespace: gold),
            [
                "schema/commerce/x.sql": "CREATE TABLE x LIKE orders;",
                "overlays/gold/o.sql": "CREATE TABLE orders (id bigint PRIMARY KEY);",
                "overlays/gold/p.sql": "CREATE TABLE p LIKE x;",
            ])
        #expect(outcome(tree) == ["a: orders+x", "b: orders+p+x"])
        let found = try schemas(tree)
        #expect(found[0].table("x")?.source.columns.map(\.name) == ["id", "quantity"])
        #expect(found[1].table("x")?.source.columns.map(\.name) == ["id"])
        #expect(found[1].table("p")?.source.columns.map(\.type) == ["bigint"])
    }

    @Test("a column that the original renames keeps its data in the copy too")
    func hints() {
        let tree = repository(
            fleetText(),
            [
                "schema/commerce/orders.sql": """
                CREATE TABLE orders (
                  id int PRIMARY KEY,
                  quantity int -- plumb: renamed from qty
                );
                -- plumb: renamed from old_orders
                CREATE TABLE past_orders LIKE orders;
                """
            ])
        #expect(
            outcome(tree) == [
                "a,b: orders+past_orders orders:qty>quantity past_orders:qty>quantity "
                    + "old_orders>past_orders"
            ])
    }

    @Test(arguments: [
        (
            "CREATE TABLE x LIKE oders;",
            [
                "x.sql:1:21: error: `x` is LIKE the table `oders`, which `commerce` does not have "
                    + "[dangling-like]; did you mean `orders`?"
            ]
        ),
        (
            "CREATE TABLE x (LIKE elsewhere);",
            [
                "x.sql:1:22: error: `x` is LIKE the table `elsewhere`, which `commerce` does not "
                    + "have [dangling-like]; define the table, or write the columns out"
            ]
        ),
        (
            "CREATE TABLE x LIKE shop.orders;",
            [
                "x.sql:1:26: error: the table `x` is LIKE a table of the database `shop` "
                    + "[qualified-table]; write its columns out: each shard has a database of its "
                    + "own"
            ]
        ),
        (
            "CREATE TABLE x LIKE X;",
            [
                "x.sql:1:21: error: no table says what `x` is: `x` LIKE `x` [like-cycle]; write "
                    + "the columns of one of them out"
            ]
        ),
        (
            "CREATE TABLE x LIKE y;\nCREATE TABLE y LIKE x;",
            [
                "x.sql:1:21: error: no table says what `y` is: `y` LIKE `x` LIKE `y` "
                    + "[like-cycle]; write the columns of one of them out",
                "x.sql:2:21: error: no table says what `x` is: `x` LIKE `y` LIKE `x` "
                    + "[like-cycle]; write the columns of one of them out",
            ]
        ),
    ])
    func refused(text: String, expected: [String]) {
        let tree = repository(fleetText(), ["schema/commerce/x.sql": text])
        #expect(outcome(tree) == expected.map { "schema/commerce/" + $0 })
    }

    @Test("a foreign key to a copy finds it")
    func parent() {
        let tree = repository(
            fleetText(),
            [
                "schema/commerce/x.sql":
                    "CREATE TABLE c (id int, FOREIGN KEY (id) REFERENCES x (id));"
                    + "CREATE TABLE x LIKE orders;"
            ])
        #expect(outcome(tree) == ["a,b: c+orders+x"])
    }
}
