import Foundation
import MySQLClient

/// Texts that several sessions run in one database at the same time, each behind those that it
/// needs.
// Sendable: everything that changes is guarded by `condition`.
final class CreationCrew: @unchecked Sendable {
    /// The first text that was not carried out.
    struct Failure {
        let place: Int
        let error: MySQLError
        /// The session that sent it.
        let connection: Connection
    }

    private let condition = NSCondition()
    private let texts: [String]
    /// By text those that need it.
    private var dependents: [[Int]]
    /// By text how many of those that it needs were not carried out yet.
    private var missing: [Int]
    /// Texts that can be sent, from `head` on.
    private var ready: [Int] = []
    private var head = 0
    /// How many were sent, or are about to be, and not answered yet.
    private var running = 0
    private var failed: Failure?

    /// - Parameter needs: for each text the places of those that come first; without circles.
    init(_ texts: [String], needs: [[Int]]) {
        self.texts = texts
        missing = needs.map(\.count)
        dependents = Array(repeating: [], count: texts.count)
        for (place, others) in needs.enumerated() {
            for other in others { dependents[other].append(place) }
            if others.isEmpty { ready.append(place) }
        }
    }

    /// Why it ended early; nil where all texts were carried out.
    var failure: Failure? {
        condition.lock()
        defer { condition.unlock() }
        return failed
    }

    /// The most texts that a session takes at once: others shall find some, too.
    private static let most = 20

    /// Sends texts on one of the sessions until none is left, or one was not carried out.
    func work(on connection: Connection) {
        while let places = take() {
            var answers = 0
            do throws(MySQLError) {
                try connection.pipeline(places.map { texts[$0] }) { answer, result in
                    answers += 1
                    switch result {
                    case .success: settle(places[answer])
                    case .failure(let error): fail(places[answer], error, connection)
                    }
                }
            } catch {
                // The text that has no answer, and all behind it.
                for place in places.dropFirst(answers) { fail(place, error, connection) }
            }
        }
    }

    /// Waits for texts that can be sent; nil where there will be none.
    private func take() -> [Int]? {
        condition.lock()
        defer { condition.unlock() }
        while failed == nil {
            if head < ready.count {
                let end = head + min(Self.most, (ready.count - head + 1) / 2)
                defer { head = end }
                running += end - head
                return Array(ready[head..<end])
            }
            guard running > 0 else { return nil }
            condition.wait()
        }
        return nil
    }

    private func settle(_ place: Int) {
        condition.lock()
        defer { condition.unlock() }
        running -= 1
        for other in dependents[place] {
            missing[other] -= 1
            if missing[other] == 0 { ready.append(other) }
        }
        condition.broadcast()
    }

    private func fail(_ place: Int, _ error: MySQLError, _ connection: Connection) {
        condition.lock()
        defer { condition.unlock() }
        running -= 1
        failed = failed ?? Failure(place: place, error: error, connection: connection)
        condition.broadcast()
    }
}
