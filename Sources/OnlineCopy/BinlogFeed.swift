import Basics
import Binlog
import Foundation
import MySQLClient
import Schema

/// Tells what changes in a table from the binary log of its server.
///
/// Reads in a thread of its own, a bounded number of keys ahead: where nobody takes them, the
/// server waits with sending.
package final class BinlogFeed: ChangeFeed, @unchecked Sendable {
    private let job: CopyJob
    private let stream: BinlogStream
    private let table: TableColumns
    private let progress: TableColumns
    /// The places of the key's columns in the table.
    private let places: [Int]

    private let state = NSCondition()
    private var changes: [Change] = []
    private var keyCount = 0
    private var failure: CopyFailure?
    private var isOver = false

    /// The most keys that are read ahead.
    private static let limit = 20_000

    // Used by the reading thread alone.
    private var keys: [[String]] = []
    private var mark: UInt64?
    private var isInside = false
    private var decoders: [TableMapEvent: RowDecoder] = [:]

    /// Reads from `place` on.
    ///
    /// - Parameter connection: for a look at the columns of both tables.
    package init(
        _ job: CopyJob, from place: LogPlace, server: ServerAddress,
        settings: ConnectionSettings, asking connection: Connection
    ) throws(CopyFailure) {
        self.job = job
        func columns(_ name: String) throws(CopyFailure) -> TableColumns {
            let found = try CopyFailure.of { () throws(MySQLError) in
                try TableColumns.read(database: job.database, table: name, on: connection)
            }
            guard let found else { throw .moved("the table \(SQL.identifier(name)) is gone") }
            return found
        }
        table = try columns(job.names.table)
        progress = try columns(job.names.progress)
        let names = table.columns.map(\.name)
        places = job.key.columns.compactMap { column in names.firstIndex(of: column.name) }
        guard places.count == job.key.columns.count else {
            throw .moved("the columns of \(job.table) are others than they were")
        }
        do throws(BinlogError) {
            stream = try BinlogStream(
                server: server, settings: settings,
                from: .position(BinlogPosition(file: place.file, offset: place.offset)),
                options: .init(serverID: UInt32.random(in: 0x4000_0000...0x7fff_ffff)))
        } catch {
            throw CopyFailure(error)
        }
        let thread = Thread { [self] in read() }
        thread.name = "plumb-binlog"
        thread.stackSize = 2 << 20
        thread.start()
    }

    deinit { stream.end() }

    package func end() {
        state.withLock { isOver = true }
        stream.end()
        state.broadcast()
    }

    package func take(waiting seconds: Double) throws(CopyFailure) -> [Change] {
        state.lock()
        defer { state.unlock() }
        if seconds > 0, changes.isEmpty, failure == nil {
            _ = state.wait(until: Date(timeIntervalSinceNow: seconds))
        }
        if changes.isEmpty, let failure { throw failure }
        let taken = changes
        changes = []
        keyCount = 0
        state.broadcast()
        return taken
    }

    // MARK: Reading

    private func read() {
        do throws(BinlogError) {
            while let entry = try stream.next() {
                if let told = try change(of: entry) { tell(told) }
                if state.withLock({ isOver }) { return }
            }
        } catch {
            state.withLock { failure = CopyFailure(error) }
        }
        state.broadcast()
    }

    /// What is told once an event was read: what a whole transaction did, at its end.
    private func change(of entry: BinlogEntry) throws(BinlogError) -> [Change]? {
        switch entry.event {
        case .rows(let event):
            try note(event)
            return nil
        case .commit: return transaction(to: entry.end)
        case .xaPrepare:
            guard keys.isEmpty else {
                return [
                    .redefined("an XA transaction, whose end does not tell which rows it changed")
                ]
            }
            return transaction(to: entry.end)
        case .query(let event):
            switch event.meaning {
            case .commit: return transaction(to: entry.end)
            case .other:
                let isOwn = event.statement == job.wayBack?.renaming
                let named = !isOwn && StatementNames.redefines(event, job)
                let told = named ? [Change.redefined(String(event.statement.prefix(200)))] : []
                // A table that is filled from a query is made inside of the transaction.
                return told + (isInside ? [] : transaction(to: entry.end))
            case .rollback:
                // What was rolled back of a table without transactions has happened.
                return transaction(to: entry.end)
            case .begin, .xa:
                isInside = true
                return nil
            case .savepoint, .xaEnd: return nil
            }
        case .begin(let event):
            isInside = event.isStandalone == false
            return nil
        case .table, .heartbeat, .rotate, .other: return nil
        }
    }

    private func transaction(to end: BinlogPosition) -> [Change] {
        defer {
            keys = []
            mark = nil
            isInside = false
        }
        return (keys.isEmpty ? [] : [.rows(keys)]) + (mark.map { [.mark($0)] } ?? [])
            + [.place(LogPlace(file: end.file, offset: end.offset))]
    }

    private func note(_ event: RowsEvent) throws(BinlogError) {
        guard event.table.database == job.database else { return }
        switch event.table.table {
        case job.names.table:
            var changes = try event.changes(try decoder(of: event.table, table, places))
            while let change = try changes.next() {
                try add(change.before, or: nil)
                try add(change.after, or: change.before)
            }
        case job.names.progress:
            var changes = try event.changes(
                try decoder(of: event.table, progress, [Self.markPlace]))
            while let change = try changes.next() {
                guard let after = change.after, after.count > Self.markPlace,
                    let value = after[Self.markPlace]
                else {
                    continue
                }
                switch value {
                case .unsigned(let number): mark = number
                case .signed(let number): mark = UInt64(clamping: number)
                default: continue
                }
            }
        default: return
        }
    }

    /// The place of the number in the copy's own table.
    private static let markPlace = 1

    private func decoder(
        of map: TableMapEvent, _ columns: TableColumns, _ places: [Int]
    ) throws(BinlogError) -> RowDecoder {
        if let known = decoders[map] { return known }
        let decoder = try RowDecoder(map, columns: columns, reading: places)
        decoders = decoders.count > 16 ? [:] : decoders
        decoders[map] = decoder
        return decoder
    }

    /// Notes the key of a row; a column that the event leaves out did not change.
    private func add(
        _ image: RowChange.Image?, or other: RowChange.Image?
    ) throws(BinlogError) {
        guard let image else { return }
        var key: [String] = []
        for (place, column) in zip(places, job.key.columns) {
            let value = image[place] ?? other.flatMap { $0[place] }
            guard let literal = value.flatMap(column.literal(_:)) else {
                throw BinlogError(
                    .unsupported, "a row of \(job.table) has no value of \(column.name)")
            }
            key.append(literal)
        }
        if keys.last != key { keys.append(key) }
    }

    private func tell(_ told: [Change]) {
        state.lock()
        defer { state.unlock() }
        while keyCount > Self.limit, !isOver { state.wait() }
        for change in told {
            // Of places one behind the other the last says all.
            if case .place = change, case .place? = changes.last { changes.removeLast() }
            if case .rows(let keys) = change { keyCount += keys.count }
            changes.append(change)
        }
        state.signal()
    }
}

