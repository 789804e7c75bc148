import Basics
import Execution
import Foundation
import Git
import MemoryStore
import MySQLClient
import MySQLStore
import Schema
import Store
import TestSupport
import Testing

/// A kind of back end: all keep the same promises, which the tests of this target hold them to.
enum BackendKind: String, CaseIterable, Sendable, Codable {
    case git
    /// The stand-in of the simulation, which no other process sees.
    case memory
    /// Tables of a server.
    case mariadb1011, mariadb118, mysql9
    /// Tables of a cluster, of which each handle has a node of its own.
    case galera

    static let allCases: [BackendKind] =
        [.git, .memory] + TestServer.available.map { BackendKind($0) } + [.galera]

    /// Those that several processes share, and that outlive them.
    static let shared: [BackendKind] = allCases.filter { $0 != .memory }

    private init(_ server: TestServer.Kind) {
        switch server {
        case .mariadb1011: self = .mariadb1011
        case .mariadb118: self = .mariadb118
        case .mysql9: self = .mysql9
        }
    }

    private var server: TestServer.Kind? {
        switch self {
        case .git, .memory, .galera: nil
        case .mariadb1011: .mariadb1011
        case .mariadb118: .mariadb118
        case .mysql9: .mysql9
        }
    }

    /// A place for a store of this kind, in which none is made yet.
    func place() throws -> BackendPlace {
        switch self {
        case .git:
            let folder = try TemporaryFolder()
            return BackendPlace(kind: self, path: folder.path + "/store.git", keeping: folder)
        case .memory:
            let store = MemoryPlaces.add()
            return BackendPlace(kind: self, path: store.place, keeping: store)
        case .mariadb1011, .mariadb118, .mysql9:
            let server = try TestServer.shared(#require(server))
            let database = try server.freshDatabase()
            return BackendPlace(
                kind: self, path: "\(server.folder.path)/m.sock#\(database)", keeping: server)
        case .galera:
            let cluster = try TestCluster.shared
            let database = try Self.freshDatabase(on: cluster)
            return BackendPlace(
                kind: self, path: "\(cluster.folder)/nodes#\(database)", keeping: cluster)
        }
    }

    private static let databases = Lock(0)

    private static func freshDatabase(on cluster: TestCluster) throws -> String {
        let number = databases.withLock { count in
            count += 1
            return count
        }
        let name = "test_\(getpid())_\(number)"
        try cluster.connect(to: 1).execute("CREATE DATABASE \(name)")
        return name
    }

    /// A handle of its own, as another process has one.
    func open(_ path: String, waitSeconds: Double = 120) -> any LedgerBackend {
        switch self {
        case .git: GitBackend(path: path, waitSeconds: waitSeconds)
        case .memory: MemoryBackend(MemoryPlaces.store(path), waitSeconds: waitSeconds)
        case .mariadb1011, .mariadb118, .mysql9, .galera:
            MySQLBackend(
                place: path, database: ServerPlace(path).database,
                servers: ServerPlace(path).servers, waitSeconds: waitSeconds,
                heartbeatSeconds: 0.5)
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
        case .mariadb1011, .mariadb118, .mysql9, .galera:
            try ServerPlace(path).run(
                "UPDATE plumb_objects SET bytes = CONCAT('x', SUBSTRING(bytes, 2)) "
                    + "WHERE id = x'\(id.hex)'")
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
        case .mariadb1011, .mariadb118, .mysql9, .galera:
            try ServerPlace(path).run("RENAME TABLE plumb_objects TO away")
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
        case .mariadb1011, .mariadb118, .mysql9, .galera:
            try ServerPlace(path).run("RENAME TABLE plumb_references TO away")
        }
    }

    /// Removes all that is known of a lease, as a person might.
    func forgetLease(_ name: String, in path: String) throws {
        switch self {
        case .git: try FileManager.default.removeItem(atPath: path + "/leases")
        case .memory: MemoryPlaces.store(path).forgetLease(name)
        case .mariadb1011, .mariadb118, .mysql9, .galera:
            for table in ["plumb_leases", "plumb_heartbeats"] {
                try ServerPlace(path).run("DELETE FROM \(table) WHERE name = '\(name)'")
            }
        }
    }

    /// Makes all that is known of leases two days older than it is.
    func ageLeases(in path: String) throws {
        switch self {
        case .git:
            for name in try FileManager.default.contentsOfDirectory(atPath: path + "/leases") {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -172_800)],
                    ofItemAtPath: "\(path)/leases/\(name)")
            }
        case .memory: break
        case .mariadb1011, .mariadb118, .mysql9, .galera:
            for (table, column) in [("plumb_leases", "taken"), ("plumb_heartbeats", "renewed")] {
                try ServerPlace(path).run(
                    "UPDATE \(table) SET \(column) = \(column) - INTERVAL 2 DAY")
            }
        }
    }

    /// Says whether another program finds the store whole.
    func isWhole(_ path: String) throws -> Bool {
        switch self {
        case .git:
            try GitCommand.run(["fsck", "--full", "--strict", "--no-dangling"], in: path) == ""
        case .memory: true
        case .mariadb1011, .mariadb118, .mysql9, .galera:
            try open(path).listing(page: 100).allSatisfy { try open(path).get($0) != nil }
        }
    }
}

/// A database for a store, as the tests name it: the server's socket, or the nodes of a cluster,
/// and its name.
struct ServerPlace {
    private let sockets: [String]
    let database: String

    init(_ path: String) {
        let parts = path.split(separator: "#", maxSplits: 1).map(String.init)
        let server = parts.first ?? ""
        sockets =
            server.hasSuffix("/nodes")
            ? TestCluster.nodes.map { "\(server.dropLast(6))/\($0)/m.sock" } : [server]
        database = parts.last ?? ""
    }

    /// The servers, beginning with another one for each handle.
    var servers: [StoreServer] {
        let first = Self.handles.withLock { handles in
            handles += 1
            return handles
        }
        return sockets.indices.map { offset in
            let socket = sockets[(first + offset) % sockets.count]
            return StoreServer(name: socket) { () throws(MySQLError) in
                try Self.connect(to: socket)
            }
        }
    }

    /// Processes that are started one after another begin with different ones, too.
    private static let handles = Lock(Int(getpid()))

    private static func connect(to socket: String) throws(MySQLError) -> Connection {
        var settings = ConnectionSettings(credentials: Credentials(user: "root"))
        settings.tls.mode = .disabled
        return try Connection(to: .socket(path: socket), settings: settings)
    }

    func run(_ statement: String) throws {
        let connection = try Self.connect(to: sockets[0])
        try connection.select(database: database)
        // What another node has acknowledged a moment ago is changed, too.
        if sockets.count > 1 { try connection.execute("SET SESSION wsrep_sync_wait = 7") }
        try connection.execute(statement)
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
