import Basics
import Foundation
import Store
import TestSupport
import Testing

/// What people do to a repository, with a handle on it open and used before.
@Suite("A repository that people run git on goes on as a store")
struct PeopleTests {
    @Test(arguments: [
        ["gc", "--quiet"], ["repack", "-adkq"], ["gc", "--quiet", "--prune=now"],
        ["gc", "--quiet", "--aggressive"], ["pack-refs", "--all"], ["multi-pack-index", "write"],
        ["-c", "pack.indexVersion=1", "repack", "-adq"], ["repack", "-adqb", "--write-midx"],
        ["commit-graph", "write", "--reachable"], ["repack", "-adq", "--keep-unreachable"],
    ])
    func maintainsIt(_ command: [String]) throws {
        let store = try GitStore(events: 3)
        let reader = store.reopened()
        #expect(try reader.events().count == 3)
        let listed = store.reopened()
        _ = try listed.backend.listing(page: 2)
        try GitCommand.run(command, in: store.path)
        #expect(try reader.events() == ["0", "1", "2"])
        #expect(try listed.events() == ["0", "1", "2"])
        for number in 3..<8 { try store.chain.append("\(number)") }
        try GitCommand.run(command, in: store.path)
        try store.chain.append("8")
        let expected = (0...8).map(String.init)
        for chain in [store.chain, reader, store.reopened()] {
            #expect(try chain.events() == expected)
        }
        #expect(try store.place.open().damagedFiles() == [])
        let all = try store.place.open().listing(page: 7)
        #expect(Set(all).count == all.count)
        try store.backend().compact()
        #expect(try store.place.open().listing(page: 1000) == all, "every object is still there")
        for chain in [store.chain, reader, listed] { #expect(try chain.events() == expected) }
        #expect(try store.isWhole())
    }

    /// The packs that somebody keeps stay, and the others are merged all the same.
    @Test(arguments: [".keep", "multi-pack-index"])
    func keepsPacks(_ how: String) throws {
        let store = try GitStore(events: 4)
        let kept = store.files(".pack")
        if how == ".keep" {
            for pack in kept {
                try Data().write(
                    to: URL(fileURLWithPath: "\(store.packs)/\(pack.dropLast(5)).keep"))
            }
        } else {
            try store.git("multi-pack-index", "write")
        }
        for number in 4..<60 { try store.chain.append("\(number)") }
        #expect(Set(kept).isSubset(of: store.files(".pack")))
        #expect(store.files(".pack").count <= kept.count + 25)
        #expect(try store.backend().compact())
        #expect(store.files(".pack").count == kept.count + 1)
        #expect(Set(kept).isSubset(of: store.files(".pack")))
        #expect(try store.reopened().events() == (0..<60).map(String.init))
        #expect(try store.isWhole())
    }

    /// A multi-pack-index that cannot be read protects all packs.
    @Test func leavesWhatItCannotRead() throws {
        let store = try GitStore(events: 3)
        try Data("MIDX".utf8).write(to: URL(fileURLWithPath: store.packs + "/multi-pack-index"))
        let before = store.files("")
        #expect(try !store.backend().compact())
        #expect(store.files("") == before)
    }

    /// Nobody is asked: git moves the branch, and the next event follows what it was moved to.
    @Test func movesTheBranchBack() throws {
        let store = try GitStore(events: 4)
        let snapshot = try #require(try store.chain.backend.reference("refs/heads/production"))
        let work = store.path + ".clone"
        try store.git("clone", "--quiet", "--bare", store.path, work)
        try GitCommand.run(["update-ref", "refs/heads/production", "production~2"], in: work)
        try GitCommand.run(["push", "--quiet", "--force", store.path, "production"], in: work)
        #expect(try store.chain.events() == ["0", "1"])
        let lost = storeError {
            try store.chain.backend.write("testing", under: []) {
                StoreWrite(
                    objects: [],
                    moves: [
                        ReferenceMove("refs/heads/production", from: snapshot, to: snapshot)
                    ])
            }
        }
        #expect(lost?.code == .modified, "who relies on what was there loses")
        #expect(try ObjectReader(store.place.open()).commit(snapshot).message == "3")
        try store.chain.append("new")
        try store.git("gc", "--quiet", "--prune=now")
        #expect(try store.chain.events() == ["0", "1", "new"])
        #expect(try store.chain.backend.get(snapshot) == nil, "missing, and said to be")
        // What was pruned is written anew where it is needed again.
        for event in ["2", "3"] { try store.chain.append(event) }
        #expect(try store.reopened().events() == ["0", "1", "new", "2", "3"])
        #expect(try store.isWhole())
    }

    /// A lock file of git in the way of the second of two references, which have moved by then.
    @Test func moveAReferenceMeanwhile() throws {
        let store = try GitStore()
        let names = ["refs/heads/a", "refs/heads/b"]
        let chain = EventChain(backend: store.backend(), references: names)
        try chain.append("1")
        let lock = store.path + "/refs/heads/b.lock"
        try Data().write(to: URL(fileURLWithPath: lock))
        let second = try chain.append("2")
        for backend in [chain.backend, store.place.open()] {
            #expect(try names.map { try backend.reference($0) } == [second, second])
        }
        #expect(storeError { try chain.append("3") }?.code == .busy, "until that is done")
        #expect(try EventChain(backend: store.place.open(), references: names).events().count == 2)
        unlink(lock)
        try chain.append("3")
        #expect(try store.git("rev-parse", "a") == store.git("rev-parse", "b"))
        #expect(try store.remains() == [])
    }
}
