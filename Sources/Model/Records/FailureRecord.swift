import Basics
import Schema

/// That an operation on a table of a shard failed for good, how often, and until when a loop does
/// not try it again.
///
/// Written by the transition that records the failure. It goes with the transition that brings the
/// table further, when somebody wants it tried again, and with the plan that no longer has the
/// change. It only paces a loop: one that is lost, damaged or of a newer version lets the operation
/// be tried once more.
package struct FailureRecord: Codable, Hashable, Sendable {
    /// The version of the record's format.
    package var version: Int
    package var key: OperationKey
    /// The digests between which the operation led; with others it is another one, which is tried
    /// at once. Nil stands for an absent table.
    package var from: Digest?
    package var to: Digest?
    /// The rollout of the last one that failed.
    package var rollout: String
    /// How many failed in a row.
    package var failures: Int
    /// When the first and the last one failed, ISO 8601 in UTC.
    package var firstAt: String
    package var lastAt: String
    /// When a loop tries it again, ISO 8601 in UTC.
    package var nextAt: String
    /// Why the last one failed.
    package var message: String?

    /// The longest ``message``, in characters.
    private static let longestMessage = 1_000

    /// - Parameter known: what is recorded of the table already.
    package init(
        key: OperationKey, from: Digest?, to: Digest?, rollout: String, message: String?,
        at now: Timestamp, after known: FailureRecord?
    ) {
        let earlier = known.flatMap { $0.from == from && $0.to == to ? $0 : nil }
        version = 1
        self.key = key
        self.from = from
        self.to = to
        self.rollout = rollout
        failures = max(0, earlier?.failures ?? 0) + 1
        firstAt = earlier?.firstAt ?? now.iso
        lastAt = now.iso
        nextAt = now.adding(seconds: RetryPauses.loopSeconds(failures: failures)).iso
        self.message = message.map { String($0.prefix(Self.longestMessage)) }
    }

    /// Until when a loop waits; nil where it does not.
    package func wait(now: Timestamp) -> Timestamp? {
        Timestamp(iso: nextAt).flatMap { now < $0 ? $0 : nil }
    }

    /// How often it failed, for people: `failed once`, `failed 3 times`.
    package var words: String { failures == 1 ? "failed once" : "failed \(failures) times" }
}
