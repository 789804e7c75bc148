import Basics
import Execution
import Foundation
import Git
import Signatures
import TestSupport
import Testing

@testable import Ledger

/// A ledger in a temporary folder whose transitions are signed.
private final class SignedFixture {
    private let temporary: TemporaryFolder
    let key: String
    let document = LedgerPath("fleet", "shop", "0")
    /// Seconds after the start of the fixture's clock.
    var second = 0.0

    init() throws {
        temporary = try TemporaryFolder()
        key = temporary.path + "/key"
        try makeKey("key")
    }

    var path: String { temporary.path + "/ledger.git" }

    func makeKey(_ name: String) throws { try SSHKeys.make("\(temporary.path)/\(name)") }

    func publicKey(_ name: String = "key") throws -> String {
        try SSHKeys.publicLine("\(temporary.path)/\(name)")
    }

    /// Another handle: `key` nil for one that does not sign.
    func open(_ key: String?) throws -> Ledger {
        try Ledger.open(path: path, signingKey: key.map { "\(temporary.path)/\($0)" })
    }

    /// One transition, a minute after the one before it.
    @discardableResult
    func record(
        _ text: String, in environment: String = "production", key: String? = "key"
    ) throws -> String {
        second += 60
        let commit = try open(key).transact(
            environment, actor: LedgerFixture.ada, event: LedgerEvent("noted", subject: text),
            time: LedgerFixture.start.addingTimeInterval(second)
        ) { draft in
            try draft.set(self.document, Array("\"\(text)\"".utf8))
            return .commit
        }
        return try #require(commit).hex
    }

    func verify(_ signers: String? = nil, since: [String] = []) throws -> SignatureReport {
        let text = try signers ?? "plumb@example.com namespaces=\"git\" \(publicKey())"
        return try open(nil).verifySignatures(
            SignatureVerifier(
                allowedSigners: try AllowedSigners(text: text, file: "signers")), since: since)
    }

    @discardableResult
    func git(
        _ arguments: String..., date: String? = nil, input: String? = nil
    ) throws -> String {
        try GitCommand.run(arguments, in: path, as: .eve, date: date, input: input)
    }

    /// Replaces the newest commit by what `change` makes of its text.
    @discardableResult
    func rewriteTip(_ change: (String) -> String) throws -> String {
        let text = try Shell.check("git", ["-C", path, "cat-file", "commit", "production"])
        let forged = try git(
            "hash-object", "-t", "commit", "-w", "--stdin", input: change(text))
        try git("update-ref", "refs/heads/production", forged)
        return forged
    }
}

