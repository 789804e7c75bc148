import Foundation
import TestSupport
import Testing

/// Who can write to the ledger, and to nothing else, tries to make workers do something else than
/// what was planned.
@Suite("What is offered is believed as a whole or not at all")
struct OfferAttackTests {
    /// What somebody makes of the offer.
    struct Forgery: CustomTestStringConvertible, Sendable {
        let name: String
        /// What is replaced in the document of the server; the first time that it stands there.
        let old: String
        let new: String
        /// What the worker says.
        let says: String

        var testDescription: String { name }
    }

    static let forgeries = [
        Forgery(
            name: "the server's own schema", old: "\"database\":\"DATABASE\"",
            new: "\"database\":\"mysql\"", says: "is one of the server's own schemas"),
        Forgery(
            name: "no database", old: "\"database\":\"DATABASE\"", new: "\"database\":\"\"",
            says: "is empty"),
        Forgery(
            name: "another table", old: "\"object\":\"orders\"", new: "\"object\":\"accounts\"",
            says: "is not of the rollout"),
        Forgery(
            name: "another shard", old: "\"shard\":\"s1\"", new: "\"shard\":\"s9\"",
            says: "is not of the rollout"),
        Forgery(
            name: "a step that nobody planned", old: "\"step\":\"", new: "\"step\":\"0",
            says: "offers/"),
        Forgery(
            name: "operations that need each other", old: "\"operations\"",
            new: "\"needs\":[[0]],\"operations\"", says: "need each other"),
        Forgery(
            name: "an approval that nobody gave", old: "\"object\":\"orders\"",
            new: "\"approval\":\"\(String(repeating: "a", count: 64))\",\"object\":\"orders\"",
            says: "is not in the ledger"),
    ]

    /// A rollout whose process was killed, so that what it offered stands: nothing of the second
    /// server, which has the shards 1 and 4, has begun.
    private func left() throws -> WorkerFleet {
        let workers = try WorkerFleet(shards: 6, servers: 3, total: 1)
        let reader = try workers.block(0)
        try workers.change(column: "stripes")
        let helper = try workers.worker("--hosts", workers.server(2))
        let reconcile = try workers.fleet.start("reconcile")
        try reconcile.reaches("its statement") { try workers.isWaiting(0) }
        try helper.reaches("its shards") {
            try [2, 5].allSatisfy { try workers.has(column: "stripes", $0) }
        }
        for process in [helper, reconcile] {
            process.send(SIGKILL)
            _ = try process.wait()
        }
        reader.close()
        return workers
    }

    /// The path in the ledger of what is offered on the second server.
    private func path(_ workers: WorkerFleet) throws -> String {
        let paths = try workers.fleet.ledgerGit("ls-tree", "-r", "--name-only", "production")
        return try #require(
            paths.split(separator: "\n").map(String.init).first {
                $0.hasPrefix("offers/") && $0.hasSuffix("db1.sock")
            }, "\(paths)")
    }

    @Test("attack: an offer that was changed in the ledger changes nothing", arguments: forgeries)
    func aForgedOfferIsRefused(_ forgery: Forgery) throws {
        let workers = try left()
        let path = try path(workers)
        let text = try workers.fleet.ledgerGit("show", "production:\(path)")
        let old = forgery.old.replacingOccurrences(
            of: "DATABASE", with: workers.fleet.database(1))
        let range = try #require(text.range(of: old), "\(text)")
        try LedgerDamage(workers.fleet).put(
            path, text.replacingCharacters(in: range, with: forgery.new))
        let before = try workers.fleet.table("orders", on: 1)
        let worker = try workers.worker("--hosts", workers.server(1))
        try worker.says("assistance-failed")
        #expect(worker.stderr.contains(forgery.says), "\(worker.stderr)")
        worker.send(SIGTERM)
        _ = try worker.wait()
        #expect(try workers.fleet.table("orders", on: 1) == before)
        #expect(try workers.fleet.table("accounts", on: 1) == nil)
        // A pass plans for itself, and does what is left.
        let run = try workers.fleet.expect(0, "reconcile")
        #expect(run.says("exit 0"), "\(run)")
        for shard in 0..<6 { #expect(try workers.has(column: "stripes", shard)) }
    }

    /// Untouched, it is carried out although nobody is there who made it.
    @Test func whatADeadProcessOfferedIsCarriedOut() throws {
        let workers = try left()
        let worker = try workers.worker("--hosts", workers.server(1))
        try worker.reaches("its shards") {
            try [1, 4].allSatisfy { try workers.has(column: "stripes", $0) }
        }
        worker.send(SIGTERM)
        _ = try worker.wait()
        #expect(!worker.stderr.contains("assistance-failed"), "\(worker.stderr)")
        try workers.fleet.expect(0, "reconcile")
        #expect(try workers.events("operation-completed").count == 12)
        // The pass took it back, before it said what may begin.
        #expect(try workers.events("offer-withdrawn").count == 1)
        let paths = try workers.fleet.ledgerGit("ls-tree", "-r", "--name-only", "production")
        #expect(!paths.contains("offers/"), "\(paths)")
    }

    /// The time until which it counts is over.
    @Test func anOfferHasAnEnd() throws {
        let workers = try left()
        let folder = try path(workers).split(separator: "/").prefix(2).joined(separator: "/")
        let path = "\(folder)/offer"
        let text = try workers.fleet.ledgerGit("show", "production:\(path)")
        let ended = text.replacing(
            #/"until":"[^"]*"/#, with: "\"until\":\"2020-01-01T00:00:00Z\"")
        #expect(ended != text)
        try LedgerDamage(workers.fleet).put(path, ended)
        let worker = try workers.worker()
        // It does what comes later.
        let reader = try workers.block(1)
        let reconcile = try workers.fleet.start("reconcile")
        try reconcile.reaches("a new offer") {
            try workers.events("operations-offered").count == 2
        }
        reader.close()
        #expect(try reconcile.wait().status == 0)
        worker.send(SIGTERM)
        _ = try worker.wait()
        #expect(try workers.events("operation-completed").count == 12)
    }
}
