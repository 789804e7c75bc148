import Basics
import Desired
import Foundation
import Schema
import Testing

@testable import Notifications

@Suite("Messages") struct MessageTests {
    private func message(
        _ situation: Situation, events: Set<NotificationTarget.Event>? = nil
    ) throws -> Message {
        let target = NotificationTarget(
            name: "chat", url: .written("https://a"),
            events: events ?? Set(NotificationTarget.Event.allCases))
        let due = Tellings(
            situation, to: target, after: ToldRecord(from: Sample.commit(0)), events: [],
            upTo: Sample.commit(1)
        ).due
        return try #require(due.first).message
    }

    private func json(_ text: String) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(value as? [String: Any])
    }

    @Test func jsonHasAllOfIt() throws {
        let message = try message(Sample.situation(drifted: ["app": ["1", "0"]]))
        let body = try json(message.body(.json))
        #expect(body["id"] as? String == message.id)
        #expect(body["event"] as? String == "drift-found")
        #expect(body["environment"] as? String == "production")
        #expect(body["namespace"] as? String == "app")
        #expect(body["time"] as? String == "2027-01-15T08:00:00Z")
        #expect(body["shards"] as? [String] == ["0", "1"])
        #expect(body["shardCount"] as? Int == 2)
        #expect(body["text"] as? String == "production: 2 shards of app have drifted: 0, 1")
        #expect(body["rollout"] is NSNull)
    }

    @Test func aMessageAboutManyHasTheFirstNamesAndTheNumber() throws {
        let names = Set((0..<10_000).map { "shard-\($0)" })
        let message = try message(Sample.situation(unknown: ["app": names]))
        let body = try json(message.body(.json))
        #expect((body["shards"] as? [String])?.count == 20)
        #expect(body["shardCount"] as? Int == 10_000)
        #expect((body["text"] as? String)?.hasSuffix(" and 9980 more") == true)
        #expect(message.body(.json).utf8.count < 2_000)
    }

    @Test("attack: the error of a server is shortened, and its password is blanked out")
    func reasonsAreShortened() throws {
        let reason = "near IDENTIFIED BY 'hunter2': " + String(repeating: "x\n", count: 100_000)
        let due = Tellings(
            Sample.situation(), to: Sample.everything, after: ToldRecord(from: Sample.commit(0)),
            events: [Sample.event("rollout-failed", "r1", in: 1, reason: reason)],
            upTo: Sample.commit(1)
        ).due
        for template in NotificationTarget.Template.allCases {
            let body = try #require(due.first).message.body(template)
            #expect(!body.contains("hunter2") && body.utf8.count < 6_000)
        }
    }

    @Test func whoWaitsIsNamedWithWhatIsApproved() throws {
        let digest = Digest(of: "a")
        let message = try message(Sample.situation(waiting: [digest: "app.log"]))
        #expect(
            message.text
                == "production: 1 step waits for an approval: app.log (\(digest.distinct))")
        #expect(try json(message.body(.json))["approvals"] as? [String] == [digest.hex])
    }

    @Test("attack: a name of a shard mentions nobody in a chat, and moves no cursor")
    func namesAreText() throws {
        let message = try message(
            Sample.situation(drifted: ["app": ["<!channel> & \u{1B}[2J\n<https://evil|click>"]]))
        let text = try #require(try json(message.body(.slack))["text"] as? String)
        #expect(!text.contains("<") && !text.contains("\u{1B}") && !text.contains("\n"))
        #expect(text.contains("&lt;!channel&gt; &amp; "))
        #expect(try json(message.body(.slack)).count == 1)
    }
}
