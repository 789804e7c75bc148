import Testing

@testable import Desired

/// `plumb validate`: everything that is wrong, without a server.
@Suite struct ValidateTests {
    @Test func aRightRepositoryHasNothingToReport() {
        #expect(SchemaRepository.validate(repository()).isEmpty)
    }

    @Test func faultsOfAllNamespacesOverlaysAndApprovalsAreReported() {
        let fleet = """
            version: 1
            namespaces:
              commerce:
                schema: schema/commerce
                shards: [{discover: {host: h, like: x%}, labels: {tier: gold}}]
                overlays:
                  - {selector: {shard: x9}, path: overlays/x9}
                  - {selector: {tier: gold}, path: overlays/gold}
              unused: {schema: schema/nowhere, shards: [{name: a, host: h}]}
            environments:
              production: {namespaces: [commerce], connection: {user: u}}
            """
        let tree = repository(
            fleet,
            [
                "overlays/x9/t.sql": "CREATE TABLE t (id intt);",
                "overlays/gold/t.sql":
                    "CREATE TABLE t (id int, FOREIGN KEY (id) REFERENCES gone (id));",
                "approvals/nonsense.yaml": "x",
            ])
        #expect(
            SchemaRepository.validate(tree).map(\.description) == [
                "approvals/nonsense.yaml:1:1: error: `approvals/nonsense.yaml` is not named after "
                    + "a digest [invalid-approval]; name it `<digest>.yaml` with all 64 digits, "
                    + "as the plan shows it",
                "overlays/gold/t.sql:1:53: error: `t` refers to the table `gone`, which "
                    + "`commerce` does not have [dangling-foreign-key]; define the table, or "
                    + "remove the foreign key",
                "overlays/x9/t.sql:1:20: error: unknown column type `intt` [invalid-sql]; "
                    + "did you mean `int`?",
                "plumb.yaml:9:20: error: there is no folder `schema/nowhere` [dangling-path]; "
                    + "create it, or correct the path",
            ])
    }

    @Test func pinnedShardsAreReadOnlyWhereTheirRevisionIsAtHand() {
        let tree = repository(
            fleetText(namespace: "pins: [{selector: {shard: \"*\"}, ref: next}]"))
        #expect(SchemaRepository.validate(tree).isEmpty)
        let next = MemoryTree(["schema/commerce/x.sql": "DROP TABLE x"])
        #expect(
            SchemaRepository.validate(tree, pinned: { _ in next }).map(\.code) == [
                .unsupportedStatement
            ])
    }

    @Test func aRenameOfAPinnedRevisionIsNotJudgedWithoutIt() {
        let tree = repository(
            fleetText(
                namespace: "pins: [{selector: {shard: b}, ref: next}]\n"
                    + "    renames: [{table: orders, column: {from: quantity, to: amount}}]"))
        #expect(SchemaRepository.validate(tree).isEmpty)
        #expect(
            SchemaRepository.validate(tree, pinned: { _ in tree }).map(\.code) == [.danglingRename])
    }

    @Test func aBrokenFileIsNotAWrongRename() {
        let tree = repository(
            fleetText(namespace: "renames: [{table: orders, column: {from: a, to: quantity}}]"),
            ["schema/commerce/orders.sql": "CREATE TABLE orders (quantity intt);"])
        #expect(SchemaRepository.validate(tree).map(\.code) == [.invalidSQL])
    }

    @Test func warningsAreReportedToo() {
        let tree = repository(
            fleetText(shards: "[{pattern: \"a{1..2}\", hosts: [\"h{1..3}\"]}]"))
        #expect(SchemaRepository.validate(tree).map(\.severity) == [.warning])
    }
}
