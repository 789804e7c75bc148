import TestSupport

@testable import Binlog

/// A type of column with values that show how it is kept.
struct TypeCase: CustomStringConvertible, Sendable {
    /// What a query shows a value by, in the words of `BinlogValue.description`.
    enum Shown: Sendable {
        case text, number, hex
        /// As so many bytes, the first ones zeros.
        case padded(Int)
        /// As the bytes that the type is kept in.
        case binary(Int)
        /// As a double.
        case real
        /// As a value of MySQL's JSON type.
        case json
    }

    let type: String
    let shown: Shown
    /// Literals of SQL; NULL is tried for each type.
    let values: [String]

    init(_ type: String, _ shown: Shown, _ values: [String]) {
        self.type = type
        self.shown = shown
        self.values = values
    }

    var description: String { type }

    /// The expression that shows the column.
    func expression(_ column: String) -> String {
        switch shown {
        case .text: "CAST(\(column) AS CHAR)"
        case .number: "CAST(\(column) AS UNSIGNED)"
        case .hex: "HEX(\(column))"
        case .padded(let count): "LPAD(HEX(\(column)), \(2 * count), '0')"
        case .binary(let count): "HEX(CAST(\(column) AS BINARY(\(count))))"
        case .real: "\(column) * 1e0"
        case .json: "CAST(\(column) AS CHAR)"
        }
    }

    /// What the query shows, in the words of a value.
    func normal(_ shown: String?) -> String {
        guard let shown else { return "NULL" }
        guard case .real = self.shown else { return shown }
        return Double(shown).map { "\($0)" } ?? shown
    }

    /// The value in the words of the query.
    func text(of value: BinlogValue) -> String {
        if case .float(let number) = value { return "\(Double(number))" }
        return value.description
    }
}

extension TypeCase {
    static func cases(_ kind: TestServer.Kind) -> [TypeCase] {
        let own = kind == .mysql9 ? mysql : kind == .mariadb118 ? mariadb + mariadb118 : mariadb
        return numbers + temporals + strings + others + own
    }

    private static let numbers: [TypeCase] =
        [("tinyint", 8), ("smallint", 16), ("mediumint", 24), ("int", 32), ("bigint", 64)].flatMap {
            name, bits in
            let top: UInt64 = 1 << (UInt64(bits) - 1)
            return [
                TypeCase(name, .text, ["0", "1", "-1", "-7", "-\(top)", "\(top - 1)"]),
                TypeCase("\(name) unsigned", .text, ["0", "1", "\(top)", "\(top - 1 + top)"]),
            ]
        } + [
            TypeCase("bigint(20) zerofill", .number, ["0", "42"]),
            TypeCase("bool", .text, ["0", "1", "-128"]),
            TypeCase("year", .number, ["0000", "1901", "2026", "2155"]),
            TypeCase(
                "float", .real, ["0", "-0e0", "0.1", "-1.5", "3.4028235e38", "1.4e-45", "16777217"]),
            TypeCase("float unsigned", .real, ["0", "0.3"]),
            TypeCase(
                "double", .real,
                [
                    "0", "-0e0", "0.1", "1e15", "1e16", "123456789.123456789", "5e-324",
                    "-1.7976931348623157e308", "2.2250738585072014e-308", "9007199254740993",
                ]),
            TypeCase("decimal(1,0)", .text, ["0", "9", "-9"]),
            TypeCase(
                "decimal(10,2)", .text, ["0", "0.01", "-0.01", "99999999.99", "-99999999.99"]),
            TypeCase("decimal(10,2) unsigned", .text, ["0", "0.5", "99999999.99"]),
            TypeCase("decimal(20,6)", .text, ["12345678901234.567891", "-0.000001", "-1"]),
            TypeCase("decimal(2,2)", .text, ["0.99", "-0.99", "0"]),
            TypeCase("decimal(30,30)", .text, ["0.123456789012345678901234567890", "-0.5", "0"]),
            TypeCase(
                "decimal(65,30)", .text,
                [
                    "99999999999999999999999999999999999.999999999999999999999999999999",
                    "-99999999999999999999999999999999999.999999999999999999999999999999",
                    "0.000000000000000000000000000001", "-0.000000000000000000000000000001",
                ]),
            TypeCase(
                "decimal(65,0)", .text,
                [String(repeating: "9", count: 65), "-" + String(repeating: "9", count: 65), "0"]),
        ]
        + (1...38).map { precision in
            TypeCase(
                "decimal(\(precision),\(precision / 2))", .text,
                [
                    "0", "1e-\(precision / 2)",
                    "-\(String(repeating: "9", count: precision - precision / 2))."
                        + String(repeating: "8", count: precision / 2),
                ])
        } + [
            TypeCase("bit(1)", .padded(1), ["0", "1"]),
            TypeCase("bit(8)", .padded(1), ["0", "255"]),
            TypeCase("bit(9)", .padded(2), ["0", "b'101010101'", "256"]),
            TypeCase("bit(63)", .padded(8), ["1", "b'1'", "~0 >> 1"]),
            TypeCase("bit(64)", .padded(8), ["0", "1", "~0"]),
        ]

