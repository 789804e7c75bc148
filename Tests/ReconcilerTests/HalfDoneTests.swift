import Diff
import Execution
import Ledger
import Model
import Reports
import Schema
import Testing

@testable import Reconciler
@testable import TestSupport

/// A fleet of one shard on which a process dies between the two statements of a step.
private final class DyingFleet {
    let fixture: ImportFixture
    private let database: String

    init(on server: TestServer) throws {
        fixture = try ImportFixture(on: server)
        database = try fixture.database()
        try commit("SET NULL")
        _ = try ReconcilePass(pass: fixture.passContext()).run()
        try fixture.root.execute("INSERT INTO p VALUES (1)")
        try fixture.root.execute("INSERT INTO t VALUES (1, 1)")
        try commit("CASCADE")
        try approve()
        let count = Lock(0)
        let faults = FaultPoints.calling { point throws(JournalFailure) in
            guard point == .beforeStatement else { return }
            let number = count.withLock { count in
                count += 1
                return count
            }
            if number == 2 { throw JournalFailure("killed") }
        }
        _ = try ReconcilePass(pass: fixture.passContext(), faults: faults).run()
    }

    func commit(_ rule: String) throws {
        try fixture.write(
            """
            version: 1
            namespaces:
              shop:
                schema: schema
                shards: [{name: s, host: "\(fixture.server.address)", database: \(database)}]
            environments:
              production: {namespaces: [shop], connection: {user: root, tls: {mode: disabled}}}
            policy:
              approvers: {minimum: 1, not_author: false}
            ledger: "file:../ledger.git"

            """, to: "plumb.yaml")
        try fixture.write(
            """
            CREATE TABLE p (id int PRIMARY KEY);
            CREATE TABLE t (id int PRIMARY KEY, e int, KEY e (e),
              CONSTRAINT f FOREIGN KEY (e) REFERENCES p (id) ON DELETE \(rule));

            """, to: "schema/all.sql")
        try fixture.commit("ON DELETE \(rule)")
    }

    func approve() throws {
        let pass = try fixture.passContext()
        _ = try ReconcilePass(pass: pass).run()
        _ = try DecisionRecorder(session: pass.ledgerSession).record(
            .init(
                decision: .approve, digests: [], approver: LedgerActor(name: "Eve", email: "Eve"),
                reason: "known"))
    }

    func pass() throws -> ReconcileReport { try ReconcilePass(pass: fixture.passContext()).run() }

    /// How often approvals of steps of `t` were used.
    func uses() throws -> Int {
        guard let snapshot = try fixture.snapshot() else { return 0 }
        return try LedgerQueries.approvals(in: snapshot).reduce(0) { $0 + ($1.uses?.count ?? 0) }
    }

    var text: String {
        get throws {
            try fixture.root.query("SHOW CREATE TABLE \(SQL.identifier(database)).t").first?[1]
                ?? ""
        }
    }
}

@Suite("A process that dies between two statements of a step")
struct HalfDoneTests {
    @Test("what ran is recorded and its approval used up; the next plan goes on from there")
    func goesOn() throws {
        let fleet = try DyingFleet(on: TestServer.shared)
        #expect(try !fleet.text.contains("FOREIGN KEY"))
        let report = try fleet.pass()
        #expect(report.recovered.map(\.finding) == [.partly])
        #expect(report.recovered.first?.message.hasPrefix("1 of 2 statements ran") == true)
        #expect(report.plan.plan.steps.map(\.cause.kind) == [.git])
        #expect(try fleet.uses() == 1)
        try fleet.approve()
        #expect(try fleet.pass().exitStatus == .done)
        #expect(try fleet.text.contains("ON DELETE CASCADE"))
        #expect(try fleet.uses() == 2)
    }

    @Test("a commit that takes the change back finds what ran of it")
    func takenBack() throws {
        let fleet = try DyingFleet(on: TestServer.shared)
        try fleet.commit("SET NULL")
        let report = try fleet.pass()
        #expect(report.recovered.map(\.finding) == [.partly])
        #expect(report.plan.plan.steps.map(\.cause.kind) == [.git])
        try fleet.approve()
        #expect(try fleet.pass().exitStatus == .done)
        #expect(try fleet.text.contains("ON DELETE SET NULL"))
    }

    @Test("a shard that cannot be read meanwhile keeps its record, whatever plan comes")
    func unreachableMeanwhile() throws {
        let server = try TestServer.start()
        let fleet = try DyingFleet(on: server)
        server.stop()
        try fleet.commit("RESTRICT")
        let blind = try fleet.pass()
        #expect(blind.recovered.map(\.finding) == [.unknown])
        try server.restart()
        let report = try fleet.pass()
        #expect(report.recovered.map(\.finding) == [.partly])
        #expect(report.plan.plan.steps.map(\.cause.kind) == [.git])
        #expect(try fleet.uses() == 1)
    }
}
