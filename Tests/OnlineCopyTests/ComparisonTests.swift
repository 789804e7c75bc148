import OnlineCopy
import TestSupport
import Testing

@Suite("A row of a copy that differs in anything is found, and copied again")
struct ComparisonTests {
    /// A column of each kind, with two values that differ by as little as may be.
    static func columns(_ kind: TestServer.Kind) -> [(type: String, values: [String])] {
        let own: [(String, [String])] =
            kind.flavour == .mysql
            ? [("json", ["'{\"a\": 1}'", "'{\"a\": \"1\"}'"])] : [("inet6", ["'::1'", "'::2'"])]
        return [
            ("int", ["1", "NULL"]), ("bigint unsigned", ["18446744073709551615", "0"]),
            ("decimal(30,10)", ["0.0000000001", "0"]), ("double", ["1", "1.0000000000000002"]),
            ("float", ["1", "1.5"]), ("bit(9)", ["b'100000000'", "b'100000001'"]),
            ("year", ["1999", "2000"]), ("date", ["'2026-01-01'", "'2026-01-02'"]),
            ("datetime(6)", ["'2026-01-01 00:00:00.000001'", "'2026-01-01 00:00:00.000002'"]),
            ("timestamp(3) NULL", ["'2026-01-01 00:00:00.001'", "NULL"]),
            ("time(3)", ["'-00:00:00.001'", "'00:00:00.001'"]),
            ("char(5) CHARACTER SET latin1", ["'é'", "'e'"]),
            ("varchar(9) COLLATE utf8mb4_general_ci", ["'ä'", "'a'"]),
            ("varchar(9)", ["'a'", "'a '"]), ("varchar(9)", ["''", "NULL"]),
            ("text CHARACTER SET utf16", ["'ß'", "'ss'"]), ("varbinary(9)", ["x'00'", "x'0000'"]),
            ("binary(3)", ["x'01'", "x'02'"]), ("longblob", ["x'ff'", "x'fe'"]),
            ("enum('A', 'ä', 'x') CHARACTER SET latin1", ["'A'", "'ä'"]),
            ("set('p', 'q')", ["'p,q'", "'q'"]), ("point", ["POINT(1, 2)", "POINT(1, 3)"]),
        ] + own
    }

    @Test(arguments: TestServer.available) func everyKindOfColumn(kind: TestServer.Kind) throws {
        let columns = Self.columns(kind)
        let definitions = columns.indices.map { "c\($0) \(columns[$0].type)" }
            .joined(separator: ", ")
        let fixture = try CopyFixture(
            kind, "(id int NOT NULL PRIMARY KEY, \(definitions))", becomes: "ADD COLUMN more int")
        for id in 0..<100 {
            let values = columns.map { $0.values[0] }.joined(separator: ", ")
            try fixture.root.execute("INSERT INTO t VALUES (\(id), \(values))")
        }
        let before = try fixture.rows()
        let copy = try fixture.copy(isBeside: false)
        while try copy.work(seconds: 0) != .comparing {}
        // One row for each column, and one that is missing, and one that is too many.
        let shadow = fixture.job.names.shadow
        for (place, column) in columns.enumerated() {
            try fixture.root.execute(
                "UPDATE \(shadow) SET c\(place) = \(column.values[1]) WHERE id = \(place)")
        }
        let tampered = try fixture.rows(shadow)
        for (place, column) in columns.enumerated() {
            #expect(tampered[place].dropLast() != before[place][...], "\(column.type)")
        }
        try fixture.root.execute("DELETE FROM \(shadow) WHERE id = 98")
        try fixture.root.execute("INSERT INTO \(shadow) (id) VALUES (1000)")
        try fixture.finish(copy)
        #expect(copy.progress.repaired == columns.count + 2)
        try fixture.cutOver(copy)
        #expect(try fixture.rows().map { $0.dropLast() } == before.map { $0[...] })
    }

    /// The exclusive or of all checksums would be the same.
    @Test func oneDifferenceTwice() throws {
        let fixture = try CopyFixture(
            .mariadb1011, "(id int NOT NULL PRIMARY KEY, a int, b int)", becomes: "MODIFY b bigint")
        try fixture.root.execute("INSERT INTO t VALUES (1, 5, 5), (2, 5, 5)")
        let copy = try fixture.copy(isBeside: false)
        while try copy.work(seconds: 0) != .comparing {}
        try fixture.root.execute("UPDATE \(fixture.job.names.shadow) SET a = 6")
        try fixture.finish(copy)
        #expect(copy.progress.repaired == 2)
    }
}
