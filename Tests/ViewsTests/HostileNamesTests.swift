import Foundation
import FoundationXML
import Model
import Reports
import Testing

@testable import Views

/// Names come from databases: in no view may one of them act.
@Suite struct HostileNamesTests {
    private static let texts: [(String, String)] = [
        ("plan", PlanText.text(Sample.hostile(exit: .refused))),
        ("drift", DriftText.text(Sample.hostileDrift(exit: .refused))),
        ("reconcile", ReconcileText.text(Sample.hostileReconcile(exit: .refused))),
        ("status", StatusText.text(StatusReport(Sample.hostileRollout()), exit: .refused)),
        ("plan.md", MarkdownView.plan(Sample.hostile(exit: .refused))),
        ("drift.md", MarkdownView.drift(Sample.hostileDrift(exit: .refused))),
        ("reconcile.md", MarkdownView.reconcile(Sample.hostileReconcile(exit: .refused))),
        ("plan.html", HTMLView.plan(Sample.hostile(exit: .refused))),
        ("drift.html", HTMLView.drift(Sample.hostileDrift(exit: .refused))),
        ("plan.xml", JUnitView.plan(Sample.hostile(exit: .refused))),
        ("drift.xml", JUnitView.drift(Sample.hostileDrift(exit: .refused))),
        ("plan.json", JSONView.plan(Sample.hostile(exit: .refused))),
        ("plan.sarif", SARIFView.plan(Sample.hostile(exit: .refused))),
        ("drift.sarif", SARIFView.drift(Sample.hostileDrift(exit: .refused))),
        ("error", ErrorText.text(Sample.hostileName)),
        ("event", EventText.line(.started(Sample.hostileRollout().troubles[0].key), time: "1")),
    ]

    @Test(arguments: texts) func nothingHidden(_ view: String, _ text: String) {
        let lines = text.split(separator: "\n")
        for line in lines {
            #expect(!line.unicodeScalars.contains(where: Visible.isHidden), "\(view): \(line)")
        }
    }

    @Test(arguments: texts.filter { $0.0.hasSuffix(".html") || $0.0.hasSuffix(".xml") })
    func noMarkup(_ view: String, _ text: String) {
        #expect(!text.contains("<script"), "\(view)")
        #expect(!text.contains("alert('"), "\(view)")
    }

    @Test(arguments: texts.filter { $0.0.hasSuffix(".md") })
    func noMarkdown(_ view: String, _ text: String) throws {
        var fence: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if let open = fence {
                if line == open { fence = nil }
                continue
            }
            if line.hasPrefix("```") {
                fence = String(line.prefix { $0 == "`" })
                continue
            }
            if line.hasPrefix("<!-- plumb:") {
                #expect(line.hasSuffix(" -->") && line.dropLast(4).firstRange(of: "-->") == nil)
                continue
            }
            #expect(!line.contains("<script"), "\(view): \(line)")
            #expect(!line.contains("@all") || line.contains("<code>"), "\(view): \(line)")
            if line.hasPrefix("| ") {
                let cells = line.replacingOccurrences(of: "\\|", with: "").filter { $0 == "|" }
                #expect([5, 6].contains(cells.count), "\(view): \(line)")
            }
        }
        #expect(fence == nil)
    }

    @Test func xmlParses() throws {
        for (_, text) in Self.texts.filter({ $0.0.hasSuffix(".xml") }) {
            #expect(XMLParser(data: Data(text.utf8)).parse())
        }
    }

    @Test(arguments: [
        ("", "''"), ("commerce_17", "commerce_17"), ("a b", "'a b'"), ("it's", "'it'\\''s'"),
        ("$(id)", "'$(id)'"), ("a\nb'\\", "$'a\\x0ab\\x27\\x5c'"), ("é", "'é'"),
    ])
    func shellWords(_ text: String, _ word: String) {
        #expect(NextCommand.shellQuoted(text) == word)
    }

    @Test func leadingHyphen() {
        #expect(
            NextCommand.heal(environment: "p", namespace: "n", shards: ["-40"])
                == "plumb reconcile --heal --environment p --namespace n --shard=-40")
    }

    @Test(arguments: [
        ("plain", "`plain`"), ("a_b*c", "`a_b*c`"), ("a`b", "<code>a&#96;b</code>"),
        ("a|b", "<code>a&#124;b</code>"), (" a", "<code> a</code>"), ("", "<code></code>"),
    ])
    func markdownCode(_ text: String, _ code: String) {
        #expect(Markdown.code(text) == code)
    }

    @Test func fencesOutgrowTheirContent() {
        #expect(Markdown.block(["a ```` b"], language: "sql") == ["`````sql", "a ```` b", "`````"])
    }
}
