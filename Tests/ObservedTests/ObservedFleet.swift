import Execution
import Basics
import Testing

@testable import Observed
@testable import TestSupport

/// Databases on a real server, as shards of one namespace.
final class ObservedFleet {
    let server: MariaDBServer
    /// Where shards are found: the server itself, or what leads there.
    let address: ServerAddress
    let catalog = ObjectCatalog()
    let pool: ConnectionPool
    let observer: Observer
    let root: Connection
    private let marks: Bool
    private(set) var targets: [ObservationTarget] = []

    /// A fleet on the shared server, or on one that the test may kill.
    ///
    /// - Parameter marks: false where fingerprints alone are to decide. On a shared server other
    ///   tests move its marks.
    init(
        on own: MariaDBServer? = nil, settings: ConnectionSettings? = nil, marks: Bool = true,
        address: ServerAddress? = nil
    ) throws {
        let server = try own ?? MariaDBServer.shared
        self.address = address ?? server.address
        let settings = settings ?? server.settings
        self.server = server
        pool = ConnectionPool(limitPerServer: 4) { _ in settings }
        observer = Observer(
            pool: pool, catalog: catalog, totalConcurrency: 8, perServer: 4,
            clock: FixedClock(), marks: marks)
        root = try server.connect()
        self.marks = marks
    }

    /// Adds a shard with what `statements` make in its new database.
    @discardableResult
    func add(_ statements: String..., options: String = "") throws -> ObservationTarget {
        try add(statements, options: options)
    }

    @discardableResult
    func add(_ statements: [String], options: String = "") throws -> ObservationTarget {
        let database = try server.freshDatabase(options)
        let target = target(database)
        targets.append(target)
        try run(statements, in: target)
        return target
    }

    func target(_ database: String) -> ObservationTarget {
        ObservationTarget(
            id: ShardID(namespace: "commerce", shard: database), server: address,
            database: database)
    }

    func run(_ statements: [String], in target: ObservationTarget) throws {
        try root.select(database: target.database)
        for statement in statements { try root.execute(statement) }
    }

    func observe(
        _ mode: Observer.Mode = .exact, _ targets: [ObservationTarget]? = nil
    ) -> [ShardID: ShardObservation] {
        observer.observe(targets ?? self.targets, mode: mode)
    }

    /// The texts of a shard's tables; fails the test where the shard is unknown.
    func tables(of target: ObservationTarget) throws -> [String: String] {
        try known(target).schema.tables.mapValues { catalog[$0]?.text ?? "" }
    }

    func known(
        _ target: ObservationTarget, _ mode: Observer.Mode = .exact
    ) throws -> KnownShard {
        switch try #require(observe(mode, [target])[target.id]) {
        case .known(let shard): return shard
        case .unknown(let problem): throw problem
        }
    }

    func problem(
        _ target: ObservationTarget, _ mode: Observer.Mode = .exact
    ) throws -> ShardProblem {
        try #require(observe(mode, [target])[target.id]?.problem)
    }

    /// An account with these privileges only, and a fleet that observes with it.
    func limited(_ grants: [String]) throws -> ObservedFleet {
        let user = "limited_\(UInt64.random(in: 0 ..< .max))"
        try root.execute("CREATE USER \(user)@localhost IDENTIFIED BY 'pw'")
        for grant in grants { try root.execute("GRANT \(grant) TO \(user)@localhost") }
        var settings = server.settings
        settings.credentials = Credentials(user: user, password: Secret("pw"))
        return try ObservedFleet(on: server, settings: settings, marks: marks)
    }
}

extension ShardObservation {
    var problem: ShardProblem? {
        switch self {
        case .known: nil
        case .unknown(let problem): problem
        }
    }

    var shard: KnownShard? {
        switch self {
        case .known(let shard): shard
        case .unknown: nil
        }
    }
}

struct FixedClock: Clock {
    var now: Timestamp { Timestamp(secondsSince1970: 1_800_000_000) }
    func wait(seconds: Double, unless interrupt: Interrupt) -> Bool { !interrupt.isRaised }
}