/// Which statements in a log change a table otherwise than row by row.
private enum StatementNames {
    private static let harmless: Set = [
        "ANALYZE", "CHECK", "CHECKSUM", "FLUSH", "GRANT", "REVOKE", "OPTIMIZE",
    ]

    /// Whether the statement may change the table, as far as its words tell.
    static func redefines(_ event: QueryEvent, _ job: CopyJob) -> Bool {
        let words = event.statement.lowercased().split { character in
            !(character.isLetter || character.isNumber || character == "_" || character == "$")
        }
        guard let first = words.first, !harmless.contains(first.uppercased()) else { return false }
        // A name may have other characters; its parts stand one behind the other then.
        let name = parts(job.names.table)
        let isNamed = words.indices.contains { words[$0...].starts(with: name) }
        let isHere =
            event.database == job.database
            || words.indices.contains { words[$0...].starts(with: parts(job.database)) }
        return isNamed && isHere
    }

    private static func parts(_ name: String) -> [Substring] {
        name.lowercased().split { character in
            !(character.isLetter || character.isNumber || character == "_" || character == "$")
        }
    }
}

extension KeyColumn {
    /// The literal of a value in the log; nil where a key has no such value.
    func literal(_ value: BinlogValue) -> String? {
        switch value {
        case .signed, .unsigned, .decimal, .temporal: literal(selected: value.description)
        case .bytes(let bytes): literal(bytes: bytes)
        case .null, .float, .double, .bits, .json: nil
        }
    }
}

extension CopyFailure {
    /// What a fault of the log means for a copy: a session that is lost is opened again.
    init(_ error: BinlogError) {
        self = error.retry == .permanent ? .stopped("\(error)") : .interrupted("\(error)")
    }
}
