import Testing

@testable import Schema

@Suite("Names, literals and suggestions")
struct IdentityTests {
    @Test(arguments: [
        ("orders", "`orders`"), ("a`b", "`a``b`"), ("``", "``````"), ("", "``"),
        ("with space", "`with space`"), ("quo'te\"s", "`quo'te\"s`"), ("größe 名", "`größe 名`"),
        ("e\u{301}`\u{301}", "`e\u{301}``\u{301}`"), ("back\\slash", "`back\\slash`"),
        (String(repeating: "x", count: 64), "`" + String(repeating: "x", count: 64) + "`"),
    ])
    func identifiers(name: String, quoted: String) throws {
        #expect(Array(SQL.identifier(name).utf8) == Array(quoted.utf8))
        let text = "CREATE TABLE \(SQL.identifier(name)) (\n  `a` int\n)"
        #expect(try TableParser.parse(text, flavour: .mariadb).name == name)
    }

    @Test(arguments: [
        ("", "''"), ("it's", "'it''s'"), ("a\\b", #"'a\\b'"#), ("a\0b", #"'a\0b'"#),
        ("\"x\" `y`\n", "'\"x\" `y`\n'"), ("'", "''''"), ("\\'", #"'\\'''"#),
        ("ü'\u{301}", "'ü''\u{301}'"),
    ])
    func literals(text: String, quoted: String) {
        #expect(Array(SQL.literal(text).utf8) == Array(quoted.utf8))
    }

    @Test(
        arguments: [
            ("decimel", "decimal"), ("VARCHR", "varchar"), ("itn", "int"),
            ("timestmap", "timestamp"),
            ("int", "int"), ("frobnicate", nil), ("", nil), ("xyz", nil),
        ] as [(String, String?)])
    func suggestions(name: String, expected: String?) {
        let known = ["int", "decimal", "varchar", "timestamp"]
        #expect(NearestName.suggestion(for: name, among: known) == expected)
    }
}
