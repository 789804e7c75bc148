import Schema

/// Tables as MariaDB 10.11 would print them, over a small set of names so that pairs overlap.
package struct RandomTables {
    private var generator: SeededGenerator

    package init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    package mutating func table() -> Table {
        let isLatin = chance(4)
        let options = [
            TableOption(key: "ENGINE", value: "InnoDB"),
            TableOption(key: "DEFAULT CHARSET", value: isLatin ? "latin1" : "utf8mb4"),
            TableOption(
                key: "COLLATE", value: isLatin ? "latin1_swedish_ci" : "utf8mb4_general_ci"),
        ]
        var table = Table(name: "t", columns: [], options: options)
        if chance(3) { table.options.append(TableOption(key: "COMMENT", value: "'of interest'")) }
        if chance(5) { table.options.append(TableOption(key: "ROW_FORMAT", value: "COMPACT")) }
        let names = ["a", "b", "c", "d", "e", "f"].shuffled(using: &generator)
        let count = Int.random(in: 2...6, using: &generator)
        table.columns = names.prefix(count).map { column($0) }
        addGenerated(to: &table)
        addIndexes(to: &table)
        if chance(3) {
            let name = table.columns[0].name
            table.checks = [Check(name: "positive", expression: "`\(name)` is not null")]
        }
        return table
    }

    private mutating func column(_ name: String) -> Column {
        let types = [
            "int(11)", "bigint(20) unsigned", "varchar(20)", "varchar(100)", "char(8)",
            "decimal(12,2)", "datetime", "enum('x','y')", "varbinary(16)",
        ]
        let type = types.randomElement(using: &generator) ?? "int(11)"
        var column = Column(name: name, type: type)
        column.isNotNull = chance(2)
        if !column.isNotNull { column.defaultValue = "NULL" }
        if column.isNotNull, type.hasPrefix("int"), chance(2) { column.defaultValue = "7" }
        if chance(5) { column.comment = "'about \(name)'" }
        if type.hasPrefix("varchar"), chance(4) {
            column.characterSet = "ascii"
            column.collation = "ascii_bin"
        }
        return column
    }

    private mutating func addGenerated(to table: inout Table) {
        guard chance(2), let base = table.columns.randomElement(using: &generator) else { return }
        let kind: Column.Generated.Kind = chance(2) ? .virtual : .stored
        let generated = Column(
            name: "g", type: "int(11)",
            generated: .init(expression: "octet_length(`\(base.name)`)", kind: kind))
        table.columns.insert(
            generated, at: Int.random(in: 0...table.columns.count, using: &generator))
    }

    private mutating func addIndexes(to table: inout Table) {
        let required = table.columns.filter { $0.isNotNull && $0.generated == nil }
        if chance(3, of: 4), let key = required.randomElement(using: &generator) {
            table.indexes.append(
                Index(kind: .primary, name: "", parts: [.init(key: .column(key.name))]))
        }
        var unique: [Index] = []
        var plain: [Index] = []
        for name in ["k1", "k2", "k3"] where chance(2) {
            let parts = table.columns.shuffled(using: &generator)
                .prefix(Int.random(in: 1...2, using: &generator))
                .map { Index.Part(key: .column($0.name)) }
            if chance(4) {
                unique.append(Index(kind: .unique, name: name, parts: parts))
            } else {
                plain.append(
                    Index(kind: .plain, name: name, parts: parts, isIgnored: chance(6)))
            }
        }
        let notNull = Set(table.columns.filter(\.isNotNull).map(\.name))
        let isRequired = { (index: Index) in
            index.parts.allSatisfy { part in
                guard case .column(let name) = part.key else { return false }
                return notNull.contains(name)
            }
        }
        table.indexes += unique.filter(isRequired) + unique.filter { !isRequired($0) } + plain
    }

    /// True once in `count` times, or `count` in `total`.
    private mutating func chance(_ count: Int, of total: Int? = nil) -> Bool {
        if let total { return Int.random(in: 0..<total, using: &generator) < count }
        return Int.random(in: 0..<count, using: &generator) == 0
    }
}
