import MySQLClient
import Schema

/// Asks a server and its replicas how they are. One thread uses it; a lost session is opened again
/// when it is asked next.
final class ServerWatch {
    struct Finding {
        var threadsRunning: BrakeReadings.Reading<Int>
        var replicas: BrakeReadings.Reading<[BrakeReadings.Replica]>
        var freeBytes: Int?
    }

    private let server: ServerAddress
    private let replicas: BrakeWatcher.Replicas
    private let table: String
    private let connect: BrakeWatcher.Connect
    private var sessions: [ServerAddress: Connection] = [:]
    private var known: BrakeReadings.Reading<[ServerAddress]>?
    /// Every replica that the server has named: one that has lost its session with it is named no
    /// more, and is behind all the same.
    private var named: Set<ServerAddress> = []
    private var freeBytes: Int?
    private var rounds = 0

    /// How often what changes slowly is asked: once in so many rounds.
    private static let slowly = 4

    init(
        _ server: ServerAddress, replicas: BrakeWatcher.Replicas, table: String,
        connect: @escaping BrakeWatcher.Connect
    ) {
        self.server = server
        self.replicas = replicas
        self.table = table
        self.connect = connect
    }

    /// - Parameter lag: how far somebody is behind who has the copy's commits up to a number.
    func look(lag: (UInt64?) -> Double?) -> Finding {
        defer { rounds += 1 }
        if rounds % Self.slowly == 0 {
            freeBytes = (try? FreeDisk.bytes(asking: session(server))) ?? nil
            known = addresses()
        }
        let threads = reading { () throws(MySQLError) in
            try session(server).query("SHOW GLOBAL STATUS LIKE 'Threads_running'").first?[1]
                .flatMap { Int($0) }
        }
        let seen: BrakeReadings.Reading<[BrakeReadings.Replica]> =
            switch known {
            case .known(let addresses): .known(addresses.map { replica($0, lag) })
            case .unknown(let why): .unknown(why)
            case nil: .unknown("nobody has asked for them")
            }
        return Finding(threadsRunning: threads, replicas: seen, freeBytes: freeBytes)
    }

    func end() {
        for session in sessions.values { session.close() }
        sessions = [:]
    }

    // MARK: Replicas

    private func replica(
        _ address: ServerAddress, _ lag: (UInt64?) -> Double?
    ) -> BrakeReadings.Replica {
        let number = reading { () throws(MySQLError) -> UInt64?? in
            do throws(MySQLError) {
                let rows = try session(address).query("SELECT mark FROM \(table) WHERE id = 1")
                return .some(rows.first?[0].flatMap { UInt64($0) })
            } catch {
                // The replica has not come to the beginning of the copy.
                guard error.kind == .unknownTable || error.kind == .unknownDatabase else {
                    throw error
                }
                return .some(nil)
            }
        }
        let seconds: BrakeReadings.Reading<Double> =
            switch number {
            case .unknown(let why): .unknown(why)
            case .known(let number):
                lag(number).map { .known($0) }
                    ?? .unknown("it does not have yet what was copied earlier")
            }
        return BrakeReadings.Replica("\(address)", lagSeconds: seconds)
    }

    private func addresses() -> BrakeReadings.Reading<[ServerAddress]> {
        if case .named(let addresses) = replicas { return .known(addresses) }
        do throws(MySQLError) {
            let session = try session(server)
            let isMariaDB = session.serverVersion.contains("MariaDB")
            for row in try session.query(isMariaDB ? "SHOW REPLICA HOSTS" : "SHOW REPLICAS") {
                guard let address = Self.address(host: row[1], port: row[2]) else {
                    return .unknown(
                        "the one with server_id \(row[0] ?? "?") does not say its address: set its "
                            + "report_host, or name the replicas")
                }
                named.insert(address)
            }
            return .known(named.sorted())
        } catch {
            return .unknown("\(error)")
        }
    }

    /// What a server says of a replica, as an address; nil where that is none.
    static func address(host: String?, port: String?) -> ServerAddress? {
        guard let host, !host.isEmpty, let port = port.flatMap({ UInt16($0) }) else { return nil }
        return ServerAddress(host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)")
    }

    // MARK: Sessions

    private func session(_ address: ServerAddress) throws(MySQLError) -> Connection {
        if let session = sessions[address], session.isUsable { return session }
        let session = try connect(address)
        sessions[address] = session
        return session
    }

    private func reading<Value>(
        _ body: () throws(MySQLError) -> Value?
    ) -> BrakeReadings.Reading<Value> {
        do throws(MySQLError) {
            guard let value = try body() else { return .unknown("the server does not say") }
            return .known(value)
        } catch {
            return .unknown("\(error)")
        }
    }
}
