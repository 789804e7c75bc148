import Diff
import Testing

@testable import Observed
@testable import TestSupport

@Suite("A column and an index at once rebuild a table on no server")
struct RebuildAvoidanceTests {
    private static let start = "CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(20))"

    @Test(arguments: TestServer.available)
    func theIndexIsBuiltInAStatementOfItsOwn(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        let middle = "CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(20), c INT)"
        let proof = try fixture.prove(
            Self.start,
            "CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(20), c INT, KEY k (c, a))")
        #expect(
            proof.statements.map(\.algorithm) == [
                .instant, kind.flavour == .mysql ? .inplace : .nocopy,
            ])
        #expect(proof.statements.allSatisfy { $0.lock == LockMode.none })
        #expect(proof.statements.allSatisfy { !$0.rebuildsTable })
        // Between the two the table is one that recovery knows.
        let between = try fixture.normal(middle)
        #expect(proof.statements.first?.after == between.digest)
        #expect(proof.statements.last?.after == proof.final?.digest)
        #expect(proof.statements.allSatisfy { $0.sql.hasPrefix("ALTER TABLE `t` ADD ") })
    }

    @Test(
        "what is cheap at once, and what rebuilds the table in any case, stays one statement",
        arguments: TestServer.available)
    func staysWhole(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        let cases = [
            ("id INT PRIMARY KEY, a INT, b VARCHAR(20), KEY k (a)", false),
            ("id INT PRIMARY KEY, a INT, b VARCHAR(20), c INT", false),
            ("id INT PRIMARY KEY, a INT COMMENT 'x', b VARCHAR(20), KEY k (a)", false),
            // The other type rebuilds the table, with the index apart or not.
            ("id INT PRIMARY KEY, a BIGINT, b VARCHAR(20), KEY k (b)", true),
            // No server lets a column count up without a key.
            (
                "id INT PRIMARY KEY, a INT, b VARCHAR(20), "
                    + "n INT NOT NULL AUTO_INCREMENT, KEY k (n)", true
            ),
        ]
        for (columns, rebuilds) in cases {
            let proof = try fixture.prove(Self.start, "CREATE TABLE t (\(columns))")
            #expect(proof.statements.count == 1, "\(columns): \(proof.statements)")
            #expect(proof.statements.first?.rebuildsTable == rebuilds, "\(columns)")
        }
    }
}
