import Basics
import Foundation
import Store
import TestSupport
import Testing

@Suite("A damaged pack or index is named: no crash, no hang, no silent absence")
struct PackDamageTests {
    /// A store with one small pack, and what is in it.
    private func store() throws -> (GitStore, objects: [GitObject], pack: String, index: String) {
        let store = try GitStore()
        let objects = (0..<3).map { blob($0, size: 40) }
        try store.chain.backend.put(objects)
        let pack = try #require(store.files(".pack").first)
        let index = try #require(store.files(".idx").first)
        return (store, objects, "\(store.packs)/\(pack)", "\(store.packs)/\(index)")
    }

    /// Whatever is damaged: an object has its own bytes, or it is said what is damaged.
    private func isNamed(
        _ store: GitStore, _ objects: [GitObject], _ file: String, _ what: String
    ) throws {
        let backend = store.place.open()
        for object in objects {
            let error = storeError {
                let found = try backend.get(object.id)
                #expect(found?.bytes == object.bytes, "\(what): silently missing, or other bytes")
            }
            if let error { #expect(error.code == .corrupt, "\(what): \(error)") }
        }
        let error = storeError {
            let listed = Set(try backend.listing(page: 2))
            #expect(listed.isSuperset(of: objects.map(\.id)) || !listed.isEmpty)
        }
        if let error { #expect(error.code == .corrupt, "\(what): \(error)") }
        let named = try backend.damagedFiles().map(\.path)
        #expect(named == [String(file.dropFirst(store.path.utf8.count + 1))], "\(what)")
    }

    /// Places in a file: every one in its last part, and a sample of the rest.
    private func places(_ count: Int, allOfLast last: Int, every step: Int) -> [Int] {
        let isFull = Rounds.seeds(1).count > 1
        return (0..<count).filter { isFull || $0 >= count - last || $0 % step == 0 }
    }

    @Test(.timeLimit(.minutes(5)))
    func anyByteOfAnIndex() throws {
        let (store, objects, _, index) = try store()
        let good = try store.bytes(index)
        for place in places(good.count, allOfLast: 3 * 28 + 40, every: 37) {
            var bytes = good
            bytes[place] ^= UInt8(1 << (place % 8))
            try store.overwrite(index, bytes)
            try isNamed(store, objects, index, "byte \(place) of the index")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func anyByteOfAPack() throws {
        let (store, objects, pack, _) = try store()
        let good = try store.bytes(pack)
        for place in places(good.count, allOfLast: 24, every: 5) {
            var bytes = good
            bytes[place] ^= UInt8(1 << (place % 8))
            try store.overwrite(pack, bytes)
            try isNamed(store, objects, pack, "byte \(place) of the pack")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func whatIsCutOff() throws {
        let (store, objects, pack, index) = try store()
        for file in [pack, index] {
            let good = try store.bytes(file)
            for count in places(good.count, allOfLast: 4, every: 61) {
                try store.overwrite(file, Array(good.prefix(count)))
                try isNamed(store, objects, file, "\(count) bytes of \(file)")
            }
            try store.overwrite(file, good + [0])
            try isNamed(store, objects, file, "one byte more of \(file)")
            try store.overwrite(file, good)
        }
    }

    @Test func aFolderOrALinkInThePlaceOfAFile() throws {
        for suffix in [".pack", ".idx"] {
            for isLink in [false, true] {
                let (store, objects, pack, index) = try store()
                let file = suffix == ".pack" ? pack : index
                unlink(file)
                if isLink {
                    symlink("/nowhere", file)
                } else {
                    mkdir(file, 0o755)
                }
                let backend = store.place.open()
                for object in objects {
                    let error = storeError { _ = try backend.get(object.id) }
                    if !isLink { #expect(error?.code == .unreadable, "\(file)") }
                }
                // Neither hangs nor crashes on a file that is always gone.
                _ = storeError { _ = try backend.listing(page: 2) }
                _ = try backend.damagedFiles()
            }
        }
    }

    @Test func anIndexThatIsLostIsMadeAnew() throws {
        let (store, objects, pack, index) = try store()
        unlink(index)
        try store.age([(pack as NSString).lastPathComponent])
        let error = storeError { _ = try store.place.open().get(objects[0].id) }
        #expect(error?.code == .corrupt && error?.fault.contains(pack) == true)
        try store.backend().compact()
        for object in objects {
            #expect(try store.place.open().get(object.id)?.bytes == object.bytes)
        }
        #expect(try store.isWhole())
    }

    @Test func aDamagedIndexIsRepairedFromItsPack() throws {
        let (store, objects, _, index) = try store()
        try store.overwrite(index, Array(try store.bytes(index).prefix(900)))
        #expect(storeError { try store.backend().compact() }?.code == .corrupt)
        try store.place.open().replace([blob(77)])
        for object in objects + [blob(77)] {
            #expect(try store.place.open().get(object.id)?.bytes == object.bytes)
        }
        #expect(try store.place.open().damagedFiles() == [])
        #expect(try store.isWhole())
    }

    /// A store with a damaged file among those of its packs.
    private func damaged(_ suffix: String, byte: Int) throws -> (GitStore, name: String) {
        let store = try GitStore(events: 1)
        let before = Set(store.files(suffix))
        try store.chain.backend.put((0..<3).map { blob($0, size: 40) })
        let name = try #require(Set(store.files(suffix)).subtracting(before).first)
        let file = "\(store.packs)/\(name)"
        var bytes = try store.bytes(file)
        bytes[byte] ^= 1
        try store.overwrite(file, bytes)
        return (store, name)
    }

    /// A write works beside a damaged pack, and no merge or compaction gives it an index that looks
    /// whole.
    @Test func aDamagedPackIsNotMergedAway() throws {
        let (store, name) = try damaged(".pack", byte: 30)
        let chain = store.reopened()
        for number in 1..<70 { try chain.append("\(number)") }
        #expect(store.files(".pack").count <= 26, "the others are merged")
        #expect(store.files(".pack").contains(name))
        #expect(try chain.backend.damagedFiles().map(\.path) == ["objects/pack/\(name)"])
        #expect(storeError { try store.backend().compact() }?.code == .corrupt)
        #expect(store.files(".pack").contains(name), "what is damaged stays")
        #expect(try store.reopened().events().count == 70)
    }

    /// What a damaged index says must not be followed: it leads libgit2 out of its memory.
    @Test func aDamagedIndexStopsTheStoreUntilItIsMadeAnew() throws {
        // In an offset: far behind the end of the pack.
        let (store, name) = try damaged(".idx", byte: 8 + 1024 + 3 * 24)
        let file = "\(store.packs)/\(name)"
        var bytes = try store.bytes(file)
        bytes[8 + 1024 + 3 * 24] = 0x10
        try store.overwrite(file, bytes)
        let chain = store.reopened()
        for attempt in [{ try chain.append("1") }, { try chain.backend.put([blob(9)]) }]
            as [() throws -> Any]
        {
            let error = storeError { _ = try attempt() }
            #expect(error?.code == .corrupt && error?.fault.contains(name) == true)
            #expect(error?.remedy?.contains("git index-pack") == true)
        }
        #expect(storeError { _ = try chain.events() }?.code == .corrupt)
        try chain.backend.replace([])
        try chain.append("1")
        #expect(try store.reopened().events() == ["0", "1"])
        #expect(try chain.backend.damagedFiles() == [] && store.isWhole())
    }

    /// The same by hand, as the error says.
    @Test func gitMakesTheIndexAnewAsTheErrorSays() throws {
        let (store, name) = try damaged(".idx", byte: 500)
        unlink("\(store.packs)/\(name)")
        try store.git("index-pack", "\(store.packs)/\(name.dropLast(4)).pack")
        try store.reopened().append("1")
        #expect(try store.place.open().damagedFiles() == [])
    }
}
