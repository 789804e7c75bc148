import Foundation
import TestSupport
import Testing

/// Who can write to the ledger, and to nothing else, tries to make a process that plans believe
/// something of shards that it cannot reach, or a worker read something else.
@Suite("What others saw is believed as a whole or not at all")
struct SightAttackTests {
    /// What somebody makes of the document of the far server.
    struct Forgery: CustomTestStringConvertible, Sendable {
        let name: String
        /// What is replaced; each time that it stands there.
        let old: String
        let new: String
        /// What a pass says of the shards.
        let says: String

        var testDescription: String { name }
    }

    private static let notBelieved = "is not believed"
    private static let awaited = "is about to read it"

    static let forgeries = [
        Forgery(
            name: "another server", old: "\"server\":\"unix:", new: "\"server\":\"unix:/x",
            says: "it is about unix:/x"),
        Forgery(
            name: "another table's text", old: "{\"orders\":", new: "{\"accounts\":",
            says: "the text of `accounts` is that of `orders`"),
        Forgery(
            name: "a text that nobody knows", old: "{\"orders\":\"DIGEST\"}",
            new: "{\"orders\":\"\(String(repeating: "a", count: 64))\"}",
            says: "is not in the ledger"),
        Forgery(
            name: "a mode that ends a statement", old: "\"sqlMode\":\"",
            new: "\"sqlMode\":\"'; DROP DATABASE x; -- ", says: "its sql_mode is none"),
        Forgery(
            name: "a version that is none", old: "\"version\":\"10.", new: "\"version\":\"x.",
            says: "its version is none"),
        Forgery(
            name: "a version that no other server has", old: "\"version\":\"10.",
            new: "\"version\":\"9.10.", says: "unknown · no-workspace"),
        Forgery(
            name: "a collation that is none", old: "\"collation\":\"",
            new: "\"collation\":\"a b", says: "its character set or collation is none"),
        Forgery(
            name: "a profile that is not there", old: "\"profile\":0", new: "\"profile\":7",
            says: "no profile or no tables"),
        Forgery(
            name: "tables that are not there", old: "\"schema\":0", new: "\"schema\":-1",
            says: "no profile or no tables"),
        Forgery(name: "no document", old: "{\"by\"", new: "{by", says: notBelieved),
        Forgery(
            name: "a huge document", old: "{\"by\"", new: "{ PADDING \"by\"",
            says: "bytes, more than"),
        Forgery(
            name: "a shard twice", old: "\"shard\":\"s3\"", new: "\"shard\":\"s1\"",
            says: "is in it twice"),
        Forgery(
            name: "another worker", old: "\"by\":\"", new: "\"by\":\"other/", says: awaited),
        Forgery(name: "another lease", old: "\"token\":", new: "\"token\":9", says: awaited),
        Forgery(
            name: "another database", old: "\"database\":\"", new: "\"database\":\"x",
            says: awaited),
        Forgery(
            name: "a shard that was not asked", old: "\"shard\":\"s3\"", new: "\"shard\":\"s0\"",
            says: awaited),
    ]

    @Test("attack: what was seen is changed in the ledger", arguments: forgeries)
    func aForgedDocumentIsNotBelieved(_ forgery: Forgery) throws {
        let far = try FarFleet(.notAllowed)
        let worker = try far.worker()
        try far.run(0, "reconcile")
        let (path, text) = try #require(try far.document("seen"))
        let digest = try #require(text.firstMatch(of: #/"orders":"([0-9a-f]{64})"/#)?.1)
        let forged = text.replacingOccurrences(
            of: forgery.old.replacingOccurrences(of: "DIGEST", with: digest),
            with: forgery.new.replacingOccurrences(
                of: "PADDING", with: String(repeating: " ", count: 5 << 20)))
        #expect(forged != text)
        // It would write its own once more.
        worker.send(SIGSTOP)
        try LedgerDamage(far.fleet).put(path, forged)
        let drift = try far.run(6, "drift")
        #expect(drift.says("app/s3: unknown") || drift.says("app/s{1,3}: unknown"), "\(drift)")
        let words = drift.all.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains(forgery.says), "\(drift)")
        #expect(drift.says("no drift found"), "\(drift)")
        worker.send(SIGCONT)
        try worker.reaches("its own document") { try far.document("seen")?.text == text }
        try far.run(0, "drift")
        worker.send(SIGTERM)
        #expect(try worker.wait().status == 0)
    }

    /// The text of a far table is another one than its digest says.
    @Test("attack: a text is changed in the ledger")
    func aForgedTextIsNotBelieved() throws {
        let far = try FarFleet(.notAllowed)
        try far.fleet.sql(1, "ALTER TABLE orders ADD COLUMN by_hand int")
        let worker = try far.worker()
        try far.run(2, "reconcile")
        worker.send(SIGSTOP)
        let paths = try far.fleet.ledgerGit("ls-tree", "-r", "--name-only", "production")
            .split(separator: "\n").map(String.init).filter { $0.hasPrefix("catalog/") }
        for path in paths {
            let text = try far.fleet.ledgerGit("show", "production:\(path)")
            guard text.contains("by_hand") else { continue }
            try LedgerDamage(far.fleet).put(
                path, text.replacingOccurrences(of: "by_hand", with: "by_foot"))
        }
        let drift = try far.run(6, "drift")
        #expect(drift.says("app/s1: unknown", "not in the ledger"), "\(drift)")
        #expect(!drift.says("by_foot"), "\(drift)")
        worker.send(SIGCONT)
        worker.send(SIGTERM)
        _ = try worker.wait()
    }

    /// What is asked of a worker is for it to judge as well.
    @Test("attack: a worker is asked to read the server's own schema")
    func aWorkerReadsNoSchemaOfTheServer() throws {
        let far = try FarFleet(.notAllowed)
        let worker = try far.worker()
        try far.run(0, "reconcile")
        let (path, text) = try #require(try far.document("asked"))
        let seen = try far.document("seen")?.text
        try LedgerDamage(far.fleet).put(
            path,
            text.replacingOccurrences(
                of: "\"database\":\"\(far.fleet.database(1))\"", with: "\"database\":\"mysql\""))
        try worker.says("is one of the server's own schemas")
        #expect(try far.document("seen")?.text == seen)
        worker.send(SIGTERM)
        #expect(try worker.wait().status == 0)
    }
}
