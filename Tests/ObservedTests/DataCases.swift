import TestSupport

/// A change whose outcome the rows decide: rows that do not stand in the way, and rows that do.
struct DataCase: Sendable, CustomStringConvertible {
    /// The table `t` before and after, without `id int PRIMARY KEY`.
    let from: String
    let to: String
    /// Values of the live columns in parentheses; all of them together go through.
    let fine: [String]
    /// Each of them alone with `fine` does not.
    let offending: [String]
    /// Whether column `c` reads the same before (`o`) and after (`t`); nil: the change must fail.
    let same: String
    let renames: [String: String]
    let kinds: [TestServer.Kind]
    /// What runs first, in the empty database.
    let parents: [String]
    /// What stands behind the table's columns afterwards.
    let partitions: String
    /// What the column `id` is.
    let key: String

    init(
        _ from: String, _ to: String, fine: [String], offending: [String],
        same: String = DataCase.bytes, renames: [String: String] = [:],
        on flavour: ServerProfile.Flavour? = nil, parents: [String] = [],
        partitions: String = "", key: String = "PRIMARY KEY"
    ) {
        self.key = key
        self.from = from
        self.to = to
        self.fine = fine
        self.offending = offending
        self.same = same
        self.renames = renames
        kinds = TestServer.available.filter { flavour == nil || $0.flavour == flavour }
        self.parents = parents
        self.partitions = partitions
    }

    var description: String { "\(from) → \(to) \(partitions)" }

    static let bytes =
        "CAST(CONVERT(t.c USING utf8mb4) AS BINARY) <=> CAST(CONVERT(o.c USING utf8mb4) AS BINARY)"
    static let raw = "CAST(t.c AS BINARY) <=> CAST(o.c AS BINARY)"
    static let number = "t.c <=> o.c"
    static let exact = "CAST(t.c AS DECIMAL(65,10)) <=> CAST(o.c AS DECIMAL(65,10))"
    static let always = "TRUE"

    static let all =
        nulls + numbers + texts + members + times + keys + constraints + splits + corners
        + computed + checks + reading

    static let nulls = [
        DataCase("c int", "c int NOT NULL", fine: ["(1)"], offending: ["(NULL)"]),
        DataCase(
            "c timestamp NULL", "c timestamp NOT NULL DEFAULT '2020-01-01 00:00:00'",
            fine: ["('2024-01-01 10:00:00')"], offending: ["(NULL)"]),
        DataCase(
            "b int, c int AS (b + 1) STORED", "b int, c int AS (b + 1) STORED NOT NULL",
            fine: ["(1, DEFAULT)"], offending: ["(NULL, DEFAULT)"], on: .mysql),
        DataCase(
            "a int", "c int NOT NULL", fine: ["(1)"], offending: ["(NULL)"], same: always,
            renames: ["a": "c"]),
        DataCase(
            "c varchar(9)", "c varchar(5) NOT NULL", fine: ["('')", "('abcde')"],
            offending: ["(NULL)", "('abcdef')"]),
    ]

