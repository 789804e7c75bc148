import Basics
import Execution
import Foundation
import Store
import TestSupport
import Testing

@Suite("References move by compare-and-swap, several of them at once or none")
struct ReferenceContractTests {
    private let name = "refs/heads/a"

    /// A write of two texts, to which references move.
    private func write(
        _ backend: any LedgerBackend, _ objects: [GitObject], _ moves: ReferenceMove...
    ) throws {
        try backend.write("testing", under: []) { StoreWrite(objects: objects, moves: moves) }
    }

    /// What every handle sees of references.
    private func targets(_ names: [String], _ place: BackendPlace) throws -> [ObjectID?] {
        let backend = place.open()
        return try names.map { try backend.reference($0) }
    }

    @Test(arguments: BackendKind.allCases)
    func aReferenceIsMadeByOneOfManyWriters(_ kind: BackendKind) throws {
        let place = try kind.place()
        _ = try place.made()
        let reference = name
        let results = Workers.map(Array(0..<8), total: 8, perKey: 8, key: { _ in 0 }) { number in
            Result {
                let commit = try ComposedCommit(
                    TreeEdits(), onto: nil, by: EventChain.author, message: "\(number)",
                    reading: ObjectReader(place.open()))
                try place.open().write("racing", under: []) {
                    StoreWrite(
                        objects: commit.objects,
                        moves: [ReferenceMove(reference, from: nil, to: commit.id)])
                }
                return commit.id
            }
        }
        var winners: [ObjectID] = []
        for result in results {
            switch result {
            case .success(let id): winners.append(id)
            case .failure(let error): #expect((error as? StoreError)?.code == .modified)
            }
        }
        #expect(winners.count == 1)
        #expect(try targets([name], place) == winners)
    }

    @Test(arguments: BackendKind.allCases)
    func aStaleMoveHasNoEffect(_ kind: BackendKind) throws {
        let place = try kind.place()
        let chain = EventChain(backend: try place.made(), references: [name])
        let first = try chain.append("1")
        let second = try chain.append("2")
        let before = try chain.backend.listing(page: 100)
        for old in [first, nil, blob(7).id] {
            let error = storeError {
                try write(chain.backend, [blob(1)], ReferenceMove(name, from: old, to: blob(1).id))
            }
            #expect(error?.code == .modified)
        }
        let error = storeError {
            try write(
                chain.backend, [blob(1)],
                ReferenceMove("refs/heads/none", from: first, to: blob(1).id))
        }
        #expect(error?.code == .modified)
        #expect(try targets([name, "refs/heads/none"], place) == [second, nil])
        #expect(try place.open().listing(page: 100) == before, "nothing was kept")
    }

    @Test(arguments: BackendKind.allCases)
    func severalMoveTogetherOrNotAtAll(_ kind: BackendKind) throws {
        let place = try kind.place()
        let names = ["refs/heads/a", "refs/heads/b", "refs/notes/c"]
        let chain = EventChain(backend: try place.made(), references: names)
        let first = try chain.append("1")
        #expect(try targets(names, place) == [first, first, first])
        let other = try EventChain(backend: place.open(), references: ["refs/heads/other"])
            .append("2")
        for wrong in names.indices {
            let moves = names.enumerated().map { place, name in
                ReferenceMove(name, from: place == wrong ? nil : first, to: other)
            }
            let error = storeError {
                try chain.backend.write("testing", under: []) {
                    StoreWrite(objects: [blob(1)], moves: moves)
                }
            }
            #expect(error?.code == .modified)
            #expect(try targets(names, place) == [first, first, first])
        }
        #expect(
            try place.open().references(below: "refs/heads/")
                == ["refs/heads/a", "refs/heads/b", "refs/heads/other"])
        #expect(try place.open().references(below: "refs/heads/o") == ["refs/heads/other"])
        #expect(try place.open().references(below: "refs/none/") == [])
    }

    /// What cannot be done must be found before anything is recorded of it.
    @Test(
        arguments: BackendKind.allCases,
        [
            ("refs/heads/with blank", StoreError.Code.invalid), ("refs/heads/x.lock", .invalid),
            ("refs/heads/a/below", .invalid), ("refs/heads", .invalid), ("", .invalid),
            ("refs/heads/line\nbreak", .invalid), ("HEAD", .invalid), ("refs/heads/a", .modified),
            ("refs/heads/new/inner", .invalid), ("refs/heads/new", .invalid),
            ("refs/heads/absent", .missing),
        ])
    func aMoveThatCannotBeMadeStopsNoOther(
        _ kind: BackendKind, _ refused: (name: String, code: StoreError.Code)
    ) throws {
        let place = try kind.place()
        let chain = EventChain(backend: try place.made(), references: [name])
        let first = try chain.append("1")
        let target = refused.code == .missing ? blob(5).id : first
        let move = ReferenceMove(refused.name, from: nil, to: target)
        let good = ReferenceMove("refs/heads/new", from: nil, to: first)
        #expect(storeError { try write(chain.backend, [], good, move) }?.code == refused.code)
        #expect(try targets(["refs/heads/new", name], place) == [nil, first])
        if refused.name != "refs/heads/new", refused.name != "refs/heads/new/inner" {
            #expect(storeError { try write(chain.backend, [], move) }?.code == refused.code)
        }
        let second = try EventChain(
            backend: place.open(), references: [name]
        ).append("2")
        #expect(try targets([name], place) == [second])
    }

    @Test(arguments: BackendKind.allCases)
    func whatCannotBeReadIsNotMissing(_ kind: BackendKind) throws {
        let place = try kind.place()
        let chain = EventChain(backend: try place.made(), references: [name])
        try chain.append("1")
        try kind.obstructReferences(place.path)
        for backend in [chain.backend, place.open()] {
            #expect(storeError { _ = try backend.reference(name) }?.code == .unreadable)
            let error = storeError { _ = try backend.references(below: "refs/heads/") }
            #expect(error?.code == .unreadable)
            let chain = EventChain(backend: backend, references: [name])
            #expect(storeError { try chain.append("2") }?.code == .unreadable)
        }
    }

    @Test(arguments: BackendKind.allCases)
    func whatComposingThrowsOrLeavesOutMovesNothing(_ kind: BackendKind) throws {
        struct Refused: Error {}
        let place = try kind.place()
        let chain = EventChain(backend: try place.made())
        let first = try chain.append("1")
        #expect(throws: Refused.self) { try chain.append("2") { throw Refused() } }
        #expect(try !chain.backend.write("testing", under: []) { nil })
        #expect(try targets(chain.references, place) == [first])
        #expect(try EventChain(backend: place.open()).events() == ["1"])
    }

    @Test(arguments: BackendKind.allCases)
    func aWaitingReaderIsWoken(_ kind: BackendKind) throws {
        let place = try kind.place()
        let chain = EventChain(backend: try place.made(), references: [name])
        let first = try chain.append("1")
        let reader = place.open()
        #expect(try reader.change(of: name, from: first, seconds: 0) == first)
        let thread = Thread { _ = try? chain.append("2") }
        thread.start()
        let found = try reader.change(of: name, from: first, seconds: 60)
        #expect(found != first && found != nil)
    }
}
