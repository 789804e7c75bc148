import TestSupport

/// Changes whose rows no clause names by itself: what is computed, checked, or reads otherwise.
extension DataCase {
    /// Values that a strict server cannot compute, or not for their column.
    static let computed = [
        DataCase(
            "a int", "a int, c tinyint AS (a * 100) STORED", fine: ["(1)", "(NULL)"],
            offending: ["(9)", "(-9)"], same: always),
        DataCase(
            "a int, b int", "a int, b int, c int AS (a div b) STORED", fine: ["(1, 1)"],
            offending: ["(1, 0)"], same: always),
        DataCase(
            "a bigint", "a bigint, c bigint AS (a + 1) STORED", fine: ["(1)"],
            offending: ["(9223372036854775807)"], same: always),
        DataCase(
            "a varchar(20)", "a varchar(20), c varchar(5) AS (concat(a, 'é')) STORED",
            fine: ["('abcd')", "('éé')"], offending: ["('abcde')"], same: always),
        DataCase(
            "a varchar(9)", "a varchar(9), c int AS (a) STORED", fine: ["('5')"],
            offending: ["('x')"], same: always),
        DataCase(
            "a int", "a int, c decimal(3,1) AS (a / 2) STORED", fine: ["(199)"],
            offending: ["(1999)"], same: always),
        DataCase(
            "a int, c tinyint AS (a) STORED", "a int, c tinyint AS (a * 100) STORED",
            fine: ["(1, DEFAULT)"], offending: ["(9, DEFAULT)"], same: always),
        DataCase(
            "a int", "a int, c tinyint AS (a * 100) VIRTUAL, KEY k (c)", fine: ["(1)"],
            offending: ["(9)"], same: always),
        DataCase(
            "c json", "c json, KEY k ((CAST(c->>'$.a' AS UNSIGNED)))",
            fine: ["('{\"a\": 1}')", "('{}')", "(NULL)"], offending: ["('{\"a\": \"x\"}')"],
            same: always, on: .mysql),
        DataCase(
            "a int, b int", "a int, b int, KEY k ((a div b))", fine: ["(1, 1)"],
            offending: ["(1, 0)"], same: always, on: .mysql),
        // What a virtual column shows is computed once more when it is stored.
        DataCase(
            "a int, c tinyint AS (a) VIRTUAL", "a int, c tinyint", fine: ["(1, DEFAULT)"],
            offending: [], same: number),
    ]

    /// Checks that MariaDB would take by INSTANT, and never ask a row about.
    static let checks = [
        DataCase("c int", "c int CHECK (c > 5)", fine: ["(6)", "(NULL)"], offending: ["(2)"]),
        DataCase(
            "c int CHECK (c > 1)", "c int CHECK (c > 5)", fine: ["(6)"], offending: ["(2)"]),
        DataCase(
            "c longtext", "c json", fine: ["('{}')", "(NULL)"], offending: ["('x')", "('')"],
            same: always, on: .mariadb),
        DataCase(
            "c longtext COLLATE utf8mb4_bin", "c json", fine: ["('{}')"], offending: ["('x')"],
            same: always, on: .mariadb),
        DataCase(
            "b int", "b int, c int NOT NULL CHECK (c > 0)", fine: [], offending: ["(1)"],
            same: always),
        DataCase(
            "b int", "b int, c json NOT NULL", fine: [], offending: ["(1)"], same: always,
            on: .mariadb),
        DataCase(
            "b int", "b int, c int NOT NULL DEFAULT 3, CONSTRAINT k CHECK (c > b)",
            fine: ["(1)", "(NULL)"], offending: ["(3)"], same: always),
        DataCase(
            "b int", "b int, c int NOT NULL DEFAULT 3 CHECK (c > b)", fine: ["(1)", "(NULL)"],
            offending: ["(3)"], same: always, on: .mariadb),
        DataCase(
            "b int", "b int, c varchar(5) NOT NULL DEFAULT 'a', CONSTRAINT k CHECK (c > 'b')",
            fine: [], offending: ["(1)"], same: always),
        DataCase(
            "a int, c int AS (a) VIRTUAL, CONSTRAINT k CHECK (c > 0)",
            "a int, c int AS (a - 10) VIRTUAL, CONSTRAINT k CHECK (c > 0)",
            fine: ["(11, DEFAULT)", "(NULL, DEFAULT)"], offending: ["(3, DEFAULT)"], same: always),
        DataCase(
            "a int, c int AS (a) VIRTUAL CHECK (c > 0)",
            "a int, c int AS (a - 10) VIRTUAL CHECK (c > 0)", fine: ["(11, DEFAULT)"],
            offending: ["(3, DEFAULT)"], same: always, on: .mariadb),
        DataCase(
            "a int, g int AS (a) VIRTUAL, c int AS (g + 1) VIRTUAL, CONSTRAINT k CHECK (c > 0)",
            "a int, g int AS (a - 9) VIRTUAL, c int AS (g + 1) VIRTUAL, "
                + "CONSTRAINT k CHECK (c > 0)", fine: ["(11, DEFAULT, DEFAULT)"],
            offending: ["(3, DEFAULT, DEFAULT)"], same: always),
        DataCase(
            "c varchar(5) COLLATE utf8mb4_bin, CONSTRAINT k CHECK (c <> 'A')",
            "c varchar(5) COLLATE utf8mb4_general_ci, CONSTRAINT k CHECK (c <> 'A')",
            fine: ["('b')"], offending: ["('a')"]),
        DataCase(
            "a int", "a int, c int AS (a - 10) VIRTUAL, CONSTRAINT k CHECK (c > 0)",
            fine: ["(11)"], offending: ["(3)"], same: always),
        DataCase(
            "a int", "a int, c int AS (a - 10) VIRTUAL CHECK (c > 0)", fine: ["(11)"],
            offending: ["(3)"], same: always, on: .mariadb),
    ]

    /// Values that another type takes, and that read otherwise there.
    static let reading = [
        DataCase(
            "c binary(4)", "c binary(6)", fine: ["(NULL)"], offending: ["('ab')", "('abcd')"],
            same: raw),
        DataCase(
            "c float", "c double", fine: ["(0.5)", "(NULL)", "(-3)"], offending: ["(0.1)"],
            same: "CONCAT(t.c) <=> CONCAT(o.c)"),
        DataCase(
            "a int", "a int, c date NOT NULL", fine: [], offending: ["(1)"], same: always,
            on: .mysql),
        DataCase(
            "a int", "a int, c datetime(3) NOT NULL", fine: [], offending: ["(1)"], same: always,
            on: .mysql),
        DataCase(
            "a int", "a int, c point NOT NULL", fine: [], offending: ["(1)"], same: always,
            on: .mysql),
    ]
}
