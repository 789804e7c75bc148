import Foundation
import TestSupport
import Testing

@testable import Console

@Suite("Whatever something is called, it is text on the page") struct ConsoleMarkupTests {
    /// What would be run, or turn the text around it, where it was not taken for text.
    private static let hostile =
        "</code><img src=x onerror=\"window.owned=1\"><script>window.owned=1</script>"
        + "<svg onload='window.owned=1'>\"'&amp;`${window.owned=1}\u{202E}\u{0}\u{200B}"

    /// Documents of every view; `$` stands for a text of somebody else.
    private static let documents: [String: String] = [
        "status": #"""
        {"environment": "$", "rollout": "$", "state": "halting", "plan": "$", "message": "$",
         "startedAt": "$", "endedAt": null, "takenBack": "$",
         "counts": {"failed": 1, "completed": 2, "$": 1},
         "troubles": [{"namespace": "$", "shard": "$", "table": "$", "state": "failed",
                       "message": "$"}],
         "active": [{"namespace": "$", "shard": "$", "table": "$", "state": "$", "since": "$",
                     "message": "$"}],
         "groups": [{"namespace": "$", "table": "view:$", "state": "$", "from": "$", "to": "$",
                     "shards": ["$", "$"]}],
         "finalizers": [{"namespace": "$", "state": "failed", "message": "$", "nextAt": "$"}],
         "waves": [{"counts": {"$": 2}, "bakeSeconds": 60}],
         "due": {"at": "$", "baking": 1, "waves": 2, "retrying": "$"}, "others": [],
         "unread": ["$"],
         "failures": [{"namespace": "$", "shard": "$", "table": "$", "failures": 2,
                       "nextAt": "$", "message": "$"}],
         "suspensions": [{"namespace": "$", "shard": "$", "actor": "$", "reason": "$",
                          "until": "$"}],
         "rollbacks": [{"rollout": "$", "actor": "$", "reason": "$"}]}
        """#,
        "fleet": #"""
        {"revision": {"label": "$"}, "time": "$", "shards": [
          {"namespace": "$", "name": "$", "server": "$", "state": "unknown", "differing": 1,
           "reason": "$"},
          {"namespace": "$", "name": "$2", "server": "$", "state": "drifted", "differing": 1,
           "reason": "$"},
          {"namespace": "$", "name": "$3", "server": "$", "state": "$", "differing": 0}]}
        """#,
        "drift": #"""
        {"summary": "$", "revision": {"label": "$"}, "recordedAt": "$", "shardCount": 3,
         "stale": "$", "notices": [{"code": "$", "message": "$"}],
         "unknown": [{"namespace": "$", "shard": "$", "code": "$", "reason": "$"}],
         "unsupported": [{"namespace": "$", "table": "$", "shards": ["$"], "reason": "$"}],
         "unmanaged": [{"namespace": "$", "table": "$", "status": "unmanaged", "shards": ["$"],
                        "desired": null, "recorded": null, "observed": "$", "reads": "$",
                        "differences": [], "location": null, "rollback": null}],
         "findings": [{"namespace": "$", "table": "$", "status": "drifted", "shards": ["$2"],
                       "desired": "$", "recorded": "$", "observed": "$",
                       "reads": "git-to-live", "location": {"file": "$", "line": 1},
                       "differences": [{"text": "- $", "location": {"file": "$", "line": 1}},
                                       {"text": "+ $", "location": null}],
                       "rollback": {"actor": "$", "reason": "$"}}]}
        """#,
        "plan": #"""
        {"summary": "$", "digest": "$", "revision": {"label": "$", "summary": "$"},
         "shardCount": 3, "stale": "$", "unknown": [], "unsupported": [],
         "notices": [{"code": "$", "message": "$"}],
         "steps": [{"kind": "$", "namespace": "$", "table": "$", "members": null,
           "shards": ["$"], "from": "$", "to": "$", "engine": "$", "hazard": "irreversible",
           "algorithm": "$", "lock": "$", "rebuildsTable": true, "blocksWrites": true,
           "size": {"rows": 1, "bytes": 2, "shard": "$"}, "suggestion": "$", "approval": "$",
           "statements": [{"sql": "$\n  $"}],
           "findings": [{"rule": "$", "hazard": "lossy", "reason": "$", "remedy": "$",
             "probe": {"sought": "$", "look": "$", "notAsked": "$", "clear": ["$"],
                       "inTheWay": ["$"], "notAnswered": [{"reason": "$", "shards": ["$"]}]}}],
           "cause": {"kind": "git", "commit": "$", "author": "$", "authors": ["$"],
                     "location": {"file": "$", "line": 1},
                     "rollback": {"actor": "$", "reason": "$", "rollout": "$", "lost": ["$"]}},
           "differences": [{"text": "+ $", "location": null}],
           "holds": [{"code": "approval", "reason": "$", "shards": ["$"], "command": "$"},
                     {"code": "$", "reason": "$", "shards": [], "command": "$"}]}]}
        """#,
        "approvals": #"""
        {"rows": [{"digest": "$", "state": "$", "namespace": "$", "table": "$", "shards": "$",
                   "by": "$", "given": "$", "until": "$", "reason": "$"}]}
        """#,
        "rollouts": #"""
        {"summary": "$", "rows": [{"rollout": "$", "state": "$", "operations": "$",
                                   "started": "$", "by": "$", "message": "$"}]}
        """#,
        "operations": #"""
        {"rows": [{"wave": "$", "namespace": "$", "shard": "$", "table": "$", "state": "$",
                   "started": "$", "ended": "$", "message": "$", "nextAttempt": "$",
                   "attempts": "1"}], "next": "$"}
        """#,
        "changes": #"""
        {"rows": [{"rollout": "$", "by": "$", "state": "completed", "ended": "$",
                   "revision": "$", "approval": "$"}]}
        """#,
        "windows": #"{"exit": 3, "summary": "$"}"#,
        "log": #"""
        {"summary": "$", "rows": [{"time": "$", "event": "$", "actor": "$", "subject": "$",
                                   "reason": "$", "commit": "$"}], "next": "$"}
        """#,
    ]

    /// Answers in the name of an environment that is called as badly as everything else.
    private static func answers() throws -> [String: String] {
        let literal = String(
            decoding: try JSONEncoder().encode(hostile), as: UTF8.self
        ).dropFirst().dropLast()
        var answers = try StagedDocuments.first()
        answers["whoami"] = try StagedDocuments.rows(
            "whoami", [["name": hostile, "role": "approve"]])
        answers["environments"] = try StagedDocuments.rows(
            "environments",
            [["environment": hostile, "fault": hostile, "standingBy": hostile]])
        for (name, text) in documents {
            answers["environments/\(hostile)/\(name)"] = text.replacing("$", with: literal)
        }
        let rollout = "environments/\(hostile)/rollouts/\(hostile)"
        answers[rollout] = answers["environments/\(hostile)/status"]
        answers[rollout + "/operations"] = answers["environments/\(hostile)/operations"]
        answers["environments/\(hostile)/approve"] =
            #"{"kind":"error","summary":"\#(literal)","remedy":"\#(literal)"}"#
        return answers
    }

    private func isOnlyText(_ browser: Browser, in view: String) throws {
        let made = try browser.evaluate(
            """
            [...document.querySelectorAll('img, script:not([src]), iframe, object, [onload]')]
              .length + (window.owned ? 1000 : 0)
            """)
        #expect(made as? Int == 0, "\(view)")
        let text = try browser.evaluate("document.body.innerText") as? String ?? ""
        // It is there as it was called, with what nobody could see written out.
        #expect(text.contains("</code><img src=x onerror="), "\(view): \(text.prefix(2_000))")
        #expect(text.contains(#"\u{202e}\u{0}\u{200b}"#), "\(view)")
        for letter in ["\u{202E}", "\u{200B}", "\u{0}"] {
            #expect(!text.unicodeScalars.contains { String($0) == letter }, "\(view)")
        }
        let title = try browser.evaluate("document.title") as? String ?? ""
        #expect(!title.contains("\u{202E}"), "\(title)")
    }

    @Test("attack: names with markup and with what turns text around, in every view")
    func everyView() throws {
        let console = try StagedConsole(try Self.answers())
        let browser = try Browser()
        try console.signedIn(browser)
        try browser.wait("document.querySelector('.fleet svg path')")
        for view in ["now", "drift", "plan", "rollouts", "approvals", "audit"] {
            try browser.evaluate("location.hash = '#/\(view)'")
            try browser.wait("document.querySelector('nav a[aria-current]')?.hash === '#/\(view)'")
            try browser.wait("!document.querySelector('main').innerText.includes('being')")
            try isOnlyText(browser, in: view)
        }
        try browser.evaluate("location.hash = '#/rollouts'")
        try browser.click("main table a")
        try browser.click("[data-key=operations] summary")
        try browser.wait("document.querySelector('[data-key=operations] table')")
        try isOnlyText(browser, in: "a rollout")
        try browser.evaluate("location.hash = '#/now'")
        try browser.focus(".fleet")
        try browser.keys("End", "Enter")
        try browser.wait("document.querySelector('main section')")
        try isOnlyText(browser, in: "a shard")
        try browser.evaluate("location.hash = '#/approvals'")
        try browser.press("Approve", in: "main")
        try browser.type("a reason")
        try browser.keys("Tab", "Enter")
        try browser.wait("document.querySelector('dialog [role=alert] .sign')")
        try isOnlyText(browser, in: "a refusal")
        let complaints = try browser.faults(port: console.port).filter {
            // A refusal is an answer, and Chromium says each that is not 200.
            !$0.contains("the server responded with a status of 503")
        }
        #expect(complaints.isEmpty, "\(complaints)")
    }
}
