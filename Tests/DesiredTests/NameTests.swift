import Schema
import Testing

@testable import Desired

/// Names, paths and addresses at their edges.
@Suite struct NameTests {
    @Test(
        arguments: [
            ("commerce_00", nil), ("-40", nil), ("40-80", nil), ("é", nil), ("a:b", nil),
            ("", "is empty"), (".", "is a path"), ("..", "is a path"),
            (String(repeating: "a", count: 128), nil),
            (String(repeating: "a", count: 129), "is longer than 128 bytes"),
            ("a b", "has a space or a control character"),
            ("a\u{A0}b", "has a space or a control character"),
            ("a\u{7F}", "has the character `\u{7F}`"),
            ("a\tb", "has a space or a control character"), ("a,b", "has the character `,`"),
            ("a*", "has the character `*`"), ("a\\", "has the character `\\`"),
            ("{a}", "has the character `{`"), ("a`", "has the character ```"),
        ] as [(String, String?)])
    func shardNames(name: String, fault: String?) {
        #expect(ShardName.fault(name) == fault)
    }

    @Test(
        arguments: [
            ("commerce 1", nil), ("", "is empty"), ("a ", "ends with a space"),
            ("MySQL", "is one of the server's own schemas"),
            ("sys", "is one of the server's own schemas"), ("system", nil),
            (String(repeating: "é", count: 64), nil),
            (String(repeating: "é", count: 65), "is longer than 64 characters"),
        ] as [(String, String?)])
    func databaseNames(name: String, fault: String?) {
        #expect(DatabaseName.fault(name) == fault)
    }

    @Test(
        arguments: [
            ("schema/commerce", "schema/commerce"), ("./schema/commerce//", "schema/commerce"),
            ("./schema/commerce/", "schema/commerce"), ("/schema", nil), ("a//b", nil),
            ("a/../b", nil), ("a/./b", nil), (".git/x", nil), ("a\\\\b", nil), ("./", nil),
            (".", nil),
        ] as [(String, String?)])
    func repositoryPaths(written: String, path: String?) throws {
        let text = fleetText().replacing("schema/commerce", with: "\"\(written)\"")
        let read = try? fleet(text).namespaces.first?.schema.value
        #expect(read == path)
    }

    @Test(
        arguments: [
            ("file:.plumb/ledger.git", "file:.plumb/ledger.git"),
            ("file:/var/lib/plumb", "file:/var/lib/plumb"), ("file:", nil), ("file:///x", nil),
            ("mysql://u@h/d", "mysql://u@h:3306/d"),
            ("mysql://u@[::1]:3307/d", "mysql://u@[::1]:3307/d"),
            ("mysql://u@unix:/run/m.sock/d", "mysql://u@unix:/run/m.sock/d"),
            ("mysql://u@h1,h2:3307,[::1]/d", "mysql://u@h1:3306,h2:3307,[::1]:3306/d"),
            ("mysql://u@unix:/run/m.sock,h/d", "mysql://u@unix:/run/m.sock,h:3306/d"),
            ("mysql://u@h,/d", nil), ("mysql://u@h,h:3306/d", nil), ("mysql://u@h1 h2/d", nil),
            ("mysql://u@h/mysql", nil), ("mysql://u@h/SYS", nil), ("mysql://u@h/d%2e", nil),
            ("mysql://u/d@h/e", nil), ("mysql://u:p@w@h/d", nil), ("mysql://u:p@w/o@h/d", nil),
            ("mysql://u@::1/d", nil), ("mysql://u@h/d\u{7}", nil),
            ("mysql://h/d", nil), ("mysql://@h/d", nil), ("mysql://u@h/", nil),
            ("mysql://u@/d", nil),
            ("mysql://u@h/d?tls=no", nil), ("mysql://u@h:x/d", nil), ("mysql://u:p@h/d", nil),
            ("MYSQL://u@h/d", nil), ("/ledger.git", nil),
        ] as [(String, String?)])
    func ledgers(text: String, read: String?) {
        #expect((try? LedgerLocation(text))?.description == read)
    }

    @Test(arguments: [
        ("", "plumb.yaml:6:14: error: a table in `retire` is empty [invalid-value]; write a value"),
        (
            "\\t",
            "plumb.yaml:6:14: error: a table in `retire` has a control character "
                + "[invalid-value]; remove it"
        ),
    ])
    func textMustBeText(text: String, expected: String) {
        #expect(faults(fleetText(namespace: "retire: [\"\(text)\"]")) == [expected])
    }

    @Test(arguments: [
        ("shcema", ["schema", "shards"], "did you mean `schema`?"),
        ("SCHEMA", ["schema"], "did you mean `schema`?"),
        ("x", ["schema", "shards"], "the keys are `schema`, `shards`"),
        ("x", [], "there are no keys"), ("", ["y"], "did you mean `y`?"),
        ("hots", ["host", "hosts"], "did you mean `host`?"),
    ])
    func theNearestWordIsSuggested(word: String, candidates: [String], remedy: String) {
        #expect(Nearest.remedy(word, in: candidates, what: "keys") == remedy)
    }

    @Test func environmentNamesAreBounded() {
        let name = String(repeating: "n", count: 65)
        #expect(faults(fleetText().replacing("production", with: name)).count == 1)
        #expect(
            faults(fleetText().replacing("production", with: String(name.dropLast()))).isEmpty)
    }

    @Test func foldersAreReadToABound() {
        func tree(_ depth: Int) -> MemoryTree {
            let folders = Array(repeating: "d", count: depth).joined(separator: "/")
            return repository(
                fleetText(), ["schema/commerce/\(folders)/x.sql": "CREATE TABLE x (id int);"])
        }
        #expect(outcome(tree(31)) == ["a,b: orders+x"])
        #expect(outcome(tree(32)).first?.contains("[refused-entry]") == true)
    }

    @Test func diagnosticsAreSortedAndSaidOnce() {
        let list = DiagnosticList()
        let place = { (line: Int) in Schema.SourceLocation(file: "f", line: line, column: 1) }
        list.error(.emptyFile, "b", remedy: "r", at: place(2))
        list.warning(.unusedHost, "a", remedy: "r", at: place(1))
        list.error(.emptyFile, "b", remedy: "r", at: place(2))
        list.error(.emptySchema, "c", remedy: "r", at: nil)
        #expect(
            DesiredError(list.sorted).description == """
                error: c [empty-schema]; r
                f:1:1: warning: a [unused-host]; r
                f:2:1: error: b [empty-file]; r
                """)
    }

    @Test func codesAreInterfaces() {
        let raw = Diagnostic.Code.allCases.map(\.rawValue)
        #expect(Set(raw).count == raw.count)
        #expect(
            raw.allSatisfy { code in code.allSatisfy { $0 == "-" || ("a"..."z").contains($0) } })
    }
}
