import Testing

@testable import Lint

@Suite("Rules about foreign keys")
struct ForeignKeyRuleTests {
    private let parent = [
        "p.sql": """
        CREATE TABLE p (
          id bigint unsigned PRIMARY KEY, small int, code varchar(8) CHARACTER SET latin1,
          name varchar(8) COLLATE utf8mb4_bin, amount decimal(10,2), plain varchar(30),
          KEY (small), UNIQUE (code, name), KEY (amount), KEY (plain), KEY part (name(3)))
        """
    ]

    @Test(
        "Types on both sides",
        arguments: [
            ("c bigint unsigned", "id", []),
            ("c int8 UNSIGNED", "id", []),
            (
                "c bigint", "id",
                ["1:17 `t`.`c` is bigint and refers to `p`.`id`, which is bigint unsigned"]
            ),
            (
                "c int unsigned", "id",
                ["1:17 `t`.`c` is int unsigned and refers to `p`.`id`, which is bigint unsigned"]
            ),
            ("c INTEGER(11)", "small", []),
            ("c varchar(99) CHARACTER SET latin1", "code", []),
            ("c char(3) CHARACTER SET latin1", "code", []), ("c varchar(8)", "code", []),
            (
                "c varchar(8) CHARACTER SET utf8mb4", "code",
                ["1:17 `t`.`c` is in utf8mb4 and refers to `p`.`code`, which is in latin1"]
            ),
            (
                "c varbinary(8)", "code",
                ["1:17 `t`.`c` is varbinary(8) and refers to `p`.`code`, which is varchar(8)"]
            ),
            (
                "c varchar(8) COLLATE utf8mb4_general_ci", "name",
                [
                    "1:17 `t`.`c` is in utf8mb4_general_ci and refers to `p`.`name`, which is in "
                        + "utf8mb4_bin"
                ]
            ),
            (
                "c decimal(12,2)", "amount",
                ["1:17 `t`.`c` is decimal(12,2) and refers to `p`.`amount`, which is decimal(10,2)"]
            ),
            ("c varchar(30)", "plain", []),
            (
                "c int", "missing",
                [
                    "1:24 the foreign key on (`c`) of `t` names the column `missing`, which `p` does not have"
                ]
            ),
        ] as [(String, String, [String])])
    func types(column: String, parentColumn: String, expected: [String]) throws {
        let text = "CREATE TABLE t (\(column), FOREIGN KEY (c) REFERENCES P (\(parentColumn)))"
        #expect(
            try findings(.foreignKeyTypeMismatch, text, others: parent) == expected)
    }

    @Test("Numbers of columns, and columns of the child")
    func shapes() throws {
        func found(_ key: String) throws -> [String] {
            try findings(
                .foreignKeyTypeMismatch, "CREATE TABLE t (c bigint, \(key))", others: parent)
        }
        #expect(
            try found("CONSTRAINT k FOREIGN KEY (c) REFERENCES p (id, small)")
                == ["1:27 the foreign key `k` of `t` has 1 columns and refers to 2"])
        #expect(
            try found("FOREIGN KEY (d) REFERENCES p (id)")
                == [
                    "1:27 the foreign key on (`d`) of `t` names the column `d`, which `t` does not have"
                ])
    }

    @Test(
        "The server makes an index where the file has none",
        arguments: [
            ("KEY (c)", false), ("KEY (c, d)", false), ("PRIMARY KEY (c)", false),
            ("KEY (d, c)", true), ("KEY (c(3))", true), ("FULLTEXT (c)", true), ("KEY (d)", true),
        ])
    func withoutIndex(key: String, isFound: Bool) throws {
        let text =
            "CREATE TABLE t (c int, d int, \(key), CONSTRAINT k FOREIGN KEY (c) REFERENCES p (small))"
        let expected = [
            "the foreign key `k` of `t` has no index on (`c`): the server adds one by itself"
        ]
        #expect(
            try findings(.foreignKeyWithoutIndex, text, others: parent).map(withoutPlace)
                == (isFound ? expected : []))
    }

    @Test(
        "What a foreign key refers to begins a key of the parent",
        arguments: [
            ("id", true), ("code", true), ("small", true), ("amount", true), ("name", false),
            ("missing", true),
        ])
    func parentIndex(column: String, isFine: Bool) throws {
        let text = "CREATE TABLE t (c int,\n FOREIGN KEY (c) REFERENCES p (\(column)))"
        let expected = [
            "2:29 the foreign key on (`c`) of `t` refers to (`\(column)`) of `p`, which no key of "
                + "it begins with"
        ]
        #expect(
            try findings(.foreignKeyParentIndex, text, others: parent)
                == (isFine ? [] : expected))
    }

    @Test("Parents among a column's attributes, and foreign keys at all")
    func others() throws {
        let text =
            "CREATE TABLE t (c int REFERENCES p (id) ON DELETE SET DEFAULT,\n d int, FOREIGN KEY (d) REFERENCES p (small))"
        #expect(
            try findings(.inlineForeignKey, text, others: parent)
                == ["1:34 the column `c` of `t` names its parent `p` among its attributes"])
        #expect(
            try findings(.noForeignKeys, text, others: parent)
                == ["2:9 `t` has a foreign key: the foreign key on (`d`)"])
    }
}
