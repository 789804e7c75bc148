import Foundation
import FoundationXML
import Model
import Reports
import Schema
import TestSupport
import Testing

@testable import Views

/// Every text that comes from files, servers or git is data in every format.
@Suite("attack: names, messages and comments that try to act on what shows them")
struct HostileOutputTests {
    private static let strings = HostileStrings.all(mixtures: 40, seed: 11)

    /// Every view of every report, by format, with `text` wherever a text can stand.
    private static func views(_ text: String) -> [(format: String, document: String)] {
        let plan = Sample.hostile(exit: .refused, text)
        let drift = Sample.hostileDrift(exit: .refused, text)
        let reconcile = Sample.hostileReconcile(exit: .refused, text)
        let rollout = Sample.hostileRollout(text)
        let problems = [
            Problem(
                text, code: text, remedy: text,
                location: SourceLocation(file: text, line: 2, column: 1))
        ]
        let key = rollout.troubles[0].key
        let failed = OperationOutcome(kind: .failed, message: text, attempts: 2)
        var live = LiveProgress(total: 3)
        live.note(.started(key))
        live.note(.waiting(key.shardID, message: text, seconds: 1))
        live.note(.settled(key, failed))
        var table = TextTable(["a", "b"])
        table.add(text, text)
        let errors = ErrorDocument.Format.allCases.map {
            ($0.rawValue, ErrorDocument.text(problems, exit: .error, format: $0))
        }
        return errors + [
            ("text", PlanText.text(plan)), ("text", DriftText.text(drift)),
            ("text", ReconcileText.text(reconcile)),
            ("text", StatusText.text(StatusReport(rollout), exit: .refused)),
            (
                "text",
                ErrorText.text(
                    text, location: problems[0].location, excerpt: .init(line: text, length: 3),
                    remedy: text)
            ),
            ("text", table.text()), ("text", LineDiff.text("a", text)),
            ("text", EventText.line(.settled(key, failed), time: "1")),
            ("text", EventText.line(.waiting(key.shardID, message: text, seconds: 1), time: "1")),
            ("text", live.lines().joined(separator: "\n")),
            ("markdown", MarkdownView.plan(plan)), ("markdown", MarkdownView.drift(drift)),
            ("markdown", MarkdownView.reconcile(reconcile)), ("markdown", MarkdownView.plain(text)),
            ("html", HTMLView.plan(plan)), ("html", HTMLView.drift(drift)),
            ("junit", JUnitView.plan(plan)), ("junit", JUnitView.drift(drift)),
            ("sarif", SARIFView.plan(plan)), ("sarif", SARIFView.drift(drift, pretty: true)),
            ("json", JSONView.plan(plan)), ("json", JSONView.drift(drift, pretty: true)),
            ("json", JSONView.reconcile(reconcile)),
            ("json", JSONView.status(StatusReport(rollout), exit: .refused)),
            (
                "json",
                JSONView.table(kind: "x", rows: [["a": text]], summary: text, exit: .done)
            ),
        ]
    }

    /// What the program writes: the last look changes nothing that a view did right.
    private static func written(_ format: String, _ document: String) -> String {
        (ErrorDocument.Format(rawValue: format)?.output ?? .text(isColoured: false))
            .safe(document)
    }

    @Test("attack: no view lets a control character, a reordering or a runner's command through")
    func nothingActs() {
        for text in Self.strings {
            for (format, document) in Self.views(text) {
                let allowed = format == "github" ? ["::error "] : []
                let written = Self.written(format, document)
                let faults = HostileStrings.faults(in: written, allowing: allowed)
                #expect(faults.isEmpty, "\(format) of \(text.debugDescription)")
            }
        }
    }

    @Test("attack: the views of documents are safe by themselves, before the last look")
    func documentsAreSafeBefore() {
        for text in Self.strings {
            for (format, document) in Self.views(text) where format != "text" && format != "github"
            {
                let written = Self.written(format, document)
                #expect(written == document, "\(format) of \(text.debugDescription)")
            }
        }
    }

