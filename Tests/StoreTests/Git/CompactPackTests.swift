import Basics
import Foundation
import Git
import Store
import TestSupport
import Testing

@Suite("A compacted store holds objects as differences from newer ones, as git reads them")
struct CompactPackTests {
    private static let events = 130

    /// Records of thirty shards, of which each event changes one, and one that is gone with the
    /// next; a tag, a merged branch, and a text that nothing leads to.
    private static func history() throws -> GitStore {
        let store = try GitStore()
        let backend = store.chain.backend
        let reader = ObjectReader(backend)
        for number in 0..<events {
            try backend.write("recording", under: []) {
                var edits = TreeEdits()
                let shard = number % 30
                let text =
                    "{\"shard\":\"s\(shard)\",\"since\":\"2026-11-29T\(number)\","
                    + "\"digest\":\"\(GitObject(.blob, Array("\(number)".utf8)).id)\"}"
                try edits.set("shards/\(shard % 6)/s\(shard)/shard", Array(text.utf8))
                try edits.set("pending/s\(number)", Array("{\"pending\":\(text)}".utf8))
                if number > 0 { try edits.remove("pending/s\(number - 1)") }
                let tip = try backend.reference("refs/heads/production")
                let commit = try ComposedCommit(
                    edits, onto: tip, by: EventChain.author, message: "Event \(number)\n",
                    reading: reader)
                return StoreWrite(
                    objects: commit.objects,
                    moves: [ReferenceMove("refs/heads/production", from: tip, to: commit.id)])
            }
        }
        try store.git(
            "-c", "user.name=a", "-c", "user.email=a@b.c", "tag", "-a", "-m", "one", "v1",
            "production~7")
        let merge = try store.git(
            "-c", "user.name=a", "-c", "user.email=a@b.c", "commit-tree", "-m", "merge", "-p",
            "production~9", "-p", "production~50", "production~50^{tree}")
        try store.git(
            "update-ref", "refs/heads/other", merge.trimmingCharacters(in: .whitespacesAndNewlines))
        try backend.put([blob(1), blob(2, size: 300)])
        return store
    }

    @Test func loseNothingAndReadFewBases() throws {
        let store = try Self.history()
        let before = try store.backend().listing(page: 10_000)
        let copy = store.path + ".copy"
        try Shell.check("cp", ["-a", store.path, copy])
        try #require(try store.backend().compact())
        #expect(try store.backend().listing(page: 10_000) == before)
        for id in before { #expect(try store.backend().get(id) != nil) }
        #expect(try store.isWhole())
        let pack = "\(store.packs)/\(try #require(store.files(".idx").first))"
        // Lines of differences have the number of bases and the id of the next one at their end.
        let lines = try store.git("verify-pack", "-v", pack).split(separator: "\n")
            .map { $0.split(separator: " ").map(String.init) }.filter { $0[0].count == 40 }
        #expect(lines.count == before.count)
        let depths = lines.filter { $0.count == 7 }.compactMap { Int($0[5]) }
        // Commits need no other object, so that damage takes few of them.
        let commits = lines.filter { $0[1] == "commit" }
        #expect(commits.count > Self.events && commits.allSatisfy { $0.count < 7 })
        #expect(depths.count > (before.count - commits.count) * 3 / 4)
        #expect(try #require(depths.max()) == 50, "a long history needs every one that git takes")
        // What is newest is read most.
        let newest = try store.git("rev-list", "--objects", "--no-object-names", "production^!")
            .split(separator: "\n").map(String.init)
        for line in lines where newest.contains(line[0]) {
            #expect(line.count < 7 || line[5] == "1", "\(line)")
        }
        // git's own best is a measure that is not this program's.
        try GitCommand.run(["repack", "-adfq", "--window=50"], in: copy)
        let own = try #require(
            FileManager.default.attributesOfItem(atPath: pack.dropLast(3) + "pack")[.size] as? Int)
        let git = try GitBackend(path: copy).size().bytes
        let index = 1072 + 28 * before.count
        #expect(own + index < git, "\(own + index) bytes, and git's \(git)")
    }
}