    static let temporals: [TypeCase] =
        [
            TypeCase(
                "date", .text,
                ["'0000-00-00'", "'1000-01-01'", "'9999-12-31'", "'2024-02-29'", "'2024-02-00'"]),
            TypeCase("time", .text, ["'0:0:0'", "'-838:59:59'", "'838:59:59'", "'-0:0:1'"]),
            TypeCase(
                "datetime", .text,
                ["'0000-00-00'", "'1000-01-01'", "'9999-12-31 23:59:59'", "'2026-11-21 09:12:44'"]),
            TypeCase(
                "timestamp NULL", .text,
                ["'0000-00-00'", "'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'", "'2000-02-29'"]),
        ]
        + (1...6).flatMap { digits in
            [
                TypeCase(
                    "time(\(digits))", .text,
                    [
                        "'0:0:0'", "'-0:0:0.9999'", "'-0:0:0.100000'", "'12:34:56.123456'",
                        "'-12:34:56.123456'", "'838:59:58.999999'", "'-838:59:58.999999'",
                        "'-1:0:0'", "'-0:0:1'", "'-0:0:1.000001'",
                    ]),
                TypeCase(
                    "datetime(\(digits))", .text,
                    [
                        "'0000-00-00'", "'2026-11-21 09:12:44.123456'",
                        "'9999-12-31 23:59:58.900001'",
                    ]),
                TypeCase(
                    "timestamp(\(digits)) NULL", .text,
                    [
                        "'0000-00-00'", "'1970-01-01 00:00:01.000001'",
                        "'2038-01-19 03:14:06.999999'", "'2026-11-21 09:12:44.5'",
                    ]),
            ]
        }

    private static let texts = ["''", "'a'", "'end  '", "'grün'", "'it''s \\\\ \\\"\\0\\n'"]

    private static let strings: [TypeCase] =
        [
            TypeCase("char(0)", .hex, ["''"]),
            TypeCase("char(10)", .hex, texts),
            TypeCase("char(255) CHARACTER SET utf8mb4", .hex, texts + ["REPEAT('😀', 255)"]),
            TypeCase("char(120) CHARACTER SET latin1", .hex, texts + ["REPEAT('é', 120)"]),
            TypeCase("varchar(255) CHARACTER SET latin1", .hex, texts + ["REPEAT('é', 255)"]),
            TypeCase("varchar(256) CHARACTER SET latin1", .hex, texts + ["REPEAT('é', 256)"]),
            TypeCase("varchar(64) CHARACTER SET utf8mb4", .hex, texts + ["REPEAT('😀', 64)"]),
            TypeCase("varchar(20) CHARACTER SET utf8mb3", .hex, texts + ["'żółć'"]),
            TypeCase("varchar(20) CHARACTER SET gbk", .hex, texts + ["'中文'"]),
            TypeCase("varchar(20) CHARACTER SET sjis", .hex, texts + ["'日本語'"]),
            TypeCase("varchar(20) CHARACTER SET ucs2", .hex, texts + ["'żółć'"]),
            TypeCase("char(20) CHARACTER SET utf16", .hex, texts + ["'😀'"]),
            TypeCase("char(20) CHARACTER SET utf32", .hex, texts + ["'😀'"]),
            TypeCase("char(20) CHARACTER SET utf16le", .hex, texts + ["'😀'"]),
            TypeCase("text CHARACTER SET cp1251", .hex, texts + ["'Привет'"]),
            TypeCase("binary(0)", .hex, ["''"]),
            TypeCase("binary(4)", .hex, ["''", "x'00'", "x'01000000'", "x'0100ff20'", "'ab  '"]),
            TypeCase("binary(255)", .hex, ["''", "REPEAT(x'ff', 255)", "'a'"]),
            TypeCase("varbinary(255)", .hex, ["''", "x'00'", "x'010000'", "REPEAT(x'ff', 255)"]),
            TypeCase("varbinary(300)", .hex, ["''", "x'00'", "REPEAT(x'00', 300)"]),
            TypeCase("varbinary(60000)", .hex, ["''", "REPEAT(x'00ff', 30000)"]),
        ]
        + ["tiny", "", "medium", "long"].flatMap { size in
            [
                TypeCase("\(size)text CHARACTER SET utf8mb4", .hex, texts),
                TypeCase("\(size)blob", .hex, ["''", "x'00'", "x'fffe00'", "REPEAT('x', 255)"]),
            ]
        } + [
            TypeCase("blob", .hex, ["REPEAT(x'00', 65535)"]),
            TypeCase("mediumblob", .hex, ["REPEAT('m', 70000)", "REPEAT(x'00', 3000000)"]),
            TypeCase("longtext CHARACTER SET utf8mb4", .hex, ["REPEAT('é', 100000)"]),
        ]

