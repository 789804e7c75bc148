import Testing

@testable import Lint

@Suite("Rules about keys")
struct KeyRuleTests {
    @Test(
        "A table without a primary key",
        arguments: [
            ("CREATE TABLE t (id int)", ["1:14 the table `t` has no primary key"]),
            (
                "CREATE TABLE t (id int NOT NULL UNIQUE)",
                ["1:14 the table `t` has no primary key"]
            ),
            ("CREATE TABLE t (id int PRIMARY KEY)", []), ("CREATE TABLE t (id int KEY)", []),
            ("CREATE TABLE t (id int, CONSTRAINT pk PRIMARY KEY USING BTREE (id))", []),
            ("CREATE TABLE t (id int, PRIMARY KEY pk (id))", []),
        ])
    func missingPrimaryKey(text: String, expected: [String]) throws {
        #expect(try findings(.missingPrimaryKey, text) == expected)
    }

    @Test(
        "Two indexes that do the same",
        arguments: [
            ("KEY a (x), KEY b (y)", []),
            (
                "KEY a (x), KEY b (X)",
                ["the index `b` of `t` has the same columns as the index `a`"]
            ),
            (
                "KEY a (x), UNIQUE b (x)",
                ["the index `a` of `t` has the same columns as the index `b`"]
            ),
            (
                "UNIQUE (x), PRIMARY KEY (x)",
                ["the index on (`x`) of `t` has the same columns as the primary key"]
            ),
            ("KEY a (x), KEY b (x DESC)", []), ("KEY a (x(3)), KEY b (y(3))", []),
            ("KEY a (x), FULLTEXT KEY b (x)", []), ("KEY a (x, y), KEY b (y, x)", []),
            (
                "FULLTEXT a (x, y), FULLTEXT b (y, x)",
                ["the index `b` of `t` has the same columns as the index `a`"]
            ),
            (
                "KEY a ((x + 1)), KEY b ((x + 1))",
                ["the index `b` of `t` has the same columns as the index `a`"]
            ),
            ("KEY a ((x + 1)), KEY b ((x + 2))", []),
            ("FULLTEXT a (x), FULLTEXT b (x) WITH PARSER ngram", []),
            (
                "FULLTEXT a (x) WITH PARSER Ngram, FULLTEXT b (x) WITH PARSER ngram",
                ["the index `b` of `t` has the same columns as the index `a`"]
            ),
        ] as [(String, [String])])
    func duplicate(keys: String, expected: [String]) throws {
        let text = "CREATE TABLE t (x varchar(9), y text, \(keys))"
        #expect(try findings(.duplicateIndex, text).map(withoutPlace) == expected)
        #expect(try findings(.redundantIndex, text) == [])
    }

    @Test(
        "An index that is the beginning of another",
        arguments: [
            ("KEY a (x), KEY b (x, y)", ["the index `a` of `t` is the beginning of the index `b`"]),
            (
                "KEY a (x), UNIQUE b (x, y)",
                ["the index `a` of `t` is the beginning of the index `b`"]
            ),
            (
                "KEY a (x), PRIMARY KEY (x, y)",
                ["the index `a` of `t` is the beginning of the primary key"]
            ),
            ("UNIQUE a (x), KEY b (x, y)", []), ("KEY a (y), KEY b (x, y)", []),
            ("KEY a (x DESC), KEY b (x, y)", []), ("KEY a (x), FULLTEXT b (x, y)", []),
            (
                "KEY a (x(3)), KEY b (x)",
                ["the index `a` of `t` is the beginning of the index `b`"]
            ),
            (
                "KEY a (x(3)), KEY b (x(5), y)",
                ["the index `a` of `t` is the beginning of the index `b`"]
            ),
            ("KEY a (x(5)), KEY b (x(3), y)", []), ("KEY a (x), KEY b (x(3), y)", []),
        ] as [(String, [String])])
    func redundant(keys: String, expected: [String]) throws {
        let text = "CREATE TABLE t (x varchar(9), y text, \(keys))"
        #expect(try findings(.redundantIndex, text).map(withoutPlace) == expected)
        #expect(try findings(.duplicateIndex, text) == [])
    }

    @Test(
        "A unique key with columns that may be NULL",
        arguments: [
            (
                "x int, UNIQUE u (x)",
                ["the index `u` of `t` is unique, and its column `x` may be NULL"]
            ),
            (
                "x int UNIQUE, y int",
                ["the index on (`x`) of `t` is unique, and its column `x` may be NULL"]
            ),
            ("x int NOT NULL, UNIQUE u (x)", []), ("x int PRIMARY KEY, UNIQUE u (x)", []),
            ("x int, KEY u (x)", []), ("x SERIAL", []),
        ] as [(String, [String])])
    func nullableUnique(body: String, expected: [String]) throws {
        #expect(
            try findings(.nullableUnique, "CREATE TABLE t (\(body))").map(withoutPlace)
                == expected)
    }

    @Test(
        "A key of more than 3072 bytes",
        arguments: [
            ("x varchar(768), KEY k (x)", []),
            (
                "x varchar(769), KEY k (x)",
                ["the index `k` of `t` takes up to 3076 bytes, more than 3072"]
            ),
            ("x varchar(769), KEY k (x(768))", []),
            ("x varchar(3072) CHARACTER SET latin1, KEY k (x)", []),
            ("x varchar(769) CHARACTER SET utf8, KEY k (x)", []),
            ("x varchar(769), FULLTEXT KEY k (x)", []),
            (
                "x varbinary(3069), y int, UNIQUE k (x, y)",
                ["the index `k` of `t` takes up to 3073 bytes, more than 3072"]
            ),
        ] as [(String, [String])])
    func tooLong(body: String, expected: [String]) throws {
        #expect(
            try findings(.indexTooLong, "CREATE TABLE t (\(body))").map(withoutPlace) == expected)
        #expect(try findings(.indexTooLong, "CREATE TABLE t (\(body)) ENGINE=MyISAM") == [])
    }
}

/// A finding without its place.
func withoutPlace(_ line: String) -> String {
    String(line.drop { $0 != " " }.dropFirst())
}
