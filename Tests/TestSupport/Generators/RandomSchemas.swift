import Schema

/// Schemas of up to three tables as people write them, over few names so that pairs overlap.
///
/// Not every text is one that a server takes: what is refused is left out by those who use it.
package struct RandomSchemas {
    package let flavour: ServerProfile.Flavour
    private var random: SeededGenerator
    /// One type for the keys of all tables, so that most foreign keys fit.
    private var keyType = ""
    private var codeType = ""
    /// What the next schema calls tables, columns and indexes that have a name of their own.
    private var names: [String: String] = [:]

    package init(seed: Int, flavour: ServerProfile.Flavour) {
        random = SeededGenerator(seed: UInt64(seed))
        self.flavour = flavour
    }

    /// `CREATE TABLE` by the table's name.
    package mutating func schema(renaming names: [String: String] = [:]) -> [String: String] {
        self.names = names
        keyType = random.any(["int", "bigint", "int unsigned", "bigint unsigned"])
        codeType = random.any(["varchar(20)", "varchar(30)", "char(8) CHARACTER SET ascii"])
        let names = ["p", "q", "r"].filter { _ in random.chance(80) }.map(called)
        var result: [String: String] = [:]
        for name in names { result[name] = table(name, among: names) }
        return result
    }

    private func called(_ name: String) -> String { names[name] ?? name }

    private mutating func table(_ name: String, among names: [String]) -> String {
        let partitions = random.chance(15) ? partitioning() : ""
        let isCounting = random.chance(40)
        let (id, code) = (called("id"), called("code"))
        var lines = ["\(id) \(keyType) NOT NULL\(isCounting ? " AUTO_INCREMENT" : "")"]
        let hasCode = partitions.isEmpty && random.chance(50)
        if hasCode { lines.append("\(code) \(codeType)") }
        let parents = partitions.isEmpty ? names.filter { _ in random.chance(35) } : []
        let columns = ["a", "b", "c", "d", "e", "f"].map(called).shuffled(using: &random)
            .prefix(Int.random(in: 0...5, using: &random))
        lines += columns.map { column($0) }
        // Nothing turns into a place, and no place into anything else.
        if random.chance(15) { lines.append(random.any(["s point", "s point NOT NULL"])) }
        let others = [id] + (hasCode ? [code] : []) + parents.map { "to_\($0)" }
        lines += generated(over: Array(columns) + (random.chance(30) ? others : []))
        lines.shuffle(using: &random)
        lines.append(primaryKey(id, isPlain: !partitions.isEmpty || isCounting))
        if hasCode { lines.append("UNIQUE KEY \(code) (\(code))") }
        for index in ["k1", "k2", "k3"].map(called) where random.chance(50) && !columns.isEmpty {
            let some = Array(columns) + (random.chance(30) ? others : [])
            lines.append(self.index(index, over: some))
        }
        for parent in parents {
            let isByCode = random.chance(25)
            lines.insert("to_\(parent) \(isByCode ? codeType : keyType)", at: 0)
            let key = foreignKey("\(name)_\(parent)", to: parent, isByCode ? code : id)
            lines.append(key)
        }
        if hasCode, partitions.isEmpty, random.chance(20) {
            lines.append("UNIQUE KEY pair (\(id), \(code))")
            lines += ["up \(keyType)", "up_code \(codeType)"]
            lines.append(
                "CONSTRAINT \(name)_pair FOREIGN KEY (up, up_code) "
                    + "REFERENCES \(random.any(names)) (\(id), \(code))")
        }
        if let first = (Array(columns) + others).randomElement(using: &random), random.chance(25) {
            let rule = random.any(["\(first) IS NOT NULL", "length(\(first)) < 9", "\(id) <> 3"])
            let isOff = flavour == .mysql && random.chance(20)
            lines.append("CONSTRAINT \(name)_check CHECK (\(rule))\(isOff ? " NOT ENFORCED" : "")")
        }
        return "CREATE TABLE \(name) (\(lines.joined(separator: ", ")))\(options())\(partitions)"
    }

    // MARK: Columns

    private mutating func column(_ name: String) -> String {
        let shapes = [
            "int", "int NOT NULL", "int NOT NULL DEFAULT 7", "int unsigned", "tinyint(1)",
            "bigint DEFAULT 3", "decimal(10,2)", "decimal(12,4) NOT NULL DEFAULT 0.5", "double",
            "float NOT NULL", "bit(4)", "date", "datetime NOT NULL", "datetime(3)", "time(6)",
            "datetime DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP", "year",
            "timestamp NULL", "timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP", "varchar(20)",
            "varchar(300) NOT NULL", "varchar(20) NOT NULL DEFAULT 'it''s'", "char(8)",
            "varchar(20) CHARACTER SET ascii COLLATE ascii_bin", "varchar(20) COLLATE utf8mb4_bin",
            "char(3) CHARACTER SET latin1 NOT NULL", "text", "mediumtext CHARACTER SET latin1",
            "blob", "varbinary(16)", "binary(4)", "json", "enum('x','y')",
            "enum('x','y','z') NOT NULL", "set('u','v')",
            "int DEFAULT (1 + 2)", "varchar(40) DEFAULT (lower('X'))", "int INVISIBLE",
        ]
        let comment = random.chance(15) ? " COMMENT 'about \(name)'" : ""
        let check = flavour == .mariadb && random.chance(8) ? " CHECK (\(name) IS NOT NULL)" : ""
        return "\(name) \(random.any(shapes))\(comment)\(check)"
    }

    private mutating func generated(over columns: [String]) -> [String] {
        guard random.chance(45), let base = columns.randomElement(using: &random) else { return [] }
        let kind = random.any(["VIRTUAL", "STORED"])
        let (first, second) = (called("g"), called("h"))
        var lines = ["\(first) int GENERATED ALWAYS AS (length(\(base))) \(kind)"]
        let number = Int.random(in: 1...2, using: &random)
        if random.chance(30) { lines.append("\(second) bigint AS (\(first) + \(number)) \(kind)") }
        if random.chance(20) { lines.append("i int DEFAULT (\(first) + \(number))") }
        return lines
    }

    // MARK: Keys

    private mutating func index(_ name: String, over columns: [String]) -> String {
        let some = columns.shuffled(using: &random).prefix(Int.random(in: 1...2, using: &random))
        let parts = some.map { column in
            random.any([column, column, column, "\(column)(4)", "\(column) DESC"])
        }
        let tail = random.any(["", "", "", " COMMENT 'found'", " USING BTREE"])
        let hidden = random.chance(8) ? (flavour == .mariadb ? " IGNORED" : " INVISIBLE") : ""
        let list = parts.joined(separator: ", ")
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1: return "UNIQUE KEY \(name) (\(list))\(tail)"
        case 2: return "FULLTEXT KEY \(name) (\(some.joined(separator: ", ")))"
        case 3: return "SPATIAL KEY \(name) (s)"
        case 4 where flavour == .mysql: return "KEY \(name) ((length(\(some[some.startIndex]))))"
        case 5: return "KEY \(name) (\(called("id")), \(list))"
        default: return "KEY \(name) (\(list))\(tail)\(hidden)"
        }
    }

    private mutating func foreignKey(
        _ name: String, to parent: String, _ column: String
    ) -> String {
        let actions = ["", " ON DELETE CASCADE", " ON DELETE SET NULL", " ON UPDATE CASCADE"]
        // The same names on other tables, and other names on the same ones.
        let called = random.chance(80) ? "CONSTRAINT \(name) " : ""
        return "\(called)FOREIGN KEY (to_\(parent)) REFERENCES \(parent) (\(column))"
            + random.any(actions)
    }

    private mutating func primaryKey(_ id: String, isPlain: Bool) -> String {
        if isPlain || random.chance(80) { return "PRIMARY KEY (\(id))" }
        return random.any(["UNIQUE KEY first_key (\(id))", "KEY first_key (\(id))"])
    }

    // MARK: The table

    private mutating func options() -> String {
        let choices = [
            " DEFAULT CHARSET=latin1", " DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
            " COMMENT='of interest'", " ROW_FORMAT=COMPACT", " ROW_FORMAT=DYNAMIC",
            " STATS_PERSISTENT=1", " AUTO_INCREMENT=50", " ENGINE=MyISAM",
        ]
        let some = (0..<2).compactMap { _ in random.maybe(30, choices) }
            .reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined()
        // No server changes the engine of a table that has a history, and keeps the history.
        let isVersioned = flavour == .mariadb && !some.contains("ENGINE") && random.chance(8)
        return some + (isVersioned ? " WITH SYSTEM VERSIONING" : "")
    }

    private mutating func partitioning() -> String {
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            let bounds = [10, 20, 30, 40].filter { _ in random.chance(60) }
            let parts = bounds.map { "PARTITION p\($0) VALUES LESS THAN (\($0))" }
            let last = random.chance(50) ? ["PARTITION rest VALUES LESS THAN MAXVALUE"] : []
            return
                " PARTITION BY RANGE (\(called("id"))) (\((parts + last).joined(separator: ", ")))"
        case 1:
            let lists = [1, 2, 3].filter { _ in random.chance(70) }
            let parts = lists.map { "PARTITION l\($0) VALUES IN (\($0), \($0 + 10))" }
            return " PARTITION BY LIST (\(called("id"))) (\(parts.joined(separator: ", ")))"
        case 2:
            return
                " PARTITION BY HASH (\(called("id"))) PARTITIONS \(Int.random(in: 1...5, using: &random))"
        default:
            return
                " PARTITION BY KEY (\(called("id"))) PARTITIONS \(Int.random(in: 1...5, using: &random))"
        }
    }
}
