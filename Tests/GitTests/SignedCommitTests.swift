import Basics
import Execution
import Foundation
import Signatures
import TestSupport
import Testing

@testable import Git
@testable import Store

/// A repository whose commits git itself signs and verifies.
private struct SignedSample {
    let sample: SampleRepository
    let key: String
    let signers: String

    init() throws {
        sample = try SampleRepository()
        key = sample.folder + "/key"
        signers = sample.folder + "/signers"
        try SSHKeys.make(key)
        let line = try SSHKeys.publicLine(key)
        try Data("ada@example.com \(line)\n".utf8).write(to: URL(fileURLWithPath: signers))
        try sample.git("config", "gpg.format", "ssh")
        try sample.git("config", "user.signingkey", key)
        try sample.git("config", "gpg.ssh.allowedSignersFile", signers)
    }

    /// A commit that git signs.
    func commit(_ message: String) throws -> ObjectID {
        try sample.git("commit", "--quiet", "--allow-empty", "-S", "-m", message)
        return try #require(ObjectID(hex: try sample.git("rev-parse", "HEAD")))
    }

    /// Stores `text` as a commit, however odd.
    func store(_ text: String) throws -> ObjectID {
        let hex = try GitCommand.run(
            ["hash-object", "-t", "commit", "--literally", "-w", "--stdin"], in: sample.work,
            input: text)
        return try #require(ObjectID(hex: hex))
    }

    func text(_ id: ObjectID) throws -> String {
        try Shell.check("git", ["-C", sample.work, "cat-file", "commit", id.hex])
    }

    /// Who signed; nil where it does not count.
    func signer(_ id: ObjectID) throws -> VerifiedSigner? {
        guard let commit = try? sample.open().signedCommit(id) else { return nil }
        return try signer(commit)
    }

    func signer(_ commit: SignedCommit) throws -> VerifiedSigner? {
        let verifier = SignatureVerifier(allowedSigners: try AllowedSigners.read(signers))
        return try? verifier.verify(
            payload: commit.payload, signature: commit.signature, namespace: "git",
            at: Timestamp(commit.committedAt))
    }

    func gitAccepts(_ id: ObjectID) throws -> Bool {
        try Shell.run("git", ["-C", sample.work, "verify-commit", id.hex]).status == 0
    }
}

@Suite("The signature of a commit is what git says it is")
struct SignedCommitTests {
    @Test func gitsOwnSignature() throws {
        let signed = try SignedSample()
        let first = try signed.commit("First")
        let second = try signed.commit("Second\n\nWith a body, and\n gpgsig in it\n")
        for id in [first, second] {
            #expect(try signed.gitAccepts(id))
            #expect(try signed.signer(id)?.principals == ["ada@example.com"])
            let commit = try signed.sample.open().signedCommit(id)
            #expect(commit.committedAt == Date(timeIntervalSince1970: 1_700_000_000))
            #expect(!String(decoding: commit.payload, as: UTF8.self).contains("BEGIN SSH"))
        }
        let plain = try #require(ObjectID(hex: try signed.sample.commit("Not signed")))
        let commit = try signed.sample.open().signedCommit(plain)
        #expect(commit.signature == nil)
        #expect(commit.payload == Array(try signed.text(plain).utf8))
    }

    @Test func gitAcceptsWhatIsWrittenHere() throws {
        let signed = try SignedSample()
        let key = try SigningKey(path: signed.key)
        let bare = try BareSample()
        var parent: ObjectID?
        for count in [1, 61] {
            var edits = TreeEdits()
            for number in 0..<count { try edits.set("d/\(number)", [UInt8(number)]) }
            let id = try bare.commit(edits, onto: parent, message: "Ünï\n\nbody\n") { payload in
                try key.sign(payload, namespace: "git")
            }
            let commit = try SignedCommit(#require(try bare.backend.get(id)))
            #expect(try signed.signer(commit) != nil)
            #expect(try ObjectReader(bare.backend).commit(id).parents == [parent].compactMap { $0 })
            parent = id
        }
        let tip = try #require(parent)
        try bare.git("update-ref", "refs/heads/main", tip.hex)
        #expect(try bare.git("fsck", "--strict", "--full") == "")
        try bare.git("config", "gpg.format", "ssh")
        try bare.git("config", "gpg.ssh.allowedSignersFile", signed.signers)
        let log = try bare.git("log", "--format=%G? %GS", "main")
        #expect(log == "G ada@example.com\nG ada@example.com")
    }

    @Test func whoCannotSignWritesNothing() throws {
        struct No: Error {}
        let bare = try BareSample()
        #expect(throws: No.self) {
            try bare.commit(TreeEdits()) { _ in throw No() }
        }
        #expect(try bare.backend.objects(after: nil, limit: 9) == [])
    }

