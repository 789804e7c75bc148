import Basics
import Diff
import Execution
import Observed
import Schema
import TestSupport
import Testing

@testable import Desired
@testable import Reconciler

/// What a process keeps between passes, and what it lets go.
@Suite struct MemoryBoundTests {
    private func table(_ number: Int) -> CatalogTable {
        let text = "CREATE TABLE `t` (\n  `c\(number)` int(11) DEFAULT NULL\n) ENGINE=InnoDB"
        return CatalogTable(canonicalText: Array(text.utf8), flavour: .mariadb)
    }

    private let profile = ServerProfile(
        flavour: .mariadb, version: "10.11.1", sqlMode: "", characterSet: "utf8mb4",
        collation: "utf8mb4_general_ci", settings: [:])

    @Test func theCatalogueKeepsWhatIsOfUse() {
        let catalog = ObjectCatalog()
        let tables = (0..<9).map(table)
        tables.forEach(catalog.insert)
        let kept = catalog.schema(of: ["t": tables[3].digest])
        let gone = catalog.schema(of: ["t": tables[4].digest])
        catalog.keep(only: [tables[3].digest])
        #expect(catalog.count == 1)
        #expect(catalog[tables[3].digest] != nil && catalog[tables[4].digest] == nil)
        #expect(catalog.schema(of: ["t": tables[3].digest]) === kept)
        #expect(catalog.schema(of: ["t": tables[4].digest]) !== gone)
    }

    @Test func whatWasProvedGoesWhenNobodyAsksForIt() throws {
        let cache = ProofCache(catalog: ObjectCatalog())
        let digests = (0..<3).map { Digest(of: "subject \($0)") }
        for (number, digest) in digests.enumerated() {
            cache.remember(["t": table(number)], schema: digest, profile: profile)
            cache.remember([], for: digest, profile: profile)
        }
        // What the ledger does not hold yet stays, whoever asks.
        #expect(cache.forgetUnused().count == 3)
        #expect(cache.count == 6)
        cache.saved()
        _ = try cache.normalised(schema: digests[1], profile: profile, in: nil)
        #expect(cache.forgetUnused() == [table(1).digest])
        #expect(cache.count == 2)
        #expect(cache.forgetUnused().isEmpty)
        #expect(cache.count == 0)
    }

    @Test func aFailureThatNobodyRepeatsIsForgotten() {
        let backOffs = BackOffs<String>(firstSeconds: 5, longestSeconds: 600)
        let start = Timestamp(secondsSince1970: 1_700_000_000)
        backOffs.failed("left", now: start)
        backOffs.failed("stays", now: start.adding(seconds: 1_000))
        backOffs.forgetAbandoned(now: start.adding(seconds: 1_100))
        #expect(backOffs.count == 2)
        backOffs.forgetAbandoned(now: start.adding(seconds: 1_300))
        #expect(backOffs.count == 1)
        #expect(backOffs.wait(for: "left", now: start) == nil)
    }

    @Test func aPassThatFailsKeepsNoMoreThanOneThatDoesNot() throws {
        let context = try sampleContext(reaching: .socket(path: "/nowhere/m.sock"))
        for number in 0..<4_100 {
            context.cache.remember([], for: Digest(of: "\(number)"), profile: profile)
        }
        context.cache.saved()
        context.forgetUnused(shards: nil, now: sampleTime())
        #expect(context.cache.count == 0)
    }
}

/// What a process keeps that reaches `server` and none else.
func sampleContext(reaching server: ServerAddress) throws -> ReconcileContext {
    try ReconcileContext(
        access: ServerAccess(
            to: server,
            by: ConnectionConfiguration(
                credentials: .user("root", password: .none), tls: .standard,
                connectTimeoutSeconds: 10, lockWaitTimeoutSeconds: 10),
            folder: "/"),
        purposes: [.read], concurrency: Concurrency(total: 2, perHost: 1), clock: SystemClock())
}
