import Schema
import Testing

@testable import Desired

/// Overlays, pins, renames and retired tables: which shard gets what.
@Suite struct DesiredSchemaTests {
    private let gold = "overlays: [{selector: {shard: b}, path: overlays/gold}]"

    @Test func anOverlayReplacesAndAdds() {
        let tree = repository(
            fleetText(namespace: gold),
            [
                "overlays/gold/o.sql": "CREATE TABLE orders (id bigint PRIMARY KEY);",
                "overlays/gold/p.sql":
                    "CREATE TABLE perks (id int, FOREIGN KEY (id) REFERENCES orders (id));",
            ])
        #expect(outcome(tree) == ["a: orders", "b: orders+perks"])
    }

    @Test func anOverlayThatChangesNothingSharesTheSchema() {
        #expect(
            outcome(repository(fleetText(namespace: gold), ["overlays/gold/o.sql": orders]))
                == ["a,b: orders"])
    }

    @Test func equalTablesWithOtherRenamesAreNotShared() {
        #expect(
            outcome(
                repository(
                    fleetText(namespace: gold),
                    ["overlays/gold/o.sql": "-- plumb: renamed from sales\n" + orders]))
                == ["a: orders", "b: orders sales>orders"])
    }

    @Test func anOverlayOfAMissingFolderIsAnError() {
        #expect(
            outcome(repository(fleetText(namespace: gold))) == [
                "plumb.yaml:6:45: error: there is no folder `overlays/gold` [dangling-path]; "
                    + "create it, or correct the path"
            ])
    }

    @Test func twoOverlaysCannotDefineOneTable() {
        let both = """
            overlays: [{selector: {shard: b}, path: overlays/x}, \
            {selector: {shard: "*"}, path: overlays/y}]
            """
        #expect(
            outcome(
                repository(
                    fleetText(namespace: both),
                    [
                        "overlays/x/t.sql": "CREATE TABLE t (id int);",
                        "overlays/y/t.sql": "CREATE TABLE t (id int);",
                    ])) == [
                    "overlays/y/t.sql:1:14: error: two overlays define the table `t` for the "
                        + "same shards; the other is at overlays/x/t.sql:1:14 "
                        + "[conflicting-overlays]; narrow one of the selectors, or keep the "
                        + "table in one overlay"
                ])
        #expect(
            outcome(
                repository(
                    fleetText(namespace: both),
                    [
                        "overlays/x/t.sql": "CREATE TABLE t (id int);",
                        "overlays/y/u.sql": "CREATE TABLE u (id int);",
                    ])) == ["a: orders+u", "b: orders+t+u"])
    }

    @Test func pinnedShardsFollowAnotherRevision() {
        let pin = "pins: [{selector: {shard: b}, ref: refs/heads/next}]"
        let next = repository(
            "not even YAML: [", ["schema/commerce/new.sql": "CREATE TABLE new (id int);"])
        let tree = repository(fleetText(namespace: pin))
        #expect(
            outcome(tree, pinned: ["refs/heads/next": next]) == ["a: orders", "b: new+orders"])
        #expect(
            outcome(tree, pinned: ["refs/heads/next": repository()]) == ["a,b: orders"])
        #expect(
            outcome(tree) == [
                "plumb.yaml:6:40: error: the pinned ref `refs/heads/next` cannot be read: no "
                    + "revision refs/heads/next [dangling-ref]; name a ref or commit of the "
                    + "schema repository"
            ])
        let broken = repository("", ["schema/commerce/new.sql": "DROP TABLE x;"])
        #expect(
            outcome(tree, pinned: ["refs/heads/next": broken]) == [
                "refs/heads/next:schema/commerce/new.sql:1:1: error: DROP TABLE is not a CREATE "
                    + "TABLE [unsupported-statement]; remove the statement"
            ])
        #expect(
            outcome(tree, pinned: ["refs/heads/next": MemoryTree(["x": "y"])]) == [
                "plumb.yaml:4:13: error: there is no folder `refs/heads/next:schema/commerce` "
                    + "[dangling-path]; create it, or correct the path"
            ])
    }

    // MARK: Renames

    @Test func renamesComeFromTheFileAndFromHints() {
        let fleet = fleetText(
            namespace: "renames: [{table: orders, column: {from: qty, to: quantity}}]")
        let items = """
            -- plumb: renamed from things
            CREATE TABLE items (
              id int PRIMARY KEY,
              label text -- plumb: renamed from title
            );
            """
        #expect(
            outcome(repository(fleet, ["schema/commerce/items.sql": items])) == [
                "a,b: items+orders orders:qty>quantity items:title>label things>items"
            ])
    }

    @Test(arguments: [
        (
            "{table: oders, column: {from: qty, to: quantity}}",
            "plumb.yaml:6:15: error: the rename names the table `oders`, which `commerce` does "
                + "not have [dangling-rename]; did you mean `orders`? If not, remove the rename"
        ),
        (
            "{table: parcels, column: {from: qty, to: quantity}}",
            "plumb.yaml:6:15: error: the rename names the table `parcels`, which `commerce` does "
                + "not have [dangling-rename]; correct the rename, or remove it once every shard "
                + "has followed"
        ),
        (
            "{table: orders, column: {from: qty, to: quantty}}",
            "plumb.yaml:6:15: error: the rename names the column `quantty`, which `orders` does "
                + "not have [dangling-rename]; did you mean `quantity`? If not, remove the rename"
        ),
        (
            "{table: {from: sales, to: oders}}",
            "plumb.yaml:6:15: error: the rename names the table `oders`, which `commerce` does "
                + "not have [dangling-rename]; did you mean `orders`? If not, remove the rename"
        ),
        (
            "{table: orders, index: {from: a, to: by_qty}}",
            "plumb.yaml:6:15: error: the rename names the index `by_qty`, which `orders` does "
                + "not have [dangling-rename]; correct the rename, or remove it once every shard "
                + "has followed"
        ),
        (
            "{table: oders, index: {from: a, to: b}}",
            "plumb.yaml:6:15: error: the rename names the table `oders`, which `commerce` does "
                + "not have [dangling-rename]; did you mean `orders`? If not, remove the rename"
        ),
        (
            "{table: orders, column: {from: id, to: quantity}}",
            "plumb.yaml:6:15: error: the rename of the column `id` of `orders` to `quantity` is "
                + "wrong: both are defined; the old one is at schema/commerce/orders.sql:1:22 "
                + "[conflicting-rename]; remove the rename or the old column"
        ),
    ])
    func aRenameThatCannotBeHonouredIsAnError(rename: String, expected: String) {
        #expect(outcome(repository(fleetText(namespace: "renames: [\(rename)]"))) == [expected])
    }

    /// Tables `a`, `b` and so on, as git has them now.
    private func tables(_ namespace: String, _ names: String...) -> MemoryTree {
        var files: [String: String] = [:]
        for name in names {
            files["schema/commerce/\(name).sql"] =
                "CREATE TABLE \(name) (id int, KEY by_id (id), UNIQUE (id));"
        }
        return repository(fleetText(namespace: namespace), files)
    }

    @Test func tableHintsLeadFromEveryEarlierNameToTheLast() {
        let once = "renames: [{table: {from: sales, to: b}}]"
        #expect(outcome(tables(once, "b")) == ["a,b: b+orders sales>b"])
        let chain = "renames: [{table: {from: a, to: b}}, {table: {from: b, to: c}}]"
        #expect(outcome(tables(chain, "c")) == ["a,b: c+orders a>c b>c"])
        // A pinned revision is where the chain was then.
        let pinned = chain + "\n    pins: [{selector: {shard: b}, ref: old}]"
        #expect(
            outcome(tables(pinned, "c"), pinned: ["old": tables("retire: []", "b")]) == [
                "a: c+orders a>c b>c", "b: b+orders a>b",
            ])
        let letters = "renames: [{table: {from: Orders, to: orders}}]"
        #expect(outcome(tables(letters)) == ["a,b: orders Orders>orders"])
    }

    @Test func tableHintsThatContradictAreErrors() {
        let kept = tables("renames: [{table: {from: b, to: c}}]", "b", "c")
        #expect(
            outcome(kept) == [
                "plumb.yaml:6:15: error: the rename of the table `b` to `c` is wrong: `b` is still "
                    + "defined at schema/commerce/b.sql:1:14 [conflicting-rename]; remove one of "
                    + "the two"
            ])
        #expect(SchemaRepository.validate(kept).map(\.description) == outcome(kept))
        #expect(
            outcome(tables("retire: [b]\n    renames: [{table: {from: b, to: c}}]", "c")) == [
                "plumb.yaml:7:15: error: the rename of the table `b` to `c` is wrong: `b` is "
                    + "retired at plumb.yaml:6:14 [conflicting-rename]; remove one of the two"
            ])
        let hint = "-- plumb: renamed from other\nCREATE TABLE sales (id int);"
        #expect(
            outcome(
                repository(
                    fleetText(namespace: "renames: [{table: {from: old, to: sales}}]"),
                    ["schema/commerce/sales.sql": hint])) == [
                    "schema/commerce/sales.sql:1:1: error: the rename of the table `other` to "
                        + "`sales` is wrong: `sales` was `old` elsewhere [conflicting-rename]; "
                        + "remove one of the two"
                ])
        let own = "-- plumb: renamed from sales\nCREATE TABLE sales (id int);"
        #expect(
            outcome(repository(fleetText(), ["schema/commerce/sales.sql": own])) == [
                "schema/commerce/sales.sql:1:1: error: the rename of the table `sales` to `sales` "
                    + "is wrong: it is the name that the table has [conflicting-rename]; remove "
                    + "the rename"
            ])
    }

    @Test func indexHintsNameAnIndexThatTheTableHas() {
        for name in ["by_id", "BY_ID", "id"] {
            let hint = "renames: [{table: b, index: {from: x, to: \(name)}}]"
            #expect(outcome(tables(hint, "b")) == ["a,b: b+orders b.x>\(name)"])
        }
        let both = "CREATE TABLE b (id int, KEY x (id), KEY y (id));"
        #expect(
            outcome(
                repository(
                    fleetText(namespace: "renames: [{table: b, index: {from: x, to: y}}]"),
                    ["schema/commerce/b.sql": both])) == [
                    "plumb.yaml:6:15: error: the rename of the index `x` of `b` to `y` is wrong: "
                        + "both are defined; the old one is at schema/commerce/b.sql:1:25 "
                        + "[conflicting-rename]; remove the rename or the old index"
                ])
        #expect(
            outcome(tables("renames: [{table: b, index: {from: x, to: by_idd}}]", "b")) == [
                "plumb.yaml:6:15: error: the rename names the index `by_idd`, which `b` does not "
                    + "have [dangling-rename]; did you mean `by_id`? If not, remove the rename"
            ])
    }

    @Test func hintsThatContradictAreErrors() {
        let fleet = fleetText(
            namespace: "renames: [{table: orders, column: {from: qty, to: quantity}}]")
        let twice = "CREATE TABLE orders (\n  quantity int -- plumb: renamed from number\n);\n"
        #expect(
            outcome(repository(fleet, ["schema/commerce/orders.sql": twice])) == [
                "schema/commerce/orders.sql:2:16: error: the column `quantity` of `orders` is "
                    + "renamed from `number` here, and elsewhere `qty` becomes `quantity` "
                    + "[conflicting-rename]; keep one of the two"
            ])
        let same = "CREATE TABLE orders (\n  quantity int -- plumb: renamed from qty\n);\n"
        #expect(
            outcome(repository(fleet, ["schema/commerce/orders.sql": same])) == [
                "a,b: orders orders:qty>quantity"
            ])
        let table = "-- plumb: renamed from orders\nCREATE TABLE sales (id int);\n"
        #expect(
            outcome(repository(fleetText(), ["schema/commerce/sales.sql": table])) == [
                "schema/commerce/sales.sql:1:1: error: the rename of the table `orders` to "
                    + "`sales` is wrong: `orders` is still defined at "
                    + "schema/commerce/orders.sql:1:14 [conflicting-rename]; "
                    + "remove one of the two"
            ])
        let retired = "-- plumb: renamed from old\nCREATE TABLE sales (id int);\n"
        #expect(
            outcome(
                repository(
                    fleetText(namespace: "retire: [old]"), ["schema/commerce/sales.sql": retired])
            ) == [
                "schema/commerce/sales.sql:1:1: error: the rename of the table `old` to `sales` "
                    + "is wrong: `old` is retired at plumb.yaml:6:14 [conflicting-rename]; "
                    + "remove one of the two"
            ])
    }

    @Test func aPinnedRevisionNeedNotKnowARename() {
        let fleet = fleetText(
            namespace: "renames: [{table: orders, column: {from: qty, to: quantity}}]\n"
                + "    pins: [{selector: {shard: b}, ref: old}]")
        let old = repository(
            "", ["schema/commerce/orders.sql": "CREATE TABLE orders (id int, qty int);"])
        #expect(
            outcome(repository(fleet), pinned: ["old": old]) == [
                "a: orders orders:qty>quantity", "b: orders",
            ])
    }

    // MARK: Retired tables

    @Test func retiredTablesMayStayInOverlaysAndPins() {
        let retire = "retire: [legacy, gone]"
        #expect(outcome(repository(fleetText(namespace: retire))) == ["a,b: orders -legacy -gone"])
        #expect(
            outcome(
                repository(
                    fleetText(namespace: retire),
                    ["schema/commerce/l.sql": "CREATE TABLE legacy (id int);"])) == [
                    "plumb.yaml:6:14: error: the table `legacy` is retired and still defined "
                        + "at schema/commerce/l.sql:1:14 [retired-table-defined]; remove the "
                        + "definition, or remove it from `retire`"
                ])
        #expect(
            outcome(
                repository(
                    fleetText(namespace: "\(retire)\n    \(gold)"),
                    ["overlays/gold/l.sql": "CREATE TABLE legacy (id int);"])) == [
                    "a: orders -legacy -gone", "b: legacy+orders -gone",
                ])
    }

    // MARK: Digests and scale

    @Test func theDigestIsOfNamesAndTexts() throws {
        func digest(_ files: [String: String]) throws -> Digest {
            let tree = repository(fleetText(), files)
            let state = try SchemaRepository.load(
                tree, revision: Revision(commit: nil), environment: "production",
                pinned: { _ in tree }, discovered: { _, _ in [] })
            return try #require(state.schemas.first).digest
        }
        let plain = try digest([:])
        #expect(
            try digest([
                "schema/commerce/orders.sql": "", "schema/commerce/x.sql": "-- hi\n" + orders,
            ])
                == plain)
        #expect(try digest(["schema/commerce/x.sql": "CREATE TABLE x (id int);"]) != plain)
        #expect(
            try digest(["schema/commerce/orders.sql": orders.replacing("int", with: "bigint")])
                != plain)
        #expect(plain.hex.count == 64)
    }

    @Test func tenThousandShardsShareFewSchemas() throws {
        let fleet = fleetText(
            namespace: "overlays: [{selector: {shard: s0*}, path: overlays/x}]",
            shards: "[{pattern: \"s{0000..9999}\", hosts: [\"db-{00..99}\"]}]")
        let tree = repository(fleet, ["overlays/x/t.sql": "CREATE TABLE t (id int);"])
        let state = try SchemaRepository.load(
            tree, revision: Revision(commit: nil), environment: nil,
            pinned: { _ in tree }, discovered: { _, _ in [] })
        #expect(state.schemas.count == 2)
        #expect(state.shards.count == 10_000)
        #expect(state.assignment.count == 10_000)
        #expect(state.assignment.values.count { $0 == 0 } == 1_000)
    }

    @Test func namespacesAreNarrowedAndKeptApart() throws {
        let fleet = """
            version: 1
            namespaces:
              commerce: {schema: schema/commerce, shards: [{name: a, host: h, database: ca}]}
              tickets: {schema: schema/commerce, shards: [{name: a, host: h, database: ta}]}
              unused: {schema: schema/nowhere, shards: [{name: a, host: h, database: ua}]}
            environments:
              production: {namespaces: [tickets, commerce], connection: {user: u}}
            """
        let tree = repository(fleet)
        func load(_ namespaces: Set<String>?) throws -> DesiredState {
            try SchemaRepository.load(
                tree, revision: Revision(commit: nil), environment: nil, namespaces: namespaces,
                pinned: { _ in tree }, discovered: { _, _ in [] })
        }
        let both = try load(nil)
        #expect(both.schemas.map(\.namespace) == ["commerce", "tickets"])
        #expect(both.shards.map(\.id.namespace) == ["tickets", "commerce"])
        let id = ShardID(namespace: "tickets", shard: "a")
        #expect(both.schema(of: id)?.namespace == "tickets")
        #expect(try load(["tickets"]).schemas.map(\.namespace) == ["tickets"])
    }
}
