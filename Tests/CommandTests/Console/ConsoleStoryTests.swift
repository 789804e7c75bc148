import Foundation
import TestSupport
import Testing

/// The story of the demo, played through the page of a real daemon.
@Suite("The console of a daemon") struct ConsoleStoryTests {
    /// Where `make screenshots` wants its pictures; nil where nobody does.
    private static let pictures = ProcessInfo.processInfo.environment["PLUMB_SCREENSHOTS"]

    private func picture(_ name: String, of browser: Browser) throws {
        guard let folder = Self.pictures else { return }
        try browser("screenshot", ["path": "\(folder)/\(name).png"])
    }

    /// Gives the reason of the dialog that is open, and sends it.
    private func giveReason(_ reason: String, to browser: Browser) throws {
        try browser.wait("document.activeElement?.id === 'reason'")
        try browser.type(reason)
        try browser.evaluate("document.querySelector('dialog [type=submit]').click()")
        try browser.wait("!document.querySelector('dialog')")
    }

    @Test("drift, an approval, a rollout that bakes, a stop and a way back, without a reload")
    func story() throws {
        let fleet = try FleetFixture(shards: 24, schema: ["orders.sql": StoryTests.withStatus])
        fleet.file.policy = ["rollout: {waves: [{shards: 1, bake: 3s}, {percent: 100}]}"]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        let daemon = try DaemonOverHTTP(fleet)
        let browser = try Browser()
        try browser.open(port: daemon.port)
        try ConsoleDoor.signIn("approve", browser)
        try browser.shows("Nothing is wrong: 24 of 24 shards in sync")

        // Somebody alters a shard; the page says so by itself, and who changed it last.
        try fleet.sql(11, "ALTER TABLE orders DROP KEY by_status")
        daemon.program.send(SIGHUP)
        try browser.shows("1 shard drifted")
        try browser.press("Drift", in: "nav")
        try browser.shows("- KEY by_status (status)")
        try browser.shows("in git and recorded, missing live")
        try browser.shows("Last recorded change: rollout ")
        try browser.shows("plumb reconcile --heal --environment production --namespace app --shard")
        try fleet.expect(0, "reconcile", "--heal")

        // What waits says all that it would do, and nothing is sent without a reason.
        try fleet.change("orders.sql", FleetFixture.orders)
        daemon.program.send(SIGHUP)
        try browser.press("Approvals", in: "nav")
        try browser.shows("1 step waiting for approval", in: "main")
        try browser.shows("irreversible")
        try browser.shows("DROP COLUMN `status`")
        try picture("console-24-approvals", of: browser)
        try browser.press("Now", in: "nav")
        try browser.shows("1 step waiting for approval: app.orders")
        try picture("console-24-light", of: browser)
        try browser.press("Approvals", in: "nav")
        try browser.press("Approve", in: "main")
        try browser.click("dialog [type=submit]")
        #expect(try browser.evaluate("Boolean(document.querySelector('dialog'))") as? Bool == true)
        try giveReason("moved to a service", to: browser)
        try browser.shows("1 decision recorded")
        try browser.shows("Nothing waits for an approval")

        // A canary bakes; somebody stops the rollout, lets it go on, and takes it back.
        try browser.press("Rollouts", in: "nav")
        try browser.shows("wave 1 of 2 bakes; the next one opens ")
        try picture("console-24-rollout", of: browser)
        try browser.press("Stop", in: "main")
        try giveReason("the canary is slow", to: browser)
        try browser.shows("stopped by approve@example.com")
        try browser.press("Start", in: "main")
        try giveReason("it was the load test", to: browser)
        try daemon.program.reaches("the second wave") {
            daemon.program.send(SIGHUP)
            return try fleet.table("orders", on: 23)?.contains("status") == false
        }
        try browser.wait("!document.querySelector('main section')")
        try browser.click("main table a")
        try browser.press("Take back", in: "main")
        try giveReason("the shop cannot read it", to: browser)
        try browser.press("Now", in: "nav")
        try browser.shows("was taken back by approve@example.com: the shop cannot read it")

        // All of it stands in the audit trail.
        try browser.press("Audit trail", in: "nav")
        try browser.focus("#search")
        try browser.type("load test")
        try browser.keys("Enter")
        try browser.shows("1 event with “load test”")
        try browser.shows("rollout-started-again")
        #expect(try browser.faults(port: daemon.port).isEmpty)
        guard Self.pictures != nil else { return }
        try browser.open(port: daemon.port, scheme: "dark")
        try ConsoleDoor.signIn("approve", browser)
        try browser.wait("document.querySelector('.fleet svg path')")
        try picture("console-24-dark", of: browser)
    }

