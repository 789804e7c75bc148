import Foundation
import TestSupport
import Testing

@testable import Console

@Suite("A page that is opened before the daemon knows anything") struct ConsoleEarlyTests {
    private static let notYet =
        #"{"kind":"error","summary":"no pass yet","remedy":"ask again when it is over"}"#

    @Test("it says what is missing, and goes on by itself")
    func early() throws {
        let ready = try StagedDocuments.quiet(shards: 24)
        var answers = ready.mapValues { _ in Self.notYet }
        answers["whoami"] = ready["whoami"]
        answers["environments"] = try StagedDocuments.rows("environments", [])
        let console = try StagedConsole(answers)
        let browser = try Browser()
        try console.signedIn(browser)
        try browser.shows("the daemon knows no environment yet")
        console.answer("environments", ready["environments"])
        try browser.shows("no pass yet: ask again when it is over")
        for view in ["drift", "plan", "rollouts", "approvals", "audit"] {
            try browser.evaluate("location.hash = '#/\(view)'")
            try browser.wait("document.querySelector('main').innerText.includes('no pass yet')")
        }
        for (path, text) in ready { console.answer(path, text) }
        console.events.publish(#"{"event":"pass","environment":"other"}"#, of: nil)
        console.events.publish(#"{"event":"pass","environment":"production"}"#, of: nil)
        try browser.evaluate("location.hash = '#/now'")
        try browser.shows("The fleet: 24 shards")
        try browser.wait("!document.querySelector('main').innerText.includes('no pass yet')")
    }

    @Test("what is refused for a moment is asked again by itself, without an event")
    func askedAgain() throws {
        let ready = try StagedDocuments.quiet(shards: 24)
        let (fleet, log) = ("environments/production/fleet", "environments/production/log")
        let console = try StagedConsole(
            ready.merging([fleet: Self.notYet, log: Self.notYet]) { $1 })
        let browser = try Browser()
        try console.signedIn(browser)
        try browser.shows("no pass yet: ask again when it is over")
        console.answer(fleet, ready[fleet])
        try browser.shows("The fleet: 24 shards")
        try browser.press("Audit trail", in: "nav")
        try browser.shows("no pass yet: ask again when it is over")
        console.answer(log, ready[log])
        try browser.shows("none", in: "main [role=status]")
    }

    @Test("an answer that is none of a daemon's is a sentence, and no error of the page")
    func notADaemon() throws {
        let console = try StagedConsole([
            "whoami": #"<html>not here</html>"#, "environments": "[]",
        ])
        let browser = try Browser()
        try console.signedIn(browser)
        try browser.shows("the answer is no document of a plumb daemon")
        #expect(try browser.faults(port: console.port).isEmpty)
    }

    @Test("a stream of events that nobody could understand does no harm")
    func oddEvents() throws {
        let console = try StagedConsole(try StagedDocuments.quiet(shards: 24))
        let browser = try Browser()
        try console.signedIn(browser)
        try browser.shows("The fleet: 24 shards")
        for text in [
            "", "{", "null", "[1]", "7", "{\"event\":null}", "{\"event\":\"constructor\"}",
        ] {
            console.events.publish(text, of: nil)
        }
        let next = StagedDocuments.fleet(40)
        console.answer("environments/production/fleet", next)
        console.events.publish(#"{"event":"pass","environment":"production"}"#, of: nil)
        try browser.shows("The fleet: 40 shards")
        #expect(try browser.faults(port: console.port).isEmpty)
    }
}
