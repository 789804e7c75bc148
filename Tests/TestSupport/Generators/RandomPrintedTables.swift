import Schema

/// Tables that use whatever the servers of a flavour print, of all names and texts; few of them
/// are ones that a server would take.
package struct RandomPrintedTables {
    package let flavour: ServerProfile.Flavour
    private var random: SeededGenerator
    private var nextName = 0

    package init(seed: UInt64, flavour: ServerProfile.Flavour) {
        self.flavour = flavour
        random = SeededGenerator(seed: seed)
    }

    package mutating func table() -> Table {
        var table = Table(name: name(), columns: [])
        for _ in 0..<Int.random(in: 1...8, using: &random) { table.columns.append(column()) }
        for _ in 0..<Int.random(in: 0...4, using: &random) { table.indexes.append(index(table)) }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            table.foreignKeys.append(foreignKey(table))
        }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            table.checks.append(
                Check(
                    name: name(), expression: expression(),
                    isEnforced: flavour == .mariadb || random.chance(50)))
        }
        table.options = [TableOption(key: "ENGINE", value: "InnoDB")]
        table.autoIncrement = random.maybe(40, [1, 77, .max])
        table.options +=
            random.maybe(70, [TableOption(key: "DEFAULT CHARSET", value: "utf8mb4")]).map { [$0] }
            ?? []
        table.options +=
            random.maybe(30, [TableOption(key: "COMMENT", value: literal())]).map { [$0] } ?? []
        if flavour == .mariadb { addMariaDBParts(to: &table) }
        table.partitioning = random.chance(30) ? partitioning(table) : nil
        return table
    }

    /// One to four bytes changed, removed, doubled or cut off.
    package mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !result.isEmpty {
            let place = Int.random(in: 0..<result.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: result[place] = UInt8.random(in: 0...255, using: &random)
            case 1: result.remove(at: place)
            case 2: result.insert(random.any(Array("()'`\"\\,;*/-# \n".utf8)), at: place)
            case 3: result.removeSubrange(place...)
            default: result.insert(result[place], at: place)
            }
        }
        return result
    }

    private mutating func addMariaDBParts(to table: inout Table) {
        if random.chance(15) { table.periods = [Period(name: "p", start: "s", end: "e")] }
        if random.chance(15) {
            table.options.append(TableOption(key: "`encrypted`", value: "'no'"))
        }
        table.isSystemVersioned = random.chance(10)
    }

    private mutating func name() -> String {
        nextName += 1
        return random.any(["a", "select", "with space", "`tick`", "quo'te", "größe", ")", "名"])
            + String(nextName)
    }

    private mutating func literal() -> String {
        random.any([
            "'a'", "''", "'it''s'", #"'\\'"#, "'(,)'", "' AUTO_INCREMENT=5'", "'/* -- #'", "'ü'",
        ])
    }

    private mutating func expression() -> String {
        random.any([
            "`a` + 1", "(`a` > 1)", "`a` <> ')'", "lower(concat('(',`b`))", #"`a` = '\''"#,
        ])
    }

    private mutating func column() -> Column {
        var column = Column(
            name: name(),
            type: random.any([
                "int(11)", "bigint unsigned", "decimal(12,2)", "varchar(10)", "enum('a','b''c')",
                "text", "int(10) unsigned zerofill", "point",
            ]))
        column.characterSet = random.maybe(20, ["latin1", "utf8mb4"])
        column.collation = random.maybe(20, ["utf8mb4_bin"])
        if random.chance(15) {
            column.generated = Column.Generated(
                expression: expression(), kind: random.any([.stored, .virtual]))
        }
        column.isNotNull = random.chance(30)
        column.isExplicitlyNull = !column.isNotNull && random.chance(10)
        column.defaultValue = random.maybe(
            50,
            [
                "NULL", "5", "-1.5e30", literal(), "b'101'", "current_timestamp(3)", "(1 + 2)",
                "_utf8mb4'x'",
            ])
        column.onUpdate = random.maybe(10, ["CURRENT_TIMESTAMP", "current_timestamp(3)"])
        column.isAutoIncrement = random.chance(10)
        column.comment = random.chance(20) ? literal() : nil
        column.isInvisible = random.chance(15)
        if flavour == .mariadb {
            column.check = random.chance(10) ? expression() : nil
            if random.chance(10), column.defaultValue != nil {
                column.attributes = [
                    ColumnAttribute(text: "WITHOUT SYSTEM VERSIONING", place: .afterDefault)
                ]
            }
        } else if random.chance(10) {
            column.attributes = [
                ColumnAttribute(text: "/*!50606 STORAGE DISK */", place: .afterType)
            ]
            column.characterSet = nil
            column.collation = nil
        }
        return column
    }

    private mutating func index(_ table: Table) -> Index {
        var index = Index(
            kind: random.any([.primary, .unique, .plain, .fulltext, .spatial]), name: name(),
            parts: [])
        if index.kind == .primary { index.name = "" }
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            index.parts.append(
                Index.Part(
                    key: flavour == .mysql && random.chance(20)
                        ? .expression(expression()) : .column(random.any(table.columns).name),
                    length: nil, isDescending: random.chance(20)))
        }
        if case .column = index.parts[0].key { index.parts[0].length = random.maybe(20, [1, 255]) }
        index.options = random.any([[], ["USING HASH"], ["KEY_BLOCK_SIZE=4", "COMMENT 'x'"]])
        if index.kind == .fulltext, random.chance(30) {
            index.options.append("/*!50100 WITH PARSER `ngram` */")
        }
        index.isIgnored = random.chance(15)
        if flavour == .mariadb, random.chance(10) { index.withoutOverlaps = "p" }
        return index
    }

    private mutating func foreignKey(_ table: Table) -> ForeignKey {
        ForeignKey(
            name: name(), columns: [random.any(table.columns).name],
            referencedSchema: random.maybe(20, ["other"]), referencedTable: name(),
            referencedColumns: [name(), name()],
            onDelete: random.maybe(40, ["CASCADE", "SET NULL", "NO ACTION", "RESTRICT"]),
            onUpdate: random.maybe(40, ["CASCADE", "SET DEFAULT"]))
    }

    private mutating func partitioning(_ table: Table) -> Partitioning {
        if random.chance(30) {
            return Partitioning(method: random.any(["HASH (`a`)", "LINEAR KEY (`a`)"]), count: 4)
        }
        let names = (0..<Int.random(in: 1...3, using: &random)).map { "p\($0)" }
        let hasSubpartitions = random.chance(30)
        return Partitioning(
            method: random.any(["RANGE (`a`)", "LIST  COLUMNS(`a`,`b`)"]),
            subpartitioning: hasSubpartitions ? "SUBPARTITION BY HASH (`b`)" : nil,
            partitions: names.map { name in
                Partitioning.Partition(
                    name: name, isNameQuoted: flavour == .mariadb || random.chance(50),
                    values: random.any(["VALUES LESS THAN (10)", "VALUES IN ('a,b',NULL)"]),
                    options: hasSubpartitions ? "" : "COMMENT = 'a)b' ENGINE = InnoDB",
                    subpartitions: hasSubpartitions ? "(SUBPARTITION `x` ENGINE = InnoDB)" : nil)
            })
    }
}
