import Basics
import Store
import TestSupport
import Testing

@Suite("A store keeps objects under what their bytes say")
struct ObjectContractTests {
    @Test(arguments: BackendKind.allCases)
    func nothingIsThereBeforeItIsMade(_ kind: BackendKind) throws {
        let place = try kind.place()
        let backend = place.open()
        #expect(try !backend.isMade())
        #expect(storeError { _ = try backend.get(blob(1).id) }?.code == .noStore)
        #expect(storeError { _ = try backend.reference("refs/heads/a") }?.code == .noStore)
        try backend.make(version: 7)
        try backend.make(version: 8)
        #expect(try backend.isMade() && place.open().isMade())
        #expect(try place.open().version() == 7)
        try backend.setVersion(9)
        #expect(try place.open().version() == 9)
    }

    @Test(arguments: BackendKind.allCases)
    func puttingIsIdempotent(_ kind: BackendKind) throws {
        let place = try kind.place()
        let backend = try place.made()
        let objects = [0, 1, 5_000, 200_000].map { blob($0, size: $0) } + [GitObject(.blob, [])]
        for _ in 0..<2 {
            try backend.put(objects + [objects[1]])
            for reader in [backend, place.open()] {
                for object in objects {
                    let found = try reader.get(object.id)
                    #expect(found?.kind == object.kind && found?.bytes == object.bytes)
                }
                #expect(try reader.listing(page: 100) == objects.map(\.id).sorted())
            }
        }
        try backend.put([])
        #expect(try backend.absent(of: objects.map(\.id) + [blob(9).id]) == [blob(9).id])
        #expect(try backend.get(blob(9).id) == nil)
        #expect(try kind.isWhole(place.path))
    }

    @Test(arguments: BackendKind.allCases)
    func bytesThatAreNotAnObjectsOwnAreNotKept(_ kind: BackendKind) throws {
        let place = try kind.place()
        let backend = try place.made()
        let forged = GitObject(.blob, Array("another text".utf8), read: blob(1).id)
        #expect(storeError { try backend.put([blob(2), forged]) }?.code == .corrupt)
        #expect(try backend.listing(page: 9) == [])
        try backend.put([blob(1)])
        #expect(try place.open().get(blob(1).id)?.bytes == blob(1).bytes)
    }

    @Test(arguments: BackendKind.allCases)
    func damageIsFoundAndRepaired(_ kind: BackendKind) throws {
        let place = try kind.place()
        let backend = try place.made()
        let objects = (0..<5).map { blob($0, size: 100) }
        try backend.put(objects)
        #expect(try backend.damagedFiles() == [])
        let victim = objects[2]
        try kind.damage(victim.id, in: place.path)
        try backend.forget()
        for reader in [backend, place.open()] {
            let error = storeError { _ = try reader.get(victim.id) }
            #expect(error?.code == .corrupt && error?.fault.contains(victim.id.hex) == true)
            for object in objects where object != victim {
                #expect(try reader.get(object.id)?.bytes == object.bytes)
            }
        }
        // What is there already is left as it is; only a repair takes its place.
        try backend.put([victim])
        #expect(storeError { _ = try place.open().get(victim.id) }?.code == .corrupt)
        try backend.replace([victim])
        for reader in [backend, place.open()] {
            for object in objects { #expect(try reader.get(object.id)?.bytes == object.bytes) }
        }
        #expect(try place.open().listing(page: 100) == objects.map(\.id).sorted())
        #expect(try kind.isWhole(place.path))
    }

    @Test(arguments: BackendKind.allCases)
    func whatCannotBeReadIsNotMissing(_ kind: BackendKind) throws {
        let place = try kind.place()
        try place.made().put([blob(1)])
        try kind.obstruct(place.path)
        for id in [blob(1).id, blob(2).id] {
            #expect(storeError { _ = try place.open().get(id) }?.code == .unreadable)
        }
        #expect(storeError { _ = try place.open().listing(page: 9) }?.code == .unreadable)
    }

    @Test(arguments: BackendKind.allCases, [1, 2, 7, 1000])
    func listingIsBoundedAndInOrder(_ kind: BackendKind, _ page: Int) throws {
        let place = try kind.place()
        let backend = try place.made()
        for number in 0..<5 { try backend.put((0..<4).map { blob(number * 10 + $0) }) }
        // The last one in a way of its own, where the store has several.
        if kind == .git {
            for number in [60, 61, 62, 0] {
                try GitCommand.run(
                    ["hash-object", "-w", "--stdin"], in: place.path,
                    input: String(decoding: blob(number).bytes, as: UTF8.self))
            }
        } else {
            try backend.put([60, 61, 62].map { blob($0) })
        }
        let numbers = (0..<5).flatMap { ten in (0..<4).map { ten * 10 + $0 } } + [60, 61, 62]
        let all = numbers.map { blob($0).id }.sorted()
        #expect(try backend.listing(page: page) == all)
        #expect(try backend.objects(after: all.last, limit: page) == [])
        // From an id that is not there.
        let between = blob(99).id
        #expect(
            try backend.objects(after: between, limit: page)
                == Array(all.filter { $0 > between }.prefix(page)))
    }
}
