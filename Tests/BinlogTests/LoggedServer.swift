import Execution
import Foundation
import MySQLClient
import Schema
import TestSupport

@testable import Binlog

/// Private servers with a binary log.
enum LoggedServer {
    /// What a server needs to log rows.
    static let options = ["--log-bin=binlog", "--server-id=1", "--binlog-format=ROW"]

    private static let mariadb1011 = Result { try start(.mariadb1011) }
    private static let mariadb118 = Result { try start(.mariadb118) }
    private static let mysql9 = Result { try start(.mysql9) }
    private static let readers = Lock<UInt32>(1_000)

    /// One of this test process, whose settings no test changes.
    static func shared(_ kind: TestServer.Kind) throws -> TestServer {
        switch kind {
        case .mariadb1011: try mariadb1011.get()
        case .mariadb118: try mariadb118.get()
        case .mysql9: try mysql9.get()
        }
    }

    static func start(_ kind: TestServer.Kind, _ more: [String] = []) throws -> TestServer {
        try TestServer.start(kind, options: options + more)
    }

    /// A number that no other reader has.
    static func readerNumber() -> UInt32 {
        readers.withLock { number in
            number += 1
            return number
        }
    }
}

extension TestServer {
    /// A session in UTC, without strict mode, in which any value may be written.
    func connectPlainly(database: String? = nil) throws -> Connection {
        let connection = try connect(database: database)
        try connection.execute(
            "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00'")
        return connection
    }

    func stream(from start: BinlogStart, heartbeatSeconds: Int = 5) throws -> BinlogStream {
        var options = BinlogStream.Options(serverID: LoggedServer.readerNumber())
        options.heartbeatSeconds = heartbeatSeconds
        return try BinlogStream(
            server: address, settings: settings, from: start, options: options)
    }

    /// Begins a new file of the log and removes those before it; returns where the new one begins.
    func purge() throws -> BinlogPosition {
        let connection = try connect()
        try connection.execute("FLUSH BINARY LOGS")
        let position = try BinlogSource(on: connection).position
        let limit = Date(timeIntervalSinceNow: 60)
        // MariaDB keeps a file until another thread has noted that no crash needs it any more.
        while Date() < limit {
            try connection.execute("PURGE BINARY LOGS TO '\(position.file)'")
            let files = try connection.query("SHOW BINARY LOGS").map { $0[0] }
            guard files.first != position.file else { return position }
            usleep(10_000)
        }
        throw TestSupportError("the server keeps its log")
    }

    /// The events that `body` brings about; those of other tests may be among them.
    func events(_ body: () throws -> Void) throws -> [BinlogEntry] {
        let observer = try connect()
        let start = try BinlogSource(on: observer).position
        try body()
        return try events(from: start, to: try BinlogSource(on: observer).position)
    }

    func events(from start: BinlogPosition, to end: BinlogPosition) throws -> [BinlogEntry] {
        let stream = try stream(from: .position(start))
        var found: [BinlogEntry] = []
        while stream.position < end, let entry = try stream.next() { found.append(entry) }
        return found
    }
}

extension RowsEvent {
    /// All changes of rows, by this definition of their table.
    ///
    /// - Parameter places: of the columns that are read; nil for all.
    func changes(
        by columns: TableColumns, reading places: [Int]? = nil
    ) throws(BinlogError) -> [RowChange] {
        var changes = try changes(RowDecoder(table, columns: columns, reading: places))
        var found: [RowChange] = []
        while let change = try changes.next() { found.append(change) }
        return found
    }
}

extension [BinlogEntry] {
    /// The events of rows of one database.
    func rows(of database: String) -> [RowsEvent] {
        compactMap { entry in
            guard case .rows(let rows) = entry.event, rows.table.database == database else {
                return nil
            }
            return rows
        }
    }

    /// The changes of one table's rows, in their order.
    func changes(of table: TableColumns) throws -> [RowChange] {
        try rows(of: table.database).filter { $0.table.table == table.table }
            .flatMap { try $0.changes(by: table) }
    }
}
