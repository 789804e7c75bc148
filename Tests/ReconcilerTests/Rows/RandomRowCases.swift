import Schema

@testable import TestSupport

/// Random changes of one column: types, nullability, defaults, what is computed, keys, checks.
struct RandomRowCases {
    private var generator: SeededGenerator
    private let seed: Int
    private let flavour: ServerProfile.Flavour

    init(seed: Int, flavour: ServerProfile.Flavour) {
        generator = SeededGenerator(seed: UInt64(truncatingIfNeeded: seed))
        self.seed = seed
        self.flavour = flavour
    }

    private static let types = [
        "tinyint", "smallint unsigned", "int", "int unsigned", "bigint", "bigint unsigned",
        "decimal(6,2)", "decimal(20,6)", "decimal(3,0) unsigned", "float", "double", "bit(1)",
        "bit(8)", "char(4)", "char(10)", "varchar(4)", "varchar(10)", "varchar(300)", "tinytext",
        "text", "longtext", "varchar(10) CHARACTER SET latin1", "varchar(10) CHARACTER SET ascii",
        "varchar(10) COLLATE utf8mb4_bin", "text CHARACTER SET latin1", "binary(4)", "binary(6)",
        "varbinary(4)", "varbinary(10)", "blob", "enum('a','b','1')", "enum('b','a','c','1')",
        "enum('a','b','1','z')", "set('a','b')", "set('b','a','x')", "date", "datetime",
        "datetime(3)", "timestamp", "timestamp(2)", "time", "time(3)", "year", "json",
    ]
    private static let mariadb = ["uuid", "inet6", "inet4"]

    mutating func next() -> RowCase {
        let form = Int.random(in: 0..<100, using: &generator)
        var result =
            switch form {
            case ..<60: column()
            case ..<75: computed()
            case ..<85: counted()
            default: keyed()
            }
        result = RowCase(
            "seed \(seed): \(result.label)", result)
        return result
    }

    private mutating func type() -> String {
        generator.any(flavour == .mariadb ? Self.types + Self.mariadb : Self.types)
    }

    private mutating func definition() -> String {
        let type = type()
        if generator.chance(60) { return "\(type) NULL" }
        guard generator.chance(50), let value = Self.literal(type) else {
            return "\(type) NOT NULL"
        }
        return "\(type) NOT NULL DEFAULT \(value)"
    }

    private static func literal(_ type: String) -> String? {
        switch type.prefix(while: { $0.isLetter }) {
        case "tinyint", "smallint", "int", "bigint", "decimal", "float", "double": "1"
        case "char", "varchar", "binary", "varbinary", "enum", "set": "'a'"
        case "date", "datetime", "timestamp": "'2024-02-29'"
        case "year": "2024"
        default: nil
        }
    }

    private mutating func column() -> RowCase {
        RowCase(definition(), definition())
    }

    private mutating func computed() -> RowCase {
        let (type, expression) = generator.any([
            ("int", "v * 2"), ("bigint", "v + 1"), ("varchar(40)", "concat(v, 'x')"),
            ("varchar(30)", "w"), ("decimal(20,2)", "v / 3"), ("int", "char_length(w)"),
        ])
        let others = [
            type, "\(type) AS (\(expression)) VIRTUAL", "\(type) AS (\(expression)) STORED",
            "\(type) AS (\(expression)) VIRTUAL", "varchar(50)",
            "\(type) AS (v) STORED",
        ]
        func table(_ column: String) -> String {
            "(id int PRIMARY KEY, v int, w varchar(20), g \(column))"
        }
        let (from, to) = (generator.any(others), generator.any(others))
        return RowCase("g \(from) → g \(to)", from: table(from), to: table(to))
    }

    private mutating func counted() -> RowCase {
        let whole = ["int", "bigint", "smallint", "int unsigned", "bigint unsigned"]
        func column(_ type: String, _ counts: Bool) -> String {
            "(c \(type) NOT NULL\(counts ? " AUTO_INCREMENT" : ""), v varchar(20), PRIMARY KEY (c))"
        }
        let from = column(generator.any(whole), generator.chance(60))
        let to = column(generator.any(whole), generator.chance(60))
        return RowCase("\(from) → \(to)", from: from, to: to)
    }

    private mutating func keyed() -> RowCase {
        let type = type()
        let keys = [
            "", ", KEY k (c)", ", UNIQUE KEY u (c)", ", CONSTRAINT n CHECK (c IS NOT NULL)",
            ", CONSTRAINT e CHECK (c <> '')", ", UNIQUE KEY u (c, id)",
        ]
        let other = generator.chance(50) ? type : self.type()
        return RowCase(
            "\(type) NULL", "\(other) NULL", keys: (generator.any(keys), generator.any(keys)))
    }
}

extension RowCase {
    fileprivate init(_ label: String, _ other: RowCase) {
        self.init(label, current: other.current, desired: other.desired)
        alteration = other.alteration
    }
}
