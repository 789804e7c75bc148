import Schema
import Testing

@testable import Views

@Suite struct TextPartsTests {
    @Test func errorWithExcerpt() throws {
        let file = "CREATE TABLE `orders` (\n  refund_total decimel(12,2) NOT NULL\r\n)"
        let location = SourceLocation(file: "schema/commerce/orders.sql", line: 2, column: 16)
        let excerpt = try #require(ErrorText.Excerpt(number: 2, of: file, length: 7))
        #expect(
            ErrorText.text(
                "unknown column type `decimel`", location: location, excerpt: excerpt,
                remedy: "did you mean `decimal`?") == """
                    error: schema/commerce/orders.sql:2:16: unknown column type `decimel`
                           2 |   refund_total decimel(12,2) NOT NULL
                             |                ^^^^^^^
                           did you mean `decimal`?

                    """)
        #expect(ErrorText.Excerpt(number: 4, of: file) == nil)
    }

    /// Tabs, wide letters and a column behind the end still give a caret in its place.
    @Test(arguments: [
        ("\tx", 2, 1, "    x", "    ^"), ("表x", 4, 1, "表x", "  ^"), ("ab", 9, 3, "ab", "  ^"),
        ("a\u{1B}b", 3, 1, "a\\u{1b}b", "       ^"), ("", 1, 1, "", "^"),
    ])
    func carets(_ line: String, _ column: Int, _ length: Int, _ shown: String, _ caret: String) {
        let text = ErrorText.text(
            "m", location: SourceLocation(file: "f", line: 10, column: column),
            excerpt: ErrorText.Excerpt(line: line, length: length))
        #expect(text == "error: f:10:\(column): m\n      10 | \(shown)\n         | \(caret)\n")
    }

    @Test func errorAlone() {
        #expect(
            ErrorText.text("cannot read plumb.yaml\nit is a folder", remedy: "name a file") == """
                error: cannot read plumb.yaml
                  it is a folder
                  name a file

                """)
    }

    @Test func table() {
        var table = TextTable(["when", "operations", "who"], alignments: [.left, .right])
        #expect(table.text() == "")
        table.add("2026-11-21", "3", "dev@example.com")
        table.add("表", "1234", "")
        table.add("x\ny")
        #expect(
            table.text() == """
                when        operations  who
                2026-11-21           3  dev@example.com
                表                1234
                x\\ny

                """)
    }

    @Test(arguments: [
        (0, "0", "0 B"), (999, "999", "999 B"), (1000, "1 k", "1 kB"), (1250, "1.2 k", "1.2 kB"),
        (9_999_999, "9.9 M", "9.9 MB"), (41_250_000, "41 M", "41 MB"),
        (9_240_000_000, "9.2 G", "9.2 GB"), (UInt64.max, "18446744 T", "18 EB"),
    ])
    func quantities(_ count: UInt64, _ rows: String, _ bytes: String) {
        #expect(Quantity.rows(count) == rows)
        #expect(Quantity.bytes(count) == bytes)
    }

    @Test(arguments: [
        (40, "40 s"), (119, "119 s"), (120, "2 min"), (150, "2 min 30 s"), (605, "10 min"),
        (7200, "2 h"), (9000, "2 h 30 min"),
    ])
    func durations(_ seconds: Int64, _ text: String) {
        #expect(Quantity.seconds(seconds) == text)
    }

    @Test(arguments: [
        ("plain", "plain"), ("a\nb\r\t", "a\\nb\\r\\t"), ("\u{1B}[0m", "\\u{1b}[0m"),
        ("\u{202E}x", "\\u{202e}x"), ("\u{85}\u{2028}\u{FEFF}", "\\u{85}\\u{2028}\\u{feff}"),
        ("é表🙂", "é表🙂"),
    ])
    func visible(_ text: String, _ shown: String) {
        #expect(Visible.line(text) == shown)
    }

    @Test func proseBreaksAtTheWidth() {
        var page = TextPage(width: 40, style: .plain)
        page.prose("one two three four five six seven eight nine ten", indent: 2, hanging: 4)
        page.pair([Span("left")], [Span("right")])
        page.pair([Span(String(repeating: "x", count: 36))], [Span("right")])
        page.blank()
        page.blank()
        #expect(
            page.text == """
                  one two three four five six seven
                    eight nine ten
                left                               right
                xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
                                                   right


                """)
    }
}
