import Diff
@testable import Doctor
import Execution
import Ledger
import Model
import MySQLClient
import Observed
import Schema
import TestSupport
import Testing

@testable import Desired
@testable import Reconciler

@Suite("What could not be read is said, and is never taken for what is not there")
struct ShownFailureTests {
    private let server: MariaDBServer
    private let away = ServerAddress.socket(path: "/nowhere/m.sock")

    init() throws { server = try MariaDBServer.shared }

    @Test("an operation without a record is missing, one that cannot be read is unreadable")
    func operations() throws {
        let folder = try TemporaryFolder()
        let store = LedgerStore(
            ledger: try Ledger.open(path: folder.path + "/ledger"), environment: "production",
            actor: LedgerActor(name: "A", email: "a@e.com"), clock: SystemClock())
        let keys = ["done", "gone", "torn"].map { (name: ObjectName) in
            OperationKey(shard: ShardID(namespace: "n", shard: "s"), object: name)
        }
        var rollout = RolloutRecord(
            id: "r1", plan: digest("plan"), policy: .halt, waves: [keys], bakeSeconds: [],
            startedAt: "2026-11-21T12:00:00Z", actor: "ada")
        rollout.message = "ended early"
        let record = rollout
        try store.transact(LedgerEvent("sample", subject: "Sample", key: "r1", reason: nil)) {
            draft throws(LedgerError) in
            try draft.setRollout(record)
            try draft.setOperation(
                OperationRecord(key: keys[0], state: .completed, from: nil, to: nil), of: "r1")
            try draft.set(RecordPath.operation("r1", keys[2]), Array("{}\n".utf8))
            return .commit
        }
        let report = try #require(try LedgerQueries(store: store).rollout("r1"))
        #expect(report.state == nil)
        #expect(report.counts == ["completed": 1, "missing": 1, "unreadable": 1])
        #expect(
            report.message == "ended early; the ledger has no record of n/s/gone (and 1 more)")
    }

    @Test("a size that one server did not say is unknown, and no smaller one stands for it")
    func sizes() throws {
        let database = try server.freshDatabase()
        try server.connect(database: database).execute("CREATE TABLE orders (id INT PRIMARY KEY)")
        let targets = [(server.address, "s0"), (away, "s1")].map { address, shard in
            ObservationTarget(
                id: ShardID(namespace: "commerce", shard: shard), server: address,
                database: database)
        }
        let plan = samplePlan([
            sampleStep(shards: ["s0"], order: 0), sampleStep(shards: ["s0", "s1"], order: 1),
            sampleStep(shards: ["s1"], from: nil, order: 2),
        ])
        let context = try sampleContext(reaching: server.address)
        let (known, notices) = Sizes.added(to: plan, targets: targets, access: context)
        #expect(known.steps.map { $0.size?.shard } == ["s0", nil, nil])
        #expect(notices.map(\.code) == ["size-unknown"])
        #expect(notices.first?.message.contains("\(away)") == true)
        #expect(Sizes.added(to: plan, targets: [targets[0]], access: context).notices.isEmpty)
    }

    @Test("objects that cannot be counted are said, and an import does not leave them out unsaid")
    func objects() throws {
        let fixture = try ImportFixture(on: MariaDBServer.start())
        let database = try fixture.database("CREATE TABLE t (id INT PRIMARY KEY)")
        #expect(try fixture.import().exitStatus == .done)
        try fixture.commit()
        #expect(try !fixture.passContext().plan().notices.map(\.code).contains("not-counted"))
        try fixture.root.execute("RENAME TABLE mysql.proc TO mysql.proc_away")
        let planned = try fixture.passContext().plan()
        #expect(planned.plan.unknown.isEmpty && planned.plan.steps.isEmpty)
        let notice = planned.notices.first { $0.code == "not-counted" }
        #expect(notice?.message.contains("on 1 shard: ") == true, "\(planned.notices)")
        let other = try ImportFixture(on: fixture.server)
        #expect(throws: MySQLError.self) { try other.import([database]) }
        #expect(other.everything().isEmpty)
    }

    @Test("limits of an account that cannot be seen are unknown, not none")
    func limits() throws {
        let root = try server.connect()
        try root.execute("CREATE USER unseen@localhost IDENTIFIED BY 'p'")
        var settings = server.settings
        settings.credentials = Credentials(user: "unseen", password: Secret("p"))
        let connection = try MySQLClient.Connection(to: server.address, settings: settings)
        func checks() throws -> [DoctorReport.Check.Status] {
            try LimitExamination(
                server: server.address, account: "unseen", sessions: 2, on: connection
            ).checks.map(\.status)
        }
        #expect(try checks() == [])
        try root.execute("DROP USER unseen@localhost")
        #expect(try checks() == [.unknown])
    }

    @Test("accounts that cannot be looked at are a failure, not an account that may do all")
    func accounts() throws {
        let connection = try server.connect()
        let looked = try ServerExamination.facts(
            connection, connection.profile(database: "information_schema"), foldsCase: false)
        let facts = AccountPrivileges(
            server: away, examined: looked, as: .read, purposes: [.change],
            context: try sampleContext(reaching: server.address))
        #expect(facts.checks.map(\.status) == [.failed])
    }
}
