@testable import Binlog

/// Events put together by hand, as a server would send them.
enum MadeEvent {
    /// An event with a right checksum at its end.
    static func bytes(
        _ type: UInt8, _ body: [UInt8], flags: UInt16 = 0, nextOffset: UInt32 = 0
    ) -> [UInt8] {
        var bytes = number(0, 4) + [type] + number(1, 4)
        bytes += number(UInt64(EventHeader.size + body.count + 4), 4)
        bytes += number(UInt64(nextOffset), 4) + number(UInt64(flags), 2) + body
        return bytes + number(UInt64(Zlib.checksum(of: bytes)), 4)
    }

    /// The format of a log.
    static func format(
        version: UInt64 = 4, header: UInt8 = 19, lengths: Int = 40, checksums: UInt8 = 1
    ) -> [UInt8] {
        let name = Array("10.11.0-MariaDB".utf8)
        let padding = [UInt8](repeating: 0, count: 50 - name.count)
        let lengths = [UInt8](repeating: 8, count: lengths)
        return bytes(
            15,
            number(version, 2) + name + padding + number(0, 4) + [header] + lengths + [checksums])
    }

    /// A table `d.t` of INT columns, with the number 7.
    static func table(columns: Int = 2) -> [UInt8] {
        let types = [UInt8](repeating: 3, count: columns)
        let nulls = [UInt8](repeating: 0xff, count: (columns + 7) / 8)
        let names: [UInt8] = [1, UInt8(ascii: "d"), 0, 1, UInt8(ascii: "t"), 0]
        return bytes(
            19, number(7, 6) + number(1, 2) + names + [UInt8(columns)] + types + [0] + nulls)
    }

    /// Rows of that table that were inserted.
    static func rows(
        id: UInt64 = 7, flags: UInt64 = 1, columns: UInt8 = 2, present: UInt8 = 3, _ rows: [UInt8]
    ) -> [UInt8] {
        bytes(23, number(id, 6) + number(flags, 2) + [columns, present] + rows)
    }

    static let definition = TableColumns(
        database: "d", table: "t",
        columns: ["a", "b"].map { BinlogColumn(name: $0, type: "int") })

    /// A number of so many bytes, the lowest first.
    static func number(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
}
