import Basics
import Desired
import Ledger
import Schema

/// What somebody is to be told: the difference between what is so and what was told.
///
/// Pure: the same situation, record and events make the same messages, with the same ids.
struct Tellings: Sendable {
    /// A message with what was told once it has arrived.
    struct Telling: Hashable, Sendable {
        let message: Message
        let after: ToldRecord
    }

    private(set) var due: [Telling] = []
    /// What was told after all of them, with what changed without a word.
    private(set) var record: ToldRecord
    private let target: NotificationTarget
    private let situation: Situation

    /// The most rollouts of which is told at once: the last ones.
    private static let mostRollouts = 50

    /// - Parameters:
    ///   - told: what was told before.
    ///   - events: those of the audit trail since `told`, the oldest first.
    ///   - end: the transition up to which they reach.
    init(
        _ situation: Situation, to target: NotificationTarget, after told: ToldRecord,
        events: [LedgerRecord], upTo end: ObjectID
    ) {
        self.situation = situation
        self.target = target
        record = told
        record.asOf = situation.asOf
        rollouts(events)
        record.place = end.hex
        shards(\.drifted, situation.drifted, (.driftFound, .driftGone), keeping: situation.unknown)
        shards(\.unknown, situation.unknown, (.shardUnknown, .shardKnown), keeping: [:])
        approvals()
    }

    private func hears(_ events: NotificationTarget.Event...) -> Bool {
        events.contains(where: target.events.contains)
    }

    private mutating func tell(_ message: Message) {
        guard hears(message.event) else { return }
        record.number += 1
        due.append(Telling(message: message, after: record))
    }

    private func message(
        _ event: NotificationTarget.Event, _ key: [String], _ text: String,
        at time: Timestamp? = nil
    ) -> Message {
        Message(
            event, of: situation.environment, at: time ?? situation.time,
            key: [target.name] + key, text: text)
    }

    // MARK: Rollouts

    private mutating func rollouts(_ events: [LedgerRecord]) {
        let ended = events.filter { Self.event(of: $0.event.kind) != nil }
            .suffix(Self.mostRollouts)
        for (entry, next) in zip(ended, ended.dropFirst().map(\.commit.hex) + [""]) {
            guard let event = Self.event(of: entry.event.kind) else { continue }
            // What else stands in the same transition is told before the place moves on.
            if next != entry.commit.hex { record.place = entry.commit.hex }
            let (id, reason) = (entry.event.key ?? "", entry.event.reason)
            let words = Self.words(entry.event.kind) + (reason.map { ": \($0)" } ?? "")
            var message = message(
                event, [id, entry.commit.hex], "rollout \(id) \(words)",
                at: Timestamp(entry.time))
            message.rollout = id
            message.reason = reason
            tell(message)
        }
    }

    private static func event(of kind: String) -> NotificationTarget.Event? {
        switch kind {
        case "rollout-completed", "rollout-superseded": .rolloutDone
        case "rollout-failed": .rolloutFailed
        case "rollout-paused": .rolloutPaused
        default: nil
        }
    }

    private static func words(_ kind: String) -> String {
        switch kind {
        case "rollout-completed": "is done"
        case "rollout-superseded": "has ended, and a part of it was left"
        case "rollout-failed": "has failed"
        default: "is paused until somebody releases it"
        }
    }

    // MARK: Shards

    /// - Parameter keeping: shards of which nothing is known: what was told of them stays.
    private mutating func shards(
        _ part: WritableKeyPath<ToldRecord, [String: Set<String>]>,
        _ now: [String: Set<String>],
        _ events: (begin: NotificationTarget.Event, end: NotificationTarget.Event),
        keeping: [String: Set<String>]
    ) {
        guard hears(events.begin, events.end) else { return }
        for namespace in Set(now.keys).union(record[keyPath: part].keys).sorted() {
            let known = record[keyPath: part][namespace] ?? []
            let present = now[namespace] ?? []
            let gone = known.subtracting(present).subtracting(keeping[namespace] ?? [])
            let new = present.subtracting(known)
            let left = known.subtracting(gone)
            record[keyPath: part][namespace] = left.isEmpty ? nil : left
            tell(events.end, gone, of: namespace)
            guard !new.isEmpty else { continue }
            record[keyPath: part][namespace] = left.union(new)
            tell(events.begin, new, of: namespace)
        }
    }

    private mutating func tell(
        _ event: NotificationTarget.Event, _ shards: Set<String>, of namespace: String
    ) {
        guard !shards.isEmpty else { return }
        let names = shards.sorted()
        let subject =
            "\(Count.of(names.count, "shard")) of \(namespace) "
            + Self.words(event, isOne: names.count == 1)
        var message = message(
            event, [namespace, "\(record.number)"] + names, "\(subject): \(Message.names(names))")
        message.namespace = namespace
        message.shards = names
        tell(message)
    }

    private static func words(_ event: NotificationTarget.Event, isOne: Bool) -> String {
        switch event {
        case .driftFound: isOne ? "has drifted" : "have drifted"
        case .driftGone: isOne ? "shows no drift any more" : "show no drift any more"
        case .shardUnknown: "cannot be read or \(isOne ? "is" : "are") set aside"
        default: "can be read again"
        }
    }

    // MARK: Approvals

    private mutating func approvals() {
        guard hears(.approvalWaiting) else { return }
        let now = Dictionary(
            situation.waiting.map { ($0.key.hex, $0.value) }, uniquingKeysWith: { $1 })
        let new = Set(now.keys).subtracting(record.waiting).sorted()
        record.waiting = Set(now.keys)
        guard !new.isEmpty else { return }
        let steps = new.map { "\(now[$0] ?? "") (\($0.prefix(16)))" }
        let subject =
            "\(Count.of(new.count, "step")) \(new.count == 1 ? "waits" : "wait") for an approval"
        var message = message(
            .approvalWaiting, ["\(record.number)"] + new, "\(subject): \(Message.names(steps))")
        message.approvals = new
        tell(message)
    }
}
