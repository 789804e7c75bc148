import Testing

@testable import Schema

@Suite("The lexer")
struct LexerTests {
    struct Case: Sendable {
        let text: String
        /// The kinds and texts of the tokens, one per line.
        let tokens: [String]
        init(_ text: String, _ tokens: String...) {
            self.text = text
            self.tokens = tokens
        }
    }

    @Test(arguments: [
        Case("a1 $b _c ü", "word a1", "word $b", "word _c", "word ü"),
        Case(
            "1 1.5 1e-5 0x1F 2abc", "number 1", "number 1.5", "number 1e-5", "number 0x1F",
            "number 2abc"),
        Case("5-3", "number 5", "symbol -", "number 3"),
        Case("1e+x", "number 1e", "symbol +", "word x"),
        Case(
            #"'a''b' 'c\'d' "e""f" '\\'"#, "string 'a''b'", #"string 'c\'d'"#, #"string "e""f""#,
            #"string '\\'"#),
        Case("`a``b` `c\\`", "quotedName `a``b`", "quotedName `c\\`"),
        Case("_utf8mb4'x'", "word _utf8mb4", "string 'x'"),
        Case("a -- b\nc # d\ne /* f */ g", "word a", "word c", "word e", "word g"),
        Case("a --b", "word a", "symbol -", "symbol -", "word b"),
        Case("--", ""),
        Case("/*!80023 x */ y", "versionOpen /*!80023", "word x", "versionClose */", "word y"),
        Case("/*M!100301 x*/", "versionOpen /*M!100301", "word x", "versionClose */"),
        Case(
            "/*!50100 KEY /*!50611 A */ (b) */", "versionOpen /*!50100", "word KEY",
            "versionOpen /*!50611", "word A", "versionClose */", "symbol (", "word b", "symbol )",
            "versionClose */"),
        Case("a */ b", "word a", "symbol *", "symbol /", "word b"),
        Case("/**/x", "word x"),
        Case("", ""),
    ])
    func tokens(of example: Case) throws {
        #expect(try tokens(example.text) == example.tokens.filter { !$0.isEmpty })
    }

    @Test("A terminator ends words, and counts in neither strings nor comments")
    func delimiter() throws {
        #expect(
            try tokens("END$$ '$$' a$b /*$$*/", delimiter: "$$")
                == ["word END", "delimiter $$", "string '$$'", "word a$b"])
        #expect(try tokens("a//b", delimiter: "//") == ["word a", "delimiter //", "word b"])
    }

    @Test(arguments: [
        ("a 'b", SchemaError.Code.unterminatedString, 3), ("\"b\\\"", .unterminatedString, 1),
        ("x `b", .unterminatedName, 3), ("x /* b", .unterminatedComment, 3),
        ("x /*!50100 b", .unterminatedComment, 3), ("'a\\", .unterminatedString, 1),
    ])
    func endless(text: String, code: SchemaError.Code, column: Int) throws {
        let error = try #require(throws: SchemaError.self) { try tokens(text) }
        #expect(error.code == code)
        #expect(error.column == column)
    }

    private func tokens(_ text: String, delimiter: String = "") throws -> [String] {
        try Array(text.utf8).withUnsafeBufferPointer { bytes in
            var lexer = Lexer(bytes)
            lexer.delimiter = Array(delimiter.utf8)
            var found: [String] = []
            while true {
                let token = try lexer.next()
                if token.kind == .end { return found }
                let text = String(decoding: bytes[token.range], as: UTF8.self)
                found.append("\(token.kind) \(text)")
            }
        }
    }
}