    static let numbers = [
        DataCase(
            "c bigint", "c int", fine: ["(2147483647)", "(-2147483648)", "(NULL)"],
            offending: ["(2147483648)", "(-2147483649)"]),
        DataCase(
            "c int", "c int unsigned", fine: ["(0)", "(2147483647)"], offending: ["(-1)"]),
        DataCase(
            "c int unsigned", "c int", fine: ["(2147483647)"], offending: ["(2147483648)"]),
        DataCase(
            "c bigint unsigned", "c bigint", fine: ["(9223372036854775807)"],
            offending: ["(9223372036854775808)"]),
        DataCase("c int", "c tinyint", fine: ["(-128)", "(127)"], offending: ["(128)", "(-129)"]),
        DataCase(
            "c bit(12)", "c bit(4)", fine: ["(15)", "(NULL)"], offending: ["(16)"], same: number),
        DataCase("c bit(12)", "c tinyint", fine: ["(127)"], offending: ["(128)"], same: number),
        DataCase(
            "c int", "c bit(4)", fine: ["(15)", "(0)"], offending: ["(16)", "(-1)"],
            same: number),
        DataCase(
            "c decimal(10,4)", "c decimal(5,2)", fine: ["(123.45)", "(-999.99)", "(1.5000)"],
            offending: ["(1000)", "(1.001)", "(999.9951)", "(-0.004)"], same: number),
        DataCase(
            "c decimal(5,2)", "c decimal(5,2) unsigned", fine: ["(1.5)", "(0)"],
            offending: ["(-0.01)"], same: number),
        DataCase(
            "c int", "c decimal(4,1)", fine: ["(999)", "(-999)"], offending: ["(1000)"],
            same: number),
        DataCase(
            "c bit(12)", "c decimal(3,1)", fine: ["(99)"], offending: ["(100)"], same: number),
        DataCase(
            "c decimal(12,2)", "c smallint", fine: ["(32767.00)", "(-5)"],
            offending: ["(0.5)", "(32768)", "(-32769)"], same: number),
        DataCase(
            "c decimal(22,0)", "c bigint unsigned", fine: ["(18446744073709551615)"],
            offending: ["(18446744073709551616)", "(-1)"], same: number, on: .mariadb),
        DataCase(
            "c decimal(22,0)", "c bigint unsigned", fine: ["(9223372036854775807)"],
            offending: ["(9223372036854775808)", "(-1)"], same: number, on: .mysql),
        DataCase(
            "c double", "c bigint", fine: ["(5)", "(-1e18)", "(1e15)"],
            offending: ["(9223372036854775808e0)", "(0.5)", "(1e300)", "(-1e19)"], same: exact),
        DataCase(
            "c double", "c bigint unsigned", fine: ["(5)", "(9e18)"],
            offending: ["(1e19)", "(9223372036854775808e0)", "(-1)"], same: exact),
        DataCase(
            "c float", "c tinyint unsigned", fine: ["(255)", "(0)"],
            offending: ["(256)", "(-1)", "(1.5)"], same: number),
        DataCase(
            "c double", "c decimal(8,2)", fine: ["(0.1)", "(-999999.99)", "(5)"],
            offending: ["(0.125)", "(1000000)", "(1e30)"], same: number),
        DataCase(
            "c double", "c double unsigned", fine: ["(1.5)", "(0)"], offending: ["(-1.5)"],
            same: number),
    ]

