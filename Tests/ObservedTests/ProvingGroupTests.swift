import Testing

@testable import Diff
@testable import Observed
@testable import TestSupport

@Suite("Changes of several tables are proved together")
struct ProvingGroupTests {
    @Test(
        "what a live table refused for its past is rebuilt instead",
        arguments: TestServer.available)
    func refused(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        let child = "CREATE TABLE c (id INT PRIMARY KEY, p INT, CONSTRAINT k FOREIGN KEY (p) "
        let from = try fixture.normalise([
            "CREATE TABLE p (id INT PRIMARY KEY, a INT)", "\(child)REFERENCES p (id))",
        ])
        let to = try fixture.normalise(["CREATE TABLE p (id INT PRIMARY KEY)"])
        let column = try #require(from["p"]?.table?.columns.last)
        var group = GroupToProve(
            members: [
                .init(from: from["p"], to: to["p"], table: "p"),
                .init(from: from["c"], to: from["c"], table: "c"),
            ],
            statements: [
                TableGroup.Statement(
                    member: 0, table: "p",
                    content: .alter(Alteration(clauses: [.dropColumn(column)])),
                    checksForeignKeys: true)
            ])
        let first = try #require(try fixture.prove(group).first)
        #expect(first.algorithm == .instant && !first.rebuildsTable)
        group.refused = [first.sql]
        let second = try #require(try fixture.prove(group).first)
        #expect(second.algorithm == .inplace && second.rebuildsTable, "\(second.sql)")
        #expect(
            second.sql == "ALTER TABLE `p` DROP COLUMN `a`, FORCE, ALGORITHM=INPLACE, LOCK=NONE")
    }
}

extension WorkspaceFixture {
    fileprivate func prove(_ group: GroupToProve) throws -> [ProvedStatement] {
        try use { workspace throws(WorkspaceError) in try workspace.prove(group) }
    }
}
