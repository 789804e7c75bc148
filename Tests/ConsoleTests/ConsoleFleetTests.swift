import Foundation
import TestSupport
import Testing

@testable import Console

@Suite("The fleet as a picture, by mouse, keyboard and ear") struct ConsoleFleetTests {
    private static let here = "document.querySelector('.fleet + p').textContent"

    /// Where `make screenshots` wants its pictures; nil where nobody does.
    private static let pictures = ProcessInfo.processInfo.environment["PLUMB_SCREENSHOTS"]

    private func isDrawn(_ browser: Browser, _ count: Int) throws {
        try browser.wait("performance.getEntriesByName('fleet-drawn').at(-1)?.detail === \(count)")
    }

    @Test("ten thousand shards are drawn as a few elements, at once")
    func tenThousand() throws {
        let console = try StagedConsole(try StagedDocuments.quiet(shards: 10_000))
        let browser = try Browser()
        try console.signedIn(browser, height: 1_400)
        try isDrawn(browser, 10_000)
        let elements = try browser.evaluate("document.querySelectorAll('.fleet *').length") as? Int
        #expect((elements ?? .max) < 200)
        let cells =
            try browser.evaluate(
                """
                [...document.querySelectorAll('.fleet path')]
                  .map((one) => one.getAttribute('d').split('M').length - 1)
                  .reduce((sum, number) => sum + number, 0)
                """) as? Int
        // Some shapes have more than one outline.
        #expect((cells ?? 0) >= 10_000)
        if let folder = Self.pictures {
            try browser("screenshot", ["path": "\(folder)/console-10000-light.png"])
        }
        // The second time, as somebody sees it who has the page open and comes back.
        try browser.evaluate("location.reload()")
        try browser.wait("performance.getEntriesByName('fleet-drawn').length === 0")
        try isDrawn(browser, 10_000)
        let times =
            try browser.evaluate(
                """
                [performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
                 performance.getEntriesByName('fleet-drawn')[0].startTime].map(Math.round)
                """) as? [Int] ?? []
        print("10,000 shards: first paint after \(times) ms, the second of the whole fleet")
        #expect(times.count == 2 && times.allSatisfy { $0 > 0 && $0 < 10_000 }, "\(times)")
        for grouping in ["server", "state"] {
            try browser.evaluate("document.querySelector('[value=\(grouping)]').click()")
            let groups = try browser.evaluate("document.querySelectorAll('.group').length") as? Int
            #expect(groups == (grouping == "server" ? 100 : 7), "\(grouping)")
        }
        #expect(try browser.faults(port: console.port).isEmpty)
        guard let folder = Self.pictures else { return }
        try console.signedIn(browser, height: 1_400, scheme: "dark")
        try isDrawn(browser, 10_000)
        try browser.evaluate("document.querySelector('[value=server]').click()")
        try browser("screenshot", ["path": "\(folder)/console-10000-dark.png"])
    }

    @Test("what is wrong comes first, in the list and among the groups")
    func worstFirst() throws {
        let console = try StagedConsole(try StagedDocuments.quiet(shards: 1_000))
        let browser = try Browser()
        try console.signedIn(browser)
        try isDrawn(browser, 1_000)
        let words = try browser.evaluate("document.querySelector('main').innerText") as? String
        let text = words ?? ""
        let order = [
            "unknown: connection refused", "1 shard in conflict", "1 shard drifted",
            "1 shard suspended", "The fleet: 1,000 shards",
        ]
        let places = order.compactMap { text.range(of: $0)?.lowerBound }
        #expect(places.count == order.count && places == places.sorted(), "\(text)")
        try browser.evaluate("document.querySelector('[value=server]').click()")
        // What is not in sight is not laid out, and has no inner text.
        let head = "document.querySelector('.group h3').textContent"
        let first = try browser.evaluate(head) as? String
        #expect(first?.contains("unknown") == true, "\(first ?? "")")
    }

    @Test("the keys go from shard to shard and from group to group, and say where they are")
    func keys() throws {
        let console = try StagedConsole(try StagedDocuments.quiet(shards: 24))
        let browser = try Browser()
        try console.signedIn(browser)
        try isDrawn(browser, 24)
        // By the keyboard alone: to the picture behind the choice of groups.
        try browser.evaluate("document.querySelector('[value=namespace]').focus()")
        try browser.keys("Tab")
        try browser.wait("document.activeElement.className.startsWith('fleet')")
        let first = try browser.evaluate(Self.here) as? String
        try browser.keys("ArrowRight")
        let second = try browser.evaluate(Self.here) as? String
        #expect(first != second)
        let said = try browser.evaluate("document.querySelector('#announcer').textContent")
        #expect(said as? String == second)
        try browser.keys("ArrowLeft")
        #expect(try browser.evaluate(Self.here) as? String == first)
        try browser.keys("Home", "ArrowLeft")
        #expect(try browser.evaluate(Self.here) as? String == first)
        var seen: Set<String> = []
        for _ in 0..<24 {
            seen.insert(try browser.evaluate(Self.here) as? String ?? "")
            try browser.keys("ArrowRight")
        }
        #expect(seen.count == 24)
        for _ in 0..<4 { try browser.keys("PageUp") }
        #expect(try browser.evaluate(Self.here) as? String == first)
        try browser.keys("ArrowDown", "PageDown", "Enter")
        let opened = try browser.evaluate("document.querySelector('main section h3').innerText")
        let name = (try browser.evaluate(Self.here) as? String ?? "").prefix { $0 != " " }
        #expect((opened as? String)?.contains(name) == true, "\(name)")
    }

    @Test("on paper stand the groups in numbers, too, and nothing to press")
    func paper() throws {
        let folder = try TemporaryFolder()
        let console = try StagedConsole(try StagedDocuments.quiet(shards: 24))
        let browser = try Browser()
        try console.signedIn(browser)
        try isDrawn(browser, 24)
        let table = "document.querySelector('[data-key=fleet-table]').open"
        #expect(try browser.evaluate(table) as? Bool == false)
        try browser("print", ["path": folder.path + "/page.pdf"])
        let data = try #require(FileManager.default.contents(atPath: folder.path + "/page.pdf"))
        #expect(data.starts(with: Array("%PDF".utf8)) && data.count > 5_000)
        #expect(try browser.evaluate(table) as? Bool == true)
    }

    @Test("who listens gets a heading, the groups in numbers, and links with names")
    func roles() throws {
        let console = try StagedConsole(try StagedDocuments.quiet(shards: 24))
        let browser = try Browser()
        try console.signedIn(browser)
        try isDrawn(browser, 24)
        try browser.evaluate("document.querySelector('[data-key=fleet-table]').open = true")
        let roles = (try browser("roles") as? [[String]] ?? []).map { "\($0[0]): \($0[1])" }
        for role in [
            "banner: ", "main: ", "navigation: Views", "heading: The fleet: 24 shards",
            "application: The shards as a picture", "radio: server", "link: Audit trail",
            "columnheader: drifted", "rowheader: commerce", "button: Sign out",
            "table: How many shards of each group are in which state",
        ] {
            #expect(roles.contains { $0.hasPrefix(role) }, "\(role) is not in \(roles)")
        }
        // Nothing that can be pressed is without a name.
        for role in ["button: ", "link: ", "radio: ", "textbox: "] {
            #expect(!roles.contains(role), "\(role)")
        }
    }
}
