import Schema

@testable import Diff
@testable import TestSupport

/// Fills the tables of a database with rows that its server takes.
struct RowFiller {
    let connection: MySQLClient.Connection
    let flavour: ServerProfile.Flavour
    var generator: SeededGenerator
    private(set) var count = 0

    init(_ connection: MySQLClient.Connection, _ flavour: ServerProfile.Flavour, seed: UInt64) {
        self.connection = connection
        self.flavour = flavour
        generator = SeededGenerator(seed: seed)
    }

    /// Every value of every column once, as far as keys and checks allow.
    mutating func fill(_ tables: [Table]) throws {
        try connection.execute(
            "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'")
        // Parents may stand behind their children.
        for _ in 0..<2 {
            for table in tables { try fill(table) }
        }
    }

    private mutating func fill(_ table: Table) throws {
        let columns = table.columns.filter { column in
            column.generated == nil && !column.attributes.contains { $0.text.contains("AS ROW") }
        }
        guard !columns.isEmpty else { return }
        let parents = try parents(of: table)
        // Half of the tables hold few values, so that not each change is refused for one of them.
        let isTame = generator.chance(50)
        let keys = Set((table.primaryKey?.parts ?? []).map(\.key))
        let values = columns.map { column in
            let all = parents[column.name] ?? RowValues.literals(of: column)
            guard isTame, !keys.contains(.column(column.name)) else { return all }
            return Array(all.shuffled(using: &generator).prefix(2))
        }
        let names = columns.map { SQL.identifier($0.name) }.joined(separator: ", ")
        for row in 0..<(values.map(\.count).max() ?? 0) {
            let texts = values.map { choices in
                generator.chance(70) ? choices[row % choices.count] : generator.any(choices)
            }
            let sql =
                "INSERT INTO \(SQL.identifier(table.name)) (\(names)) VALUES "
                + "(\(texts.joined(separator: ", ")))"
            do {
                try connection.execute(sql)
                count += 1
            } catch {
                guard connection.isUsable else { throw error }
            }
        }
    }

    /// What the parents of foreign keys hold, by column.
    private func parents(of table: Table) throws -> [String: [String]] {
        var result: [String: [String]] = [:]
        for key in table.foreignKeys {
            for (name, parent) in zip(key.columns, key.referencedColumns) {
                let rows = try connection.query(
                    "SELECT DISTINCT QUOTE(\(SQL.identifier(parent))) FROM "
                        + "\(SQL.identifier(key.referencedTable)) ORDER BY 1 LIMIT 8")
                let isRequired = table.columns.contains { $0.name == name && $0.isNotNull }
                let found = rows.compactMap { $0[0] }
                result[name] = found.isEmpty || !isRequired ? found + ["NULL"] : found
            }
        }
        return result
    }
}
