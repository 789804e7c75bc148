import Foundation
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
        #expect(state.wasForced("main") && !state.wasForced("steady"))
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

    @Test func waitsForAnotherUpdateAndNamesIt() throws {
        let sample = try SampleRepository()
        try sample.commit("First")
        _ = try update(sample)
        let lock = try FileLock(
            path: sample.folder + "/mirror/plumb.lock", waitSeconds: 0, purpose: "testing")
        defer { withExtendedLifetime(lock) {} }
        do {
            _ = try Mirror.update(
                source: SourceAddress(sample.work), folder: sample.folder + "/mirror",
                waitSeconds: 0)
            Issue.record("updated in spite of the lock")
        } catch {
            #expect(error.code == .locked)
            #expect(error.message.contains("process \(getpid()) on "))
        }
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

    @Test(arguments: [
        "", "http://example.com/a.git", "git://example.com/a.git", "https:///a.git",
        "https://ada:secret@example.com/a.git", "https://secret@example.com/a.git",
        "ssh://ada:secret@example.com/a.git", "a\nb",
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