    @Test("attack: JSON and SARIF parse, and hold the text as it was")
    func jsonHoldsTheText() throws {
        for text in Self.strings {
            for (format, document) in Self.views(text) where ["json", "sarif"].contains(format) {
                let value = try JSONSerialization.jsonObject(with: Data(document.utf8))
                guard format == "json" else { continue }
                #expect(Self.strings(in: value).contains(text), "\(text.debugDescription)")
            }
        }
    }

    @Test("attack: JUnit is XML that a parser takes")
    func xmlParses() {
        for text in Self.strings {
            for (format, document) in Self.views(text) where format == "junit" {
                #expect(XMLParser(data: Data(document.utf8)).parse(), "\(text.debugDescription)")
            }
        }
    }

    @Test("attack: HTML has the tags and attributes of its views, and no others")
    func htmlHasOnlyItsTags() {
        for text in Self.strings {
            for (format, document) in Self.views(text) where format == "html" {
                #expect(Tags.faults(in: document) == [], "\(text.debugDescription)")
            }
        }
    }

    @Test("attack: Markdown has no markup, link, mention or reference of a text's own")
    func markdownHasOnlyItsMarkup() {
        for text in Self.strings {
            for (format, document) in Self.views(text) where format == "markdown" {
                #expect(MarkdownFaults.all(in: document) == [], "\(text.debugDescription)")
            }
        }
    }

    private static func strings(in value: Any) -> [String] {
        switch value {
        case let text as String: [text]
        case let items as [Any]: items.flatMap(strings)
        case let members as [String: Any]: members.values.flatMap(strings)
        default: []
        }
    }
}

/// A tokenizer of HTML that knows the tags of Plumb's pages.
private enum Tags {
    static func faults(in document: String) -> [String] {
        var faults: [String] = []
        let allowed = allowed
        // The style sheet is the same in all, and a regular expression takes long for it.
        let body = document.replacing(StyleSheet.text, with: "")
        for match in body.matches(of: #/<[^>]*>?/#.matchingSemantics(.unicodeScalar)) {
            let tag = String(match.0)
            if !tag.contains(allowed) { faults.append(tag) }
        }
        let outside = body.replacing(#/<[^>]*>/#.matchingSemantics(.unicodeScalar), with: "")
        if outside.unicodeScalars.contains(where: { $0 == "<" || $0 == ">" }) {
            faults.append("a bracket outside of tags")
        }
        for match in outside.matches(of: #/&[^;]*;?/#.matchingSemantics(.unicodeScalar)) {
            let entity = String(match.0)
            if !entity.contains(#/^&(amp|lt|gt|quot|#39);$/#) { faults.append(entity) }
        }
        return faults
    }

    private static var allowed: Regex<AnyRegexOutput> {
        let names =
            "html|head|title|body|h1|h2|h3|style|p|b|small|section|pre|code|ul|li|table|tr|td|footer|"
            + "div|svg|path"
        // Of the picture's attributes one has a text of somebody else: it ends at no quote in it.
        let picture =
            "<div class=\"fleet\">|<ul class=\"legend\">|<table class=\"diff\">|"
            + "<svg width=\"[0-9]+\" viewBox=\"[0-9 ]+\" role=\"img\" aria-label=\"[^\"<>]*\">|"
            + "<svg width=\"12\" height=\"12\" class=\"[a-zA-Z]+\" aria-hidden=\"true\">|"
            + "<path class=\"[a-zA-Z]+\" d=\"[MLZ0-9. ]+\">|<path d=\"[MLZ0-9. ]+\"/>|"
            + "<(section|tr) class=\"[a-z]+\">"
        let whole =
            "^(<!doctype html>|<html lang=\"en\">|<meta charset=\"utf-8\">|"
            + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
            + "style-src 'unsafe-inline'\">|<br>|<span class=\"sign [a-z]+\">|</span>|\(picture)|"
            + "</?(\(names))>)$"
        // The text is this file's own.
        return (try? Regex(whole)) ?? Regex(verbatim: "")
    }
}
