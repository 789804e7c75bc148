import Reports
import Testing

@testable import Views

@Suite("What is said of a rollback")
struct RollbackTextTests {
    private func report(reason: String = "the canary is slow") -> RollbackReport {
        RollbackReport(
            environment: "production", id: "ed0b6e5ba828", rollout: "c3d453cab18e",
            actor: "ada@example.com", reason: reason, at: "2026-11-29T14:46:32Z",
            objects: ["commerce.items", "commerce.orders"], shardCount: 4,
            lost: ["what column `note` held: it comes back empty"],
            change: (1...7).map { "+ c\($0) int" })
    }

    @Test func theWholeAnswer() {
        let answer = RollbackText.Answer(
            rollout: "c3d453cab18e", report: report(), ended: ["b1"],
            left: [("commerce/9", "it left the fleet")], superseded: 3, running: 1)
        #expect(
            RollbackText.text(answer) == """
                rollout c3d453cab18e is taken back: rollback ed0b6e5ba828 holds
                  as before on 4 shards: commerce.items, commerce.orders
                  does not come back: what column `note` held: it comes back empty
                  git wants instead: + c1 int, + c2 int, + c3 int, + c4 int, + c5 int and 2 more
                  rollback b1 ends with it
                  3 operations that had not begun never will
                  1 operation that runs goes on to its end, and the plan back comes then
                  left out: commerce/9: it left the fleet

                """)
    }

    @Test func onlyTheFormerOneEnds() {
        let answer = RollbackText.Answer(
            rollout: "c3d453cab18e", report: nil, ended: ["b1"], left: [], superseded: 0, running: 0
        )
        #expect(
            RollbackText.text(answer)
                == "rollout c3d453cab18e is taken back: rollback b1 ends, and git's state is wanted "
                + "again\n")
    }

    @Test("attack: a reason with control characters moves no cursor and starts no line")
    func hostileReason() {
        var page = TextPage(width: 100, style: .plain)
        RollbackText.add(report(reason: "x\u{1b}[2J\n::error::y"), to: &page)
        #expect(!page.text.contains("\u{1b}") && !page.text.contains("\n::error"))
        #expect(page.text.contains("plumb rollback --end ed0b6e5ba828 --environment production"))
    }
}
