import Testing

@testable import Schema

@Suite("What the printed form does not allow is an error at its place")
struct TableParserErrorTests {
    struct Case: Sendable {
        let definition: String
        let description: String
        init(_ definition: String, _ description: String) {
            self.definition = definition
            self.description = description
        }
    }

    @Test(arguments: [
        Case("", "2:1: the text ends where a column, key or constraint was expected"),
        Case("a int", "2:1: `a` stands where a column, key or constraint was expected"),
        Case("`a`", "2:4: the text ends where a column type was expected"),
        Case("`a` int FOO)", "2:9: unknown column attribute `FOO`"),
        Case("`a` int NOT 5)", "2:13: `5` stands where `NULL` was expected"),
        Case("`a` int DEFAULT )", "2:17: `)` stands where a value was expected"),
        Case(
            "`a` int DEFAULT (1)",
            "2:20: the text ends where a column attribute, `,` or `)` was expected"),
        Case("`a` enum('a)", "2:10: this string never ends"),
        Case("`a` int(11", "2:8: this parenthesis is never closed"),
        Case("`a` int,\nKEY `a` (`a`(x)))", "3:14: `x` stands where a length was expected"),
        Case(
            "`a` int,\nKEY `a` (`a`) 7)",
            "3:15: `7` stands where an index option, `,` or `)` was expected"),
        Case(
            "`a` int,\nCONSTRAINT `x` UNIQUE)", "3:16: `UNIQUE` stands where `FOREIGN` was expected"
        ),
        Case("`a` int) ENGINE", "2:16: the text ends where `=` was expected"),
        Case(
            "`a` int) ENGINE=InnoDB AUTO_INCREMENT=x",
            "2:39: `x` stands where a counter was expected"),
        Case("`a` int) ENGINE=InnoDB;", "2:23: `;` stands where a table option was expected"),
        Case(
            "`a` int) ENGINE=InnoDB\nPARTITION BY HASH (`a`)\nPARTITIONS 2 x",
            "4:14: `x` stands where the end was expected"),
    ])
    func place(of example: Case) throws {
        let text = "CREATE TABLE `t` (\n" + example.definition
        let error = try #require(throws: SchemaError.self) {
            try TableParser.parse(text, flavour: .mariadb)
        }
        #expect(error.description == example.description)
    }

    @Test(
        "Other objects are no tables",
        arguments: ["CREATE VIEW `v` AS select 1", "CREATE SEQUENCE `s` start with 1", "", "x"])
    func otherObjects(text: String) {
        #expect(throws: SchemaError.self) { try TableParser.parse(text, flavour: .mariadb) }
    }
}
