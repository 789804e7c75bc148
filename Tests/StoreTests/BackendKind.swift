import Basics
import Execution
import Foundation
import Git
import MemoryStore
import Store
import TestSupport
import Testing

/// A kind of back end: all keep the same promises, which the tests of this target hold them to.
enum BackendKind: String, CaseIterable, Sendable, Codable {
    case git
    /// The stand-in of the simulation, which no other process sees.
    case memory

    /// Those that several processes share, and that outlive them.
    static let shared: [BackendKind] = [.git]

    /// A place for a store of this kind, in which none is made yet.
    func place() throws -> BackendPlace {
        switch self {
        case .git:
            let folder = try TemporaryFolder()
            return BackendPlace(kind: self, path: folder.path + "/store.git", keeping: folder)
        case .memory:
            let store = MemoryPlaces.add()
            return BackendPlace(kind: self, path: store.place, keeping: store)
        }
    }

    /// A handle of its own, as another process has one.
    func open(_ path: String, waitSeconds: Double = 120) -> any LedgerBackend {
        switch self {
        case .git: GitBackend(path: path, waitSeconds: waitSeconds)
        case .memory: MemoryBackend(MemoryPlaces.store(path), waitSeconds: waitSeconds)
        }
    }

    /// Makes the bytes of an object that is kept others than its id says.
    func damage(_ id: ObjectID, in path: String) throws {
        switch self {
        case .git:
            try GitCommand.unpackObjects(of: path)
            let file = "\(path)/objects/\(id.hex.prefix(2))/\(id.hex.dropFirst(2))"
            var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            bytes[bytes.count / 2] ^= 0xff
            try FileManager.default.removeItem(atPath: file)
            try bytes.write(to: URL(fileURLWithPath: file))
        case .memory: MemoryPlaces.store(path).damage(id)
        }
    }

    /// Makes what the store keeps of objects something that nobody can read, whatever his rights.
    func obstruct(_ path: String) throws {
        switch self {
        case .git:
            let packs = path + "/objects/pack"
            try FileManager.default.moveItem(atPath: packs, toPath: packs + ".away")
            try Data().write(to: URL(fileURLWithPath: packs))
        case .memory: MemoryPlaces.store(path).obstruct(objects: true, references: false)
        }
    }

    /// The same for the references.
    func obstructReferences(_ path: String) throws {
        switch self {
        case .git:
            let heads = path + "/refs/heads"
            try FileManager.default.moveItem(atPath: heads, toPath: path + "/heads.away")
            try Data().write(to: URL(fileURLWithPath: heads))
        case .memory: MemoryPlaces.store(path).obstruct(objects: false, references: true)
        }
    }

    /// Removes all that is known of a lease, as a person might.
    func forgetLease(_ name: String, in path: String) throws {
        switch self {
        case .git: try FileManager.default.removeItem(atPath: path + "/leases")
        case .memory: MemoryPlaces.store(path).forgetLease(name)
        }
    }

    /// Says whether another program finds the store whole.
    func isWhole(_ path: String) throws -> Bool {
        switch self {
        case .git:
            try GitCommand.run(["fsck", "--full", "--strict", "--no-dangling"], in: path) == ""
        case .memory: true
        }
    }
}

/// The stores in memory, by the place that tests know them by.
private enum MemoryPlaces {
    private static let stores = Lock<[String: MemoryStore]>([:])

    static func add() -> MemoryStore {
        stores.withLock { stores in
            let store = MemoryStore(place: "memory-\(stores.count)")
            stores[store.place] = store
            return store
        }
    }

    static func store(_ place: String) -> MemoryStore {
        stores.withLock { $0[place] } ?? MemoryStore(place: place)
    }
}

/// Where a store of one test is, for as long as the test needs it.
final class BackendPlace: Sendable {
    let kind: BackendKind
    let path: String
    private let kept: any Sendable

    init(kind: BackendKind, path: String, keeping kept: any Sendable) {
        self.kind = kind
        self.path = path
        self.kept = kept
    }

    /// A handle of its own, as another process has one.
    func open(waitSeconds: Double = 120) -> any LedgerBackend {
        kind.open(path, waitSeconds: waitSeconds)
    }

    /// A handle on the store, which is made where there is none.
    func made(waitSeconds: Double = 120) throws -> any LedgerBackend {
        let backend = open(waitSeconds: waitSeconds)
        try backend.make(version: 1)
        return backend
    }
}

/// The `StoreError` that `body` throws; nil when it throws nothing.
func storeError(
    at location: Testing.SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> StoreError? {
    caught(at: location, body)
}

/// A text that no other number has.
func blob(_ number: Int, size: Int = 0) -> GitObject {
    var generator = SeededGenerator(seed: UInt64(number))
    let noise = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return GitObject(.blob, Array("text \(number) ".utf8) + noise)
}