    static let texts = [
        DataCase(
            "c varchar(20)", "c varchar(5)", fine: ["('abcde')", "('ééééé')", "('')", "(NULL)"],
            offending: ["('abcdef')", "('abcde ')", "('éééééé')"]),
        DataCase(
            "c varchar(20)", "c char(5)", fine: ["('abcde')", "('')", "(' a')"],
            offending: ["('abcdef')", "('a ')", "(' ')"]),
        DataCase(
            "c char(20)", "c varchar(5)", fine: ["('abc  ')", "('')"], offending: ["('abcdef')"]),
        DataCase("c char(20)", "c char(5)", fine: ["('abcde')"], offending: ["('abcdef')"]),
        DataCase(
            "c text", "c varchar(5)", fine: ["('abcde')"], offending: ["('abcdef')"]),
        DataCase(
            "c text", "c tinytext", fine: ["(REPEAT('a', 255))", "(REPEAT('é', 127))"],
            offending: ["(REPEAT('a', 256))", "(REPEAT('é', 128))"]),
        DataCase(
            "c varbinary(20)", "c varbinary(5)", fine: ["('abcde')"],
            offending: ["('abcdef')", "('éééé')"], same: raw),
        DataCase(
            "c varbinary(20)", "c binary(5)", fine: ["('abcde')"],
            offending: ["('abcdef')", "('abc')"], same: raw),
        DataCase(
            "c blob", "c tinyblob", fine: ["(REPEAT('a', 255))"],
            offending: ["(REPEAT('a', 256))"], same: raw),
        DataCase(
            "c varchar(20)", "c varbinary(5)", fine: ["('abcde')", "('éé')"],
            offending: ["('abcdef')", "('ééé')"], same: raw),
        DataCase(
            "c int", "c varchar(3)", fine: ["(123)", "(-12)"], offending: ["(1234)", "(-123)"]),
        DataCase(
            "c decimal(5,2)", "c varchar(4)", fine: ["(1.50)"], offending: ["(12.50)"]),
        DataCase(
            "c int(4) zerofill", "c varchar(3)", fine: ["(NULL)"], offending: ["(1)"]),
        DataCase(
            "c enum('a','long')", "c varchar(3)", fine: ["('a')"], offending: ["('long')"]),
        DataCase(
            "c set('a','b')", "c varchar(2)", fine: ["('a')", "('')"], offending: ["('a,b')"]),
        DataCase(
            "c datetime", "c varchar(18)", fine: ["(NULL)"],
            offending: ["('2024-01-01 00:00:00')"]),
        DataCase(
            "c varchar(20)", "c int", fine: ["('12')", "('-5')", "('0')"],
            offending: [
                "('')", "('x')", "('12x')", "('007')", "('1.5')", "(' 1')", "('1 ')",
                "('2147483648')", "('99999999999999999999')", "('1e3')", "('+5')",
            ]),
        DataCase(
            "c varchar(30)", "c bigint unsigned", fine: ["('18446744073709551615')"],
            offending: ["('-1')", "('18446744073709551616')"], on: .mysql),
        DataCase(
            "c varchar(30)", "c bigint unsigned", fine: ["('9223372036854775807')"],
            offending: ["('-1')", "('9223372036854775808')"], on: .mariadb),
        DataCase(
            "c char(5)", "c binary(5)", fine: ["('abcde')"], offending: ["('ab')"], same: raw),
        DataCase("c date", "c varchar(9)", fine: ["(NULL)"], offending: ["('2024-01-01')"]),
        DataCase("c year", "c char(3)", fine: ["(NULL)"], offending: ["(2024)"]),
        DataCase(
            "c varchar(20) CHARACTER SET utf8mb4", "c varchar(20) CHARACTER SET utf8mb3",
            fine: ["('日')"], offending: ["('😀')"]),
        DataCase(
            "c varchar(20) CHARACTER SET latin1", "c varchar(20) CHARACTER SET latin2",
            fine: ["('é')"], offending: ["('ñ')"]),
        DataCase(
            "c enum('a','é') CHARACTER SET utf8mb4", "c enum('a','é') CHARACTER SET latin1",
            fine: ["('a')", "('é')"], offending: []),
        DataCase(
            "c varchar(20)", "c decimal(5,2)", fine: ["('1.5')", "('-999.99')", "('0')"],
            offending: ["('')", "('x')", "('1000')", "('1.005')", "('1,5')"],
            same: "t.c <=> CAST(o.c AS DECIMAL(65,30))"),
        DataCase(
            "c varchar(20)", "c date", fine: ["('2024-02-29')", "(NULL)"],
            offending: ["('')", "('2023-02-29')", "('2024-2-3')", "('tomorrow')", "('20240229')"]),
        DataCase(
            "c varchar(30)", "c datetime(3)", fine: ["('2024-02-29 10:11:12.123')"],
            offending: ["('2024-02-29')", "('2024-02-29 25:00:00.000')", "('x')"]),
        DataCase(
            "c varchar(20)", "c time", fine: ["('10:11:12')", "('-10:11:12')"],
            offending: ["('10:61:12')", "('x')", "('10')"]),
        DataCase(
            "c varchar(20) CHARACTER SET utf8mb4", "c varchar(20) CHARACTER SET latin1",
            fine: ["('café')", "('?')"], offending: ["('日本')", "('a日')"]),
        DataCase(
            "c tinytext CHARACTER SET latin1", "c tinytext CHARACTER SET utf8mb4",
            fine: ["(REPEAT('é', 127))", "(REPEAT('a', 255))"], offending: ["(REPEAT('é', 128))"]),
        DataCase(
            "c varchar(20) CHARACTER SET utf8mb4", "c varchar(4) CHARACTER SET latin1",
            fine: ["('café')"], offending: ["('日')", "('cafés')"]),
    ]

