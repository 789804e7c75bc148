import Foundation
import TestSupport
import Testing

@testable import Binlog

@Suite("Values without a server")
struct ValueTests {
    /// Each day of the years that a TIMESTAMP has, against another calendar.
    @Test func daysSince1970() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for day in 0..<49_710 {
            let seconds = day * 86_400 + 1
            let value = try TemporalValue(timestamp: seconds, microsecond: 0, digits: 0)
            let date = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(value.year == date.year && value.month == date.month && value.day == date.day)
        }
    }

    @Test func positionsAreInTheOrderOfTheLog() {
        let places = [
            ("b.000001", 4), ("b.000001", 500), ("b.000002", 4), ("b.999999", 9), ("b.1000000", 4),
        ].map { BinlogPosition(file: $0.0, offset: UInt64($0.1)) }
        #expect(places.shuffled().sorted() == places)
    }

    @Test(
        "attack: a length that is not there is refused",
        arguments: [
            [252, 1], [253, 1, 2], [254, 1, 2, 3, 4, 5, 6, 7], [255], [251], [],
            [254, 255, 255, 255, 255, 255, 255, 255, 255],
        ] as [[UInt8]])
    func lengths(_ bytes: [UInt8]) {
        var cursor = ByteCursor(bytes)
        #expect(throws: BinlogError.self) { try cursor.take(try cursor.packed()) }
    }

    @Test("attack: no range leads outside of the bytes")
    func ranges() throws {
        var cursor = ByteCursor([1, 2, 3], 2..<90)
        #expect(cursor.remaining == 1)
        #expect(throws: BinlogError.self) { try cursor.take(2) }
        #expect(throws: BinlogError.self) { try cursor.take(-1) }
        #expect(throws: BinlogError.self) { try cursor.little(2) }
        #expect(throws: BinlogError.self) { try cursor.big(2) }
        #expect(throws: BinlogError.self) { try cursor.part(2) }
        #expect(throws: BinlogError.self) { try cursor.skip(2) }
        #expect(try cursor.byte() == 3)
        #expect(throws: BinlogError.self) { try cursor.byte() }
    }

    /// A small array whose elements are all the array itself, or all the same long text.
    @Test("attack: a short JSON document does not become a long one")
    func shared() throws {
        func array(_ count: Int, _ entry: [UInt8], _ tail: [UInt8] = []) -> [UInt8] {
            let entries = (0..<count).flatMap { _ in entry }
            let size = 4 + entries.count + tail.count
            return [2] + [count, size].flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] } + entries
                + tail
        }
        let text: [UInt8] = [12, 0xc8, 0x01] + [UInt8](repeating: 65, count: 200)
        let place = 4 + 3 * 100
        for document in [
            array(20, [2, 0, 0]),
            array(100, [12, UInt8(place & 0xff), UInt8(place >> 8)], Array(text.dropFirst())),
        ] {
            let error = caught(BinlogError.self) { _ = try JSONDocument.value(of: document) }
            #expect(error?.kind == .damaged, "\(error as Any)")
        }
        let one = array(1, [12, 7, 0], Array(text.dropFirst()))
        let expected = JSONValue.array([.string(String(repeating: "A", count: 200))])
        #expect(try JSONDocument.value(of: one) == expected)
        #expect(try JSONDocument.value(of: []) == .null)
    }

    /// Arrays in arrays, each four bytes behind where its own begins.
    @Test("attack: a JSON document that is nested without end is refused")
    func nested() {
        var document: [UInt8] = [2]
        for level in 0..<200 {
            let size = (200 - level) * 7
            document += [1, 0, UInt8(size & 0xff), UInt8(size >> 8), 2, 7, 0]
        }
        let error = caught(BinlogError.self) { _ = try JSONDocument.value(of: document) }
        #expect(error?.message == "a JSON column: values are nested too deep")
    }

    @Test("attack: a size that no compression reaches asks for no memory")
    func sizes() {
        let error = caught(BinlogError.self) {
            _ = try Zlib.inflate([1, 2, 3], to: 1 << 40)
        }
        #expect(error?.message == "3 compressed bytes cannot become 1099511627776")
        let most = [UInt8](repeating: 0, count: 1 << 21)
        let large = caught(BinlogError.self) { _ = try Zlib.inflate(most, to: 1 << 30 + 1) }
        #expect(large?.message.contains("cannot become") == true)
        let short = caught(BinlogError.self) { _ = try Zlib.inflate([1, 2, 3], to: 100) }
        #expect(short?.kind == .damaged)
    }

    @Test func literalsOfNumbersAreDoubles() {
        #expect(BinlogValue.double(0).literal(characterSet: nil) == "0.0e0")
        #expect(BinlogValue.double(-0.0).literal(characterSet: nil) == "-0.0e0")
        #expect(BinlogValue.double(1e300).literal(characterSet: nil) == "1e+300")
        #expect(BinlogValue.float(0.1).literal(characterSet: nil) == "0.10000000149011612e0")
    }

    @Test func literalsOfTextsNameTheirCharacterSet() {
        let text = BinlogValue.bytes([0xe9, 0x00])
        #expect(text.literal(characterSet: "latin1") == "_latin1 x'E900'")
        #expect(text.literal(characterSet: "binary") == "x'E900'")
        #expect(text.literal(characterSet: nil) == "x'E900'")
    }

    @Test("attack: a number that is not finite is refused, as no literal says it")
    func infinities() {
        let double = MadeEvent.number(Double.infinity.bitPattern, 8)
        let float = MadeEvent.number(UInt64(Float.nan.bitPattern), 4)
        for (form, bytes) in [(ColumnForm.double, double), (.float, float)] {
            var cursor = ByteCursor(bytes)
            let error = caught(BinlogError.self) { _ = try form.value(from: &cursor) }
            #expect(error?.kind == .damaged)
        }
        #expect(throws: BinlogError.self) {
            try JSONDocument.value(of: [11] + double)
        }
    }

    @Test("attack: digits, bits and lengths that no column has are refused")
    func forms() {
        #expect(throws: BinlogError.self) { try DecimalDigits(precision: 66, scale: 0) }
        #expect(throws: BinlogError.self) { try DecimalDigits(precision: 5, scale: 6) }
        #expect(throws: BinlogError.self) { try DecimalDigits(precision: 0, scale: 0) }
        // Ten in a place for one digit.
        var cursor = ByteCursor([0x80 + 10])
        #expect(throws: BinlogError.self) {
            try DecimalDigits(precision: 1, scale: 0).text(from: &cursor)
        }
        for (type, metadata, name) in [
            (UInt8(16), [9, 1], "bit"), (16, [0, 9], "bit"), (19, [7], "time"), (252, [9], "blob"),
            (252, [0], "blob"), (254, [247, 0], "enum"),
        ] as [(UInt8, [UInt8], String)] {
            var fields = ByteCursor(metadata)
            let error = caught(BinlogError.self) {
                let wire = try WireColumn(WireType(rawValue: type), from: &fields)
                _ = try ColumnForm(wire, BinlogColumn(name: "x", type: name))
            }
            #expect(error?.kind == .damaged, "\(name) \(metadata)")
        }
    }

    @Test("attack: a character set's name does not become SQL")
    func characterSetNames() {
        for name in ["latin1 x'00'), (", "a'b", "", "ü", "latin1;"] {
            let literal = BinlogValue.bytes([0x41]).literal(characterSet: name)
            #expect(literal == "x'41'", "\(name)")
        }
    }

    /// Days, hours and digits that no server writes.
    @Test(
        "attack: bytes that are no date or time are refused",
        arguments: [
            (TemporalForm.date, [0xff, 0xff, 0xff]), (.time(digits: 0), [0xff, 0xff, 0xff]),
            (.time(digits: 6), [0x80, 0, 0, 0xff, 0xff, 0xff]),
            (.datetime(digits: 0), [0xff, 0xff, 0xff, 0xff, 0xff]),
            (.datetime(digits: 0), [0, 0, 0, 0, 1]),
            (.timestamp(digits: 6), [0, 0, 0, 1, 0xff, 0xff, 0xff]),
            (.oldTime(digits: 0), [0xff, 0xff, 0x7f]), (.oldTime(digits: 6), [255, 0, 0, 0, 0, 0]),
            (.oldDatetime(digits: 0), [255, 255, 255, 255, 255, 255, 255, 255]),
            (.oldDatetime(digits: 6), [255, 255, 255, 255, 255, 255, 255, 255]),
            (.oldDatetime(digits: 3), [255, 255, 255, 255, 255, 255, 255]),
        ] as [(TemporalForm, [UInt8])])
    func times(_ form: TemporalForm, _ bytes: [UInt8]) {
        var cursor = ByteCursor(bytes)
        let error = caught(BinlogError.self) { _ = try form.value(from: &cursor) }
        #expect(error?.kind == .damaged)
    }
}
