import Foundation
@testable import Import
import Ledger
import Model
import Reports
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("Rebuilding a lost ledger: what equals git is recorded, and nothing else")
struct ImportLedgerTests {
    /// Three equal shards that were converged once.
    private func fleet(on server: MariaDBServer? = nil) throws -> (ImportFixture, [String]) {
        let fixture = try ImportFixture(on: server)
        let prefix = fixture.uniquePrefix()
        let names = (0..<3).map { "\(prefix)_\($0)" }
        for name in names {
            try fixture.database(ShopTables.customers, ShopTables.orders, named: name)
        }
        _ = try fixture.import(["\(prefix)%"])
        try fixture.commit()
        return (fixture, names)
    }

    @Test func everythingInSyncIsRecordedInOneCommitAndTheSecondRunWritesNothing() throws {
        let (fixture, names) = try fleet()
        let first = try fixture.rebuild()
        #expect(first.exitStatus == .done)
        #expect(first.recordedShardCount == 3)
        #expect(first.recordedTableCount == 6)
        #expect(first.inSyncCount == 3)
        let expected = Dictionary(
            uniqueKeysWithValues: names.map { ($0, ["customers", "orders"]) })
        let records = try fixture.records()
        #expect(records == expected)
        #expect(try fixture.ledgerGit("rev-list", "--count", "production") == "1")
        let head = try fixture.git("rev-parse", "HEAD").trimmingCharacters(in: .newlines)
        let snapshot = try #require(try fixture.snapshot())
        #expect(
            Set(try LedgerQueries.shards(in: snapshot).values.map(\.revision)) == [head])

        let second = try fixture.rebuild()
        #expect(second.exitStatus == .done)
        #expect(second.recordedShardCount == 0)
        #expect(try fixture.ledgerGit("rev-list", "--count", "production") == "1")
    }

    @Test func whatDiffersIsListedAndStaysUnrecordedAndPending() throws {
        let (fixture, names) = try fleet()
        _ = try fixture.rebuild()
        try fixture.removeLedger()
        try fixture.root.execute("ALTER TABLE \(names[1]).orders ADD COLUMN oops INT")
        try fixture.root.execute("CREATE TABLE \(names[2]).stray (id INT)")
        let report = try fixture.rebuild()
        #expect(report.exitStatus == .difference)
        #expect(report.differing.map(\.object) == ["orders"])
        #expect(report.differing.first?.status == .pending)
        #expect(report.differing.first?.shards == [names[1]])
        #expect(report.unmanaged.map(\.object) == ["stray"])
        #expect(
            try fixture.records() == [
                names[0]: ["customers", "orders"], names[1]: ["customers"],
                names[2]: ["customers", "orders"],
            ])
        // A shard without all of git's tables has not reached the revision.
        let snapshot = try #require(try fixture.snapshot())
        let record = try LedgerQueries.shards(in: snapshot)[
            ShardID(namespace: "shop", shard: names[1])]
        #expect(record?.revision == nil)
        #expect(try fixture.rebuild().recordedShardCount == 0)
        let findings = try fixture.passContext().plan().comparison.variants.flatMap(\.objects)
        #expect(!findings.contains { $0.status == .drifted || $0.status == .conflict })
    }

    @Test func whatMeansTheSameIsRecordedAsItIsLive() throws {
        let (fixture, names) = try fleet()
        // The same indexes in another order: no difference to anybody.
        for name in names {
            try fixture.root.execute(
                "ALTER TABLE \(name).customers ADD KEY a (email), ADD KEY b (email, id)")
        }
        let live = try fixture.root.query("SHOW CREATE TABLE \(names[0]).customers").first?[1]
        try fixture.write((live ?? "") + ";\n", to: "schema/shop/customers.sql")
        try fixture.commit("Add two indexes")
        for change in ["DROP KEY a", "ADD KEY a (email)"] {
            try fixture.root.execute("ALTER TABLE \(names[0]).customers \(change)")
        }
        let report = try fixture.rebuild()
        #expect(report.exitStatus == .done)
        #expect(report.recordedTableCount == 6)
        // Both ways to write the table are kept, to be compared when one of them is gone.
        let snapshot = try #require(try fixture.snapshot())
        let recorded = Set(try LedgerQueries.shards(in: snapshot).values.flatMap(\.tables.values))
        #expect(recorded.count == 3)
        for digest in recorded {
            #expect(try snapshot.read(RecordPath.catalog(digest)) != nil)
        }
        #expect(try fixture.rebuild().recordedShardCount == 0)
    }

    @Test func anUnknownShardIsListedAndNotRecorded() throws {
        let (fixture, names) = try fleet()
        try fixture.root.execute("DROP DATABASE \(names[1])")
        let report = try fixture.rebuild()
        #expect(report.exitStatus == .incomplete)
        #expect(report.unknown.map(\.shard.shard) == [names[1]])
        #expect(try fixture.records().keys.sorted() == [names[0], names[2]])
    }

    @Test func aDriftThatIsOnRecordStaysDrift() throws {
        let (fixture, names) = try fleet()
        _ = try fixture.rebuild()
        try fixture.root.execute("ALTER TABLE \(names[1]).orders ADD COLUMN oops INT")
        let report = try fixture.rebuild()
        #expect(report.recordedShardCount == 0)
        #expect(report.differing.map(\.status) == [.drifted])
    }

    @Test func whileSomebodyReconcilesNothingIsRecorded() throws {
        let (fixture, _) = try fleet()
        let lease = try Ledger.open(path: fixture.ledgerPath).lease("production", holder: "me")
        defer { withExtendedLifetime(lease) {} }
        let error = #expect(throws: LedgerError.self) { try fixture.rebuild() }
        #expect(error?.code == .locked)
    }
}