    static let members = [
        DataCase(
            "c enum('a','b','it''s')", "c enum('a','it''s')", fine: ["('a')", "('it''s')"],
            offending: ["('b')"]),
        DataCase("c enum('A','b')", "c enum('a','b')", fine: ["('b')"], offending: ["('A')"]),
        DataCase(
            "c set('a','b','c')", "c set('a','c')", fine: ["('a,c')", "('')"],
            offending: ["('a,b')", "('b')"]),
        DataCase(
            "c varchar(9)", "c enum('a','b')", fine: ["('a')", "(NULL)"],
            offending: ["('c')", "('')", "('A')", "('1')", "('a ')"]),
    ]

    static let times = [
        DataCase(
            "c datetime(6)", "c datetime(3)", fine: ["('2024-01-01 10:00:00.123')"],
            offending: ["('2024-01-01 10:00:00.123400')"], same: number),
        DataCase(
            "c time(3)", "c time", fine: ["('-10:00:00')"], offending: ["('-10:00:00.5')"],
            same: number),
        DataCase(
            "c timestamp(2) NULL", "c timestamp NULL", fine: ["('2024-01-01 10:00:00')"],
            offending: ["('2024-01-01 10:00:00.01')"], same: number),
        DataCase(
            "c datetime", "c date", fine: ["('2024-01-01 00:00:00')"],
            offending: ["('2024-01-01 00:00:01')"], same: number),
    ]

    static let keys = [
        DataCase(
            "a int, c int", "a int, c int, UNIQUE KEY u (a, c)",
            fine: ["(1, 1)", "(1, 2)", "(NULL, 1)", "(NULL, 1)"], offending: ["(1, 2)"]),
        DataCase(
            "c varchar(20)", "c varchar(20), UNIQUE KEY u (c)", fine: ["('a')", "('b')"],
            offending: ["('A')", "('a')"]),
        DataCase(
            "c varchar(20) COLLATE utf8mb4_bin",
            "c varchar(20) COLLATE utf8mb4_general_ci, UNIQUE KEY u (c)", fine: ["('a')"],
            offending: ["('A')", "('á')", "('a ')"]),
        DataCase(
            "c varchar(20) COLLATE utf8mb4_bin, UNIQUE KEY u (c)",
            "c varchar(20) COLLATE utf8mb4_general_ci, UNIQUE KEY u (c)", fine: ["('a')"],
            offending: ["('A')"]),
        DataCase(
            "c varchar(20) COLLATE utf8mb4_general_ci",
            "c varchar(20) COLLATE utf8mb4_bin, UNIQUE KEY u (c)", fine: ["('a')", "('A')"],
            offending: ["('a')", "('a ')"]),
        DataCase(
            "c varchar(20), UNIQUE KEY u (c)", "c varchar(20), UNIQUE KEY u (c(3))",
            fine: ["('abc')", "('abd')"], offending: ["('abcd')"]),
        DataCase(
            "c text", "c text, UNIQUE KEY u (c(700))",
            fine: [
                "(CONCAT(REPEAT('日', 650), 'a'))", "(CONCAT(REPEAT('日', 650), 'b'))",
                "(CONCAT(REPEAT('日', 650), 'c'))",
            ],
            offending: ["(CONCAT(REPEAT('日', 650), 'a'))"]),
        DataCase(
            "c text COLLATE utf8mb4_bin",
            "c text COLLATE utf8mb4_unicode_ci, UNIQUE KEY u (c(700))",
            fine: [
                "(CONCAT(REPEAT('日', 650), 'a'))", "(CONCAT(REPEAT('日', 650), 'b'))",
                "(CONCAT(REPEAT('日', 650), 'c'))",
            ],
            offending: ["(CONCAT(REPEAT('日', 650), 'a'))"]),
        DataCase(
            "c varbinary(20)", "c varbinary(20), UNIQUE KEY u (c)", fine: ["('a')", "('A')"],
            offending: ["('a')"], same: raw),
        DataCase(
            "c varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, UNIQUE KEY u (c)",
            "c varchar(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci, UNIQUE KEY u (c)",
            fine: ["('a')"], offending: ["('A')", "('日')"]),
        DataCase(
            "c enum('a','b')", "c enum('a','b'), UNIQUE KEY u (c)", fine: ["('a')", "('b')"],
            offending: ["('b')"]),
        DataCase(
            "a int", "c bigint, UNIQUE KEY u (c)", fine: ["(1)", "(NULL)", "(NULL)"],
            offending: ["(1)"], same: always, renames: ["a": "c"]),
        DataCase(
            "c int", "c int, n int NOT NULL DEFAULT 7, UNIQUE KEY u (c, n)", fine: ["(1)", "(2)"],
            offending: ["(1)"]),
        DataCase(
            "c int", "c int, n int NOT NULL DEFAULT 7, UNIQUE KEY u (n)", fine: ["(1)"],
            offending: ["(2)"]),
        DataCase(
            "c varchar(20) COLLATE utf8mb4_nopad_bin",
            "c varchar(20) COLLATE utf8mb4_nopad_bin, UNIQUE KEY u (c)",
            fine: ["('a')", "('a ')"], offending: ["('a ')"], on: .mariadb),
        DataCase(
            "c varchar(20) COLLATE utf8mb4_bin",
            "c varchar(20) COLLATE utf8mb4_0900_ai_ci, UNIQUE KEY u (c)",
            fine: ["('a')", "('a ')"], offending: ["('Á')"], on: .mysql),
        DataCase(
            "c decimal(10,4)", "c decimal(10,2), UNIQUE KEY u (c)", fine: ["(1)", "(1.01)"],
            offending: ["(1)", "(1.001)"], same: number),
        DataCase(
            "c datetime(3) NULL", "c datetime NULL, UNIQUE KEY u (c)",
            fine: ["('2024-01-01 00:00:00')", "('2024-01-01 00:00:01')"],
            offending: ["('2024-01-01 00:00:00')", "('2024-01-01 00:00:00.1')"], same: number),
        DataCase(
            "a int, c int AS (a % 10) VIRTUAL",
            "a int, c int AS (a % 10) VIRTUAL, UNIQUE KEY u (c)",
            fine: ["(1, DEFAULT)", "(2, DEFAULT)"], offending: ["(11, DEFAULT)"]),
        DataCase(
            "c int", "c int NOT NULL, PRIMARY KEY (c)", fine: ["(1)", "(2)"],
            offending: ["(1)", "(NULL)"], key: "UNIQUE KEY"),
        DataCase(
            "c varchar(20)", "c varchar(20), UNIQUE KEY u ((lower(c)))", fine: ["('a')", "('b')"],
            offending: ["('A')"], on: .mysql),
    ]

