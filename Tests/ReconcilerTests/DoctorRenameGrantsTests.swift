@testable import Doctor
import MySQLClient
import TestSupport
import Testing

@testable import Reconciler

@Suite("Doctor: what another name for a table takes, on every server")
struct DoctorRenameGrantsTests {
    private static let needed = ["SELECT", "CREATE", "ALTER", "INDEX", "DROP", "REFERENCES"]

    @Test(arguments: TestServer.available)
    func insertIsAskedForWhereTheServerWantsIt(kind: TestServer.Kind) throws {
        let server = try TestServer.shared(kind)
        let fixture = try ImportFixture(on: server)
        let database = try fixture.database(
            "CREATE TABLE a (id bigint NOT NULL PRIMARY KEY) ENGINE=InnoDB")
        _ = try fixture.import()
        let user = "renamer\(UInt32.random(in: 0 ..< .max))"
        let shard = "`\(database.replacing("_", with: "\\_"))`.*"
        let list = Self.needed.joined(separator: ", ")
        for sql in [
            "CREATE USER \(user)@localhost", "GRANT PROCESS ON *.* TO \(user)@localhost",
            "GRANT SELECT ON mysql.innodb_table_stats TO \(user)@localhost",
            "GRANT SELECT ON performance_schema.* TO \(user)@localhost",
            "GRANT \(list) ON \(shard) TO \(user)@localhost",
            "GRANT \(list), CREATE TEMPORARY TABLES ON `\\_plumb\\_ws\\_%`.* "
                + "TO \(user)@localhost",
        ] { try fixture.root.execute(sql) }
        let text = try fixture.read("plumb.yaml")
        try fixture.write(
            text.replacing("connection: {user: root}", with: "connection: {user: \(user)}"),
            to: "plumb.yaml")
        try fixture.commit()

        /// Whether the account, newly connected, may give the table another name.
        func renames(_ old: String, to new: String) throws -> Bool {
            var settings = server.settings
            settings.credentials = Credentials(user: user)
            let connection = try Connection(
                to: server.address, settings: settings, database: database)
            do throws(MySQLError) {
                try connection.execute("ALTER TABLE \(old) RENAME TO \(new)")
                return true
            } catch {
                #expect(error.kind == .missingGrant, "\(error)")
                return false
            }
        }
        func warnings() -> [DoctorReport.Check] {
            Doctor.run(fixture.pass, PassHooks()).checks
                .filter { $0.area == .grants && $0.status != .ok }
        }

        #expect(try !renames("a", to: "b"))
        #expect(
            warnings().map(\.message) == [
                "`\(database)`: no INSERT: a table cannot be given another name",
                "scratch databases `\\_plumb\\_ws\\_%`: no INSERT: another name of a table cannot "
                    + "be proved here",
            ])
        #expect(warnings().map(\.status) == [.warning, .warning])
        for remedy in warnings().compactMap(\.remedy) { try fixture.root.execute(remedy) }
        #expect(warnings() == [])
        #expect(try renames("a", to: "b"))
        // Each of the four is wanted: two on the old name, two on the new one.
        for privilege in ["ALTER", "DROP", "CREATE", "INSERT"] {
            try fixture.root.execute("REVOKE \(privilege) ON \(shard) FROM \(user)@localhost")
            #expect(try !renames("b", to: "a"), "\(privilege)")
            try fixture.root.execute("GRANT \(privilege) ON \(shard) TO \(user)@localhost")
        }
        #expect(try renames("b", to: "a"))
    }
}
