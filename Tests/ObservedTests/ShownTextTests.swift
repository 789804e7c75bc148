import Basics
import Diff
import Testing

@testable import Observed
@testable import TestSupport

/// A server may show anything; what it shows is made on another one to prove a change.
@Suite("attack: what one server shows does nothing on another")
struct ShownTextTests {
    @Test(
        "attack: a parent whose text is no table's, and tables that reach further",
        arguments: [
            "DROP DATABASE canary", "CREATE USER mallory", "CREATE TABLE canary.t (a int)",
            "CREATE TABLE `p` (\n  `a` int(11) DEFAULT NULL\n) ENGINE=FEDERATED CONNECTION='mysql://x'",
            "CREATE TABLE `p` (\n  `a` int(11) DEFAULT NULL\n) ENGINE=InnoDB DATA DIRECTORY='/tmp/'",
            "CREATE TABLE `p` (\n  `a` int(11) DEFAULT (1 /*!999999 ( */ )) SELECT * FROM mysql.db "
                + "/*!999999 ) */\n) ENGINE=InnoDB",
        ], [true, false])
    func parent(text: String, isParent: Bool) throws {
        let fixture = try WorkspaceFixture()
        let root = try fixture.server.connect()
        let canary = try fixture.server.freshDatabase()
        let shown = CatalogTable(
            canonicalText: text.replacing("canary", with: canary), flavour: .mariadb)
        let plain = try fixture.normal("CREATE TABLE c (a int)")
        let change = ChangeToProve(
            from: isParent ? plain : shown, to: plain, table: "c", alterations: [],
            parents: isParent ? [shown] : [])
        let error = #expect(throws: WorkspaceError.self) {
            try fixture.use { workspace throws(WorkspaceError) in
                _ = try workspace.prove(change)
            }
        }
        #expect(error?.code == .notProved)
        #expect(
            error?.message.contains("the definition on its server") == true,
            "\(error?.message ?? "")")
        #expect(try root.query("SHOW DATABASES LIKE '\(canary)'").count == 1)
        #expect(try root.query("SELECT 1 FROM mysql.user WHERE User = 'mallory'").isEmpty)
    }

    @Test("attack: a character set with more behind it makes no database of another kind")
    func characterSet() throws {
        let fixture = try WorkspaceFixture(
            characterSet: "utf8mb4 COMMENT 'x'", collation: "utf8mb4_bin")
        #expect(throws: WorkspaceError.self) {
            try fixture.use { (workspace) throws(WorkspaceError) in }
        }
        #expect(try fixture.leftOvers() == [])
    }
}