    static let constraints = [
        DataCase(
            "c int", "c int, CONSTRAINT k CHECK (c > 0)", fine: ["(1)", "(NULL)"],
            offending: ["(0)"]),
        DataCase(
            "c int", "c int CHECK (c in (1,2))", fine: ["(1)", "(NULL)"], offending: ["(3)"],
            // MariaDB lets such rows through where it need not copy the table.
            same: "t.c IS NULL OR t.c IN (1, 2)"),
        DataCase(
            "a int, c int", "b int, c int, CONSTRAINT k CHECK (b < c)", fine: ["(1, 2)"],
            offending: ["(2, 2)"], renames: ["a": "b"]),
        DataCase(
            "c varchar(9)", "c varchar(9), CONSTRAINT k CHECK (c <> 'it''s')", fine: ["('a')"],
            offending: ["('it''s')"]),
        DataCase(
            "c int, CONSTRAINT k CHECK (c > 0) NOT ENFORCED", "c int, CONSTRAINT k CHECK (c > 0)",
            fine: ["(1)"], offending: ["(0)"], on: .mysql),
        DataCase(
            "c int", "c int, CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id)",
            fine: ["(1)", "(NULL)"], offending: ["(3)"], parents: parent),
        DataCase(
            "a int, c varchar(9)",
            "a int, c varchar(9), CONSTRAINT f FOREIGN KEY (a, c) REFERENCES p (x, name)",
            fine: ["(1, 'One')", "(9, NULL)", "(NULL, 'q')"], offending: ["(1, 'two')"],
            parents: parent),
        DataCase(
            "a int", "c int, CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id)", fine: ["(2)"],
            offending: ["(3)"], same: always, renames: ["a": "c"], parents: parent),
        DataCase(
            "c int", "c int, CONSTRAINT f FOREIGN KEY (c) REFERENCES t (id)", fine: ["(1)"],
            offending: ["(77)"]),
        DataCase(
            "s date NOT NULL, e date NOT NULL",
            "s date NOT NULL, e date NOT NULL, "
                + "PERIOD FOR p (s, e)", fine: ["('2024-01-01', '2024-01-02')"],
            offending: ["('2024-01-01', '2024-01-01')"], same: always, on: .mariadb),
    ]

