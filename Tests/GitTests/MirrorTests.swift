import Basics
import Foundation
import TestSupport
import Testing

@testable import Git

@Suite("A mirror follows its source and survives its failures")
struct MirrorTests {
    private let now = Date(timeIntervalSince1970: 1_700_000_000)

    private func update(
        _ sample: SampleRepository, url: String? = nil, after seconds: Double = 0
    ) throws -> Mirror.State {
        try Mirror.update(
            source: SourceAddress(url ?? sample.work), folder: sample.folder + "/mirror",
            now: now.addingTimeInterval(seconds))
    }

    @Test(arguments: ["", "file://"])
    func clonesThenFetches(scheme: String) throws {
        let sample = try SampleRepository()
        try sample.write("a.sql", "1")
        let first = try sample.commit("First")
        let url = scheme + sample.work
        let cloned = try update(sample, url: url)
        #expect(try cloned.repository.resolve("main").id.hex == first)
        #expect(cloned.fetchedAt == now && cloned.failure == nil && cloned.forced == [])
        let second = try sample.commit("Second")
        try sample.git("tag", "v1")
        let fetched = try update(sample, url: url, after: 60)
        #expect(try fetched.repository.resolve("main").id.hex == second)
        #expect(try fetched.repository.resolve("v1").id.hex == second)
        #expect(fetched.fetchedAt == now.addingTimeInterval(60) && fetched.forced == [])
    }

    @Test func headFollowsTheDefaultBranch() throws {
        let sample = try SampleRepository()
        try sample.commit("First")
        try sample.git("branch", "other")
        try sample.git("checkout", "--quiet", "other")
        #expect(try update(sample).repository.headReference() == "refs/heads/other")
        try sample.git("checkout", "--quiet", "main")
        #expect(try update(sample).repository.headReference() == "refs/heads/main")
    }

    @Test func followsAForcePushAndSaysSo() throws {
        let sample = try SampleRepository()
        try sample.commit("First")
        try sample.commit("Second")
        try sample.git("branch", "steady")
        _ = try update(sample)
        try sample.git("reset", "--quiet", "--hard", "HEAD~1")
        let rewritten = try sample.commit("Instead")
        let state = try update(sample)
        #expect(state.forced == ["main"])
        #expect(try state.repository.resolve("main").id.hex == rewritten)
        #expect(try update(sample).forced == [])
    }

    @Test func prunesWhatTheSourceDeleted() throws {
        let sample = try SampleRepository()
        try sample.commit("First")
        try sample.git("branch", "gone")
        try sample.git("tag", "v1")
        #expect(try update(sample).repository.branches() == ["gone", "main"])
        try sample.git("branch", "-D", "gone")
        try sample.git("tag", "-d", "v1")
        let state = try update(sample)
        #expect(try state.repository.branches() == ["main"])
        #expect(try state.repository.references(below: "refs/tags/") == [])
    }

    @Test("attack: a branch that is renamed into a folder, and back, stops no fetch")
    func aBranchThatBecomesAFolder() throws {
        let sample = try SampleRepository()
        try sample.commit("First")
        var gone = ""
        for (number, name) in ["a", "a/b", "a/b/c", "a"].enumerated() {
            if !gone.isEmpty { try sample.git("branch", "-D", gone) }
            try sample.git("branch", name)
            try sample.write("n.sql", "\(number)")
            let tip = try sample.commit("Next")
            let state = try update(sample)
            #expect(state.failure == nil, "\(name): \(state.failure?.description ?? "")")
            #expect(try state.repository.resolve("main").id.hex == tip)
            gone = name
        }
    }

    @Test("attack: a tag that is called like the branch that is followed does not stand for it")
    func aTagLikeABranch() throws {
        let sample = try SampleRepository()
        let main = try sample.commit("First")
        try sample.git("tag", "main")
        // Where both are the same there is nothing to choose.
        #expect(try update(sample).repository.resolve("main").id.hex == main)
        try sample.git("checkout", "--quiet", "--detach")
        let other = try sample.commit("Not merged")
        for name in ["main", "HEAD", "refs/heads/main", main] {
            try sample.git("update-ref", "refs/tags/\(name)", other)
        }
        let repository = try update(sample).repository
        let error = gitError { _ = try repository.resolve("main") }
        #expect(error?.code == .invalid)
        #expect(error?.description.contains("a branch and a tag") == true, "\(error as Any)")
        #expect(error?.description.contains("refs/heads/main") == true)
        #expect(try repository.resolve("refs/heads/main").id.hex == main)
        #expect(try repository.resolve("refs/tags/main").id.hex == other)
        #expect(try repository.resolve(main).id.hex == main)
    }

