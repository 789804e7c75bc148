import Schema

@testable import Diff
@testable import TestSupport

/// Values of a column that people have in their rows: its limits, nothing, zeros, what is empty.
enum RowValues {
    /// SQL expressions; some of them a server may not take.
    static func literals(of column: Column) -> [String] {
        let type = ColumnType(column.type)
        var values = plain(type)
        if !column.isNotNull { values.append("NULL") }
        return values.isEmpty ? ["DEFAULT"] : values
    }

    private static func plain(_ type: ColumnType) -> [String] {
        switch type.name {
        case "tinyint", "smallint", "mediumint", "int", "bigint": integers(type)
        case "decimal": decimals(type)
        case "float", "double":
            type.isUnsigned ? ["0", "1.5", "3e10"] : ["0", "-2.25", "0.1", "3e10"]
        case "bit": ["b'0'", "b'1'", "b'\(String(repeating: "1", count: type.length ?? 1))'"]
        case "char", "varchar", "tinytext", "text", "mediumtext", "longtext":
            texts(most: type.length ?? (type.name == "tinytext" ? 250 : 1_000))
        case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob":
            [
                "''", "'a'", "x'00ff00'", "x'61622020'",
                "'\(String(repeating: "z", count: min(type.length ?? 250, 250)))'",
            ]
        case "enum": type.arguments + ["0"]
        case "set": type.arguments + ["''", "1 | 2"]
        case "json": ["'{\"a\": 1}'", "'[]'", "'null'", "'\"x\"'"]
        case "uuid":
            ["'123e4567-e89b-12d3-a456-426655440000'", "'00000000-0000-0000-0000-000000000000'"]
        case "inet4": ["'10.0.0.1'", "'0.0.0.0'"]
        case "inet6": ["'::1'", "'::ffff:10.0.0.1'"]
        case "point": ["ST_GeomFromText('POINT(1 2)')"]
        case "geometry":
            ["ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('LINESTRING(0 0,1 1)')"]
        default: moments(type)
        }
    }

    private static func integers(_ type: ColumnType) -> [String] {
        let bits = ["tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32][type.name] ?? 64
        let half = Int128(1) << Int128(bits - 1)
        return type.isUnsigned
            ? ["0", "1", "2", "5", "100", "\(half * 2 - 1)"]
            : ["0", "1", "-1", "2", "-3", "5", "100", "\(half - 1)", "\(-half)"]
    }

    private static func decimals(_ type: ColumnType) -> [String] {
        let places = type.arguments.compactMap { Int($0) }
        let (digits, fraction) = (places.first ?? 10, places.dropFirst().first ?? 0)
        let whole = String(repeating: "9", count: max(1, digits - fraction))
        let most = fraction > 0 ? "\(whole).\(String(repeating: "9", count: fraction))" : whole
        return ["0", "1.5", "7", most] + (type.isUnsigned ? [] : ["-\(most)", "-1"])
    }

    private static func texts(most: Int) -> [String] {
        let long = String(repeating: "xy", count: most / 2 + 1).prefix(min(most, 400))
        return [
            "''", "'a'", "'A '", "'b  '", "'ß é'", "'😀'", "'1'", "'-7.50'", "'2020-02-29'",
            "'\(long)'",
        ]
    }

    private static func moments(_ type: ColumnType) -> [String] {
        switch type.name {
        case "date": ["'2020-02-29'", "'9999-12-31'", "'0000-00-00'", "'2020-00-00'"]
        case "datetime":
            ["'2020-02-29 23:59:59.75'", "'2021-01-01'", "'9999-12-31 23:59:59'", "'0000-00-00'"]
        case "timestamp": ["'2020-02-29 23:59:59.75'", "'2038-01-19 03:14:07'", "'0000-00-00'"]
        case "time": ["'-838:59:59'", "'12:34:56.5'", "'00:00:00'", "'838:59:59'"]
        case "year": ["1901", "2155", "0", "2024"]
        default: []
        }
    }
}
