import Basics
import Execution
import Foundation
import Git
import Store
import TestSupport
import Testing

@Suite("A compaction loses nothing, whoever reads, writes, compacts or dies meanwhile")
struct CompactionTests {
    @Test func makesOnePackOfAll() throws {
        let store = try GitStore(events: 5)
        try store.chain.backend.put([blob(1)])
        try store.git("hash-object", "-w", "--stdin", "-t", "blob", "--literally", "/dev/null")
        let all = try store.chain.backend.listing(page: 100)
        #expect(try store.backend().compact())
        #expect(store.files(".pack").count == 1 && store.files(".idx").count == 1)
        #expect(try store.reopened().backend.listing(page: 100) == all)
        #expect(try store.backend().size().singles == 0)
        #expect(try !store.backend().compact(), "there is nothing to do")
        #expect(try store.isWhole())
    }

    @Test func whereThereIsNoStoreIsSaid() throws {
        let place = try BackendKind.git.place()
        let error = storeError { try GitBackend(path: place.path).compact() }
        #expect(error?.code == .noStore)
        #expect(access(place.path, F_OK) != 0, "and nothing is made")
    }

    /// Another process compacts and merges; handles go on that have listed packs, or read of them.
    @Test func readersGoOn() async throws {
        let store = try GitStore(events: 20)
        let (listed, used, half) = (store.reopened(), store.reopened(), store.reopened())
        let first = try listed.backend.objects(after: nil, limit: 7)
        #expect(try used.events().count == 20)
        let snapshot = try #require(try half.backend.reference("refs/heads/production"))
        let halfReader = ObjectReader(half.backend)
        let tree = try halfReader.commit(snapshot).tree
        await #expect(processExitsWith: .success) { [path = store.path as String] in
            ChildProcess.run {
                let backend = GitBackend(path: path)
                try #require(try backend.compact())
                let chain = EventChain(backend: backend)
                for number in 20..<60 { try chain.append("\(number)") }
                try backend.compact()
            }
        }
        var ids = first
        while true {
            let page = try listed.backend.objects(after: ids.last, limit: 7)
            ids += page
            if page.count < 7 { break }
        }
        #expect(ids == Array(Set(ids)).sorted() && ids.count > 60)
        for id in ids { #expect(try listed.backend.get(id) != nil) }
        for entry in try halfReader.tree(tree).entries where entry.mode == .folder {
            #expect(try halfReader.tree(entry.id).entries.count == 20)
        }
        for chain in [used, half, listed] {
            #expect(try chain.events() == (0..<60).map(String.init))
        }
    }

    @Test func readersWritersAndCompactionsAtOnce() throws {
        let store = try GitStore(events: 3)
        let (path, rounds) = (store.path, 24)
        let results = Workers.map(Array(0..<5), total: 5, perKey: 5, key: { _ in 0 }) { number in
            Result {
                let backend = GitBackend(path: path, waitSeconds: 120)
                let chain = EventChain(backend: backend)
                for round in 0..<rounds / (number < 2 ? 4 : 1) {
                    if number < 2 {
                        let error = storeError { try backend.compact() }
                        #expect(error == nil || error?.code == .locked, "\(error as Any)")
                    } else if number == 2 {
                        try chain.append("w\(round)")
                    } else {
                        let count = try chain.events().count
                        #expect(count >= 3 && count <= 3 + rounds)
                        let listed = try backend.listing(page: 20)
                        for id in listed.prefix(5) { #expect(try backend.get(id) != nil) }
                    }
                }
            }
        }
        for result in results { try result.get() }
        #expect(try store.reopened().events().count == 3 + rounds)
        #expect(try store.isWhole())
    }

    /// Without a running compaction's files: a writer that finds that another one died clears up.
    @Test func aDeadWriterTakesNoFileOfARunningCompaction() throws {
        let store = try GitStore(events: 1)
        let file = store.packs + "/pack_git2_a1B2c3"
        let other = store.packs + "/tmp_pack_1_2.pack"
        for file in [file, other] { try Data("PACK".utf8).write(to: URL(fileURLWithPath: file)) }
        var compaction: FileLock? = try FileLock(
            path: store.path + "/plumb.compaction", waitSeconds: 0, purpose: "compacting")
        let dead = "process 4711 on db-0\n"
        try dead.write(toFile: store.path + "/plumb.lock", atomically: false, encoding: .utf8)
        try store.reopened().append("1")
        #expect(access(file, F_OK) == 0 && access(other, F_OK) != 0)
        #expect(compaction != nil)
        compaction = nil
        try dead.write(
            toFile: store.path + "/plumb.compaction", atomically: false, encoding: .utf8)
        try store.backend().compact()
        #expect(access(file, F_OK) != 0, "the next compaction clears up after a dead one")
    }

    /// What each step of a compaction leaves when it is the last one.
    @Test(arguments: [".idx", ".pack"])
    func theNextOneTidiesUp(_ suffix: String) throws {
        let store = try GitStore(events: 5)
        let old = store.files("")
        try Shell.check("cp", ["-a", store.packs, store.path + ".saved"])
        try store.backend().compact()
        let left = old.filter { $0.hasSuffix(suffix) }
        for file in left { try Shell.check("cp", ["\(store.path).saved/\(file)", store.packs]) }
        #expect(try store.reopened().events().count == 5)
        #expect(try store.isWhole())
        try store.age(left)
        try store.chain.append("5")
        try store.backend().compact()
        #expect(store.files(".pack").count == 1 && store.files(".idx").count == 1)
        #expect(try store.reopened().events().count == 6)
        #expect(try store.isWhole())
    }

    /// A process is killed while it writes, merges and compacts, at a moment that the seed says.
    @Test(arguments: Rounds.seeds(12))
    func aKillAtAnyMomentLosesNothing(_ seed: Int) async throws {
        let store = try GitStore(events: 23)
        let before = try store.chain.backend.listing(page: 1000)
        let notes = Notes(path: store.path + ".notes")
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = store.path as String, notes = notes.path as String, seed = seed as Int] in
            ChildProcess.run {
                let backend = GitBackend(path: path)
                let chain = EventChain(backend: backend)
                var random = SeededGenerator(seed: UInt64(seed))
                WriterContractTests.killLater(
                    microseconds: UInt32.random(in: 500...60_000, using: &random))
                for number in 23... {
                    if seed % 3 > 0 { try backend.compact() }
                    try chain.append("\(number)", size: 500)
                    Notes(path: notes).add("\(number)")
                }
            }
        }
        let acknowledged = notes.lines.compactMap { Int($0) }.max() ?? 22
        let chain = store.reopened()
        let events = try chain.events()
        #expect(events == (0..<events.count).map(String.init))
        #expect((acknowledged + 1...acknowledged + 2).contains(events.count))
        #expect(try Set(chain.backend.listing(page: 1000)).isSuperset(of: before))
        #expect(try store.isWhole())
        #expect(try chain.backend.damagedFiles() == [])
        try chain.append("\(events.count)")
        try store.age(store.files(""))
        try store.backend().compact()
        #expect(store.files(".pack").count == 1 && store.files(".idx").count == 1)
        #expect(try store.remains() == [])
        #expect(try store.reopened().events().count == events.count + 1)
        #expect(try Set(store.reopened().backend.listing(page: 1000)).isSuperset(of: before))
        #expect(try store.isWhole())
    }
}