    @Test func aFailedFetchKeepsTheLastGoodCopyAndItsAge() throws {
        let sample = try SampleRepository()
        let first = try sample.commit("First")
        _ = try update(sample)
        try FileManager.default.moveItem(atPath: sample.work, toPath: sample.folder + "/away")
        let state = try update(sample, after: 90)
        #expect(try state.repository.resolve("main").id.hex == first)
        #expect(state.fetchedAt == now)
        let failure = try #require(state.failure)
        #expect(failure.message.hasSuffix("; working with the copy of 90 seconds ago"))
    }

    @Test func anEmptiedSourcePrunesNothing() throws {
        let sample = try SampleRepository()
        let first = try sample.commit("First")
        _ = try update(sample)
        try FileManager.default.removeItem(atPath: sample.work + "/.git")
        try sample.git("init", "--quiet", "--initial-branch=main")
        let state = try update(sample)
        #expect(state.failure?.code == .empty)
        #expect(try state.repository.resolve("main").id.hex == first)
    }

    @Test func aFirstFailureIsThrown() throws {
        let sample = try SampleRepository()
        #expect(codeThrown { _ = try update(sample) } == .empty)
        #expect(throws: GitError.self) { try update(sample, url: sample.folder + "/nothing") }
    }

    @Test func refusesAFolderOfAnotherSource() throws {
        let sample = try SampleRepository()
        try sample.commit("First")
        _ = try update(sample)
        #expect(codeThrown { _ = try update(sample, url: sample.folder + "/x") } == .invalid)
    }

    @Test func anUpdateElsewhereIsNamedAndTheLastCopyUsed() throws {
        let sample = try SampleRepository()
        let first = try sample.commit("First")
        _ = try update(sample)
        try sample.commit("Second")
        let lock = try FileLock(
            path: sample.folder + "/mirror/plumb.lock", waitSeconds: 0, purpose: "testing")
        defer { withExtendedLifetime(lock) {} }
        let state = try Mirror.update(
            source: SourceAddress(sample.work), folder: sample.folder + "/mirror", waitSeconds: 0)
        #expect(state.failure?.code == .locked)
        #expect(state.failure?.message.contains("process \(getpid()) on ") == true)
        #expect(try state.repository.resolve("main").id.hex == first)
    }

    @Test func aServerThatSaysNothingIsNotWaitedForForEver() throws {
        let sample = try SampleRepository()
        try sample.commit("First")
        // Nobody accepts there: the connection stands, and no word comes.
        let server = try Tripwire()
        let code = codeThrown {
            _ = try Mirror.update(
                source: SourceAddress("ssh://git@127.0.0.1:\(server.port)/x.git"),
                folder: sample.folder + "/silent", limitSeconds: 0.2)
        }
        #expect(code == .network)
    }

    @Test(arguments: [
        ("/srv/schema.git", SourceAddress.Transport.local), ("file:///srv/schema.git", .local),
        ("https://git.example.com/a/b.git", .https), ("ssh://git@example.com:2222/a.git", .ssh),
        ("git@example.com:a/b.git", .ssh), ("example.com:a/b.git", .ssh),
    ])
    func readsAddresses(text: String, transport: SourceAddress.Transport) throws {
        let location = try SourceAddress(text)
        #expect(location.transport == transport)
        #expect(location.url == text)
    }

    @Test(
        "attack: no address carries a secret, or a token in clear",
        arguments: [
            "", "http://example.com/a.git", "git://example.com/a.git", "https:///a.git",
            "https://ada:secret@example.com/a.git", "https://secret@example.com/a.git",
            "ssh://ada:secret@example.com/a.git", "a\nb", "ada:secret@example.com:a.git",
            "https://example.com/a.git?token=secret", "https://example.com#x@secret/a.git",
            "https://example.com?@secret", "HTTP://example.com/a.git",
        ])
    func refusesAddresses(text: String) {
        do {
            _ = try SourceAddress(text)
            Issue.record("accepted \(text)")
        } catch {
            #expect(error.code == .invalid)
            #expect(!error.message.contains("secret"))
        }
    }
}
