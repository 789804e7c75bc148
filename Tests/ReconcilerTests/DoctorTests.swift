@testable import Doctor
import Foundation
import Ledger
import Model
import TestSupport
import Testing

@testable import Reconciler

@Suite("Doctor: everything is looked at, and nothing hides anything")
struct DoctorTests {
    private typealias Check = DoctorReport.Check

    private func report(
        _ fixture: ImportFixture, _ hooks: PassHooks = PassHooks()
    ) -> DoctorReport {
        Doctor.run(fixture.pass, hooks)
    }

    /// `area status message` of the checks that are neither fine nor information.
    private func findings(_ report: DoctorReport) -> [String] {
        report.checks.filter { $0.status != .ok }.map {
            "\($0.area.rawValue) \($0.status.rawValue) \($0.subject): \($0.message)"
        }
    }

    /// A repository for databases that the fixture made.
    private func repository(_ fixture: ImportFixture) throws {
        _ = try fixture.import()
        try fixture.commit()
    }

    /// The repository's fleet file with another connection.
    private func connect(_ fixture: ImportFixture, _ connection: String) throws {
        let text = try fixture.read("plumb.yaml")
        try fixture.write(
            text.replacing("connection: {user: root}", with: "connection: {\(connection)}"),
            to: "plumb.yaml")
        try fixture.commit("Connect as another")
    }