    @Test("attack: who may only read sees no button, and a wrong token nothing at all")
    func roles() throws {
        let fleet = try FleetFixture(shards: 2)
        try DaemonOverHTTP.leaveADropWaiting(in: fleet)
        let daemon = try DaemonOverHTTP(fleet)
        let browser = try Browser()
        let buttons = "[...document.querySelectorAll('main button')].map((one) => one.innerText)"
        for (role, shown) in [
            ("read", [String]()), ("operate", []), ("approve", ["Approve", "Deny"]),
        ] {
            try browser.open(port: daemon.port)
            try ConsoleDoor.signIn(role, browser)
            try browser.press("Approvals", in: "nav")
            try browser.shows("1 step waiting for approval", in: "main")
            #expect(try browser.evaluate(buttons) as? [String] == shown, "\(role)")
            try browser.press("Rollouts", in: "nav")
            try browser.click("main table a")
            // The link back is there before the rollout was read.
            try browser.shows("Each operation", in: "main")
            let found = try browser.evaluate(buttons) as? [String] ?? []
            #expect(found.contains("Take back") == (role != "read"), "\(role) \(found)")
            try browser.press("Sign out")
            try browser.shows("Sign in")
            let left = try browser.evaluate("JSON.stringify(sessionStorage)") as? String ?? ""
            #expect(!left.contains(DaemonOverHTTP.secrets[role] ?? "?"), "\(left)")
            #expect(try browser.evaluate("document.cookie") as? String == "")
        }
        try ConsoleDoor.signIn("wrong-0123456789abcdef01234567", browser)
        try browser.shows("This token is not good.")
        try browser.wait("document.activeElement?.id === 'token'")
        try browser.type("ümlaut")
        try browser.keys("Enter")
        try browser.shows("A token has no such letters.")
        #expect(try browser.evaluate("document.querySelector('nav').innerText") as? String == "")
    }

    @Test("attack: a token that is taken out of the file while the page is open shows no more")
    func revoked() throws {
        let fleet = try FleetFixture(shards: 1)
        let daemon = try DaemonOverHTTP(fleet)
        let browser = try Browser()
        try browser.open(port: daemon.port)
        try ConsoleDoor.signIn("read", browser)
        try browser.shows("1 of 1 shard in sync")
        var left = DaemonOverHTTP.secrets
        left["read"] = nil
        try DaemonOverHTTP.write(left, for: fleet)
        try browser.press("Audit trail", in: "nav")
        try daemon.program.reaches("a refusal") {
            daemon.program.send(SIGHUP)
            return try browser.evaluate("Boolean(document.querySelector('#token'))") as? Bool
                == true
        }
        try browser.shows("The token is good no more.")
        #expect(try browser.evaluate("document.querySelector('main table')") == nil)
    }
}

/// How the tests of the console come in.
enum ConsoleDoor {
    static func signIn(_ role: String, _ browser: Browser) throws {
        try browser.wait("document.activeElement?.id === 'token'")
        try browser.type(DaemonOverHTTP.secrets[role] ?? role)
        try browser.keys("Enter")
    }
}