    /// What is easily overlooked.
    static let corners = [
        // A new type, and a key that holds for the old values only.
        DataCase(
            "c varchar(9) COLLATE utf8mb4_bin",
            "c varchar(5) COLLATE utf8mb4_general_ci NOT NULL, "
                + "UNIQUE KEY u (c)", fine: ["('a')", "('b')"],
            offending: ["('A')", "('abcdef')", "(NULL)"]),
        DataCase(
            "a int, b int, c int", "a int, b int, c int, UNIQUE KEY u (a, b, c)",
            fine: ["(1, 1, 1)", "(1, 1, 2)", "(1, 1, NULL)", "(1, 1, NULL)"],
            offending: ["(1, 1, 1)"]),
        DataCase(
            "`c``d` int, c int", "`c``d` smallint NOT NULL, c int", fine: ["(1, 1)"],
            offending: ["(70000, 1)", "(NULL, 1)"], same: "t.`c``d` <=> o.`c``d`"),
        DataCase(
            "c float", "c float NOT NULL, UNIQUE KEY u (c)", fine: ["(0.1)", "(0.2)"],
            offending: ["(0.1)", "(NULL)"], same: number),
        DataCase(
            "c json", "c json NOT NULL", fine: ["('{}')"], offending: ["(NULL)"], same: always),
        DataCase(
            "c varchar(20)", "c varchar(20), CONSTRAINT k CHECK (c like 'a%')",
            fine: ["('abc')", "('ABC')"], offending: ["('ba')"]),
        DataCase(
            "c int", "c int, CONSTRAINT k CHECK (c between 1 and 3 or c is null)",
            fine: ["(2)", "(NULL)"], offending: ["(4)"]),
        DataCase(
            "c varchar(20)", "c varchar(20), CONSTRAINT k CHECK (c is not null and c <> '')",
            fine: ["('a')"], offending: ["(NULL)", "('')", "(' ')"]),
        DataCase(
            "c longtext", "c mediumtext CHARACTER SET latin1", fine: ["('é')"],
            offending: ["('日')"]),
        DataCase(
            "c datetime", "c datetime NOT NULL DEFAULT current_timestamp()",
            fine: ["('2024-01-01 00:00:00')"], offending: ["(NULL)"]),
        DataCase(
            "c varchar(20) CHARACTER SET utf16", "c smallint", fine: ["('12')"],
            offending: ["('x')", "('40000')"]),
        DataCase(
            "c varchar(20) CHARACTER SET latin1", "c enum('é','b') CHARACTER SET utf8mb4",
            fine: ["('é')"], offending: ["('ö')"]),
    ]

    static let splits = [
        DataCase(
            "c int", "c int", fine: ["(1)", "(2)"], offending: ["(3)"],
            partitions: "PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (2), "
                + "PARTITION b VALUES LESS THAN (3))"),
        DataCase(
            "c int", "c int", fine: ["(1)", "(2)"], offending: ["(3)"],
            partitions: "PARTITION BY LIST (id) (PARTITION a VALUES IN (2,1))"),
        DataCase(
            "c int", "c int", fine: ["(1)", "(2)"], offending: ["(3)"],
            partitions: "PARTITION BY RANGE COLUMNS (id) (PARTITION a VALUES LESS THAN (3))"),
    ]

    private static let parent = [
        "CREATE TABLE p (id int PRIMARY KEY, x int, name varchar(9), UNIQUE KEY u (x, name))",
        "INSERT INTO p VALUES (1, 1, 'one'), (2, 2, 'two')",
    ]
}
