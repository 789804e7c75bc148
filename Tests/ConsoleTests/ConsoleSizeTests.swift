import Foundation
import TestSupport
import Testing

@testable import Console

@Suite("What is long on the page comes in portions") struct ConsoleSizeTests {
    /// A plan with so many tables, each changed on every one of so many shards.
    private static func plan(tables: Int, shards: Int) throws -> String {
        let names = (0..<shards).map { "shop_\($0)" }
        let steps: [[String: Any]] = (0..<tables).map { number in
            [
                "kind": "alter", "namespace": "shop", "table": "table_\(number)", "shards": names,
                "engine": "direct", "hazard": "safe", "statements": [["sql": "ALTER TABLE t"]],
                "findings": [String](), "differences": [String](), "holds": [String](),
                "cause": ["kind": "retired"], "from": "aaaaaaaa", "to": "bbbbbbbb",
            ]
        }
        let whole: [String: Any] = [
            "summary": "\(tables) changes", "digest": "cccccccc", "shardCount": shards,
            "revision": ["label": "main@1", "summary": "many"], "unknown": [String](),
            "unsupported": [String](), "notices": [String](), "steps": steps,
        ]
        return String(
            decoding: try JSONSerialization.data(withJSONObject: whole), as: UTF8.self)
    }

    @Test("a plan of many changes shows the first ones, and more when asked")
    func manyChanges() throws {
        let console = try StagedConsole(try StagedDocuments.quiet(shards: 24))
        console.answer(
            "environments/production/plan", try Self.plan(tables: 1_000, shards: 3))
        let browser = try Browser()
        try console.signedIn(browser)
        try browser.press("Plan", in: "nav")
        try browser.shows("100 of 1,000")
        let sections = "document.querySelectorAll('main section').length"
        #expect(try browser.evaluate(sections) as? Int == 100)
        try browser.press("More", in: "main")
        try browser.shows("200 of 1,000")
        #expect(try browser.evaluate(sections) as? Int == 200)
        // Whoever goes on with the keyboard is still at the button.
        try browser.focus("[data-key=more]")
        try browser.keys("Enter")
        try browser.shows("300 of 1,000")
        let here = try browser.evaluate("document.activeElement.dataset.key")
        #expect(here as? String == "more")
        #expect(try browser.faults(port: console.port).isEmpty)
    }

    @Test("ten thousand names of shards are made once somebody wants to see them")
    func manyNames() throws {
        let console = try StagedConsole(try StagedDocuments.quiet(shards: 24))
        console.answer(
            "environments/production/plan", try Self.plan(tables: 2, shards: 10_000))
        let browser = try Browser()
        try console.signedIn(browser)
        try browser.press("Plan", in: "nav")
        try browser.shows("shop_0 … shop_9999 (10,000)")
        let text = "document.querySelector('main').textContent"
        #expect(try browser.evaluate("\(text).includes('shop_5000')") as? Bool == false)
        try browser.click("main details summary")
        try browser.wait("\(text).includes('shop_5000')")
        // It stays open when the plan is another one.
        console.answer(
            "environments/production/plan", try Self.plan(tables: 3, shards: 10_000))
        console.events.publish(#"{"event":"pass","environment":"production"}"#, of: nil)
        try browser.shows("3 changes")
        try browser.wait("\(text).includes('shop_5000')")
    }
}