    @Test("attack: a signature that was moved to another commit, or whose commit was changed")
    func moved() throws {
        let signed = try SignedSample()
        let id = try signed.commit("Drop nothing")
        let text = try signed.text(id)
        #expect(try signed.signer(try signed.store(text)) != nil)
        for (old, new) in [
            ("Drop nothing", "Drop everything"), ("1700000000", "1700000001"),
            ("author Ada", "author Eve"), ("\n\nDrop", "\nencoding x\n\nDrop"),
            ("committer Ada", "committer Eve"), ("\n\nDrop", "\n\n\nDrop"),
        ] {
            #expect(text.contains(old))
            let forged = try signed.store(text.replacingOccurrences(of: old, with: new))
            #expect(try signed.signer(forged) == nil, "\(new)")
            #expect(try !signed.gitAccepts(forged), "\(new)")
        }
        let parent = try signed.store(
            text.replacingOccurrences(of: "author", with: "parent \(id.hex)\nauthor"))
        #expect(try signed.signer(parent) == nil)
    }

    /// TEXT stands for a signed commit, SIGNATURE for its signature's header.
    @Test("attack: commits that two programs read in two ways")
    func odd() throws {
        let signed = try SignedSample()
        let id = try signed.commit("Message")
        let text = try signed.text(id)
        let start = try #require(text.range(of: "gpgsig ")).lowerBound
        let end = try #require(text.range(of: "-----END SSH SIGNATURE-----\n")).upperBound
        let header = String(text[start..<end])
        let bare = text.replacingOccurrences(of: header, with: "")
        let repository = try signed.sample.open()
        func refusal(_ text: String) throws -> String? {
            let id = try signed.store(text)
            return gitError { _ = try repository.signedCommit(id) }?.fault
        }
        let two = text.replacingOccurrences(of: header, with: header + header)
        #expect(try refusal(two)?.contains("2 signatures") == true)
        let sha256 = header.replacingOccurrences(of: "gpgsig ", with: "gpgsig-sha256 ")
        #expect(
            try refusal(text.replacingOccurrences(of: header, with: header + sha256))?
                .contains("another hash function") == true)
        #expect(try refusal(text + "\u{0}hidden")?.contains("zero byte") == true)
        let tree = String(text.prefix { $0 != "\n" }) + "\n"
        #expect(try refusal(tree + text) != nil)
        let author = try #require(text.split(separator: "\n").first { $0.hasPrefix("author") })
        #expect(
            try refusal(text.replacingOccurrences(of: author, with: "\(author)\n\(author)")) != nil)
        // What looks like a signature in a message is text.
        let inMessage = bare + header
        #expect(try signed.signer(try signed.store(inMessage)) == nil)
        #expect(try repository.signedCommit(try signed.store(inMessage)).signature == nil)
        #expect(try signed.signer(try signed.store(bare)) == nil)
    }

    @Test func partsOfTheText() throws {
        func reason(_ text: String) -> String? {
            do throws(CommitText.Oddity) {
                _ = try CommitText.part(Array(text.utf8))
                return nil
            } catch {
                return error.reason
            }
        }
        let good = "tree 1\nauthor A <a> 1 +0000\ncommitter A <a> 2 +0000\n\nx"
        #expect(reason(good) == nil)
        for bad in [
            "", "\n", "tree 1", " x\n" + good, "tree\n" + good,
            good.replacingOccurrences(of: "\n\n", with: "\n"),
            good.replacingOccurrences(of: "tree 1\n", with: ""),
            good.replacingOccurrences(of: "committer A <a> 2 +0000\n", with: ""),
            good.replacingOccurrences(of: "<a> 2 +0000", with: "<a>"),
            good.replacingOccurrences(of: "<a> 2 ", with: "<a> x "),
            good.replacingOccurrences(of: "<a> 2 ", with: "<a> -2 "),
            good.replacingOccurrences(of: "author", with: "other x\nauthor"),
            good.replacingOccurrences(of: "author", with: "committer"),
        ] {
            #expect(reason(bad) != nil, "\(bad)")
        }
    }
}
