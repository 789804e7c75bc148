import Execution
import Foundation
import MySQLClient
import Schema

/// Where to begin reading.
package enum BinlogStart: Hashable, Sendable {
    case position(BinlogPosition)
    /// Behind these transactions, one for each domain: `0-1-42,1-3-7`. MariaDB only.
    case gtid(String)
}

/// A server's binary log, read event by event as a replica does.
///
/// One thread reads; any other may ``end()`` it. No more than one event is kept at a time.
package final class BinlogStream {
    package struct Options: Sendable {
        /// Who reads: different from the server's own and from that of each of its replicas, as the
        /// server sends the earlier of two readers with one number away.
        package var serverID: UInt32
        /// How often the server says that it is there while nothing happens, in seconds; three
        /// times as long without a word, and at least 30 s, ends the session.
        package var heartbeatSeconds = 5

        package init(serverID: UInt32) {
            self.serverID = serverID
        }
    }

    private let dump: BinlogDump
    private var reader: EventReader

    /// Opens a session of its own and begins to read.
    ///
    /// Whether the server has the place shows with the first event.
    package init(
        server: ServerAddress, settings: ConnectionSettings, from start: BinlogStart,
        options: Options
    ) throws(BinlogError) {
        var own = settings
        let heartbeat = max(1, options.heartbeatSeconds)
        own.readTimeoutSeconds = max(3 * heartbeat, 30)
        let place = try Self.place(start)
        do throws(MySQLError) {
            let connection = try Connection(to: server, settings: own)
            try connection.execute(Self.announcement(heartbeat))
            if case .gtid(let set) = start {
                guard connection.serverVersion.lowercased().contains("mariadb") else {
                    throw MySQLError(
                        kind: .configuration,
                        message: "this server has no transaction numbers to begin reading at: "
                            + "give a file and an offset", server: server)
                }
                try connection.execute(
                    "SET @slave_connect_state = \(SQL.literal(set)), @slave_gtid_strict_mode = 1")
            }
            dump = try BinlogDump(
                over: connection, file: place.file, offset: UInt32(clamping: place.offset),
                serverID: options.serverID)
        } catch {
            throw BinlogError(error)
        }
        reader = EventReader(start: place)
    }

    /// The file and offset to ask for: none where transactions say where to begin.
    private static func place(_ start: BinlogStart) throws(BinlogError) -> BinlogPosition {
        switch start {
        case .gtid: return BinlogPosition(file: "", offset: 4)
        case .position(let position):
            guard position.offset <= UInt64(UInt32.max) else {
                throw BinlogError(
                    .unsupported,
                    "reading cannot begin behind the first 4 GiB of a file: \(position)")
            }
            return position
        }
    }

    /// What a reader says of itself: that it can compare checksums, that it knows MariaDB's events,
    /// and how often it wants to hear from the server. Each server takes the names that it knows.
    private static func announcement(_ heartbeatSeconds: Int) -> String {
        let nanoseconds = heartbeatSeconds * 1_000_000_000
        return "SET @master_binlog_checksum = @@global.binlog_checksum, "
            + "@source_binlog_checksum = @@global.binlog_checksum, "
            + "@master_heartbeat_period = \(nanoseconds), "
            + "@source_heartbeat_period = \(nanoseconds), @mariadb_slave_capability = 4"
    }

    /// Where the log goes on behind the last event.
    package var position: BinlogPosition { reader.position }

    /// Where reading can begin again: behind the last whole transaction.
    package var resumption: BinlogPosition { reader.resumption }

    /// The next event; waits for it. Nil once the reading was ended.
    package func next() throws(BinlogError) -> BinlogEntry? {
        let bytes: [UInt8]?
        do throws(MySQLError) {
            bytes = try dump.next()
        } catch {
            throw BinlogError(error).at(position)
        }
        guard let bytes else { return nil }
        return try reader.read(bytes)
    }

    /// Ends the reading from any thread, also while it waits.
    package func end() { dump.end() }
}
