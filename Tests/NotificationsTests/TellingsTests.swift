import Basics
import Desired
import Foundation
import Schema
import Testing

@testable import Ledger
@testable import Notifications

/// Situations and events of an environment that does not exist.
enum Sample {
    static func commit(_ number: Int) -> ObjectID {
        ObjectID(bytes: Array(repeating: UInt8(number), count: 20))
    }

    static func situation(
        drifted: [String: Set<String>] = [:], unknown: [String: Set<String>] = [:],
        waiting: [Digest: String] = [:], asOf: Int64 = 1
    ) -> Situation {
        Situation(
            environment: "production", asOf: asOf, time: Timestamp(secondsSince1970: 1_800_000_000),
            drifted: drifted, unknown: unknown, waiting: waiting)
    }

    static func event(
        _ kind: String, _ key: String, in commit: Int, reason: String? = nil
    ) -> LedgerRecord {
        LedgerRecord(
            commit: Self.commit(commit), time: Date(timeIntervalSince1970: 1_800_000_100),
            actor: LedgerActor(name: "ada", email: "ada@example.com"),
            event: LedgerEvent(kind, subject: kind, key: key, reason: reason))
    }

    static let everything = NotificationTarget(name: "chat", url: .written("https://a"))
}

@Suite("What is to be told") struct TellingsTests {
    /// A target that hears of each situation in turn.
    private struct Listener {
        var target = Sample.everything
        var record = ToldRecord(from: Sample.commit(0))
        var last = 0

        /// What it is told, each as its event and what that is about.
        mutating func hear(
            _ situation: Situation, _ events: [LedgerRecord] = []
        ) -> [String] {
            last += 1
            let tellings = Tellings(
                situation, to: target, after: record, events: events, upTo: Sample.commit(last))
            record = tellings.record
            return tellings.due.map { telling in
                let message = telling.message
                let subject = message.shards + message.approvals.map { String($0.prefix(4)) }
                return ([message.event.rawValue] + subject + [message.rollout].compactMap(\.self))
                    .joined(separator: " ")
            }
        }
    }

    @Test func driftIsToldWhenItIsFoundAndWhenItIsGone() {
        var listener = Listener()
        let found = Sample.situation(drifted: ["app": ["0", "1"], "shop": ["0"]])
        #expect(listener.hear(Sample.situation()) == [])
        #expect(listener.hear(found) == ["drift-found 0 1", "drift-found 0"])
        #expect(listener.hear(found) == [])
        let more = Sample.situation(drifted: ["app": ["1", "2"], "shop": ["0"]])
        #expect(listener.hear(more) == ["drift-gone 0", "drift-found 2"])
        #expect(listener.hear(Sample.situation()) == ["drift-gone 1 2", "drift-gone 0"])
        #expect(listener.hear(Sample.situation()) == [])
        #expect(listener.hear(found) == ["drift-found 0 1", "drift-found 0"])
    }

