import MySQLClient
import TestSupport
import Testing

@testable import Binlog

/// What a damaged log, or somebody between the server and Plumb, can send.
@Suite("attack: events that no server writes")
struct HostileTests {
    /// Events as a server sent them, with the definitions of their tables.
    private struct Sample {
        let start: BinlogPosition
        let events: [[UInt8]]
        var tables: [String: TableColumns] = [:]
    }

    /// A bit of everything that a kind of server writes.
    private static func sample(_ kind: TestServer.Kind) throws -> Sample {
        let compression = kind == .mysql9 ? [] : ["--log-bin-compress=ON"]
        let server = try LoggedServer.start(kind, ["--binlog-row-metadata=FULL"] + compression)
        let database = try server.freshDatabase("CHARACTER SET utf8mb4")
        let connection = try server.connectPlainly(database: database)
        let start = try BinlogSource(on: connection).position
        var names: [String] = []
        for (place, one) in TypeCase.cases(kind).enumerated() where place % 3 != 1 {
            try connection.execute("CREATE TABLE t\(place) (id INT PRIMARY KEY, x \(one.type))")
            for (row, value) in one.values.enumerated() where !value.contains("000") {
                try connection.execute("INSERT INTO t\(place) VALUES (\(row), \(value))")
            }
            try connection.execute("UPDATE t\(place) SET x = NULL LIMIT 1")
            try connection.execute("DELETE FROM t\(place)")
            names.append("t\(place)")
        }
        let end = try BinlogSource(on: connection).position
        let session = try server.connect()
        try session.execute(
            "SET @master_binlog_checksum = @@global.binlog_checksum, "
                + "@source_binlog_checksum = @@global.binlog_checksum, @mariadb_slave_capability = 4"
        )
        let dump = try BinlogDump(
            over: session, file: start.file, offset: UInt32(start.offset),
            serverID: LoggedServer.readerNumber())
        var reader = EventReader(start: start)
        var events: [[UInt8]] = []
        while reader.position < end, let bytes = try dump.next() {
            _ = try reader.read(bytes)
            events.append(bytes)
        }
        var sample = Sample(start: start, events: events)
        for name in names {
            sample.tables[name] = try TableColumns.read(
                database: database, table: name, on: connection)
        }
        return sample
    }

    /// Reads an event and its rows. What it throws has to be a `BinlogError`, by its type; what it
    /// must not do is to end the process.
    private func read(
        _ bytes: [UInt8], _ reader: inout EventReader, _ sample: Sample
    ) throws(BinlogError) -> Int {
        guard case .rows(let rows) = try reader.read(bytes).event,
            let columns = sample.tables[rows.table.table]
        else { return 0 }
        let changes = try rows.changes(by: columns)
        for change in changes {
            for (value, column) in zip(change.after ?? [], columns.columns) {
                _ = value?.literal(characterSet: column.characterSet)
            }
        }
        return changes.count
    }

    /// Without its checksum nothing else of an event stands in the way of what was changed.
    private func withRightChecksum(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > 23 else { return bytes }
        var bytes = bytes
        for place in 0..<4 { bytes[9 + place] = UInt8(bytes.count >> (8 * place) & 0xff) }
        let checksum = Zlib.checksum(of: bytes[..<(bytes.count - 4)])
        for place in 0..<4 {
            bytes[bytes.count - 4 + place] = UInt8(checksum >> UInt32(8 * place) & 0xff)
        }
        return bytes
    }

    private func change(_ event: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = event
        for _ in 0...Int.random(in: 0..<3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes[place] = random.any([0, 1, 0x7f, 0x80, 0xfc, 0xfd, 0xfe, 0xff])
            case 3: bytes.removeSubrange(place...)
            case 4: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            default: bytes.remove(at: place)
            }
        }
        return bytes
    }

    @Test(
        "attack: changed, cut and lengthened events are refused or read, and nothing is overrun",
        arguments: TestServer.available)
    func mutations(_ kind: TestServer.Kind) throws {
        let sample = try Self.sample(kind)
        var refused = 0
        var rows = 0
        for seed in Rounds.seeds(12) {
            var random = SeededGenerator(seed: UInt64(seed))
            var reader = EventReader(start: sample.start)
            for event in sample.events {
                var changed = change(event, &random)
                if random.chance(90) { changed = withRightChecksum(changed) }
                var copy = reader
                do throws(BinlogError) {
                    rows += try read(changed, &copy, sample)
                } catch {
                    refused += 1
                    #expect(error.description.isEmpty == false)
                }
                // The unchanged event keeps what follows understandable.
                _ = try reader.read(event)
            }
        }
        #expect(refused > 1_000 && rows > 100, "\(refused) refused, \(rows) rows read")
    }

    @Test("attack: no event is read that is cut anywhere", arguments: TestServer.available)
    func truncations(_ kind: TestServer.Kind) throws {
        let sample = try Self.sample(kind)
        var reader = EventReader(start: sample.start)
        for event in sample.events {
            let step = max(1, event.count / 60)
            for count in stride(from: 0, to: event.count, by: step) {
                var copy = reader
                let cut = Array(event.prefix(count))
                // As it came: its length says that something is missing.
                #expect(throws: BinlogError.self) { try copy.read(cut) }
                copy = reader
                _ = try? read(withRightChecksum(cut), &copy, sample)
            }
            _ = try reader.read(event)
        }
    }

    @Test(
        "attack: one wrong bit in an event with a checksum is found",
        arguments: TestServer.available)
    func checksums(_ kind: TestServer.Kind) throws {
        let sample = try Self.sample(kind)
        var reader = EventReader(start: sample.start)
        var random = SeededGenerator(seed: 7)
        var found = 0
        for event in sample.events {
            var cursor = ByteCursor(event)
            let header = try EventHeader(from: &cursor)
            if header.type == .tableMap || RowsForm(header.type) != nil {
                var changed = event
                // Behind the header's type and length, which are looked at first.
                let place = Int.random(in: 19..<event.count, using: &random)
                changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                var copy = reader
                let error = caught(BinlogError.self) { _ = try copy.read(changed) }
                #expect(error?.message == "an event's checksum is wrong")
                found += 1
            }
            _ = try reader.read(event)
        }
        #expect(found > 100)
    }
}
