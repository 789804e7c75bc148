import TestSupport
import Testing

@testable import Binlog

@Suite("Events one by one")
struct EventReaderTests {
    private let start = BinlogPosition(file: "b.000001", offset: 4)

    /// A reader that knows the log's format.
    private func reader() throws -> EventReader {
        var reader = EventReader(start: start)
        _ = try reader.read(MadeEvent.format())
        return reader
    }

    private func error(_ events: [[UInt8]]) throws -> BinlogError? {
        var reader = try reader()
        return caught(BinlogError.self) {
            for event in events {
                guard case .rows(let rows) = try reader.read(event).event else { continue }
                _ = try rows.changes(by: MadeEvent.definition)
            }
        }
    }

    @Test func rowsOfATable() throws {
        var reader = try reader()
        _ = try reader.read(MadeEvent.table())
        let entry = try reader.read(
            MadeEvent.rows([0, 1, 0, 0, 0, 254, 255, 255, 255, 2, 9, 0, 0, 0]))
        guard case .rows(let rows) = entry.event else {
            Issue.record("\(entry)")
            return
        }
        #expect(
            try rows.changes(by: MadeEvent.definition) == [
                RowChange(before: nil, after: [.signed(1), .signed(-2)]),
                RowChange(before: nil, after: [.signed(9), .null]),
            ])
    }

    @Test("attack: a format that is another one is refused")
    func formats() {
        let cases: [([UInt8], BinlogError.Kind)] = [
            (MadeEvent.format(version: 3), .unsupported),
            (MadeEvent.format(header: 20), .unsupported),
            (MadeEvent.format(checksums: 2), .unsupported),
            (MadeEvent.bytes(15, [4, 0]), .damaged),
            (MadeEvent.bytes(15, [4, 0] + [UInt8](repeating: 19, count: 55)), .unsupported),
        ]
        for (event, kind) in cases {
            var reader = EventReader(start: start)
            let error = caught(BinlogError.self) { _ = try reader.read(event) }
            #expect(error?.kind == kind, "\(error as Any)")
        }
        var changed = MadeEvent.format()
        changed[30] ^= 1
        var reader = EventReader(start: start)
        let error = caught(BinlogError.self) { _ = try reader.read(changed) }
        #expect(error?.message == "the checksum of the log's format is wrong")
    }

    @Test func nothingIsReadBeforeTheFormat() {
        for event in [MadeEvent.table(), MadeEvent.bytes(16, MadeEvent.number(1, 8))] {
            var reader = EventReader(start: start)
            let error = caught(BinlogError.self) { _ = try reader.read(event) }
            #expect(error?.message == "the server sends events before their format")
            #expect(error?.place == start)
        }
    }

    /// A kind of event of a later release.
    @Test func unknownEvents() throws {
        var reader = try reader()
        guard case .other = try reader.read(MadeEvent.bytes(99, [1], flags: 0x80)).event else {
            Issue.record("an event that may be left out is not")
            return
        }
        let unknown = try error([MadeEvent.bytes(99, [1])])
        #expect(unknown?.kind == .unsupported)
        #expect(unknown?.message == "Plumb does not know the event number 99")
    }

    @Test func eventsThatSayThatSomethingIsMissing() throws {
        let incident = try error([MadeEvent.bytes(26, [1, 0, 0])])
        #expect(incident?.kind == .damaged)
        #expect(incident?.message.contains("changes are missing") == true)
        let load = try error([MadeEvent.bytes(18, [1, 0, 0])])
        #expect(load?.kind == .unsupported)
        #expect(load?.message.contains("LOAD DATA") == true)
        let payload = try error([MadeEvent.bytes(40, [1, 0, 0])])
        #expect(payload?.kind == .unsupported)
    }

    @Test("attack: rows of no table, or of another number of columns, are refused")
    func rowsWithoutTheirTable() throws {
        let row: [UInt8] = [0, 1, 0, 0, 0, 2, 0, 0, 0]
        #expect(try error([MadeEvent.table(), MadeEvent.rows(row)]) == nil)
        #expect(try error([MadeEvent.rows(row)])?.kind == .damaged)
        #expect(try error([MadeEvent.table(), MadeEvent.rows(id: 8, row)])?.kind == .damaged)
        // The statement has ended.
        let twice = [MadeEvent.table(), MadeEvent.rows(row), MadeEvent.rows(row)]
        #expect(try error(twice)?.message == "rows are of table number 7, which no event named")
        let open = [MadeEvent.table(), MadeEvent.rows(flags: 0, row), MadeEvent.rows(row)]
        #expect(try error(open) == nil)
        // A new file has new numbers.
        #expect(try error([MadeEvent.table(), MadeEvent.format(), MadeEvent.rows(row)]) != nil)
        let wide = [MadeEvent.table(), MadeEvent.rows(columns: 3, present: 7, row)]
        #expect(try error(wide)?.message.contains("have 3 columns, and the table map 2") == true)
        // One that only ends a statement.
        #expect(try error([MadeEvent.rows(id: RowsEvent.noTable, [])]) == nil)
        #expect(try error([MadeEvent.rows(id: RowsEvent.noTable, flags: 0, [])]) != nil)
    }

    @Test("attack: rows without columns end, and rows that end too early are refused")
    func rowsWithoutAnEnd() throws {
        for row in [[0, 1, 0, 0, 0, 2, 0, 0], [0], [0, 1]] as [[UInt8]] {
            #expect(try error([MadeEvent.table(), MadeEvent.rows(row)])?.kind == .damaged)
        }
        let empty = try error([MadeEvent.table(), MadeEvent.rows(present: 0, [1])])
        #expect(empty?.message == "a row of d.t is empty")
    }

    @Test("attack: a table map with too many columns or too much metadata is refused")
    func tableMaps() throws {
        let head = MadeEvent.number(7, 6) + [1, 0, 1, 65, 0, 1, 66, 0]
        for body in [
            [0, 0, 0], [2, 3, 3, 1, 9, 0xff], [1, 199, 0, 0xff], [253, 255, 255, 255, 3],
            [2, 3, 3, 0, 0xff, 8, 1, 5], [1, 15, 2, 1, 0, 0xff, 2, 3, 8, 4, 8],
        ] as [[UInt8]] {
            #expect(try error([MadeEvent.bytes(19, head + body)]) != nil, "\(body)")
        }
        let endless = MadeEvent.number(7, 6) + [1, 0, 1, 65, 1, 1, 66, 0, 1, 3, 0, 0xff]
        #expect(try error([MadeEvent.bytes(19, endless)])?.message == "a table's name has no end")
    }

    @Test("attack: a statement about ever more tables ends")
    func manyTables() throws {
        var reader = try reader()
        let error = caught(BinlogError.self) {
            for id in 0..<10_000 {
                let names: [UInt8] = [1, UInt8(ascii: "d"), 0, 1, UInt8(ascii: "t"), 0]
                let body = MadeEvent.number(UInt64(id), 6) + [1, 0] + names + [1, 3, 0, 0xff]
                _ = try reader.read(MadeEvent.bytes(19, body))
            }
        }
        #expect(error?.message == "one statement is about too many tables")
    }

    @Test("attack: the next file of a log is a name and no path")
    func rotations() throws {
        for name in ["../../etc/passwd", "/b.000002", ""] {
            let event = MadeEvent.bytes(4, MadeEvent.number(4, 8) + Array(name.utf8))
            #expect(try error([event])?.kind == .damaged, "\(name)")
        }
        var reader = try reader()
        _ = try reader.read(MadeEvent.bytes(4, MadeEvent.number(4, 8) + Array("b.000002".utf8)))
        #expect(reader.position == BinlogPosition(file: "b.000002", offset: 4))
    }

    /// One transaction can be longer than the numbers that events have for their places.
    @Test func placesBeyondFourGibibytes() throws {
        var reader = EventReader(start: BinlogPosition(file: "b.000001", offset: 0xffff_ff00))
        _ = try reader.read(MadeEvent.format())
        _ = try reader.read(MadeEvent.bytes(13, [0], nextOffset: 0xffff_fff0))
        #expect(reader.position.offset == 0xffff_fff0)
        _ = try reader.read(MadeEvent.bytes(13, [0], nextOffset: 0x100))
        #expect(reader.position.offset == 0x1_0000_0100)
        _ = try reader.read(MadeEvent.bytes(13, [0], nextOffset: 0x200))
        #expect(reader.position.offset == 0x1_0000_0200)
    }
}