@Suite("A signed ledger is evidence")
struct SignedLedgerTests {
    @Test func eachTransitionIsSigned() throws {
        let fixture = try SignedFixture()
        let first = try fixture.record("1")
        try fixture.record("2")
        let other = try fixture.record("3", in: "staging")
        let tip = try fixture.record("4")
        let report = try fixture.verify()
        #expect(report.isSound && report.problems == [])
        #expect(report.environments.map(\.name) == ["production", "staging"])
        #expect(report.environments.map(\.signed) == [3, 1])
        #expect(report.environments.map { $0.tip?.hex } == [tip, other])
        #expect(report.environments.first?.signedSince?.commit.hex == first)
        #expect(
            report.environments.first?.signedSince?.time.date
                == LedgerFixture.start.addingTimeInterval(60))
        #expect(report.environments.first?.signers == ["plumb@example.com": 3])
        // What does not ask for signatures reads it as before.
        #expect(try fixture.open(nil).verify().isSound)
        #expect(
            try fixture.open(nil).snapshot("production")?.history(limit: 9).map(\.event.subject)
                == ["4", "2", "1"])
    }

    @Test func gitShowsTheSignatures() throws {
        let fixture = try SignedFixture()
        try fixture.record("1")
        try fixture.record("2")
        let signers = (fixture.path as NSString).deletingLastPathComponent + "/signers"
        try Data("plumb@example.com \(try fixture.publicKey())\n".utf8)
            .write(to: URL(fileURLWithPath: signers))
        let log = try fixture.git(
            "-c", "gpg.ssh.allowedSignersFile=\(signers)", "log", "--show-signature", "production")
        let good = log.components(separatedBy: "Good \"git\" signature for plumb@example.com")
        #expect(good.count == 3)
        #expect(log.contains("Plumb-Environment: production"))
        #expect(try fixture.git("fsck", "--strict", "--full") == "")
    }

    @Test func whereSigningBeganIsSaid() throws {
        let fixture = try SignedFixture()
        try fixture.record("1", key: nil)
        let last = try fixture.record("2", key: nil)
        let first = try fixture.record("3")
        let report = try fixture.verify()
        #expect(report.problemCount == 1)
        #expect(report.problems.first?.commit == last)
        let message = report.problems.first?.message ?? ""
        #expect(message.hasPrefix("unsigned before \(first): 2 commits up to \(last)"))
        #expect(message.contains("--since \(last)"))
        #expect(report.environments.first?.unsignedBefore == 2)
        #expect(try fixture.verify(since: [last]).isSound)
    }

    @Test func aLedgerThatWasNeverSignedIsNoEvidence() throws {
        let fixture = try SignedFixture()
        try fixture.record("1", key: nil)
        let report = try fixture.verify()
        #expect(!report.isSound)
        #expect(report.problems.first?.message.hasPrefix("unsigned: 1 commit up to ") == true)
        #expect(report.environments.first?.signedSince == nil)
    }

    @Test("attack: a transition without a signature after one that has it")
    func unsigned() throws {
        let fixture = try SignedFixture()
        try fixture.record("1")
        let forged = try fixture.record("2", key: nil)
        try fixture.record("3")
        let report = try fixture.verify()
        #expect(report.problems.map(\.commit) == [forged])
        #expect(report.problems.first?.message.contains("no signature") == true)
        #expect(report.environments.first?.signed == 2)
        // Nor after one that is known.
        let first = try fixture.git("rev-parse", "production~2")
        #expect(try fixture.verify(since: [first]).problems.map(\.commit) == [forged])
        #expect(try fixture.verify(since: [forged]).isSound)
    }

    @Test("attack: a stripped signature, and one that was moved to another commit")
    func stripped() throws {
        for isMoved in [false, true] {
            let fixture = try SignedFixture()
            try fixture.record("1")
            let signed = try fixture.record("2")
            let forged = try fixture.rewriteTip { text in
                guard !isMoved else {
                    return text.replacingOccurrences(of: "\n\n2\n", with: "\n\n3\n")
                }
                let start = text.range(of: "gpgsig ")?.lowerBound ?? text.startIndex
                let end = text.range(of: "-----END SSH SIGNATURE-----\n")?.upperBound
                return String(text[..<start] + text[(end ?? start)...])
            }
            #expect(forged != signed)
            let report = try fixture.verify()
            #expect(report.problems.map(\.commit) == [forged])
            #expect(
                report.problems.first?.message.contains(isMoved ? "does not fit" : "no signature")
                    == true)
            #expect(try fixture.open(nil).verify().isSound)
        }
    }

    @Test("attack: transitions by a key that nobody allows, or that left the file")
    func keys() throws {
        let fixture = try SignedFixture()
        try fixture.makeKey("eve")
        try fixture.record("1")
        let eves = try fixture.record("2", key: "eve")
        #expect(try fixture.verify().problems.map(\.commit) == [eves])
        let ada = "ada \(try fixture.publicKey())"
        let both = ada + "\neve \(try fixture.publicKey("eve"))"
        #expect(try fixture.verify(both).isSound)
        // A key that leaves the file takes its transitions along; one that ends does not.
        #expect(try fixture.verify("# nobody").problemCount == 2)
        let key = try fixture.publicKey("eve")
        let ended = ada + "\neve valid-before=\"20231114221500Z\" \(key)"
        #expect(try fixture.verify(ended).problems.map(\.commit) == [eves])
        let later = ada + "\neve valid-before=\"20231114221600Z\" \(key)"
        #expect(try fixture.verify(later).isSound)
        let file = ada + "\neve namespaces=\"file\" \(key)"
        #expect(try fixture.verify(file).problems.map(\.commit) == [eves])
    }

    @Test("attack: a branch that was moved back, or written anew, with good signatures")
    func movedBack() throws {
        let fixture = try SignedFixture()
        let first = try fixture.record("1")
        let known = try fixture.record("2")
        let staging = try fixture.record("1", in: "staging")
        #expect(try fixture.verify(since: [known, first, staging]).isSound)
        try fixture.git("update-ref", "refs/heads/production", first)
        // Without what was known before, a shorter history is one as good.
        #expect(try fixture.verify().isSound)
        for _ in 0..<2 {
            let report = try fixture.verify(since: [known])
            #expect(report.problems.map(\.commit) == [known])
            #expect(report.problems.first?.message.contains("moved a branch back") == true)
            try fixture.record("another 2")
        }
        try fixture.git("update-ref", "-d", "refs/heads/staging")
        #expect(try fixture.verify(since: [first, staging]).problems.map(\.commit) == [staging])
    }

    @Test("attack: the history of one environment in the place of another")
    func exchanged() throws {
        let fixture = try SignedFixture()
        try fixture.record("1")
        let staging = try fixture.record("1", in: "staging")
        try fixture.git("update-ref", "refs/heads/production", staging)
        let report = try fixture.verify()
        #expect(report.problems.map(\.environment) == ["production"])
        #expect(report.problems.first?.message.contains("another environment") == true)
    }

    @Test("attack: a branch is moved back, and what was known is kept under another name")
    func knownElsewhere() throws {
        let fixture = try SignedFixture()
        let first = try fixture.record("1")
        let known = try fixture.record("2")
        try fixture.git("update-ref", "refs/heads/aside", known)
        try fixture.git("update-ref", "refs/heads/production", first)
        let report = try fixture.verify(since: [known])
        #expect(report.problems.map(\.environment) == ["aside", "no environment"])
    }

    @Test("attack: git is told to show another commit in the place of a signed one")
    func replaced() throws {
        let fixture = try SignedFixture()
        let first = try fixture.record("1")
        let second = try fixture.record("2")
        #expect(try fixture.verify().isSound)
        try fixture.git("replace", second, first)
        let report = try fixture.verify()
        #expect(report.problems.map(\.environment) == ["refs/replace/\(second)"])
        #expect(report.environments.first?.signed == 2)
    }

    @Test("attack: a key whose time is over dates its transitions back")
    func datedBack() throws {
        let fixture = try SignedFixture()
        try fixture.record("1")
        fixture.second += 40 * 86_400
        try fixture.record("2")
        fixture.second -= 30 * 86_400
        let forged = try fixture.record("3")
        let report = try fixture.verify()
        #expect(report.problems.map(\.commit) == [forged])
        #expect(report.problems.first?.message.contains("dated it back") == true)
    }

    @Test("attack: a merge with a good signature, which brings a history that no transition made")
    func merged() throws {
        let fixture = try SignedFixture()
        let first = try fixture.record("1")
        let second = try fixture.record("2")
        let message = try fixture.git("log", "-1", "--format=%B", second)
        let later = Int(LedgerFixture.start.timeIntervalSince1970) + 180
        let forged = try fixture.git(
            "-c", "gpg.format=ssh", "-c", "user.signingkey=\(fixture.key)", "commit-tree", "-S",
            "\(second)^{tree}", "-p", second, "-p", first, "-m", message, date: "\(later) +0000")
        try fixture.git("update-ref", "refs/heads/production", forged)
        let report = try fixture.verify()
        #expect(report.problems.map(\.commit) == [forged])
        #expect(
            report.problems.map(\.message) == ["it has several parents, and no transition has"])
        #expect(report.environments.first?.signed == 3)
    }

    @Test func manyProblemsAreCounted() throws {
        let fixture = try SignedFixture()
        try fixture.record("0")
        let first = try fixture.record("1", key: nil)
        for number in 2...14 { try fixture.record("\(number)", key: nil) }
        let report = try fixture.verify()
        #expect(report.problemCount == 14)
        #expect(report.problems.count == SignatureReport.limit)
        #expect(report.problems.first?.commit == first)
    }

    @Test(arguments: ["", "abc", "main"])
    func whatIsKnownMustBeACommit(since: String) throws {
        let fixture = try SignedFixture()
        try fixture.record("1")
        #expect(ledgerError { _ = try fixture.verify(since: [since]) }?.code == .invalid)
    }

    @Test func whatIsKnownMustBeThere() throws {
        let fixture = try SignedFixture()
        try fixture.record("1")
        let gone = String(repeating: "0", count: 40)
        #expect(try fixture.verify(since: [gone]).problems.map(\.commit) == [gone])
    }

    @Test("attack: without its key nothing is recorded, signed or not")
    func noKey() throws {
        let fixture = try SignedFixture()
        let tip = try fixture.record("1")
        let file = fixture.key
        chmod(file, 0o644)
        var error = ledgerError { try fixture.record("2") }
        #expect(error?.code == .unsigned)
        #expect(error?.message.contains(file) == true)
        #expect(ledgerError { try fixture.open("key").make() }?.code == .unsigned)
        try FileManager.default.removeItem(atPath: file)
        error = ledgerError { try fixture.record("2") }
        #expect(error?.code == .unsigned && error?.retry == .permanent)
        #expect(try fixture.git("rev-parse", "production") == tip)
        // What only reads needs no key.
        #expect(try fixture.open("key").snapshot("production")?.commit.hex == tip)
    }
}