    @Test func aSoundSetUpHasNothingToSay() throws {
        let fixture = try ImportFixture()
        try fixture.database(ShopTables.customers)
        try repository(fixture)
        _ = try fixture.rebuild()
        let report = report(fixture)
        #expect(findings(report).isEmpty)
        #expect(report.exitStatus == .done)
        #expect(
            Set(report.checks.map(\.area)) == [
                .operator, .git, .repository, .secrets, .server, .databases, .grants, .profiles,
                .ledger,
            ])
        #expect(report.checks.contains { $0.message.hasPrefix("sound: 1 transition and") })
        #expect(
            report.checks.contains {
                $0.message == "MariaDB 10.11.19" || $0.message.hasPrefix("MariaDB ")
            })
        #expect(report.checks.contains { $0.message == "log_bin OFF" })
    }

    @Test("attack: doctor names what is like a scratch database, and how to drop it by hand")
    func leftOversWithoutTheMark() throws {
        let fixture = try ImportFixture()
        try fixture.database(ShopTables.customers)
        try repository(fixture)
        let prefix = "ws_\(UInt32.random(in: 0 ..< .max))"
        let text = try fixture.read("plumb.yaml")
        try fixture.write(text + "workspace: {prefix: \(prefix)}\n", to: "plumb.yaml")
        try fixture.commit("Name the workspaces")
        let (empty, full) = (prefix + "_0000000000000001", prefix + "_0000000000000002")
        for name in [empty, full] { try fixture.root.execute("CREATE DATABASE \(name)") }
        try fixture.root.execute("CREATE TABLE \(full).customers (id INT)")
        let found = report(fixture).checks.filter { $0.message.contains(prefix + "_0") }
        #expect(found.map(\.status) == [.warning, .warning])
        #expect(
            found.map(\.remedy) == [
                "if nobody needs it: DROP DATABASE `\(empty)`",
                "set another `prefix` in `workspace`; if nobody needs it: DROP DATABASE `\(full)`",
            ])
        #expect(found.first?.message.contains("nothing is seen in it") == true)
        for name in [empty, full] { try fixture.root.execute("DROP DATABASE \(name)") }
    }

    @Test func aLedgerThatIsNotThereIsNotMade() throws {
        let fixture = try ImportFixture()
        try fixture.database(ShopTables.customers)
        try repository(fixture)
        let report = report(fixture)
        #expect(report.exitStatus == .done)
        #expect(report.checks.contains { $0.message == "not there yet: the first pass makes it" })
        #expect(!FileManager.default.fileExists(atPath: fixture.ledgerPath))
    }

    @Test func missingGrantsAreNamedWithTheStatementThatGivesThem() throws {
        let fixture = try ImportFixture()
        let database = try fixture.database(ShopTables.customers)
        try repository(fixture)
        let user = "limited\(UInt32.random(in: 0 ..< .max))"
        let pattern = database.replacing("_", with: "\\_")
        try fixture.root.execute("CREATE USER \(user)@localhost")
        try fixture.root.execute("GRANT SELECT, CREATE ON `\(pattern)`.* TO \(user)@localhost")
        try connect(fixture, "user: \(user)")
        let report = report(fixture)
        let address = "\(fixture.server.address)"
        #expect(
            findings(report) == [
                "grants failed \(address): `\(database)`: no ALTER, INDEX, DROP, REFERENCES",
                "grants warning \(address): `\(database)`: no INSERT: a table cannot be given "
                    + "another name",
                "grants warning \(address): scratch databases `\\_plumb\\_ws\\_%`: no INSERT: another "
                    + "name of a table cannot be proved here",
                "grants warning \(address): scratch databases `\\_plumb\\_ws\\_%`: no CREATE TEMPORARY "
                    + "TABLES: tables that git changes are made for good here to see how the server writes "
                    + "them, which takes longer",
                "grants failed \(address): scratch databases `\\_plumb\\_ws\\_%`: no SELECT, "
                    + "CREATE, ALTER, INDEX, DROP, REFERENCES: nothing can be normalised or "
                    + "proved here",
                "grants warning \(address): no SELECT on mysql.innodb_table_stats: after any "
                    + "change on the server a pass reads every table, and plans show sizes only where the slower "
                    + "information_schema has them",
                "grants warning \(address): no PROCESS: passes cannot see whether a schema is "
                    + "being changed, and look at each shard, also where nothing was",
            ])
        #expect(report.exitStatus == .error)
        // What it says is to be done is enough.
        for remedy in report.checks.compactMap(\.remedy) { try fixture.root.execute(remedy) }
        let second = self.report(fixture)
        #expect(findings(second).isEmpty)
        #expect(second.exitStatus == .done)
        #expect(try fixture.passContext().plan().comparison.inSyncCount == 1)
    }

    @Test func aRoleThatIsNotActiveIsNamed() throws {
        let fixture = try ImportFixture()
        try fixture.database(ShopTables.customers)
        try repository(fixture)
        let number = UInt32.random(in: 0 ..< .max)
        for sql in [
            "CREATE USER u\(number)@localhost", "CREATE ROLE r\(number)",
            "GRANT ALL ON *.* TO r\(number)", "GRANT r\(number) TO u\(number)@localhost",
        ] { try fixture.root.execute(sql) }
        try connect(fixture, "user: u\(number)")
        let before = report(fixture)
        #expect(before.exitStatus == .error)
        #expect(
            before.checks.contains {
                $0.remedy?.hasSuffix("make the role `r\(number)` a default role of the account")
                    ?? false
            })
        try fixture.root.execute("SET DEFAULT ROLE r\(number) FOR u\(number)@localhost")
        #expect(findings(report(fixture)).isEmpty)
    }

    @Test func aServerThatIsDownIsUnknownAndHidesNoOther() throws {
        let fixture = try ImportFixture()
        let database = try fixture.database(ShopTables.customers)
        try repository(fixture)
        let text = try fixture.read("plumb.yaml").replacing(
            "environments:",
            with: "      - {name: gone, host: \"127.0.0.1:\(try LoopbackPort.free())\"}\n"
                + "environments:")
        try fixture.write(text, to: "plumb.yaml")
        try fixture.commit("Add a shard")
        let report = report(fixture)
        #expect(report.exitStatus == .incomplete)
        let unknown = report.checks.filter { $0.status == .unknown }
        #expect(unknown.map(\.area) == [.server])
        #expect(unknown.first?.subject.hasPrefix("127.0.0.1:") == true)
        #expect(unknown.first?.remedy == "until then 1 shard cannot be looked at")
        #expect(report.checks.contains { $0.message == "the databases of 1 shard are there" })
        #expect(!database.isEmpty)
    }

    @Test func aBadFleetFileIsSaidAndTheLedgerIsLookedAtAllTheSame() throws {
        let fixture = try ImportFixture()
        try fixture.database(ShopTables.customers)
        try repository(fixture)
        _ = try fixture.rebuild()
        try fixture.write("version: 1\nnamespacs: {}\n", to: "plumb.yaml")
        try fixture.commit("Break it")
        let report = report(fixture)
        #expect(report.exitStatus == .error)
        let failed = report.checks.filter { $0.status == .failed }
        #expect(Set(failed.map(\.area)) == [.repository])
        #expect(failed.contains { $0.subject == "plumb.yaml:2:1" })
        #expect(report.checks.contains { $0.area == .server && $0.status == .unknown })
        #expect(report.checks.contains { $0.message.hasPrefix("sound: 1 transition and") })
    }

    @Test func aBadSchemaFileHidesNoServer() throws {
        let fixture = try ImportFixture()
        try fixture.database(ShopTables.customers)
        try repository(fixture)
        try fixture.write("CREATE TABLE broken (id intt);", to: "schema/shop/broken.sql")
        try fixture.commit("Break it")
        let report = report(fixture)
        #expect(report.exitStatus == .error)
        #expect(report.checks.contains { $0.subject == "schema/shop/broken.sql:1:25" })
        #expect(report.checks.contains { $0.message == "the databases of 1 shard are there" })
    }

    @Test func withoutARepositoryTheRestIsUnknown() throws {
        let fixture = try ImportFixture()
        let report = report(fixture)
        #expect(report.exitStatus == .error)
        #expect(
            findings(report).map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
                "git failed", "repository unknown",
            ])
    }

    @Test func secretsThatOthersCanReadAreAWarning() throws {
        let fixture = try ImportFixture()
        try fixture.database(ShopTables.customers)
        try repository(fixture)
        let folder = try TemporaryFolder()
        let path = try folder.write("[client]\nuser=root\n", to: "plumb.cnf")
        chmod(path, 0o644)
        try connect(fixture, "option_file: \(path)")
        let before = report(fixture)
        #expect(before.exitStatus == .done)
        #expect(
            findings(before) == [
                "secrets warning \(path): every user of this machine has rights on the option file "
                    + "(mode 0644)"
            ])
        chmod(path, 0o600)
        #expect(findings(report(fixture)).isEmpty)
        unlink(path)
        let gone = report(fixture)
        #expect(gone.exitStatus == .error)
        #expect(gone.checks.contains { $0.subject == path && $0.status == .failed })
    }

    @Test func aVariableThatIsNotSetStopsTheServersOnly() throws {
        let fixture = try ImportFixture()
        try fixture.database(ShopTables.customers)
        try repository(fixture)
        try connect(fixture, "user: root, password_env: PLUMB_TEST_NOT_SET")
        let report = report(fixture)
        #expect(report.exitStatus == .error)
        #expect(findings(report).count == 1)
        #expect(findings(report).first?.contains("PLUMB_TEST_NOT_SET is not set") == true)
        #expect(report.checks.contains { $0.area == .ledger })
    }

    @Test func aDatabaseThatIsNotThereIsAFailure() throws {
        let fixture = try ImportFixture()
        let database = try fixture.database(ShopTables.customers)
        try repository(fixture)
        try fixture.root.execute("DROP DATABASE \(database)")
        let report = report(fixture)
        #expect(report.exitStatus == .error)
        #expect(
            findings(report).contains {
                $0.hasPrefix("databases failed \(fixture.server.address): `\(database)`: 1 of 1")
            })
    }

    @Test func aClockThatIsOffIsAWarning() throws {
        let fixture = try ImportFixture()
        try fixture.database(ShopTables.customers)
        try repository(fixture)
        let report = report(fixture, PassHooks(clock: SimulatedClock()))
        #expect(report.exitStatus == .done)
        #expect(findings(report).contains { $0.contains(": its clock is ") })
    }

    @Test func serversThatAreSetUpDifferentlyAreWarnedAbout() throws {
        let own = try MariaDBServer.start(options: [
            "--sql-mode=ANSI_QUOTES", "--table-definition-cache=400", "--read-only=1",
        ])
        let fixture = try ImportFixture()
        try fixture.database(ShopTables.customers)
        let other = try ImportFixture(on: own)
        let name = try other.database(ShopTables.customers)
        try repository(fixture)
        let text = try fixture.read("plumb.yaml").replacing(
            "environments:",
            with:
                "      - {name: other, host: \"\(own.address)\", database: \(name)}\nenvironments:")
        try fixture.write(text, to: "plumb.yaml")
        try fixture.commit("Add a shard")
        let report = report(fixture)
        #expect(report.exitStatus == .done)
        let found = findings(report)
        #expect(found.contains { $0.hasSuffix("a change can cut values off without an error") })
        #expect(found.contains { $0.contains("sql_mode has ANSI_QUOTES") })
        #expect(found.contains { $0.contains("read_only=ON: 1 shard looked at, and not changed") })
        #expect(
            found.contains {
                $0.hasPrefix("profiles warning shop: ") && $0.contains("sql_mode")
            })
    }

    @Test func aDamagedLedgerFailsAndALeaseIsNamed() throws {
        let fixture = try ImportFixture()
        try fixture.database(ShopTables.customers)
        try repository(fixture)
        _ = try fixture.rebuild()
        let ledger = try Ledger.open(path: fixture.ledgerPath)
        let lease = try ledger.lease("production", holder: "testing")
        let held = report(fixture)
        #expect(held.checks.contains { $0.message.hasPrefix("production is being reconciled by") })
        withExtendedLifetime(lease) {}
        let blob = try fixture.ledgerGit("rev-parse", "production:shards/shop")
        try GitCommand.unpackObjects(of: fixture.ledgerPath)
        let file = "\(fixture.ledgerPath)/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
        try FileManager.default.removeItem(atPath: file)
        let damaged = report(fixture)
        #expect(damaged.exitStatus == .error)
        #expect(damaged.checks.contains { $0.area == .ledger && $0.status == .failed })
        #expect(damaged.checks.contains { $0.message == "the databases of 1 shard are there" })
    }

    @Test func theReportIsReadBackFromItsJSON() throws {
        let report = DoctorReport(checks: [
            Check(.git, "a", .ok, "fine"), Check(.ledger, "b", .unknown, "dark", remedy: "light"),
        ])
        let data = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(DoctorReport.self, from: data) == report)
        #expect(report.exitStatus == .incomplete)
        #expect(
            DoctorReport(checks: report.checks + [Check(.git, "a", .failed, "broken")]).exitStatus
                == .error)
    }
}