    @Test func aShardThatCannotBeReadHasNotLostItsDrift() {
        var listener = Listener()
        #expect(
            listener.hear(Sample.situation(drifted: ["app": ["0"]])) == ["drift-found 0"])
        #expect(
            listener.hear(Sample.situation(unknown: ["app": ["0"]])) == ["shard-unknown 0"])
        #expect(listener.hear(Sample.situation(drifted: ["app": ["0"]])) == ["shard-known 0"])
        #expect(listener.hear(Sample.situation()) == ["drift-gone 0"])
    }

    @Test func aStepThatWaitsIsToldOnceUntilItWaitsAgain() {
        var listener = Listener()
        let (first, second) = (Digest(of: "a"), Digest(of: "b"))
        let names = [first, second].map { String($0.hex.prefix(4)) }
        #expect(
            listener.hear(Sample.situation(waiting: [first: "app.log"]))
                == ["approval-waiting \(names[0])"])
        #expect(
            listener.hear(Sample.situation(waiting: [first: "app.log", second: "app.t"]))
                == ["approval-waiting \(names[1])"])
        #expect(listener.hear(Sample.situation(waiting: [second: "app.t"])) == [])
        #expect(
            listener.hear(Sample.situation(waiting: [first: "app.log", second: "app.t"]))
                == ["approval-waiting \(names[0])"])
    }

    @Test func rolloutsAreToldAsTheyEndedInTheAuditTrail() {
        var listener = Listener()
        let events = [
            Sample.event("rollout-started", "r1", in: 1),
            Sample.event("rollout-paused", "r1", in: 2, reason: "it hurts"),
            Sample.event("operation-failed", "a/0/t", in: 3),
            Sample.event("rollout-failed", "r1", in: 4, reason: "no table"),
            Sample.event("rollout-completed", "r2", in: 5),
            Sample.event("rollout-superseded", "r3", in: 5),
            Sample.event("rollout-left", "r4", in: 6),
        ]
        #expect(
            listener.hear(Sample.situation(), events) == [
                "rollout-paused r1", "rollout-failed r1", "rollout-done r2", "rollout-done r3",
            ])
        #expect(listener.record.place == Sample.commit(1).hex)
    }

    @Test func thePlaceMovesOnlyOverWhatWasTold() {
        let events = [
            Sample.event("rollout-completed", "r1", in: 4),
            Sample.event("rollout-completed", "r2", in: 5),
            Sample.event("rollout-completed", "r3", in: 5),
        ]
        let told = ToldRecord(from: Sample.commit(0))
        let tellings = Tellings(
            Sample.situation(), to: Sample.everything, after: told, events: events,
            upTo: Sample.commit(9))
        #expect(
            tellings.due.map(\.after.place) == [4, 4, 5].map { Sample.commit($0).hex })
        #expect(tellings.due.map(\.after.number) == [1, 2, 3])
        #expect(tellings.record.place == Sample.commit(9).hex)
        // Those of one transition are told again where the second one did not arrive: with one id.
        let again = Tellings(
            Sample.situation(), to: Sample.everything, after: tellings.due[1].after,
            events: Array(events.dropFirst()), upTo: Sample.commit(9))
        #expect(again.due.map(\.message.id) == tellings.due.dropFirst().map(\.message.id))
    }

    @Test func ofVeryManyRolloutsTheLastAreTold() {
        let events = (0..<500).map { Sample.event("rollout-completed", "r\($0)", in: $0 % 200) }
        var listener = Listener()
        let heard = listener.hear(Sample.situation(), events)
        #expect(heard.count == 50 && heard.last == "rollout-done r499")
    }

    @Test func idsAreTheSameForTheSameAndOthersForAnotherTime() {
        var listener = Listener()
        let found = Sample.situation(drifted: ["app": ["0"]])
        func ids(_ listener: Listener) -> [String] {
            Tellings(
                found, to: listener.target, after: listener.record, events: [],
                upTo: Sample.commit(1)
            ).due.map(\.message.id)
        }
        let first = ids(listener)
        #expect(first.count == 1 && ids(listener) == first)
        _ = listener.hear(found)
        _ = listener.hear(Sample.situation())
        #expect(ids(listener) != first)
        listener.target = NotificationTarget(name: "other", url: .written("https://a"))
        listener.record = ToldRecord(from: Sample.commit(0))
        #expect(ids(listener) != first)
    }

    @Test func whatNobodyWantsToHearIsNotTold() {
        var listener = Listener()
        listener.target = NotificationTarget(
            name: "chat", url: .written("https://a"), events: [.driftGone, .rolloutFailed])
        #expect(
            listener.hear(
                Sample.situation(
                    drifted: ["app": ["0"]], unknown: ["app": ["1"]],
                    waiting: [Digest(of: "a"): "t"]),
                [Sample.event("rollout-completed", "r1", in: 1)]) == [])
        #expect(listener.record.unknown.isEmpty && listener.record.waiting.isEmpty)
        #expect(listener.hear(Sample.situation()) == ["drift-gone 0"])
    }

    @Test func aRecordIsTheSameAfterItWasKept() throws {
        var listener = Listener()
        _ = listener.hear(
            Sample.situation(
                drifted: ["app": ["0", "1", "2"]], unknown: ["shop": ["9"]],
                waiting: [Digest(of: "a"): "t"], asOf: 77))
        let bytes = try CanonicalJSON.encode(listener.record)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains(#""app":["0","1","2"]"#) && text.contains(#""asOf":77"#), "\(text)")
        #expect(try JSONDecoder().decode(ToldRecord.self, from: Data(bytes)) == listener.record)
    }
}
