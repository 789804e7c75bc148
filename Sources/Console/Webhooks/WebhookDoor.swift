import Basics
import Execution
import Foundation
import HTTP
import Tokens

/// Where forges say that something was pushed.
///
/// A delivery says nothing but that it is time to look: of its body nothing is read, whatever it
/// claims to be about. Each is taken once.
package final class WebhookDoor: Sendable {
    private let file: SecretFile<WebhookList>
    private let now: @Sendable () -> Timestamp
    private let memory: Lock<DeliveryMemory>
    private let counts = Lock<[Outcome: Int]>([:])

    /// What came of a delivery.
    enum Outcome: String, CaseIterable, Sendable {
        case accepted
        /// It came before.
        case repeated
        /// Nothing proves that a forge of the file sent it.
        case refused
    }

    private static let words = SecretFile<WebhookList>.Words(
        contents: "the secrets of webhooks",
        form: "a file of lines like `our-forge github SECRET`, mode 600",
        loss: "no webhook is accepted any more")

    /// Reads the file of the forges.
    ///
    /// Throws where it cannot be read, others may read it, or a line says nothing.
    ///
    /// - Parameters:
    ///   - clock: seconds that only grow.
    ///   - now: the time of day, for deliveries that say when they were signed.
    ///   - told: what is wrong with the file later on, once for each fault.
    package convenience init(
        _ path: String,
        clock: @escaping @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime },
        now: @escaping @Sendable () -> Timestamp = { Timestamp(Date()) },
        told: @escaping @Sendable (String) -> Void
    ) throws {
        try self.init(path, memory: DeliveryMemory(), clock: clock, now: now, told: told)
    }

    init(
        _ path: String, memory: DeliveryMemory, clock: @escaping @Sendable () -> Double,
        now: @escaping @Sendable () -> Timestamp, told: @escaping @Sendable (String) -> Void
    ) throws {
        file = try SecretFile(path, Self.words, clock: clock, told: told) {
            try WebhookList($0, path: path)
        }
        self.memory = Lock(memory)
        self.now = now
    }

    /// How many deliveries came to what.
    var outcomes: [Outcome: Int] { counts.withLock { $0 } }

    /// Takes a delivery, or not.
    ///
    /// - Returns: what came of it, and whose it is; nil where that is not proved.
    func take(_ request: HTTPRequest) -> (outcome: Outcome, sender: String?) {
        let found = sender(of: request)
        defer { counts.withLock { $0[found.outcome, default: 0] += 1 } }
        return found
    }

    private func sender(of request: HTTPRequest) -> (outcome: Outcome, sender: String?) {
        for sender in file.content?.senders ?? [] {
            guard let marks = sender.marks(request.headers, request.body, at: now()) else {
                continue
            }
            let isNew = memory.withLock { $0.take(marks) }
            return (isNew ? .accepted : .repeated, sender.name)
        }
        return (.refused, nil)
    }
}

extension HTTPResponse {
    /// The answer to a delivery: whoever sends it learns no more than whether it was taken.
    init(_ outcome: WebhookDoor.Outcome) {
        switch outcome {
        case .accepted: self.init(202, "accepted\n")
        case .repeated: self.init(409, "refused\n")
        case .refused: self.init(401, "refused\n")
        }
    }
}
