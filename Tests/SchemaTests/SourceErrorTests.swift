import Testing

@testable import Schema

@Suite("What no server would take is refused at its exact place")
struct SourceErrorTests {
    @Test(
        arguments: [
            (
                "CREATE TABLE t (\n  id int,\n  total decimel(12,2)\n);",
                "f.sql:3:9: unknown column type `decimel`; did you mean `decimal`?"
            ),
            ("CREATE TABLE t (a frobnicate)", "f.sql:1:19: unknown column type `frobnicate`"),
            (
                "CREATE TABLE t (a)",
                "f.sql:1:18: `)` stands where the type of column `a` was expected"
            ),
            (
                "CREATE TABLE t (a int,)",
                "f.sql:1:23: `)` stands where a column, key or constraint was expected"
            ),
            (
                "CREATE TABLE t ()",
                "f.sql:1:17: `)` stands where a column, key or constraint was expected"
            ),
            ("CREATE TABLE t (a int,\n  A text)", "f.sql:2:3: the column `A` is defined twice"),
            ("CREATE TABLE t (a int CONSTRAINT)", nil),
            (
                "CREATE TABLE t (CONSTRAINT x LIKE y)",
                "f.sql:1:30: `LIKE` stands where a key, foreign key or check was expected"
            ),
            (
                "CREATE TABLE t",
                "f.sql:1:15: the statement ends where `(` with the columns was expected"
            ),
            ("CREATE TABLE", "f.sql:1:13: the statement ends where a name was expected"),
            ("CREATE TABLE t (a int;\nSELECT 1;", "f.sql:1:16: this parenthesis is never closed"),
            ("CREATE TABLE t (a int));", "f.sql:1:23: this parenthesis was never opened"),
            ("CREATE TABLE t (a int COMMENT 'x);", "f.sql:1:31: this string never ends"),
            ("CREATE TABLE `t (a int);", "f.sql:1:14: this quoted name never ends"),
            ("SELECT 1;\n/* x", "f.sql:2:1: this comment never ends"),
            (
                "",
                "f.sql:1:1: there is no statement in this file; write a CREATE TABLE or remove the file"
            ),
            (
                "-- nothing\n;\n",
                "f.sql:1:1: there is no statement in this file; write a CREATE TABLE or remove the file"
            ),
            (
                "SELECT 1;\nCRAETE TABLE t (a int)",
                "f.sql:2:1: no statement begins with `CRAETE`; did you mean `CREATE`?"
            ),
            ("<<<<<<< HEAD", "f.sql:1:1: no statement begins with `<`"),
            ("DELIMITER\nSELECT 1", "f.sql:1:1: DELIMITER names no terminator"),
            (
                "CREATE TABLE t (a int REFERENCES (b))",
                "f.sql:1:34: `(` stands where the name of the parent table was expected"
            ),
        ] as [(String, String?)])
    func places(text: String, description: String?) throws {
        let found: String?
        do {
            _ = try SQLScript.statements(in: Array(text.utf8), file: "f.sql")
            found = nil
        } catch {
            found = error.description
        }
        #expect(found == description)
    }

    @Test("The line and the length say what to underline")
    func excerpt() throws {
        let text = "CREATE TABLE t (\r\n  ü int,  total decimel(12,2) NOT NULL\r\n);"
        let error = try #require(throws: SchemaError.self) {
            try SQLScript.statements(in: Array(text.utf8), file: "f.sql")
        }
        #expect(error.code == .unknownColumnType)
        #expect(error.sourceLine == "  ü int,  total decimel(12,2) NOT NULL")
        #expect(error.location == SourceLocation(file: "f.sql", line: 2, column: 18))
        #expect(error.length == 7)
    }

    @Test func notUTF8() throws {
        let bytes = Array("SELECT\n 'a".utf8) + [0xC3, 0x28] + Array("'".utf8)
        let error = try #require(throws: SchemaError.self) {
            try SQLScript.statements(in: bytes, file: "f.sql")
        }
        #expect(error.description == "f.sql:2:4: this text is not UTF-8; save the file as UTF-8")
    }
}
