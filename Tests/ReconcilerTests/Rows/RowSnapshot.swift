import Schema

@testable import Diff
@testable import TestSupport

/// A table with its rows, as a client reads them.
struct RowSnapshot {
    let table: Table
    /// `SHOW CREATE TABLE` without the counter.
    let text: String
    let count: Int
    /// What comes next, where the server says so.
    let counter: UInt64

    /// The base tables of the connection's database, by name.
    static func all(
        _ connection: MySQLClient.Connection, _ flavour: ServerProfile.Flavour
    ) throws -> [String: RowSnapshot] {
        var result: [String: RowSnapshot] = [:]
        for row in try connection.query("SHOW FULL TABLES") where row[1]?.contains("VIEW") == false
        {
            guard let name = row[0], row[1] != "SEQUENCE" else { continue }
            let quoted = SQL.identifier(name)
            let text = try connection.query("SHOW CREATE TABLE \(quoted)").first?[1] ?? ""
            guard let table = try? TableParser.parse(text, flavour: flavour) else { continue }
            let count = try connection.query("SELECT COUNT(*) FROM \(quoted)").first?[0]
            result[name] = RowSnapshot(
                table: table, text: table.showCreate(flavour: flavour),
                count: count.flatMap { Int($0) } ?? -1, counter: table.autoIncrement ?? 1)
        }
        return result
    }

    /// The readings of all rows, sorted, under `expressions`.
    static func rows(
        _ connection: MySQLClient.Connection, of table: String, _ expressions: [String]
    ) throws -> [[String?]] {
        guard !expressions.isEmpty else { return [] }
        let rows = try connection.query(
            "SELECT \(expressions.joined(separator: ", ")) FROM \(SQL.identifier(table))")
        return rows.map { row in expressions.indices.map { row[$0] } }
            .sorted { left, right in
                left.map { $0 ?? "" }.joined(separator: "\u{0}")
                    < right.map { $0 ?? "" }.joined(separator: "\u{0}")
            }
    }

    /// How a column is read: its value as text, or its bytes.
    static func expression(_ column: Column, asBytes: Bool) -> String {
        let name = SQL.identifier(column.name)
        if asBytes { return "HEX(\(name))" }
        return switch ColumnType(column.type).name {
        case "bit": "CAST(\(name) + 0 AS CHAR)"
        case "point", "geometry", "linestring", "polygon": "ST_AsText(\(name))"
        default: "CONVERT(\(name) USING utf8mb4)"
        }
    }

    static func isBytes(_ column: Column) -> Bool {
        let name = ColumnType(column.type).name
        return name.hasSuffix("binary") || name.hasSuffix("blob") || name == "vector"
    }
}

/// What a value says, whatever type it has: numbers by what they are, moments by what is not zero.
struct RowReading {
    let from: ColumnType
    let to: ColumnType

    func canonical(_ value: String?) -> String {
        guard let value else { return "NULL" }
        if from.name == "float" || to.name == "float" { return Float(value)?.description ?? value }
        if from.name == "double" || to.name == "double" {
            return Double(value)?.description ?? value
        }
        if isNumber(from) || isNumber(to) { return Self.number(value) }
        if isMoment(from) || isMoment(to) { return Self.moment(value) }
        return value
    }

    private func isNumber(_ type: ColumnType) -> Bool {
        ["tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "bit", "year"]
            .contains(type.name)
    }

    private func isMoment(_ type: ColumnType) -> Bool {
        ["date", "datetime", "timestamp", "time"].contains(type.name)
    }

    private static func number(_ value: String) -> String {
        var text = value
        if text.wholeMatch(of: /-?\d+\.\d+/) != nil {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text.wholeMatch(of: /-?0+/) != nil ? "0" : text
    }

    private static func moment(_ value: String) -> String {
        var text = value
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text.hasSuffix(" 00:00:00") ? String(text.dropLast(9)) : text
    }
}
