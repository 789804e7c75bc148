import Testing

@testable import Views

@Suite("attack: a secret in a wrong place is not repeated")
struct RedactedTests {
    @Test(arguments: [
        ("https://ann:hunter2@host/x: refused", "https://***@host/x: refused"),
        ("https://hunter2@host/x", "https://***@host/x"),
        ("https://ann:hun/ter2@host/x", "https://***@host/x"),
        ("https://ann:p@hunter2@host", "https://***@host"),
        ("mysql://ann:hunter2@h:3306/d", "mysql://***@h:3306/d"),
        ("mysql://ann@h:3306/d", "mysql://ann@h:3306/d"),
        ("ssh://git@host/x", "ssh://git@host/x"), ("git@host:x", "git@host:x"),
        ("ann:hunter2@host:x", "***@host:x"), ("https://host:443/a@b", "https://host:443/a@b"),
        ("Access denied for user 'ann'@'h'", "Access denied for user 'ann'@'h'"),
        ("near 'IDENTIFIED BY 'hunter2''", "near 'IDENTIFIED BY '***'"),
        ("SET PASSWORD = PASSWORD('hunter2')", "SET PASSWORD = PASSWORD('***')"),
        ("identified  by  'hun\\'ter2'", "identified  by  '***'"),
        ("CONNECTION='mysql://ann:hunter2@h/d/t'", "CONNECTION='mysql://***@h/d/t'"),
    ])
    func texts(text: String, shown: String) {
        #expect(Redacted.text(text) == shown)
    }

    @Test(arguments: [
        ("  password: hunter2", "  password: ***"),
        ("{pwd: \"hunter 2\", a: b}", "{pwd: ***, a: b}"),
        ("TOKEN=hunter2 x", "TOKEN=*** x"), ("api_key : 'hunter2'", "api_key : ***"),
        ("password_env: PLUMB_PW", "password_env: PLUMB_PW"),
        ("token varchar(20),", "token varchar(20),"),
    ])
    func linesOfFiles(line: String, shown: String) {
        #expect(Redacted.line(line) == shown)
    }

    @Test func anExcerptIsShownWithoutIt() {
        let text = ErrorText.text(
            "x", location: Sample.place("a.sql", 1),
            excerpt: .init(line: "CREATE USER a IDENTIFIED BY 'hunter2'"))
        #expect(!text.contains("hunter2"))
    }
}