    private static let many = (1...300).map { "'w\($0)'" }.joined(separator: ",")
    private static let bits = (1...64).map { "'b\($0)'" }.joined(separator: ",")

    private static let others = [
        TypeCase("enum('a','b','ü')", .number, ["'a'", "'ü'", "'none'", "2"]),
        TypeCase("enum(\(many))", .number, ["'w1'", "'w255'", "'w256'", "'w300'"]),
        TypeCase("set('a','b','c')", .number, ["''", "'a'", "'a,c'", "7"]),
        TypeCase("set(\(bits))", .number, ["''", "'b1'", "'b64'", "'b1,b9,b33,b64'"]),
        TypeCase("geometry", .hex, ["ST_GeomFromText('POINT(1 -2.5)')"]),
        TypeCase(
            "geometry", .hex,
            [
                "ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))', 4326)",
                "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))')",
            ]),
        TypeCase("point", .hex, ["ST_GeomFromText('POINT(0 0)')"]),
        TypeCase("multipoint", .hex, ["ST_GeomFromText('MULTIPOINT(0 0,1 1)')"]),
    ]

    private static let mariadb: [TypeCase] = [
        TypeCase("json", .hex, ["'{}'", "'[1, \"ü\", null]'", "'\"x\"'"]),
        TypeCase("inet6", .binary(16), ["'::'", "'2001:db8::1'", "'ff00::'", "'::ffff:1.2.3.4'"]),
        TypeCase("inet4", .binary(4), ["'0.0.0.0'", "'1.2.3.0'", "'255.255.255.255'"]),
        TypeCase(
            "uuid", .binary(16),
            [
                "'00000000-0000-0000-0000-000000000000'", "'123e4567-e89b-12d3-a456-426655440000'",
                "'ffffffff-ffff-ffff-ffff-ffffffffffff'", "'01890a5d-ac96-774b-bcce-b302099a8057'",
            ]),
        TypeCase(
            "blob COMPRESSED", .hex,
            ["''", "'a'", "REPEAT('a', 99)", "REPEAT('ab', 30000)", "x'00'", "x'0000'"]),
        TypeCase("longtext COMPRESSED", .hex, ["''", "REPEAT('é', 300000)"]),
        TypeCase(
            "varchar(2000) COMPRESSED", .hex,
            ["''", "'a'", "REPEAT('é', 2000)", "REPEAT('b', 200)"]),
        TypeCase("varbinary(200) COMPRESSED", .hex, ["''", "x'00'", "REPEAT('a', 200)"]),
    ]

    private static let mariadb118: [TypeCase] = [
        TypeCase("vector(3)", .hex, ["VEC_FromText('[1,2,3]')", "VEC_FromText('[0,-1.5,1e-3]')"]),
        TypeCase("timestamp NULL", .text, ["'2038-01-19 03:14:08'", "'2106-02-07 06:28:15'"]),
    ]

    private static let mysql: [TypeCase] = [
        TypeCase("vector(3)", .hex, ["STRING_TO_VECTOR('[1,2,3]')", "STRING_TO_VECTOR('[1]')"]),
        TypeCase("json", .json, JSONCases.literals),
    ]
}

/// JSON values of each kind.
enum JSONCases {
    static let literals: [String] =
        texts.map { "'\($0)'" } + [
            "JSON_OBJECT('d', CAST('2026-11-21' AS DATE), 't', CAST('-12:30:00.5' AS TIME(6)))",
            "JSON_ARRAY(CAST('2026-11-21 01:02:03.000004' AS DATETIME(6)), 1.50, -0.001)",
            "JSON_OBJECT('b', x'00ff10', 'n', JSON_ARRAY(NULL, x'41'))",
            "CAST(1.5 AS JSON)", "CAST(CAST('2026-11-21' AS DATE) AS JSON)",
            "CAST(18446744073709551615 AS JSON)", "CAST(-1.0e0 AS JSON)",
            "JSON_ARRAY(REPEAT('x', 70000), 7, 70000, -70000, 1.5e0)",
            "JSON_OBJECT(REPEAT('k', 40000), REPEAT('v', 40000), 'i', 2147483648)",
        ]

    private static let texts = [
        "{}", "[]", "null", "true", "false", "0", "-1", "32767", "32768", "-32768", "-32769",
        "65535", "65536", "2147483647", "2147483648", "-2147483649", "9223372036854775807",
        "18446744073709551615", "1.5", "-0.0", "1e300", "1e16", "0.1", "\"\"", "\"ü😀\"",
        #""\\"\\\\\\b\\n\\u0001""#,
        #"{"a": 1, "bb": [true, null, {"c": "x"}], "": -5}"#, "[[[[[[1]]]]]]",
        #"[1, 65536, -70000, 5000000000, 1.25, "s", {}]"#,
    ]
}
